//! Hair thins out strand by strand: at which loss each one falls out, and how far it is gone.

use super::super::hair::pixels::lumas;
use super::super::low_res::in_pixels;
use super::super::rows::byte;
use crate::interpolation::{interpolate, smooth_step_between};
use crate::pixels::luma;
use agemirror_kernels::widest;

/// Fraction of the hair on top that the baldest men have lost, by age in years: 1 is all that can be lost.
const LOST_BY: [(f32, f32); 8] = [
    (24.0, 0.0),
    (36.0, 0.06),
    (45.0, 0.14),
    (52.0, 0.29),
    (60.0, 0.54),
    (68.0, 0.74),
    (76.0, 0.89),
    (86.0, 1.0),
];
/// Distance to both sides within which a strand is compared with its neighbours, in eye distances.
const STRANDS: f32 = 0.035;
/// Weights of a strand's difference from its neighbours, and from the smooth luma.
const DEVIATIONS: [f32; 2] = [1.4, 0.2];
/// How much later than average the strands that differ most from the scalp fall out.
const STRAND: f32 = 0.12;
/// How much earlier the border of hair falls out, which does not grey and would stay as a dark line.
const EDGE: f32 = 0.25;
/// Fraction lost while one strand falls out.
const FALL: f32 = 0.36;
/// Largest share of the scalp where hair is thin.
const THIN: f32 = 0.9;
/// Byte steps per fraction lost.
const STEPS: f32 = 160.0;

/// The fraction of what can be lost that is lost from age `from` to age `to` (years) by hair with the given `weight`. It
/// does not return: hair that is gone cannot be seen.
pub(crate) fn loss(from: f32, to: f32, weight: f32) -> f32 {
    weight * (interpolate(to, &LOST_BY) - interpolate(from, &LOST_BY)).max(0.0)
}

/// The hair in a row of a crop.
pub(crate) struct ThinHair<'a> {
    /// Red, green and blue of the crop.
    pub(crate) crop: [&'a [u8]; 3],
    /// Coverage by hair.
    pub(crate) alpha: &'a [f32],
    /// Smooth luma.
    pub(crate) smooth: &'a [f32],
    /// Mean deviation of strands from it.
    pub(crate) contrast: &'a [f32],
}

/// Writes the loss at which each pixel's hair falls out, in steps, given the losses `falls_at` of average strands and
/// the colours of the scalp.
pub(crate) fn fill(to: &mut [u8], falls_at: &[f32], hair: &ThinHair, scalp: [&[f32]; 3]) {
    let side = falls_at.len();
    let (mut value, mut strands) = (vec![0f32; side], vec![0f32; side]);
    let [red, green, blue] = hair.crop;
    lumas(&mut value, red, green, blue);
    let radius = (in_pixels(STRANDS, side).round() as usize).max(1);
    fill_means(&mut strands, &value, radius);
    fill_deviations(&mut strands, &value, hair.smooth, hair.contrast);
    fill_losses(to, falls_at, [hair.alpha, &strands], scalp, hair.smooth);
}

/// Writes the mean of each value and of its neighbours up to `radius` to both sides, as far as the row goes.
fn fill_means(to: &mut [f32], values: &[f32], radius: usize) {
    let side = values.len();
    let mean = |x: usize| {
        let around = &values[x.saturating_sub(radius)..(x + radius + 1).min(side)];
        around.iter().sum::<f32>() / around.len() as f32
    };
    let inner = radius.min(side)..side.saturating_sub(radius).max(radius.min(side));
    for x in (0..inner.start).chain(inner.end..side) {
        to[x] = mean(x);
    }
    let to = &mut to[inner];
    to.fill(0.0);
    for first in 0..=2 * radius {
        add(to, values.get(first..).unwrap_or_default());
    }
    let width = (2 * radius + 1) as f32;
    to.iter_mut().for_each(|sum| *sum /= width);
}

