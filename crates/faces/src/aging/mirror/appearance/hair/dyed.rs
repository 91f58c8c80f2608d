//! Hair in a colour that nothing beside it has: the region network misses the tips and the rim of dyed hair, which
//! would keep their colour when the rest turns grey.

use image::{Rgb, RgbImage};

use super::super::low_res::in_pixels;
use super::super::plane::{Plane, blurred_within};
use crate::face::regions::{Region, RegionMasks};
use crate::face::scaled;
use crate::interpolation::smooth_step_between;
use crate::pixels::luma;

/// Added to a luma of 0..=255 before a colour is divided by it, because noise in black has no colour.
const DARK: f32 = 16.0;
/// Direction of natural hair's colours, from black to fair and red, among [`chroma`]s.
const NATURAL: [f32; 2] = [0.8, -0.6];
/// Distances beside that direction, and along it, between which a colour becomes one of dyed hair.
const BESIDE: [f32; 2] = [0.2, 0.3];
const ALONG: [f32; 2] = [0.72, 0.88];
/// Distances between the colours of hair and of what is beside it between which the two can be told apart.
const APART: [f32; 2] = [0.3, 0.55];
/// Distances from the background's colour and from the skin's, as fractions of that from both it and the hair's, between
/// which a pixel becomes hair: hair mixes with the background, and ears and cheeks are redder than the skin's mean.
const UNLIKE_WALL: [f32; 2] = [0.25, 0.6];
const UNLIKE_SKIN: [f32; 2] = [0.5, 0.72];
/// The same in the rim of the hair, whose pixels are hair only in part.
const UNLIKE_IN_RIM: [f32; 2] = [0.1, 0.35];
/// Differences between the channels, of 255, between which a pixel has a colour at all.
const COLOURED: [f32; 2] = [12.0, 28.0];
/// Standard deviation of the mean colour of the background, and of the distance from hair within which it may be missed
/// hair, in eye distances.
const AROUND: f32 = 0.3;
const MISSED: f32 = 0.2;
/// Standard deviation of the distance by which hair grows in each of some steps, in eye distances, and the shares of
/// hair around a pixel between which it is reached.
const GROWTH: f32 = 0.12;
const STEPS: usize = 3;
const REACHED: [f32; 2] = [0.1, 0.4];
/// Standard deviation of the distance from hair within which a pixel is in its rim, in eye distances, and the shares of
/// hair around it between which it is.
const RIM: f32 = 0.08;
const IN_RIM: [f32; 2] = [0.02, 0.12];
/// Distance between the pixels from which the colour of hair is read, as a fraction of the masks' pixels.
const STRIDE: usize = 3;
/// Regions that dyed hair is mistaken for.
const MISTAKEN: [Region; 3] = [Region::Background, Region::Skin, Region::Neck];

/// A colour without its brightness: red and blue relative to the luma.
type Chroma = [f32; 2];

/// The masks with all of the hair in `crop` that has the colour of dyed hair; `None` if the hair is not dyed.
pub(crate) fn with_dyed_hair(crop: &RgbImage, masks: &RegionMasks) -> Option<RegionMasks> {
    let side = masks.side();
    let (own, dyed) = hair_colour(crop, masks)?;
    let mask = |region: Region| Plane::new(side, masks.plane(region).to_vec());
    let (hair, [likeness, in_part]) = (mask(Region::Hair), likeness(&scaled(crop, side as u32), masks, own));
    let grow = |hair: &Plane, likeness: &Plane, distance: f32, reached: [f32; 2]| {
        let near = hair.blurred(in_pixels(distance, side));
        let grown = near.zip(likeness, |near, likeness| dyed * likeness * smooth_step_between(reached, near));
        hair.zip(&grown, f32::max)
    };
    let grown = (0..STEPS).fold(hair.clone(), |grown, _| grow(&grown, &likeness, GROWTH, REACHED));
    let grown = grow(&grown, &in_part, RIM, IN_RIM);
    let mut planes = masks.planes().to_vec();
    for (i, (grown, hair)) in grown.values.iter().zip(&hair.values).enumerate() {
        let [from, skin, neck] = MISTAKEN.map(|region| region.index() * side * side + i);
        let available = planes[from] + planes[skin] + planes[neck];
        let moved = (grown - hair).clamp(0.0, available);
        if moved > 0.0 {
            [from, skin, neck].iter().for_each(|plane| planes[*plane] *= 1.0 - moved / available);
            planes[Region::Hair.index() * side * side + i] += moved;
        }
    }
    RegionMasks::from_planes(side, planes)
}

