//! Hair greys strand by strand, starting at the temples, and regains its former colour.

use super::former::{DARK_SKIN, USUAL_LUMA, deepened, flatness, former, greyness};
use super::low_res::{FLOOR, LowRes};
use super::plane::{Plane, blurred_within};
use super::row_reader::RowReader;
use super::rows::{HairPlanes, byte};
use super::surety;
use crate::aging::mirror::luma;
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;
use agemirror_kernels::widest;

/// Standard deviation that separates hair's smooth part from its strands, in eye distances.
const SMOOTH: f32 = 0.07;
/// Fraction of the smooth luma that grey hair keeps.
const KEPT_LUMA: f32 = 0.55;
/// Luma added to that in grey hair, as a fraction of the skin's luma.
const ADDED_LUMA: f32 = 0.56;
/// Exponent of hair's shading ratio in grey hair; [`STRANDS`] is the fraction of its strands' ratio.
const SHADING: f32 = 0.55;
const STRANDS: f32 = 0.85;
/// Maximum factors of the shading and of the strands in hair that regains its colour.
const BRIGHTEST: [f32; 2] = [1.45, 2.2];
/// How much earlier than average the lightest strands turn, as a fraction of all hair.
const SELECTED: f32 = 0.1;
/// Luma of skin, 0..=255, where none is visible.
const USUAL_SKIN_LUMA: f32 = 140.0;
/// Ratio of red to blue in skin under white light.
const SKIN_WARMTH: f32 = 1.45;
/// Exponent by which grey hair follows a warmer or colder light, which skin shows.
const LIGHT: f32 = 0.4;
/// Square root of the ratio of red to blue in grey hair under white light.
const GREY_WARMTH: f32 = 1.03;
/// Fraction of the colour that grey hair keeps.
const KEPT_COLOUR: f32 = 0.14;

/// The smooth part of hair at low resolution.
pub(super) struct HairTones {
    /// Luma.
    luma: Plane,
    /// Luma when grey.
    grey: Plane,
    former: Plane,
    /// Greyness, 0..=1.
    greyness: Plane,
    /// Mean deviation of strands from the smooth luma.
    contrast: Plane,
    /// Local offset of the turn: negative turns earlier.
    early: Plane,
    /// How sure it is that hair is not the wall behind it, 0..=1.
    surety: Plane,
    /// How much flatter than dark hair it is.
    flatness: f32,
    /// Colour before it turned grey, of luma 1.
    former_colour: [f32; 3],
    /// Colour of grey in the light of the picture, of luma 1.
    grey_colour: [f32; 3],
}

impl HairTones {
    /// Analyses the hair in a head crop whose skin has the mean colour `skin`; `temples` are in fractions of its
    /// side, if known, and `whiteness` is how white this person's hair gets, -1..=1.
    pub(super) fn of(
        small: &LowRes,
        skin: Option<[f32; 3]>,
        temples: Option<[[f32; 2]; 2]>,
        whiteness: f32,
    ) -> Self {
        let hair = small.mask(&[Region::Hair, Region::Beard, Region::Brows]).map(|share| share * share);
        let sigma = small.length(SMOOTH);
        let [red, green, blue] = &small.colours;
        let [luma_plane, red, green, blue] = blurred_within([&small.luma, red, green, blue], &hair, sigma);
        let contrast =
            small.luma.zip(&luma_plane, |value, smooth| (value - smooth).abs()).blurred_within(&hair, sigma);
        let skin_luma = skin.map_or(USUAL_SKIN_LUMA, luma);
        let mean = luma_plane.mean_within(&hair).unwrap_or(USUAL_LUMA[1] * skin_luma);
        // Shading and strands are ratios: differences measured in dark hair would be lost in grey.
        let shading = luma_plane.map(|smooth| ((smooth + FLOOR) / (mean + FLOOR)).powf(SHADING));
        let flatness = flatness(&contrast, &hair, mean);
        let whole = KEPT_LUMA * mean + ADDED_LUMA * skin_luma.max(DARK_SKIN) * (1.0 + 0.12 * whiteness);
        let (former_luma, former_colour) = former(small, &hair, skin_luma);
        let colours = red.values.iter().zip(&green.values).zip(&blue.values);
        let greyness = colours.map(|((r, g), b)| greyness([*r, *g, *b], skin_luma)).collect();
        Self {
            grey: shading.zip(&luma_plane, |shading, smooth| (whole * shading).max(smooth)),
            former: shading.map(|shading| former_luma * deepened(shading, flatness).min(BRIGHTEST[0])),
            greyness: Plane::new(small.side, greyness),
            early: early(small, temples),
            surety: surety::of(small, &contrast),
            flatness,
            luma: luma_plane,
            contrast,
            former_colour,
            grey_colour: grey_light(skin),
        }
    }

