//! When hair greys, and how much of it at an age.

use crate::interpolation::{interpolate, smooth_step_between};
use agemirror_kernels::widest;

/// Average fraction of grey hair by age in years.
const GREY_BY: [(f32, f32); 9] = [
    (24.0, 0.0),
    (32.0, 0.04),
    (38.0, 0.13),
    (45.0, 0.27),
    (53.0, 0.45),
    (60.0, 0.61),
    (67.0, 0.78),
    (75.0, 0.93),
    (84.0, 1.0),
];
/// Logarithm by which a child's hair is lighter than in later life, by age in years.
const LIGHTER_BY: [(f32, f32); 4] = [(2.0, 0.47), (8.0, 0.33), (14.0, 0.1), (18.0, 0.0)];
/// Logarithms by which red, green and blue get lighter relative to that: a child's hair is browner.
const LIGHTER_TINT: [f32; 3] = [0.15, 0.0, -0.2];
/// Fraction of all hair that turns grey while one strand does.
const TURN: f32 = 1.2;
/// The value of `turn` up to which strands are the first to turn, and the range of values from there to the last.
const TURNS: [f32; 2] = [0.15, 0.85];

/// Greyness of turned strands while few have turned, and the fractions of grey hair between which it becomes full: the
/// first white strands are thinner than a pixel.
const FIRST: f32 = 0.6;
const FULL: [f32; 2] = [0.15, 0.75];

/// Factors of red, green and blue of hair from age `from` to age `to` (years), minus 1.
pub(crate) fn lightening(from: f32, to: f32) -> [f32; 3] {
    let lighter = interpolate(to, &LIGHTER_BY) - interpolate(from, &LIGHTER_BY);
    LIGHTER_TINT.map(|tint| (lighter * (1.0 + tint)).exp() - 1.0)
}

/// Fraction of a person's hair that is grey at `age` (years); `pace` is how many years early it greys.
pub(super) fn grey_share(age: f32, pace: f32) -> f32 {
    interpolate(age + pace, &GREY_BY)
}

/// Fraction of the hair not yet grey at age `from` that turns by age `to`: 0..=1.
pub(crate) fn greying(from: f32, to: f32, pace: f32) -> f32 {
    let (before, after) = (grey_share(from, pace), grey_share(to, pace));
    ((after - before) / (1.0 - before).max(1e-3)).clamp(0.0, 1.0)
}

/// Fraction of the hair grey at age `from` that was not grey at age `to`: 0..=1.
pub(crate) fn restoring(from: f32, to: f32, pace: f32) -> f32 {
    let (now, then) = (grey_share(from, pace), grey_share(to, pace));
    if now > 0.0 { ((now - then) / now).clamp(0.0, 1.0) } else { 0.0 }
}

/// Progress of a strand that turns at `turn` (0..=1) when the fraction `grey` of all hair has turned.
#[inline(always)]
fn turned(grey: f32, turn: f32) -> f32 {
    smooth_step_between([0.0, TURN], grey * (TURNS[1] + TURN) - (turn - TURNS[0]).max(0.0))
}

widest! {
    /// Share of the grey colour in each pixel when the fraction `grey` of all hair turns.
    pub(crate) fn grey_shares(to: &mut [f32], alpha: &[u8], turn: &[u8], grey: f32) {
        let whole = (FIRST + (1.0 - FIRST) * smooth_step_between(FULL, grey)) / 255.0;
        for ((to, alpha), turn) in to.iter_mut().zip(alpha).zip(turn) {
            *to = f32::from(*alpha) * whole * turned(grey, f32::from(*turn) * (1.0 / 255.0));
        }
    }
}

widest! {
    /// Share of the former colour in each pixel when the fraction `restored` of the grey hair regains it.
    pub(crate) fn former_shares(to: &mut [f32], greyness: &[u8], restored: f32) {
        for (to, greyness) in to.iter_mut().zip(greyness) {
            *to = restored * f32::from(*greyness) * (1.0 / 255.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hair_greys_with_age_strand_by_strand_until_all_is_grey() {
        assert_eq!((greying(30.0, 20.0, 0.0), greying(30.0, 30.0, 0.0)), (0.0, 0.0));
        let shares: Vec<f32> = [35.0, 45.0, 55.0, 65.0, 75.0].map(|age| greying(30.0, age, 0.0)).to_vec();
        assert!(shares.windows(2).all(|pair| pair[0] < pair[1]), "{shares:?}");
        assert!(greying(30.0, 50.0, 5.0) > greying(30.0, 50.0, -5.0), "people differ");
        assert_eq!((turned(0.0, 0.0), turned(1.0, 1.0)), (0.0, 1.0));
        assert!(turned(0.5, 0.2) > 0.85 && turned(0.5, 0.9) < 0.2, "early strands turn before late ones");
    }

    #[test]
    fn hair_is_lighter_on_children_only() {
        assert_eq!((lightening(40.0, 20.0), lightening(30.0, 80.0)), ([0.0; 3], [0.0; 3]));
        let ([red, green, blue], [older, ..]) = (lightening(30.0, 2.0), lightening(30.0, 10.0));
        assert!(
            red > green && green > blue && blue > 0.0 && red > older && older > 0.0,
            "{red} {blue} {older}"
        );
    }

    #[test]
    fn grey_hair_regains_its_colour_only_towards_a_younger_age() {
        assert_eq!(restoring(60.0, 70.0, 0.0), 0.0);
        assert_eq!(restoring(60.0, 20.0, 0.0), 1.0);
        assert_eq!(restoring(20.0, 10.0, 0.0), 0.0);
        assert!((0.2..0.9).contains(&restoring(65.0, 45.0, 0.0)));
    }

    #[test]
    fn greying_begins_at_the_temples_before_forty_and_ends_at_seventy() {
        let share = |age: f32, turn: f32| turned(grey_share(age, 0.0), turn);
        assert_eq!(share(38.0, 0.5), 0.0);
        assert!(share(38.0, 0.15) > 0.1, "temples");
        let usual = [45.0, 49.0, 53.0, 57.0, 61.0, 65.0].map(|age| share(age, 0.5));
        let steps: Vec<f32> = usual.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| (0.0..0.35).contains(step)), "{usual:?}");
        assert!((0.3..0.75).contains(&usual[2]) && usual[5] > 0.95, "{usual:?}");
        assert!(share(70.0, 0.66) > 0.95, "late strands");
    }

    #[test]
    fn a_pixel_greys_by_its_share_of_hair() {
        let mut shares = [0.0; 4];
        grey_shares(&mut shares, &[255, 255, 128, 0], &[0, 255, 0, 0], 0.5);
        assert!(shares[0] > 0.75 && shares[1] < 0.06, "{shares:?}");
        assert!((shares[2] / shares[0] - 0.5).abs() < 0.01, "{shares:?}");
        assert_eq!(shares[3], 0.0);
        grey_shares(&mut shares, &[255; 4], &[0; 4], 0.3);
        assert!((0.2..0.6).contains(&shares[0]), "first strands are not white: {shares:?}");
        former_shares(&mut shares, &[255, 0, 102, 255], 0.25);
        assert_eq!(shares.map(|share| (100.0 * share).round()), [25.0, 0.0, 10.0, 25.0]);
    }
}
