//! How certain it is that what a mask calls hair is not the wall behind it: where the mask is wrong beside the
//! background, the wall would grey with the hair, like a helmet.

use super::super::low_res::LowRes;
use super::super::plane::{Plane, blurred_within, pixel};
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;

/// Standard deviation of the distance from the background within which hair is doubted, in eye distances.
const DOUBTED: f32 = 0.28;
/// Shares of background around a pixel between which it is doubted.
const NEAR: [f32; 2] = [0.04, 0.3];
/// Standard deviation of the mean colours of hair and of the background, in eye distances.
const AROUND: f32 = 0.35;
/// Standard deviation of the distance from skin within which hair is certain enough to show its colour, in eye
/// distances.
const BY_SKIN: f32 = 0.4;
/// Differences between the colours of hair and background, of 255, between which the two can be told apart.
const APART: [f32; 2] = [10.0, 34.0];
/// Distance from the background's colour as a fraction of that from both, between which a pixel becomes hair.
const LIKE_HAIR: [f32; 2] = [0.3, 0.62];
/// Standard deviation that evens out single pixels, in eye distances.
const SMOOTH: f32 = 0.06;
/// Mean deviations of strands, of 255, between which a texture becomes hair.
const TEXTURE: [f32; 2] = [2.0, 4.5];

/// How certain hair is at each pixel, 0..=1, where `contrast` is the mean deviation of strands.
pub(crate) fn of(small: &LowRes, contrast: &Plane) -> Plane {
    let background = small.mask(&[Region::Background]);
    let hair = small.mask(&[Region::Hair]);
    let by_skin = small.mask(&[Region::Skin, Region::Neck]).blurred(small.length(BY_SKIN));
    let telling = hair.zip(&by_skin, |hair, skin| hair * hair * (0.02 + skin));
    let [red, green, blue] = &small.colours;
    let around = small.length(AROUND);
    let of_hair = blurred_within([red, green, blue], &telling, around);
    let of_background =
        blurred_within([red, green, blue], &background.map(|share| share * share * share), around);
    let near = background.blurred(small.length(DOUBTED));
    let values = (0..small.side * small.side).map(|i| {
        certainty(
            [&small.colours, &of_hair, &of_background].map(|planes| pixel(planes, i)),
            contrast.values[i],
        )
    });
    let certain = Plane::new(small.side, values.collect()).blurred(small.length(SMOOTH));
    near.zip(&certain, |near, certain| 1.0 - smooth_step_between(NEAR, near) * (1.0 - certain))
}

/// How certainly a pixel is hair, 0..=1, from its colour and those of the hair and of the background around it. Where
/// these are alike, only strands distinguish hair.
fn certainty([own, hair, wall]: [[f32; 3]; 3], contrast: f32) -> f32 {
    let (from_wall, from_hair) = (distance(own, wall), distance(own, hair));
    let by_colour = smooth_step_between(LIKE_HAIR, from_wall / (from_wall + from_hair).max(1.0));
    let by_texture = smooth_step_between(TEXTURE, contrast);
    by_texture + (by_colour - by_texture) * smooth_step_between(APART, distance(hair, wall))
}

/// Distance between two colours, of 255: the largest of a channel.
fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::face::regions::{REGIONS, RegionMasks};

    /// Side of the crop and of the masks, in pixels.
    const SIDE: usize = 64;

    /// Masks with skin up to column 20, hair to column 40, and background.
    fn masks() -> RegionMasks {
        let region = |x: usize| match x {
            0..20 => Region::Skin,
            20..40 => Region::Hair,
            _ => Region::Background,
        };
        let planes = (0..REGIONS * SIDE * SIDE)
            .map(|i| f32::from(region(i % SIDE).index() == i / (SIDE * SIDE)))
            .collect();
        RegionMasks::from_planes(SIDE, planes).unwrap()
    }

    /// The certainty in columns 25 and 38 of hair of the value `hair` with strands that differ by `strands`, before a wall
    /// of the value `wall` that the mask takes for hair from column 36.
    fn certainties(hair: u8, strands: u8, wall: u8) -> [f32; 2] {
        let crop = RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, _| {
            image::Rgb(
                [match x {
                    0..20 => 170,
                    20..36 => hair + strands * (x % 2) as u8,
                    _ => wall,
                }; 3],
            )
        });
        let masks = masks();
        let small = LowRes::of(&crop, &masks);
        let smooth = small.luma.blurred(2.0);
        let contrast = small.luma.zip(&smooth, |value, smooth| (value - smooth).abs()).blurred(2.0);
        let plane = of(&small, &contrast);
        [25, 38].map(|x| plane.values[32 * SIDE + x])
    }

    #[test]
    fn hair_is_certain_inside_and_a_wall_of_another_colour_is_not() {
        let [inside, wall] = certainties(40, 4, 130);
        assert!(inside > 0.95 && wall < 0.2, "{inside} {wall}");
    }

    #[test]
    fn before_a_wall_of_its_colour_only_strands_tell() {
        let [inside, flat] = certainties(30, 0, 30);
        assert!(inside > 0.9 && flat < 0.35, "{inside} {flat}");
        assert_eq!(certainty([[40.0; 3], [40.0; 3], [42.0; 3]], 6.0), 1.0);
    }
}
