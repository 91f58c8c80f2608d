//! From distances between different people to the distance that still counts as one person.

/// A share of different people that may be taken for one, such as 0.001.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct False(pub f64);

/// The largest distance at which at most the share `accepts` of `impostors` (distances between different
/// people) counts as one person; none where there are too few of them to tell.
pub fn threshold_for(accepts: False, impostors: &[f32]) -> Option<f32> {
    let mut sorted = impostors.to_vec();
    sorted.sort_by(f32::total_cmp);
    let allowed = allowed(accepts, sorted.len());
    // Equal distances are taken or refused together.
    let first_refused = *sorted.get(allowed)?;
    sorted[..allowed].iter().rev().find(|distance| **distance < first_refused).copied()
}

/// How far a product of a share and a number may be below a whole number that it means, as 0.29 times 100 is.
const ROUNDING: f64 = 1e-9;

/// How many of `count` the share `accepts` allows.
fn allowed(accepts: False, count: usize) -> usize {
    let exact = accepts.0 * count as f64;
    (exact + ROUNDING * exact.max(1.0)).floor() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_number_is_not_rounded_below_it() {
        for per_hundred in 0..100 {
            let share = format!("0.{per_hundred:02}").parse().unwrap_or(f64::NAN);
            assert_eq!(allowed(False(share), 100), per_hundred, "{share}");
            assert_eq!(allowed(False(share), 1_000_000), per_hundred * 10_000, "{share}");
        }
        assert_eq!(allowed(False(0.29), 99), 28);
        let impostors: Vec<f32> = (0..100).map(|i| i as f32).collect();
        assert_eq!(threshold_for(False(0.29), &impostors), Some(28.0), "29 pass");
    }

    #[test]
    fn the_share_of_impostors_is_kept() {
        let impostors: Vec<f32> = (0..1000).map(|i| (i * 7 % 1000) as f32 / 1000.0).collect();
        let threshold = threshold_for(False(0.01), &impostors);
        assert_eq!(threshold, Some(0.009));
        let taken = impostors.iter().filter(|d| Some(**d) <= threshold).count();
        assert_eq!(taken, 10);
    }

    #[test]
    fn equal_distances_go_together_and_few_tell_nothing() {
        assert_eq!(threshold_for(False(0.5), &[0.1, 0.2, 0.2, 0.2]), Some(0.1));
        assert_eq!(threshold_for(False(0.01), &[0.1; 50]), None);
        assert_eq!(threshold_for(False(0.01), &[]), None);
    }
}
