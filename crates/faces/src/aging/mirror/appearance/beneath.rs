//! The skin beneath a beard, at low resolution: continued from face and neck, with what the beard lets through.

use super::bristles::{dark_hair, shadow, white_hair};
use super::low_res::{FLOOR, LowRes};
use super::plane::{Plane, blurred_within, pixel};
use super::row_reader::RowReader;
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;
use crate::pixels::luma;

/// Standard deviations of the inpainting, in eye distances: near skin, and skin anywhere on the face as a
/// fallback.
const REACH: [f32; 2] = [0.2, 0.7];
/// Standard deviation of the distance within which bristles belong to a beard, in eye distances.
const NEAR: f32 = 0.12;
/// Standard deviation that softens the outline of the face, in eye distances.
const JAW: f32 = 0.14;
/// Fraction by which skin darkens at the jaw.
const JAW_SHADOW: f32 = 0.4;
/// Weight of the neck's skin in the inpainting relative to the face's.
const NECK: f32 = 0.5;
/// Standard deviation that separates the light on a face from the relief of chin and lips, in eye distances.
const RELIEF: f32 = 0.16;
/// Range of the relief, as a factor of the brightness.
const RELIEF_RANGE: [f32; 2] = [0.8, 1.3];
/// Density between which a beard becomes thick enough to hide the relief of the skin beneath.
const HIDING: [f32; 2] = [0.2, 0.4];
/// Shares of moustache and chin with a thick beard between which thick places are a beard's: shadows of the jaw lie on
/// both sides of a face, too.
const PATCHES: [f32; 2] = [0.08, 0.22];
/// Left, right, upper and lower edge of moustache and chin, in fractions of the crop's side.
const MIDDLE: [f32; 4] = [0.45, 0.55, 0.54, 0.68];
/// Ratio of bristles in the two halves of a face above which the surplus is a shadow.
const UNEVEN: f32 = 1.2;
/// Share of bristles in the half of a face with fewer between which both halves have a beard, one of them in the light.
const BOTH: [f32; 2] = [0.1, 0.25];
/// Minimum area of the beard in one half of a face, relative to the other, for a comparison: less is seen of a turned
/// head.
const VISIBLE_HALF: f32 = 0.3;

/// Fraction of the skin's colour that a pixel at this depth inside the face's outline shows: a face turns away from the
/// light along the jaw.
#[inline(always)]
fn jaw_shading(depth: f32) -> f32 {
    1.0 - JAW_SHADOW * (1.0 - smooth_step_between([0.4, 0.95], depth))
}

/// What is beneath and around a beard, at low resolution.
pub(super) struct Surroundings {
    /// Red, green and blue of the skin beneath.
    skin: [Plane; 3],
    /// How near a beard is, 0..=1.
    nearness: Plane,
    /// Share of its area that dark or white hair covers, 0..=1; shadows have none.
    density: Plane,
    /// How far inside the outline of face and neck, 0..=1.
    depth: Plane,
}

impl Surroundings {
    /// `beard_weight` is the share of the beard mask that counts.
    pub(super) fn of(small: &LowRes, beard_weight: f32) -> Self {
        let small = &small.halved();
        let beard = small.mask(&[Region::Beard]).map(|share| beard_weight * share);
        let nearness = beard.blurred(small.length(NEAR));
        // Skin at the border of a beard is darkened by it.
        let (face, neck) = (small.mask(&[Region::Skin]), small.mask(&[Region::Neck]));
        let certain = |share: f32| ((share - 0.6) / 0.4).max(0.0);
        let skin = face.zip(&neck, |face, neck| certain(face) + NECK * certain(neck));
        let skin = skin
            .zip(&nearness, |share, near| share * (1.0 - smooth_step_between([0.05, 0.3], near)).max(0.02));
        let lit = small.continued(&skin, REACH, |_, sum, weight| sum / weight.max(1e-4));
        let face = small.mask(&[Region::Skin, Region::Beard, Region::Lips]);
        let head = face.zip(&neck, |face, neck| face + neck);
        let [face, head] = [face, head].map(|mask| mask.blurred(small.length(JAW)));
        let density = density(small, &beard, &lit);
        Self { skin: with_relief(small, &lit, &face, &density), nearness, density, depth: head }
    }

    /// A reader of the skin's colours, of nearness, density and depth, at the crop's side.
    pub(super) fn rows(&self, side: usize) -> RowReader<'_, 6> {
        let [red, green, blue] = &self.skin;
        RowReader::new([red, green, blue, &self.nearness, &self.density, &self.depth], side)
    }
}

