//! Derives verification thresholds from distances between different people.

/// False-accept rate: the share of pairs of different people that may pass as one person, such as 0.001.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FalseAcceptRate(pub f64);

/// The largest distance at which at most the share `accepts` of `impostors` (distances between different
/// people) pass as one person; `None` if there are too few impostors.
pub(crate) fn threshold_for(accepts: FalseAcceptRate, impostors: &[f32]) -> Option<f32> {
    let mut sorted = impostors.to_vec();
    sorted.sort_by(f32::total_cmp);
    let allowed = allowed(accepts, sorted.len());
    // Equal distances pass or fail together.
    let first_refused = *sorted.get(allowed)?;
    sorted[..allowed].iter().rev().find(|distance| **distance < first_refused).copied()
}

/// Tolerance for products that fall just below the whole number they stand for, as 0.29 times 100 does.
const ROUNDING: f64 = 1e-9;

/// How many of `count` pairs the rate `accepts` lets pass.
fn allowed(accepts: FalseAcceptRate, count: usize) -> usize {
    let exact = accepts.0 * count as f64;
    (exact + ROUNDING * exact.max(1.0)).floor() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_a_count_is_not_rounded_down_by_floating_point() {
        for per_hundred in 0..100 {
            let share = format!("0.{per_hundred:02}").parse().unwrap_or(f64::NAN);
            assert_eq!(allowed(FalseAcceptRate(share), 100), per_hundred, "{share}");
            assert_eq!(allowed(FalseAcceptRate(share), 1_000_000), per_hundred * 10_000, "{share}");
        }
        assert_eq!(allowed(FalseAcceptRate(0.29), 99), 28);
        let impostors: Vec<f32> = (0..100).map(|i| i as f32).collect();
        assert_eq!(threshold_for(FalseAcceptRate(0.29), &impostors), Some(28.0), "29 pass");
    }

    #[test]
    fn the_false_accept_rate_is_met() {
        let impostors: Vec<f32> = (0..1000).map(|i| (i * 7 % 1000) as f32 / 1000.0).collect();
        let threshold = threshold_for(FalseAcceptRate(0.01), &impostors);
        assert_eq!(threshold, Some(0.009));
        let passed = impostors.iter().filter(|d| Some(**d) <= threshold).count();
        assert_eq!(passed, 10);
    }

    #[test]
    fn equal_distances_pass_together_and_too_few_give_none() {
        assert_eq!(threshold_for(FalseAcceptRate(0.5), &[0.1, 0.2, 0.2, 0.2]), Some(0.1));
        assert_eq!(threshold_for(FalseAcceptRate(0.01), &[0.1; 50]), None);
        assert_eq!(threshold_for(FalseAcceptRate(0.01), &[]), None);
    }
}