    /// A reader of the planes for [`HairTones::fill`], at the crop's side.
    pub(super) fn rows(&self, side: usize) -> RowReader<'_, 7> {
        let planes =
            [&self.luma, &self.grey, &self.former, &self.greyness, &self.contrast, &self.early, &self.surety];
        RowReader::new(planes, side)
    }

    /// Fills a row of hair with these colours and coverage, given its row of [`HairTones::rows`].
    pub(super) fn fill(
        &self,
        to: HairPlanes<&mut [u8]>,
        crop: [&[u8]; 3],
        [alpha, soft]: [&[f32]; 2],
        row: &[Vec<f32>; 7],
    ) {
        let [smooth, grey, former, greyness, contrast, early, _] = row;
        let mut value = vec![0f32; alpha.len()];
        lumas(&mut value, crop[0], crop[1], crop[2]);
        fill_bytes(to.alpha, alpha);
        fill_products(to.greyness, greyness, soft);
        fill_turns(to.turn, &value, smooth, contrast, early);
        let mut ratio = vec![0f32; alpha.len()];
        strand_ratios(&mut ratio, &value, smooth, alpha);
        for ((to, crop), colour) in to.grey.into_iter().zip(crop).zip(self.grey_colour) {
            fill_grey(to, crop, [&value, grey, &ratio], colour);
        }
        for ((to, crop), colour) in to.former.into_iter().zip(crop).zip(self.former_colour) {
            fill_former(to, crop, [former, &ratio, smooth, soft], [colour, self.flatness]);
        }
    }
}

widest! {
    /// Luma of a row.
    pub(super) fn lumas(to: &mut [f32], red: &[u8], green: &[u8], blue: &[u8]) {
        for (((to, red), green), blue) in to.iter_mut().zip(red).zip(green).zip(blue) {
            *to = luma([f32::from(*red), f32::from(*green), f32::from(*blue)]);
        }
    }
}

widest! {
    fn fill_bytes(to: &mut [u8], shares: &[f32]) {
        to.iter_mut().zip(shares).for_each(|(to, share)| *to = byte(255.0 * share));
    }
}

widest! {
    fn fill_products(to: &mut [u8], a: &[f32], b: &[f32]) {
        to.iter_mut().zip(a).zip(b).for_each(|((to, a), b)| *to = byte(255.0 * a * b));
    }
}

widest! {
    fn fill_turns(to: &mut [u8], value: &[f32], smooth: &[f32], contrast: &[f32], early: &[f32]) {
        for ((((to, value), smooth), contrast), early) in
            to.iter_mut().zip(value).zip(smooth).zip(contrast).zip(early)
        {
            let strand = ((value - smooth) / (contrast + 2.0)).clamp(-2.0, 2.0);
            *to = byte(255.0 * (0.5 - SELECTED * strand + early));
        }
    }
}

widest! {
    /// Brightness of each strand relative to its surroundings.
    fn strand_ratios(to: &mut [f32], value: &[f32], smooth: &[f32], alpha: &[f32]) {
        for (((to, value), smooth), alpha) in to.iter_mut().zip(value).zip(smooth).zip(alpha) {
            // At the border of hair, brighter pixels are skin rather than strands.
            let ratio = ((value + FLOOR) / (smooth + FLOOR)).clamp(0.3, 2.2);
            *to = 1.0 + STRANDS * alpha * (ratio - 1.0);
        }
    }
}

