//! Hair greys strand by strand, starting at the temples, and regains its former colour.

use super::super::low_res::{FLOOR, LowRes};
use super::super::plane::{Plane, blurred_within};
use super::super::row_reader::RowReader;
use super::super::rows::HairPlanes;
use super::certainty;
use super::flow::flow;
use super::former::{USUAL_LUMA, deepened, flatness, former, greyness};
use super::grey_luma::{grey_luma, inside};
use super::pixels::{
    fill_bytes, fill_former, fill_grey, fill_products, fill_turns, invent, lumas, strand_ratios,
};
use super::strands::Strands;
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;
use crate::pixels::luma;

/// Standard deviation that separates hair's smooth part from its strands, in eye distances.
const SMOOTH: f32 = 0.07;
/// Exponent of hair's shading ratio in its former colour.
const SHADING: f32 = 0.55;
/// Maximum factor of the shading in hair that regains its colour.
const MAX_SHADING: f32 = 1.45;
/// Luma of skin, 0..=255, where none is visible.
const USUAL_SKIN_LUMA: f32 = 140.0;
/// Ratio of red to blue in skin under white light.
const SKIN_WARMTH: f32 = 1.45;
/// Maximum ratio of green to the geometric mean of red and blue in nine of ten faces; in more of it the light is green.
const SKIN_GREEN: f32 = 1.02;
/// Exponents by which grey hair follows a warmer or colder light, and a greener one, which skin shows.
const LIGHT: [f32; 2] = [0.75, 0.7];
/// Ratio of red to blue in grey hair under white light, and the exponent by which that ratio in hair before it turned
/// grey changes it: brown hair turns yellowish grey. Both fit real people over 70 of three collections.
const GREY_WARMTH: f32 = 1.055;
const OWN_WARMTH: f32 = 0.1;
/// Limits of the ratio of red to blue in hair that counts: dyed hair says nothing.
const NATURAL_WARMTH: [f32; 2] = [0.9, 2.0];

/// Number of smooth planes of hair.
pub(crate) const TONES: usize = 10;

/// The smooth part of hair at low resolution.
pub(crate) struct HairTones {
    /// Luma.
    luma: Plane,
    /// Luma when grey.
    grey: Plane,
    /// Luma before it turned grey.
    former: Plane,
    /// Greyness, 0..=1.
    greyness: Plane,
    /// Mean deviation of strands from the smooth luma.
    contrast: Plane,
    /// Added to the fraction of grey hair at which a pixel turns grey.
    turn_offset: Plane,
    /// How certain it is that hair is not the wall behind it, 0..=1.
    certainty: Plane,
    /// Direction of the strands; see [`flow`].
    flow: [Plane; 2],
    /// How surely a pixel shows hair rather than the skin beside it, 0..=1.
    inside: Plane,
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
    pub(crate) fn of(
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
        let inside = inside(&hair);
        let mean = luma_plane.mean_within(&inside).unwrap_or(USUAL_LUMA[1] * skin_luma);
        // Shading and strands are ratios: differences measured in dark hair would be lost in grey.
        let shading = luma_plane.map(|smooth| ((smooth + FLOOR) / (mean + FLOOR)).powf(SHADING));
        let flatness = flatness(&contrast, &hair, mean);
        let (former_luma, former_colour) = former(small, &hair, skin_luma);
        let own = [&red, &green, &blue].map(|plane| plane.mean_within(&inside).unwrap_or(0.0));
        let grey_colour = grey_colour(skin, own);
        let colours = red.values.iter().zip(&green.values).zip(&blue.values);
        let greyness = colours.map(|((r, g), b)| greyness([*r, *g, *b], skin_luma)).collect();
        Self {
            grey: grey_luma(small, &luma_plane, &inside, mean, skin_luma, whiteness),
            flow: flow(small, &hair, &luma_plane, temples),
            former: shading.map(|shading| former_luma * deepened(shading, flatness).min(MAX_SHADING)),
            greyness: Plane::new(small.side, greyness),
            turn_offset: turn_offset(small, temples),
            certainty: certainty::of(small, &contrast),
            inside,
            flatness,
            luma: luma_plane,
            contrast,
            former_colour,
            grey_colour,
        }
    }

    /// A reader of the planes for [`HairTones::fill`], at the crop's side.
    pub(crate) fn rows(&self, side: usize) -> RowReader<'_, TONES> {
        let [cosine, sine] = &self.flow;
        let [luma, grey, former] = [&self.luma, &self.grey, &self.former];
        let [greyness, contrast, turn_offset] = [&self.greyness, &self.contrast, &self.turn_offset];
        let [certainty, inside] = [&self.certainty, &self.inside];
        RowReader::new(
            [luma, grey, former, greyness, contrast, turn_offset, certainty, cosine, sine, inside],
            side,
        )
    }

    /// Fills row `y` of hair with these colours and coverage, given its row of [`HairTones::rows`].
    pub(crate) fn fill(
        &self,
        y: usize,
        strands: &Strands,
        to: HairPlanes<&mut [u8]>,
        crop: [&[u8]; 3],
        [alpha, soft]: [&[f32]; 2],
        row: &[Vec<f32>; TONES],
    ) {
        let [smooth, grey, former, greyness, contrast, turn_offset, _, cosine, sine, inside] = row;
        let [mut value, mut invented, mut ratio] = [(); 3].map(|()| vec![0f32; alpha.len()]);
        strands.fill(&mut invented, y, alpha, [cosine, sine]);
        lumas(&mut value, crop[0], crop[1], crop[2]);
        fill_bytes(to.alpha, alpha);
        fill_products(to.greyness, greyness, soft);
        fill_turns(to.turn, [&value, smooth, contrast, turn_offset, &invented]);
        strand_ratios(&mut ratio, &value, smooth, [alpha, inside]);
        invent(&mut invented, &ratio, [smooth, contrast, grey, alpha, inside]);
        for ((to, crop), colour) in to.grey.into_iter().zip(crop).zip(self.grey_colour) {
            fill_grey(to, crop, [&value, grey, &invented], colour);
        }
        for ((to, crop), colour) in to.former.into_iter().zip(crop).zip(self.former_colour) {
            fill_former(to, crop, [former, &ratio, smooth, soft], [colour, self.flatness]);
        }
    }
}

