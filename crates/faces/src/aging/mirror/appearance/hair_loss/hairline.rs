//! The hairline of a man recedes with age, at the temples most: the crop is warped, so that the hair above the forehead
//! is compressed, and the scalp is shown where the forehead would be stretched.

use super::super::rows::PixelRows;
use super::moving::MovedPart;
use super::shifts::{HairlineShifts, SIDE, movable};
use super::skull::Skull;
use super::thinning::loss;
use crate::face::field::centres;
use crate::face::regions::RegionMasks;
use crate::interpolation::{interpolate, smooth_step_between};

/// Recession of the baldest men's hairlines at the temples by age in years, in eye distances.
const RECEDED_BY: [(f32, f32); 6] =
    [(24.0, 0.0), (36.0, 0.06), (48.0, 0.16), (60.0, 0.33), (76.0, 0.48), (86.0, 0.54)];
/// Heights above the brows, in eye distances: the shift grows between the first two, and shrinks between the last two.
const HEIGHTS: [[f32; 2]; 2] = [[0.15, 1.0], [1.05, 1.75]];
/// Distance of the temples' corners from the middle, and the width of the recession there, in eye distances.
const CORNERS: [f32; 2] = [0.62, 0.36];
/// Fraction of the recession in the middle of the forehead of the least and the most bald.
const MIDDLE: [f32; 2] = [0.4, 0.75];
/// Distances from the middle between which the recession ends at the sides, in eye distances.
const SIDES: [f32; 2] = [0.85, 1.15];
/// Heights above the brows, in eye distances, between which the scalp is shown.
const BARE: [f32; 2] = [0.5, 0.85];

/// How far a hairline with the recession `weight` recedes from age `from` to age `to` (years), in eye distances. Its
/// return is [`LoweredHairline`](super::lowered::LoweredHairline)'s: there, the scalp is not known.
fn recession(from: f32, to: f32, weight: f32) -> f32 {
    weight * (interpolate(to, &RECEDED_BY) - interpolate(from, &RECEDED_BY)).max(0.0)
}

/// The hairline of a head crop that recedes.
pub(crate) struct Hairline {
    shifts: HairlineShifts,
    /// How much this person's hairline recedes, relative to the baldest man's.
    weight: f32,
}

impl Hairline {
    /// The hairline on `skull` of a person whose recession has the given `weight`, relative to the baldest man's. `None` if
    /// it does not recede.
    pub(crate) fn of(skull: &Skull, masks: &RegionMasks, weight: f32) -> Option<Self> {
        if weight <= 0.0 {
            return None;
        }
        let shift = |(at, movable): ([f32; 2], f32)| {
            let [across, height] = skull.position(at);
            movable * at_height(height) * beside_middle(across.abs(), weight)
        };
        let shifts = centres(SIDE).zip(movable(masks).values).map(shift).collect();
        let bare = skull.plane(SIDE, |[_, height]| smooth_step_between(BARE, height));
        Some(Self { shifts: HairlineShifts::of(shifts, bare, skull.down())?, weight })
    }

    /// Moves the hairline of a crop, whose hair and scalp are in `rows`, from age `from` to age `to` (years), and the
    /// weights of the network's colours with it. Where the forehead would be stretched, the scalp is shown.
    pub(crate) fn recede(&self, moved: MovedPart, rows: &PixelRows, from: f32, to: f32) {
        let (reach, lost) = (recession(from, to, self.weight), loss(from, to, moved.thinning));
        self.shifts.apply(moved, rows, reach, lost);
    }
}

/// Share of the recession at a height above the brows, in eye distances.
fn at_height(height: f32) -> f32 {
    let [[low, full], [high, end]] = HEIGHTS;
    smooth_step_between([low, full], height) * (1.0 - smooth_step_between([high, end], height))
}