/// The colour of the hair, and how surely it is dyed, 0..=1; `None` if it is not, or where there is no hair.
fn hair_colour(crop: &RgbImage, masks: &RegionMasks) -> Option<(Chroma, f32)> {
    let (side, hair) = (masks.side(), masks.plane(Region::Hair));
    let scale = crop.width() as f32 / side as f32;
    let (mut sum, mut weights) = ([0f32; 2], 0f32);
    for (y, x) in (0..side).step_by(STRIDE).flat_map(|y| (0..side).step_by(STRIDE).map(move |x| (y, x))) {
        let [px, py] = [x, y].map(|v| ((v as f32 + 0.5) * scale) as u32);
        let Some(pixel) = crop.get_pixel_checked(px, py) else { continue };
        let chroma = chroma(pixel.0);
        // Colourful hair shows the dye better than its shine and its shadows.
        let weight = hair[y * side + x].powi(2) * chroma[0].hypot(chroma[1]);
        sum.iter_mut().zip(chroma).for_each(|(sum, value)| *sum += weight * value);
        weights += weight;
    }
    let colour = sum.map(|sum| sum / weights.max(1e-3));
    let along = (colour[0] * NATURAL[0] + colour[1] * NATURAL[1]).max(0.0);
    let beside = (colour[0] - along * NATURAL[0]).hypot(colour[1] - along * NATURAL[1]);
    let dyed = smooth_step_between(BESIDE, beside).max(smooth_step_between(ALONG, along));
    (dyed > 0.0).then_some((colour, dyed))
}

/// How well each pixel has the colour `own` of the hair rather than that of the skin or of the background around it,
/// 0..=1; and how well it does at least in part.
fn likeness(small: &RgbImage, masks: &RegionMasks, own: Chroma) -> [Plane; 2] {
    let side = masks.side();
    let mask = |region: Region| Plane::new(side, masks.plane(region).to_vec());
    let (red, blue): (Vec<f32>, Vec<f32>) =
        small.pixels().map(|pixel| chroma(pixel.0)).map(|[red, blue]| (red, blue)).unzip();
    let [red, blue] = [red, blue].map(|values| Plane::new(side, values));
    let near = mask(Region::Hair).blurred(in_pixels(MISSED, side));
    let telling = mask(Region::Background)
        .zip(&near, |share, near| share.powi(3) * (1.0 - smooth_step_between([0.02, 0.2], near)));
    let [wall_red, wall_blue] = blurred_within([&red, &blue], &telling, in_pixels(AROUND, side));
    let face = mask(Region::Skin).map(|share| (share - 0.6).max(0.0));
    let skin = [&red, &blue].map(|plane| plane.mean_within(&face).unwrap_or(0.0));
    let likeness = |(i, pixel): (usize, &Rgb<u8>)| {
        let (at, wall) = ([red.values[i], blue.values[i]], [wall_red.values[i], wall_blue.values[i]]);
        let to_hair = distance(at, own);
        let [wall_share, skin_share] = [wall, skin].map(|other| {
            let off = distance(at, other);
            off / (off + to_hair).max(1e-3)
        });
        let apart = smooth_step_between(APART, distance(own, skin).min(distance(own, wall)));
        let coloured = smooth_step_between(COLOURED, range(pixel.0));
        let like = |wall_ramp, skin_ramp| {
            smooth_step_between(wall_ramp, wall_share).min(smooth_step_between(skin_ramp, skin_share))
                * apart
                * coloured
        };
        (like(UNLIKE_WALL, UNLIKE_SKIN), like(UNLIKE_IN_RIM, UNLIKE_IN_RIM))
    };
    let (whole, in_part) = small.pixels().enumerate().map(likeness).unzip();
    [whole, in_part].map(|values| Plane::new(side, values))
}