/// Colour of grey hair, of luma 1, beside skin and in place of hair of these colours: in warm light, neutral grey looks
/// blue, but it is not bluer than the light itself.
fn grey_colour(skin: Option<[f32; 3]>, hair: [f32; 3]) -> [f32; 3] {
    let warmth = |[red, _, blue]: [f32; 3]| (red + 8.0) / (blue + 8.0);
    let green = |skin: [f32; 3]| {
        let [red, green, blue] = skin.map(|value| value + 8.0);
        green / (red * blue).sqrt()
    };
    let [lowest, highest] = NATURAL_WARMTH;
    let skin_warmth = skin.map_or(SKIN_WARMTH, warmth);
    let light = (skin_warmth / SKIN_WARMTH).clamp(0.6, 2.0).powf(LIGHT[0]);
    let own = warmth(hair).clamp(lowest, highest).powf(OWN_WARMTH);
    let half = (light * own * GREY_WARMTH).max(skin_warmth.min(1.0)).sqrt();
    let green = (skin.map_or(SKIN_GREEN, green) / SKIN_GREEN).clamp(1.0, 1.5).powf(LIGHT[1]);
    let colour = [half, green, 1.0 / half];
    colour.map(|value| value / luma(colour))
}

/// Offset of the turn to grey: earlier at the temples and in the beard, later in the brows.
fn turn_offset(small: &LowRes, temples: Option<[[f32; 2]; 2]>) -> Plane {
    let (brows, beard) = (small.mask(&[Region::Brows]), small.mask(&[Region::Beard]));
    let mut offset = brows.zip(&beard, |brows, beard| 0.3 * brows - 0.15 * beard);
    let Some(temples) = temples else { return offset };
    let side = small.side as f32;
    let reach = small.length(0.55);
    for (i, value) in offset.values.iter_mut().enumerate() {
        let (x, y) = ((i % small.side) as f32 + 0.5, (i / small.side) as f32 + 0.5);
        let near = temples.iter().map(|[tx, ty]| {
            let square = (x - tx * side).powi(2) + (y - ty * side).powi(2);
            (-square / (2.0 * reach * reach)).exp()
        });
        *value -= 0.22 * near.fold(0.0, f32::max);
    }
    offset
}

/// Weight of hair at `x` of the crop's side (0..1): fades out before the crop ends, so that no edge shows.
#[inline(always)]
pub(crate) fn within_crop(x: f32) -> f32 {
    smooth_step_between([0.0, 0.06], x.min(1.0 - x))
}

/// A mask with the single strands at its border, which stay white beside hair that regains its colour.
#[inline(always)]
pub(crate) fn with_border(mask: f32) -> f32 {
    smooth_step_between([0.04, 0.75], mask)
}

/// A mask without its faint border, which would be a halo beside dark hair.
#[inline(always)]
pub(crate) fn solid(mask: f32) -> f32 {
    smooth_step_between([0.28, 0.92], mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_hair_takes_part_of_the_colour_of_the_light_and_of_its_former_colour() {
        let black = [20.0; 3];
        let [red, green, blue] = grey_colour(Some([176.0, 140.0, 120.0]), black);
        assert!((1.02..1.15).contains(&(red / blue)), "white light: {red} {green} {blue}");
        assert!((green - 1.0).abs() < 0.02, "white light: {red} {green} {blue}");
        let [brown_red, _, brown_blue] = grey_colour(Some([176.0, 140.0, 120.0]), [90.0, 65.0, 45.0]);
        assert!(brown_red / brown_blue > 1.04 * red / blue, "brown hair: {brown_red} {brown_blue}");
        let [red, _, blue] = grey_colour(Some([200.0, 130.0, 70.0]), black);
        assert!(red / blue > 1.5, "warm light: {red} {blue}");
        let [red, _, blue] = grey_colour(Some([140.0; 3]), black);
        assert!((red / blue - 1.0).abs() < 1e-5, "black and white: {red} {blue}");
        let [red, green, blue] = grey_colour(Some([140.0, 150.0, 80.0]), black);
        assert!(green > 1.1 * (red * blue).sqrt(), "green light: {red} {green} {blue}");
        assert!((luma([red, green, blue]) - 1.0).abs() < 1e-5);
    }
}