/// Share of the recession at a distance from the middle, in eye distances.
fn beside_middle(distance: f32, weight: f32) -> f32 {
    let corner = (-((distance - CORNERS[0]) / CORNERS[1]).powi(2)).exp();
    let middle = MIDDLE[0] + (MIDDLE[1] - MIDDLE[0]) * weight;
    (middle + (1.0 - middle) * corner) * (1.0 - smooth_step_between(SIDES, distance))
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::super::super::low_res::EYE_DISTANCES;
    use super::super::super::rows::split_mut;
    use super::super::shifts::FIXED;
    use super::super::skull::upright;
    use super::*;
    use crate::face::regions::Region;

    const CROP: u32 = 192;

    /// Masks of a head, of which `region` covers the share `share` everywhere.
    fn masks(region: Region, share: f32) -> RegionMasks {
        let planes = (0..crate::face::regions::REGIONS * 64 * 64)
            .map(|i| if i / (64 * 64) == region as usize { share } else { 0.0 });
        RegionMasks::from_planes(64, planes.collect()).unwrap()
    }

    /// Bright skin below a dark hairline one eye distance above the brows.
    fn head() -> RgbImage {
        let hairline = 0.4 - 1.0 / EYE_DISTANCES;
        RgbImage::from_fn(CROP, CROP, |_, y| {
            image::Rgb(if (y as f32) < hairline * CROP as f32 { [40; 3] } else { [200; 3] })
        })
    }

    /// Rows of [`head`], whose hair covers what is dark and whose scalp has the value 180.
    fn rows(head: &RgbImage) -> PixelRows {
        let mut rows = PixelRows::new(CROP as usize);
        let (length, bytes) = rows.rows_mut();
        let pixels = head.as_raw().chunks_exact(3 * CROP as usize);
        for (row, pixels) in bytes.chunks_exact_mut(length).zip(pixels) {
            let row = split_mut(row);
            row.scalp.colours.into_iter().for_each(|plane| plane.fill(180));
            row.hair
                .alpha
                .iter_mut()
                .zip(pixels.chunks_exact(3))
                .for_each(|(alpha, pixel)| *alpha = if pixel[0] < 100 { 255 } else { 0 });
        }
        rows
    }

    /// [`head`] and the weights of the network's colours, of which hair has none, from age `from` to age `to`.
    fn receded(from: f32, to: f32) -> (RgbImage, Vec<u8>) {
        let mut picture = head();
        let rows = rows(&picture);
        let mut weights: Vec<u8> =
            picture.chunks_exact(3).map(|p| if p[0] < 100 { 0 } else { 255 }).collect();
        let hairline = Hairline::of(&upright(), &masks(Region::Hair, 1.0), 1.0).unwrap();
        let moved = MovedPart { picture: &mut picture, weights: &mut weights, at: [0; 2], thinning: 0.0 };
        hairline.recede(moved, &rows, from, to);
        (picture, weights)
    }

    /// The first bright row at a distance from the middle, in eye distances.
    fn hairline_at(picture: &RgbImage, across: f32) -> u32 {
        let x = column(across);
        (0..CROP).find(|y| picture.get_pixel(x, *y).0[0] > 120).unwrap()
    }

    /// The column at a distance from the middle, in eye distances.
    fn column(across: f32) -> u32 {
        ((0.5 + across / EYE_DISTANCES) * CROP as f32) as u32
    }

    #[test]
    fn a_hairline_recedes_most_at_the_temples_and_only_with_age() {
        let (young, (old, _), (child, _)) = (head(), receded(25.0, 80.0), receded(60.0, 8.0));
        assert!(child == young, "a younger hairline does not recede");
        let receded = |across: f32| hairline_at(&young, across) - hairline_at(&old, across);
        let [middle, temple, side] = [0.0, CORNERS[0], 1.3].map(receded);
        assert!(temple > middle && middle > 0 && side == 0, "{middle} {temple} {side}");
        let below = |picture: &RgbImage| picture.as_raw()[picture.as_raw().len() * 2 / 5..].to_vec();
        assert!(below(&young) == below(&old), "nothing below the brows moves");
    }

    #[test]
    fn a_receded_hairline_shows_the_scalp_and_the_networks_colours() {
        let (old, weights) = receded(25.0, 80.0);
        let x = column(0.3);
        let y = hairline_at(&head(), 0.3) - 3;
        assert_eq!(old.get_pixel(x, y).0, [180; 3], "a stretched forehead would be 200");
        assert_eq!(weights[(y * CROP + x) as usize], 255);
        assert_eq!(weights[x as usize], 0, "hair at the top has none");
    }

    #[test]
    fn background_hats_and_heads_without_recession_do_not_move() {
        assert!(Hairline::of(&upright(), &masks(Region::Hair, 1.0), 0.0).is_none());
        for region in FIXED {
            assert!(Hairline::of(&upright(), &masks(region, 1.0), 1.0).is_none());
        }
    }
}
