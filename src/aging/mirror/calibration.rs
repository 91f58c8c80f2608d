//! What the network must be asked for so that a face is seen at the age asked for: it does less than it was taught,
//! and most of what makes a face old lies outside what it changes. The table was measured with the age estimator that
//! took no part in training; `agemirror evaluate mirror` measures it again.

use super::lines::share_by;

/// Ages in years and what the network is asked for, on the way to a younger or an older age.
const ASKED_AS: [(f32, f32); 11] = [
    (1.0, 1.0),
    (1.5, 1.2),
    (4.5, 2.8),
    (8.0, 5.0),
    (12.0, 9.5),
    (17.0, 16.0),
    (25.0, 25.0),
    (35.0, 38.0),
    (45.0, 54.0),
    (59.0, 73.0),
    (75.0, 86.0),
];
/// Over how many years either way that comes into force, so that the present age stays itself.
const IN_FORCE: f32 = 15.0;

/// What the network is asked for so that a face of the age `present` is seen at `wanted` (years).
pub(super) fn calibrated(present: f32, wanted: f32) -> f32 {
    // Beyond the table's end its last step goes on, a quarter as steep.
    let table = share_by(wanted, &ASKED_AS) + 0.25 * (wanted - 75.0).max(0.0);
    let farther = table - wanted;
    let wants_more = (farther > 0.0) == (wanted > present);
    if wants_more { wanted + farther * ((wanted - present).abs() / IN_FORCE).min(1.0) } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_age_is_asked_for_as_it_is_and_others_as_farther_ones() {
        for age in [5.0, 30.0, 59.0, 80.0] {
            assert_eq!(calibrated(age, age), age);
        }
        assert_eq!(calibrated(30.0, 59.0), 73.0);
        assert_eq!(calibrated(30.0, 8.0), 5.0);
        // An old face that is to be less old is not made older, nor a child that grows younger.
        assert_eq!(calibrated(80.0, 59.0), 59.0);
        assert_eq!(calibrated(2.0, 8.0), 8.0);
    }

    #[test]
    fn an_older_age_is_always_asked_for_as_an_older_one() {
        for present in [5.0, 18.0, 25.0, 40.0, 60.0, 80.0] {
            let asked: Vec<f32> = (2..=170).map(|half| calibrated(present, half as f32 / 2.0)).collect();
            assert!(asked.windows(2).all(|pair| pair[0] < pair[1]), "{present}: {asked:?}");
        }
    }
}
