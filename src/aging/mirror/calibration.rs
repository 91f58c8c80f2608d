//! What the network must be asked for so that a face is seen at the age asked for: it does less than it was taught,
//! and most of what makes a face old lies outside what it changes. The table was measured with the age estimator that
//! took no part in training; `agemirror evaluate mirror` measures it again.

use super::lines::share_by;

/// Ages in years and what the network is asked for, on the way to an older age.
const ASKED_AS: [(f32, f32); 7] =
    [(1.0, 1.0), (25.0, 25.0), (35.0, 38.0), (45.0, 54.0), (59.0, 73.0), (75.0, 85.0), (85.0, 88.0)];
/// Over how many years older that comes into force, so that the present age stays itself.
const IN_FORCE: f32 = 15.0;

/// What the network is asked for so that a face of the age `present` is seen at `wanted` (years).
pub(super) fn calibrated(present: f32, wanted: f32) -> f32 {
    let farther = share_by(wanted, &ASKED_AS) - wanted;
    wanted + farther * ((wanted - present) / IN_FORCE).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_age_and_younger_ones_are_asked_for_as_they_are() {
        for age in [5.0, 30.0, 59.0, 80.0] {
            assert_eq!(calibrated(age, age), age);
            assert_eq!(calibrated(age + 20.0, age), age);
        }
        assert_eq!(calibrated(30.0, 59.0), 73.0);
    }

    #[test]
    fn an_older_age_is_always_asked_for_as_an_older_one() {
        for present in [5.0, 25.0, 40.0, 60.0] {
            let asked: Vec<f32> = (1..=85).map(|age| calibrated(present, age as f32)).collect();
            assert!(asked.windows(2).all(|pair| pair[0] < pair[1]), "{present}: {asked:?}");
        }
    }
}