widest! {
    fn fill_grey(to: &mut [u8], crop: &[u8], planes: [&[f32]; 3], colour: f32) {
        let [value, grey, ratio] = planes;
        for ((((to, crop), value), grey), ratio) in to.iter_mut().zip(crop).zip(value).zip(grey).zip(ratio) {
            *to = byte(colour * grey * ratio + KEPT_COLOUR * (f32::from(*crop) - value));
        }
    }
}

widest! {
    /// Where hair covers a pixel in part, its grey is replaced and what is behind it stays.
    fn fill_former(to: &mut [u8], crop: &[u8], planes: [&[f32]; 4], factors: [f32; 2]) {
        let ([former, ratio, smooth, soft], [colour, flatness]) = (planes, factors);
        let sources = crop.iter().zip(former).zip(ratio).zip(smooth).zip(soft);
        for (to, ((((crop, former), ratio), smooth), soft)) in to.iter_mut().zip(sources) {
            let behind = (1.0 - soft) * (f32::from(*crop) - smooth);
            *to = byte(colour * former * deepened(*ratio, flatness).min(BRIGHTEST[1]) + behind);
        }
    }
}

/// Colour of grey in the light of a picture, of luma 1: in warm light, neutral grey looks blue.
fn grey_light(skin: Option<[f32; 3]>) -> [f32; 3] {
    let warmth = skin.map_or(SKIN_WARMTH, |[red, _, blue]| (red + 8.0) / (blue + 8.0));
    let half = (warmth / SKIN_WARMTH).clamp(0.6, 2.0).powf(0.5 * LIGHT) * GREY_WARMTH;
    let colour = [half, 1.0, 1.0 / half];
    colour.map(|value| value / luma(colour))
}

/// Local offset of the turn: earlier at the temples and in the beard, later in the brows.
fn early(small: &LowRes, temples: Option<[[f32; 2]; 2]>) -> Plane {
    let (brows, beard) = (small.mask(&[Region::Brows]), small.mask(&[Region::Beard]));
    let mut early = brows.zip(&beard, |brows, beard| 0.3 * brows - 0.15 * beard);
    let Some(temples) = temples else { return early };
    let side = small.side as f32;
    let reach = small.length(0.55);
    for (i, value) in early.values.iter_mut().enumerate() {
        let (x, y) = ((i % small.side) as f32 + 0.5, (i / small.side) as f32 + 0.5);
        let near = temples.iter().map(|[tx, ty]| {
            let square = (x - tx * side).powi(2) + (y - ty * side).powi(2);
            (-square / (2.0 * reach * reach)).exp()
        });
        *value -= 0.22 * near.fold(0.0, f32::max);
    }
    early
}

/// Weight of hair at `x` of the crop's side (0..1): fades out before the crop ends, so that no edge shows.
#[inline(always)]
pub(super) fn within_crop(x: f32) -> f32 {
    smooth_step_between(0.0, 0.06, x.min(1.0 - x))
}

/// A mask with the single strands at its border, which stay white beside hair that regains its colour.
#[inline(always)]
pub(super) fn with_border(mask: f32) -> f32 {
    smooth_step_between(0.04, 0.75, mask)
}

/// A mask without its faint border, which would be a halo beside dark hair.
#[inline(always)]
pub(super) fn solid(mask: f32) -> f32 {
    smooth_step_between(0.28, 0.92, mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_border_of_white_hair_what_is_behind_it_stays() {
        let mut former = [0; 2];
        let (colour, ratio, smooth) = ([40.0; 2], [1.0; 2], [200.0; 2]);
        // Half white hair before a wall of 100, and a pixel of nothing but hair.
        fill_former(&mut former, &[150, 200], [&colour, &ratio, &smooth, &[0.5, 1.0]], [1.0, 0.0]);
        let mixed = 150.0 + 0.5 * (f32::from(former[0]) - 150.0);
        assert_eq!(former[1], 40);
        assert!((mixed - 70.0).abs() < 16.0, "{mixed}: half of 40 and half of 100");
    }
}
