//! Differences between pictures, and between the changes that a model made to them.

use image::RgbImage;

/// Mean absolute difference of two pictures of the same size, 0..255.
pub(super) fn change(one: &RgbImage, other: &RgbImage) -> f32 {
    let sum: u64 = one.iter().zip(other.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f32 / one.as_raw().len().max(1) as f32
}

/// A crop and the model's output for it, of the same size.
#[derive(Clone, Copy)]
pub(super) struct CropPair<'a> {
    pub crop: &'a RgbImage,
    pub aged: &'a RgbImage,
}

impl CropPair<'_> {
    /// What the model added to the byte at `offset`.
    fn added(&self, offset: usize) -> f32 {
        f32::from(self.aged.as_raw()[offset]) - f32::from(self.crop.as_raw()[offset])
    }
}

/// Mean absolute difference between two changes, 0..255: the change of one crop, and that of a second crop
/// whose content is shifted right and down by `by` (0..1 pixels along x and y), shifted back bilinearly. The
/// last row and column are left out because they would need pixels beyond the edge.
pub(super) fn change_difference(here: CropPair, there: CropPair, by: [f32; 2]) -> f32 {
    let (width, height) = here.crop.dimensions();
    let row = 3 * width as usize;
    let [x, y] = by;
    // Offsets and weights of the four neighbours.
    let taps = [(0, (1.0 - x) * (1.0 - y)), (3, x * (1.0 - y)), (row, (1.0 - x) * y), (row + 3, x * y)];
    let (mut sum, mut count) = (0.0_f64, 0_usize);
    for line in 0..height.saturating_sub(1) as usize {
        for offset in line * row..line * row + row - 3 {
            let moved: f32 = taps.iter().map(|(step, share)| share * there.added(offset + step)).sum();
            sum += f64::from((here.added(offset) - moved).abs());
            count += 1;
        }
    }
    (sum / count.max(1) as f64) as f32
}

/// `picture` with its content shifted right and down by half a pixel: each pixel is the mean of four.
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
mod tests {
    use super::*;
    use image::Rgb;

    fn pair<'a>(crop: &'a RgbImage, aged: &'a RgbImage) -> CropPair<'a> {
        CropPair { crop, aged }
    }

    #[test]
    fn a_change_that_moves_with_the_face_is_stable() {
        let flat = RgbImage::from_pixel(40, 10, Rgb([100; 3]));
        // A ramp of four levels per pixel, and the same ramp shifted right by a quarter and by half a pixel.
        let ramp = |less: u32| RgbImage::from_fn(40, 10, |x, _| Rgb([(90 + 4 * x - less) as u8; 3]));
        let (aged, quarter, half) = (ramp(0), ramp(1), ramp(2));
        let difference = |moved, by| change_difference(pair(&flat, &aged), pair(&flat, moved), by);
        assert!(difference(&quarter, [0.25, 0.0]).abs() < 1e-4);
        assert!(difference(&half, [0.5, 0.7]).abs() < 1e-4, "all rows are equal");
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

    /// `tests/reference/stability.py` shifts the change bilinearly with SciPy.
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
            let ours = change_difference(pair(&crop, &aged), pair(&moved, &moved_aged), by);
            assert!((ours - wanted).abs() < 1e-3, "{by:?}: {ours} instead of {wanted}");
        }
        let half = moved_by_half(&crop);
        let mean = half.iter().map(|value| f64::from(*value)).sum::<f64>() / half.as_raw().len() as f64;
        assert!((mean - golden.moved_mean).abs() < 1e-9, "{mean}");
    }
}