/// Difference between the largest and the smallest channel, of 255.
fn range(pixel: [u8; 3]) -> f32 {
    let [highest, lowest] =
        [pixel.iter().max(), pixel.iter().min()].map(|v| v.map_or(0.0, |v| f32::from(*v)));
    highest - lowest
}

fn chroma(pixel: [u8; 3]) -> Chroma {
    let [red, green, blue] = pixel.map(f32::from);
    let value = luma([red, green, blue]);
    [red, blue].map(|channel| (channel - value) / (value + DARK))
}

fn distance(a: Chroma, b: Chroma) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::regions::REGIONS;

    /// Side of the crop and of the masks, in pixels.
    const SIDE: usize = 160;
    const BEIGE: [u8; 3] = [190, 180, 160];
    const BLUE: [u8; 3] = [60, 120, 170];

    /// The hair mask at columns 60, 84 and 140 with what is found of the colour `hair`, which reaches from column
    /// 40 to 88 beside skin and before a wall of the colour `wall`. The masks know it up to column 80.
    fn found(hair: [u8; 3], wall: [u8; 3]) -> Option<[f32; 3]> {
        let masks = masks_of(|x| match x {
            0..40 => [200, 150, 120],
            40..88 => hair,
            _ => wall,
        })?;
        Some([60, 84, 140].map(|x| masks.plane(Region::Hair)[80 * SIDE + x]))
    }

    /// The masks of a crop whose columns have the colours `colour`: skin up to column 40, then hair up to column 80.
    fn masks_of(colour: impl Fn(u32) -> [u8; 3]) -> Option<RegionMasks> {
        let crop = RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, _| Rgb(colour(x)));
        let region = |x: usize| match x {
            0..40 => Region::Skin,
            40..80 => Region::Hair,
            _ => Region::Background,
        };
        let planes =
            (0..REGIONS * SIDE * SIDE).map(|i| f32::from(region(i % SIDE).index() == i / (SIDE * SIDE)));
        let masks = RegionMasks::from_planes(SIDE, planes.collect()).unwrap();
        let masks = with_dyed_hair(&crop, &masks)?;
        let sum = |i: usize| Region::ALL.iter().map(|region| masks.plane(*region)[i]).sum::<f32>();
        assert!((0..SIDE * SIDE).all(|i| (sum(i) - 1.0).abs() < 1e-4));
        Some(masks)
    }

    #[test]
    fn the_rim_of_dyed_hair_is_hair_in_part_and_skin_farther_away_is_not() {
        let (red, skin, mixed) = ([220, 70, 20], [225, 215, 208], [222, 142, 114]);
        let masks = masks_of(|x| match x {
            0..38 => skin,
            38..40 => mixed,
            40..88 => red,
            _ => BEIGE,
        });
        let masks = masks.unwrap();
        let [rim, cheek] = [39, 34].map(|x| masks.plane(Region::Hair)[80 * SIDE + x]);
        assert!(rim > 0.4 && cheek == 0.0, "{rim} {cheek}");
    }

    #[test]
    fn blue_hair_grows_to_where_its_colour_ends() {
        let [inside, missed, wall] = found(BLUE, BEIGE).unwrap();
        assert!(inside == 1.0 && missed > 0.9 && wall == 0.0, "{inside} {missed} {wall}");
    }

    #[test]
    fn walls_of_the_hairs_colour_stay_walls() {
        let [_, missed, wall] = found(BLUE, [66, 125, 172]).unwrap();
        assert!(missed < 0.05 && wall == 0.0, "{missed} {wall}");
    }

    #[test]
    fn black_brown_red_fair_and_white_hair_is_not_dyed() {
        for hair in [[20, 18, 22], [90, 65, 50], [110, 55, 30], [200, 160, 100], [190, 188, 184]] {
            assert!(found(hair, BEIGE).is_none(), "{hair:?}");
        }
        for hair in [BLUE, [60, 150, 90], [220, 70, 20], [90, 50, 120]] {
            assert!(found(hair, BEIGE).is_some(), "{hair:?}");
        }
    }
}
