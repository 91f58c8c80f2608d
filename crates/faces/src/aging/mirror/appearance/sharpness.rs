//! Measures how sharp a face is in its crop, so that nothing sharper is drawn on it.

use image::{GenericImageView, RgbImage};

use crate::interpolation::interpolate;
use crate::pixels::luma;

/// Blur by the ratio of fine to coarse detail: standard deviations in pixels.
const BLUR_BY: [(f32, f32); 6] = [(0.25, 3.0), (0.4, 2.0), (0.55, 1.4), (0.75, 0.9), (0.95, 0.5), (1.2, 0.0)];

/// Approximate face area of a head crop: left, top and side in fractions.
const FACE: [f32; 3] = [0.35, 0.32, 0.3];

/// Estimates the blur of a square `crop` as a standard deviation in pixels, from the detail under the mask
/// `skin`: skin has detail of every size, down to what the camera resolves.
pub(super) fn blur_of(crop: &RgbImage, skin: &[f32]) -> f32 {
    let [left, top, side] = FACE.map(|part| (part * crop.width() as f32) as u32);
    if side < 8 || crop.height() < top + side {
        return 0.0;
    }
    let row = |y: u32| (y * crop.width() + left) as usize..(y * crop.width() + left + side) as usize;
    let skin: Vec<f32> = (top..top + side).flat_map(|y| skin[row(y)].iter().copied()).collect();
    let face = image::imageops::crop_imm(crop, left, top, side, side);
    let luma: Vec<f32> = face.pixels().map(|(_, _, pixel)| luma(pixel.0.map(f32::from))).collect();
    let side = side as usize;
    let once = binomial(&luma, side);
    let twice = binomial(&binomial(&binomial(&once, side), side), side);
    let sum = |a: &[f32], b: &[f32]| -> f32 {
        a.iter().zip(b).zip(&skin).map(|((a, b), skin)| skin * (a - b).abs()).sum()
    };
    let (fine, coarse) = (sum(&luma, &once), sum(&once, &twice));
    if coarse <= 0.0 { 0.0 } else { interpolate(fine / coarse, &BLUR_BY) }
}

/// Blurs by 1, 2, 1 in both directions, keeping the outermost pixels.
fn binomial(values: &[f32], side: usize) -> Vec<f32> {
    let mut across = values.to_vec();
    for (to, row) in across.chunks_exact_mut(side).zip(values.chunks_exact(side)) {
        for x in 1..side - 1 {
            to[x] = 0.25 * (row[x - 1] + row[x + 1]) + 0.5 * row[x];
        }
    }
    let mut both = across.clone();
    for y in 1..side - 1 {
        for x in 0..side {
            let i = y * side + x;
            both[i] = 0.25 * (across[i - side] + across[i + side]) + 0.5 * across[i];
        }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_pictures::decode_picture;

    /// The face of the sample portrait, blurred `passes` times.
    fn blurred(passes: usize) -> (RgbImage, f32) {
        let portrait =
            decode_picture(include_bytes!("../../../../../../assets/astronaut.jpg"), "the portrait").unwrap();
        let face = image::imageops::crop_imm(&portrait.picture, 75, 0, 300, 300).to_image();
        let mut planes =
            [0, 1, 2].map(|c: usize| face.pixels().map(|p| f32::from(p.0[c])).collect::<Vec<_>>());
        for _ in 0..passes {
            planes = planes.map(|plane| binomial(&plane, 300));
        }
        let pixel =
            |x: u32, y: u32| image::Rgb([0, 1, 2].map(|c: usize| planes[c][(y * 300 + x) as usize] as u8));
        // Each pass adds half a squared pixel to the variance.
        (RgbImage::from_fn(300, 300, pixel), (0.5 * passes as f32).sqrt())
    }

    #[test]
    fn the_blur_of_a_face_is_estimated() {
        let skin = vec![1.0; 300 * 300];
        let found: Vec<f32> = [0, 2, 6, 14].map(|passes| blur_of(&blurred(passes).0, &skin)).to_vec();
        assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "{found:?}");
        for (passes, found) in [(2, found[1]), (6, found[2]), (14, found[3])] {
            let added = blurred(passes).1;
            assert!((found - added).abs() < 0.75, "{found} for {added}");
        }
    }
}