/// How surely a beard of a density hides the skin beneath, 0..=1.
#[inline(always)]
pub(super) fn hiding(density: f32) -> f32 {
    smooth_step_between(HIDING, density)
}

/// How dense a beard is, given the skin beneath: shaven skin and shadows are 0, hair without gaps is 1.
fn density(small: &LowRes, beard: &Plane, beneath: &[Plane; 3]) -> Plane {
    let colours = (0..beard.values.len()).map(|i| (pixel(&small.colours, i), pixel(beneath, i)));
    let dark = colours.clone().map(|(own, beneath)| dark_hair(own, beneath));
    let mut bristles = Plane::new(beard.side, dark.collect());
    let halves = weights_of_halves(&bristles, beard);
    for (i, value) in bristles.values.iter_mut().enumerate() {
        let x = (i % beard.side) as f32 / beard.side as f32;
        *value *= halves[0] + smooth_step_between([0.45, 0.55], x) * (halves[1] - halves[0]);
    }
    let white = Plane::new(beard.side, colours.map(|(own, beneath)| white_hair(own, beneath)).collect());
    let bristles = bristles.zip(&white, f32::max).blurred_within(beard, small.length(RELIEF));
    let certain = smooth_step_between(PATCHES, share_in_middle(small, beard, &bristles.map(hiding)));
    bristles.map(|share| certain * share)
}

/// Share of the lower face's middle that has a thick beard.
fn share_in_middle(small: &LowRes, beard: &Plane, thickness: &Plane) -> f32 {
    let (skin, side) = (small.mask(&[Region::Skin, Region::Lips]), beard.side);
    let [left, right, top, bottom] = MIDDLE.map(|edge| (edge * side as f32) as usize);
    let pixels = (top..bottom).flat_map(|y| (left..right).map(move |x| y * side + x));
    let (thick, all) = pixels.fold((0.0, 1e-6), |(thick, all), i| {
        (thick + beard.values[i] * thickness.values[i], all + beard.values[i] + skin.values[i])
    });
    thick / all
}

/// Fractions of the bristles in the left and in the right half of a crop that count: light from one side makes the
/// other look bearded, but a beard grows on both.
fn weights_of_halves(bristles: &Plane, beard: &Plane) -> [f32; 2] {
    let half = |keep: fn(usize, usize) -> bool| {
        let inside = (0..beard.values.len()).filter(|i| keep(2 * (i % beard.side), beard.side));
        let inside = inside.map(|i| (beard.values[i], beard.values[i] * bristles.values[i]));
        inside.fold((1e-6, 0.0), |sum, value| (sum.0 + value.0, sum.1 + value.1))
    };
    let halves = [half(|x, side| x < side), half(|x, side| x >= side)];
    let [left, right] = halves.map(|(area, bristles)| bristles / area);
    if halves[0].0.min(halves[1].0) < VISIBLE_HALF * halves[0].0.max(halves[1].0) {
        return [1.0; 2];
    }
    let fewer = left.min(right);
    let both = smooth_step_between(BOTH, fewer);
    [left, right].map(|share| both.max((UNEVEN * fewer / share.max(1e-6)).min(1.0)))
}