widest! {
    fn add(sums: &mut [f32], values: &[f32]) {
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
}

widest! {
    /// Replaces the means around each pixel by its deviation from them and from the smooth luma, in mean deviations.
    fn fill_deviations(means: &mut [f32], value: &[f32], smooth: &[f32], contrast: &[f32]) {
        for (((mean, value), smooth), contrast) in means.iter_mut().zip(value).zip(smooth).zip(contrast) {
            let deviation = DEVIATIONS[0] * (value - *mean) + DEVIATIONS[1] * (value - smooth);
            *mean = (deviation / (contrast + 2.0)).clamp(-2.5, 2.5);
        }
    }
}

widest! {
    fn fill_losses(to: &mut [u8], falls_at: &[f32], hair: [&[f32]; 2], scalp: [&[f32]; 3], smooth: &[f32]) {
        let [red, green, blue] = scalp;
        let sources = falls_at.iter().zip(hair[0]).zip(hair[1]).zip(red).zip(green).zip(blue).zip(smooth);
        for (to, ((((((falls_at, alpha), strand), red), green), blue), smooth)) in to.iter_mut().zip(sources) {
            let lighter = luma([*red, *green, *blue]) - smooth;
            let lighter = lighter / (lighter.abs() + 6.0);
            *to = byte(255.0 - STEPS * (falls_at - STRAND * lighter * strand * alpha - EDGE * (1.0 - alpha)));
        }
    }
}

/// Whether any hair of a row is gone when the fraction `lost` is lost; it falls out at the losses `falls_at`, in steps.
pub(crate) fn any_is_lost(falls_at: &[u8], lost: f32) -> bool {
    let first = falls_at.iter().fold(0, |first, falls_at| first.max(*falls_at));
    lost > 0.0 && scalp_share(f32::from(first), lost) > 0.0
}

/// Share of the scalp in a pixel whose hair falls out at `falls_at`, in steps, when the fraction `lost` is lost.
#[inline(always)]
pub(super) fn scalp_share(falls_at: f32, lost: f32) -> f32 {
    THIN * smooth_step_between([0.0, FALL], lost * (1.0 + FALL) - (255.0 - falls_at) * (1.0 / STEPS))
}

widest! {
    /// Writes the share of the scalp in each pixel of a row when the fraction `lost` of what can be lost is lost.
    pub(crate) fn scalp_shares(to: &mut [f32], falls_at: &[u8], lost: f32) {
        to.iter_mut().zip(falls_at).for_each(|(to, falls_at)| *to = scalp_share(f32::from(*falls_at), lost));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_the_scalp_if_any_of_its_hair_is_gone() {
        assert!(
            any_is_lost(&[0, 250, 0], 0.5) && !any_is_lost(&[0, 100, 0], 0.5) && !any_is_lost(&[255], 0.0)
        );
    }

    #[test]
    fn a_mean_takes_the_neighbours_that_there_are() {
        for side in [1, 2, 3, 7] {
            let values: Vec<f32> = (0..side).map(|x| (x * x) as f32).collect();
            let mut means = vec![0.0; side];
            fill_means(&mut means, &values, 2);
            for (x, mean) in means.into_iter().enumerate() {
                let around = x.saturating_sub(2)..(x + 3).min(side);
                let expected = values[around.clone()].iter().sum::<f32>() / around.len() as f32;
                assert!((mean - expected).abs() < 1e-5, "{side} {x}: {mean} {expected}");
            }
        }
    }

    #[test]
    fn hair_is_lost_only_with_age_and_only_by_some() {
        assert_eq!([loss(60.0, 20.0, 1.0), loss(20.0, 80.0, 0.0), loss(40.0, 40.0, 1.0)], [0.0; 3]);
        assert!(loss(25.0, 45.0, 1.0) < 0.25 && loss(25.0, 66.0, 1.0) > 0.6);
    }
}
