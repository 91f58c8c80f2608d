//! How much pictures, and what was done to them, differ.

use image::RgbImage;

/// The mean absolute difference of two pictures of one size, of 255.
pub(super) fn change(one: &RgbImage, other: &RgbImage) -> f32 {
    let sum: u64 = one.iter().zip(other.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f32 / one.as_raw().len().max(1) as f32
}

/// A crop and what was made of it, of one size.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    pub crop: &'a RgbImage,
    pub aged: &'a RgbImage,
}

impl Made<'_> {
    /// What was added to the value at `place` of the bytes.
    fn added(&self, place: usize) -> f32 {
        f32::from(self.aged.as_raw()[place]) - f32::from(self.crop.as_raw()[place])
    }
}

/// How much two changes differ on average, of 255: that of a crop, and that of the crop whose content lies
/// `by` (0..1 along x and y, in pixels) further to the right and below, moved back bilinearly. The last row
/// and column, which would need pixels beyond the edge, are left out.
pub(super) fn change_difference(here: Made, there: Made, by: [f32; 2]) -> f32 {
    let (width, height) = here.crop.dimensions();
    let row = 3 * width as usize;
    let [x, y] = by;
    // Where the four neighbours lie, and how much each counts.
    let taps = [(0, (1.0 - x) * (1.0 - y)), (3, x * (1.0 - y)), (row, (1.0 - x) * y), (row + 3, x * y)];
    let (mut sum, mut count) = (0.0_f64, 0_usize);
    for line in 0..height.saturating_sub(1) as usize {
        for place in line * row..line * row + row - 3 {
            let moved: f32 = taps.iter().map(|(step, share)| share * there.added(place + step)).sum();
            sum += f64::from((here.added(place) - moved).abs());
            count += 1;
        }
    }
    (sum / count.max(1) as f64) as f32
}

/// `picture` with its content moved to the right and down by half a pixel: each pixel is the mean of four.
pub(super) fn moved_by_half(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let (left, above) = (x.saturating_sub(1), y.saturating_sub(1));
        let four = [[left, above], [x, above], [left, y], [x, y]].map(|[x, y]| picture.get_pixel(x, y).0);
        let mean = |channel: usize| {
            let sum: u16 = four.iter().map(|pixel| u16::from(pixel[channel])).sum();
            ((sum + 2) / 4) as u8
        };
        image::Rgb([0, 1, 2].map(mean))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use image::Rgb;

    fn made<'a>(crop: &'a RgbImage, aged: &'a RgbImage) -> Made<'a> {
        Made { crop, aged }
    }

    #[test]
    fn a_change_that_moves_with_the_face_is_stable() {
        let flat = RgbImage::from_pixel(40, 10, Rgb([100; 3]));
        // A ramp of four levels a pixel, and the same seen a quarter and a half further to the right.
        let ramp = |less: u32| RgbImage::from_fn(40, 10, |x, _| Rgb([(90 + 4 * x - less) as u8; 3]));
        let (aged, quarter, half) = (ramp(0), ramp(1), ramp(2));
        let difference = |moved, by| change_difference(made(&flat, &aged), made(&flat, moved), by);
        assert!(difference(&quarter, [0.25, 0.0]).abs() < 1e-4);
        assert!(difference(&half, [0.5, 0.7]).abs() < 1e-4, "nothing differs from row to row");
        assert!((difference(&aged, [0.5, 0.0]) - 2.0).abs() < 1e-4);
        assert!(difference(&aged, [0.0, 0.0]).abs() < 1e-6);
        assert!((change(&flat, &RgbImage::from_pixel(40, 10, Rgb([103; 3]))) - 3.0).abs() < 1e-5);
    }

    #[derive(serde::Deserialize)]
    struct Golden {
        by: Vec<[f32; 2]>,
        differences: Vec<f32>,
        moved_mean: f64,
    }

    /// `tests/reference/stability.py`: SciPy's shift of the change, bilinear.
    #[test]
    fn it_agrees_with_scipy() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../tests/reference/stability.json")).unwrap();
        let picture = |seed: u32| {
            RgbImage::from_fn(31, 23, |x, y| {
                let value = |c: u32| ((x * (7 + c) + y * (3 + seed) + x * y * (seed + 1)) % 251) as u8;
                Rgb([value(0), value(1), value(2)])
            })
        };
        let [crop, aged, moved, moved_aged] = [0, 1, 2, 3].map(picture);
        for (by, wanted) in golden.by.into_iter().zip(golden.differences) {
            let ours = change_difference(made(&crop, &aged), made(&moved, &moved_aged), by);
            assert!((ours - wanted).abs() < 1e-3, "{by:?}: {ours} instead of {wanted}");
        }
        let half = moved_by_half(&crop);
        let mean = half.iter().map(|value| f64::from(*value)).sum::<f64>() / half.as_raw().len() as f64;
        assert!((mean - golden.moved_mean).abs() < 1e-9, "{mean}");
    }
}