/// The skin beneath a beard from its smooth colours `lit`. Beneath thin hair, the relief and the shadows of the face
/// remain; beneath a thick beard nothing of them can be seen, and the skin darkens at the jaw.
fn with_relief(small: &LowRes, lit: &[Plane; 3], face: &Plane, density: &Plane) -> [Plane; 3] {
    let visible = small.mask(&[Region::Skin, Region::Beard]).map(|share| (share * share).max(1e-4));
    let smooth = blurred_within(small.colours.each_ref(), &visible, small.length(RELIEF));
    let mut skin = lit.clone();
    for i in 0..face.values.len() {
        let (own, smooth, lit) = (pixel(&small.colours, i), pixel(&smooth, i), pixel(lit, i));
        let relief = (luma(own) + FLOOR) / (luma(smooth) + FLOOR);
        let relief = relief.clamp(RELIEF_RANGE[0], RELIEF_RANGE[1]);
        let (shadow, shading) = (shadow(smooth, lit), jaw_shading(face.values[i]));
        for (channel, plane) in skin.iter_mut().enumerate() {
            let thin = (lit[channel] + shadow * (smooth[channel] - lit[channel]).min(0.0)) * relief;
            let thick = lit[channel] * shading;
            plane.values[i] = thin + hiding(density.values[i]) * (thick - thin);
        }
    }
    skin
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::face::regions::{REGIONS, RegionMasks};

    #[test]
    fn a_beard_between_face_and_neck_uncovers_skin_of_both_up_to_the_neck() {
        let side = 128;
        let rows = [(0..56, Region::Skin, 200), (56..72, Region::Beard, 20), (72..128, Region::Neck, 100)];
        let mut planes = vec![0f32; REGIONS * side * side];
        let mut crop = RgbImage::new(side as u32, side as u32);
        for (band, region, value) in rows {
            for (x, y) in band.flat_map(|y| (0..side).map(move |x| (x, y))) {
                planes[(region.index() * side + y) * side + x] = 1.0;
                crop.put_pixel(x as u32, y as u32, image::Rgb([value; 3]));
            }
        }
        let masks = RegionMasks::from_planes(side, planes).unwrap();
        let beneath = Surroundings::of(&LowRes::of(&crop, &masks), 1.0);
        let at = |plane: &Plane, y: usize| plane.values[y / 2 * (side / 2) + side / 4];
        let [upper, lower] = [58, 70].map(|y| at(&beneath.skin[0], y));
        assert!(lower > 80.0 && upper > lower + 10.0 && upper < 198.0, "{upper} {lower}");
        assert!(at(&beneath.depth, 71) > 0.95);
    }

    /// A head of `side` pixels: skin above and a jaw with a beard mask, of luma `left` and `right`, with a crease.
    fn head_with_jaw(side: usize, [left, right]: [f32; 2]) -> (RgbImage, RegionMasks) {
        let mut planes = vec![0f32; REGIONS * side * side];
        let crop = RgbImage::from_fn(side as u32, side as u32, |x, y| {
            let (x, y) = (x as usize, y as usize);
            let is_jaw = y > side / 2;
            let region = if is_jaw { Region::Beard } else { Region::Skin };
            planes[(region.index() * side + y) * side + x] = 1.0;
            let jaw = if 2 * x < side { left } else { right };
            let crease = if y.abs_diff(3 * side / 4) < side / 64 { 0.85 } else { 1.0 };
            let light = if is_jaw { crease * jaw } else { 1.0 };
            image::Rgb([190.0, 150.0, 130.0].map(|value: f32| (light * value) as u8))
        });
        (crop, RegionMasks::from_planes(side, planes).unwrap())
    }

    fn beneath(side: usize, jaw: [f32; 2]) -> Surroundings {
        let (crop, masks) = head_with_jaw(side, jaw);
        Surroundings::of(&LowRes::of(&crop, &masks), 1.0)
    }

    #[test]
    fn thin_stubble_keeps_the_relief_of_the_chin_and_a_thick_beard_hides_it() {
        let crease = |surroundings: &Surroundings| {
            let plane = &surroundings.skin[0];
            let at = |y: usize| plane.values[y * plane.side + plane.side / 4];
            at(3 * plane.side / 4) / at(5 * plane.side / 8)
        };
        let (thin, thick) = (beneath(256, [0.85; 2]), beneath(256, [0.15; 2]));
        assert!(
            crease(&thin) < 0.95 && (crease(&thick) - 1.0).abs() < 0.03,
            "{} {}",
            crease(&thin),
            crease(&thick)
        );
    }

    #[test]
    fn a_beard_on_one_side_only_is_a_shadow() {
        let [both, one] = [[0.15; 2], [0.9, 0.15]].map(|jaw| {
            let plane = beneath(128, jaw).density;
            plane.values[3 * plane.side / 4 * plane.side + 7 * plane.side / 8]
        });
        assert!(hiding(both) > 0.8 && hiding(one) < 0.2, "{both} {one}");
    }

    #[test]
    fn dark_sides_without_moustache_and_chin_are_shadows() {
        let side = 128;
        let (mut crop, masks) = head_with_jaw(side, [0.15; 2]);
        for y in side / 2..side {
            (5 * side / 12..7 * side / 12)
                .for_each(|x| crop.put_pixel(x as u32, y as u32, image::Rgb([190, 150, 130])));
        }
        let density = Surroundings::of(&LowRes::of(&crop, &masks), 1.0).density;
        assert_eq!(density.values[3 * side / 8 * (side / 2) + 7 * side / 16], 0.0);
    }
}
