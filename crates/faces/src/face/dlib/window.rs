//! Cuts one template's crop out of another's; gradients pass.

use candle_core::{Result, Tensor, bail};
use image::RgbImage;

use crate::face::{AlignmentTemplate, Similarity};
use agemirror_kernels::{AxisWeights, resample};

/// An axis-parallel box of a crop, in fractions of its side; may extend beyond 0..1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropWindow {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Bottom edge.
    pub bottom: f32,
}

impl CropWindow {
    /// The whole crop.
    pub const WHOLE: Self = Self { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    /// Width in fractions of the crop's side.
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// The part of a crop aligned to `from` that a crop aligned to `to` shows (least squares over the five
    /// points, ignoring the small rotation by which two templates may differ).
    pub fn between(from: &AlignmentTemplate, to: &AlignmentTemplate) -> Self {
        let to_from = Similarity::from_points(&from.points, to, 1).inverse();
        let [left, top] = to_from.apply([0.0, 0.0]);
        Self { left, top, right: left + to_from.scale(), bottom: top + to_from.scale() }
    }

    /// Left edge, top edge and side, in pixels, of a square window in a crop of `side` pixels.
    pub fn pixels(&self, side: u32) -> [u32; 3] {
        [self.left, self.top, self.width()].map(|part| (part * side as f32).round() as u32)
    }

    /// Cuts this window, a square inside the crop, out of a square picture.
    pub fn part_of(&self, picture: &RgbImage) -> RgbImage {
        let [left, top, side] = self.pixels(picture.width());
        let mut part = RgbImage::new(side, side);
        let row = 3 * picture.width() as usize;
        let rows = picture.chunks_exact(row.max(1)).skip(top as usize);
        for (to, from) in part.chunks_exact_mut((3 * side as usize).max(1)).zip(rows) {
            to.copy_from_slice(&from[3 * left as usize..][..to.len()]);
        }
        part
    }

    /// Cuts this window out of `x` (N, C, H, W) and resizes it to `side` x `side`; see `crop_resize`.
    ///
    /// # Errors
    /// When the window is empty or not finite, or `side` is zero.
    pub fn cut(&self, x: &Tensor, side: usize) -> Result<Tensor> {
        crop_resize(x, self.left, self.top, self.right, self.bottom, side)
    }
}

/// Cuts a box, given in fractions of the sides, out of `x` (N, C, H, W) and resizes it to (N, C, `side`,
/// `side`).
///
/// Each output pixel is the mean of the area it covers; if that is smaller than a pixel of `x`, this is
/// bilinear interpolation. Edge pixels are repeated beyond the edges of `x`.
///
/// # Errors
/// When the box is empty or not finite, or `side` is zero.
fn crop_resize(x: &Tensor, left: f32, top: f32, right: f32, bottom: f32, side: usize) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let columns = AxisWeights::from_matrix(resampling(width, left, right, side)?, width)?;
    let rows = AxisWeights::from_matrix(resampling(height, top, bottom, side)?, height)?;
    resample(x, rows, columns)
}

/// The matrix (`length`, `side`) whose column `i` holds the weights of the input pixels in output pixel `i`.
fn resampling(length: usize, from: f32, to: f32, side: usize) -> Result<Vec<f32>> {
    let step = f64::from(to - from) * length as f64 / side as f64;
    if !(step.is_finite() && step > 0.0 && from.is_finite()) || length == 0 {
        bail!("crop_resize: {from}..{to} of {length} pixels cannot be made {side} pixels");
    }
    let mut matrix = vec![0f32; length * side];
    // The window covers at least one input pixel; at exactly one pixel this is linear interpolation.
    let reach = step.max(1.0) / 2.0;
    for index in 0..side {
        let centre = f64::from(from) * length as f64 + (index as f64 + 0.5) * step;
        let (low, high) = (centre - reach, centre + reach);
        for pixel in low.floor() as i64..high.ceil() as i64 {
            let covered = high.min(pixel as f64 + 1.0) - low.max(pixel as f64);
            let inside = pixel.clamp(0, length as i64 - 1) as usize;
            matrix[inside * side + index] += (covered / (2.0 * reach)) as f32;
        }
    }
    Ok(matrix)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use agemirror_kernels::testing::{assert_close, check_gradients, tensor};

    #[test]
    fn resizing_to_the_same_size_changes_nothing() -> Result<()> {
        let x = tensor(&[2, 3, 5, 7], 1)?;
        let square = tensor(&[2, 3, 6, 6], 1)?;
        assert_close(&crop_resize(&square, 0.0, 0.0, 1.0, 1.0, 6)?, &square, 1e-6)?;
        assert_eq!(crop_resize(&x, 0.0, 0.0, 1.0, 1.0, 4)?.dims(), [2, 3, 4, 4]);
        Ok(())
    }

    #[test]
    fn halving_is_the_mean_of_blocks() -> Result<()> {
        let x = tensor(&[1, 2, 8, 8], 2)?;
        assert_close(&crop_resize(&x, 0.0, 0.0, 1.0, 1.0, 4)?, &x.avg_pool2d(2)?, 1e-6)?;
        let quarter = x.narrow(2, 4, 4)?.narrow(3, 0, 4)?.contiguous()?.avg_pool2d(2)?;
        assert_close(&crop_resize(&x, 0.0, 0.5, 0.5, 1.0, 2)?, &quarter, 1e-6)
    }

    /// A ramp stays a ramp away from the edges, so it shows every shift: exactly when enlarged, up to the
    /// steps between its pixels when shrunk.
    #[test]
    fn a_ramp_is_cut_where_the_box_says() -> Result<()> {
        let ramp: Vec<f32> =
            (0..400).map(|index| (index % 20) as f32 + 0.5 + 100.0 * (index / 20) as f32).collect();
        let x = Tensor::from_vec(ramp, (1, 1, 20, 20), &Device::Cpu)?;
        for (side, left, right) in [(7, 0.21, 0.83), (30, 0.35, 0.7), (12, 0.1, 0.9)] {
            let cut =
                crop_resize(&x, left, left, right, right, side)?.squeeze(0)?.squeeze(0)?.to_vec2::<f32>()?;
            let tolerance = if side == 30 { 0.01 } else { 0.1 * 101.0 };
            for (row, line) in cut.iter().enumerate() {
                for (column, value) in line.iter().enumerate() {
                    let at =
                        |index: usize| (left + (right - left) * (index as f32 + 0.5) / side as f32) * 20.0;
                    let wanted = at(column) + 100.0 * (at(row) - 0.5);
                    assert!((value - wanted).abs() < tolerance, "{side} {row} {column}: {value} {wanted}");
                }
            }
        }
        Ok(())
    }

    #[test]
    fn gradients_pass_and_edges_are_repeated() -> Result<()> {
        let x = tensor(&[1, 2, 9, 9], 4)?;
        check_gradients(&[&x], |args| crop_resize(&args[0], -0.2, 0.1, 0.9, 1.2, 5))?;
        let beyond = crop_resize(&x, -2.0, -2.0, -1.0, -1.0, 2)?;
        assert_close(
            &beyond,
            &x.narrow(2, 0, 1)?.narrow(3, 0, 1)?.broadcast_as((1, 2, 2, 2))?.contiguous()?,
            1e-6,
        )
    }

    #[test]
    fn a_window_of_a_picture_is_cut_between_pixels() {
        let window = CropWindow { left: 0.25, top: 0.2, right: 0.75, bottom: 0.7 };
        let picture = RgbImage::from_fn(256, 256, |x, y| image::Rgb([x as u8, y as u8, 0]));
        let part = window.part_of(&picture);
        assert_eq!((part.dimensions(), part.get_pixel(0, 0).0), ((128, 128), [64, 51, 0]));
        assert_eq!(CropWindow::WHOLE.part_of(&picture), picture);
    }

    #[test]
    fn empty_boxes_are_refused() -> Result<()> {
        let x = tensor(&[1, 1, 4, 4], 1)?;
        for (from, to, side) in
            [(0.5, 0.5, 3), (0.5, 0.1, 3), (f32::NAN, 1.0, 3), (0.0, f32::INFINITY, 3), (0.0, 1.0, 0)]
        {
            assert!(crop_resize(&x, from, 0.0, to, 1.0, side).is_err());
        }
        Ok(())
    }

    #[test]
    fn one_template_is_located_inside_another() {
        let from =
            AlignmentTemplate { points: [[0.35, 0.4], [0.65, 0.4], [0.5, 0.6], [0.4, 0.75], [0.6, 0.75]] };
        let (left, top, size) = (0.1, 0.2, 0.75);
        let to =
            AlignmentTemplate { points: from.points.map(|[x, y]| [(x - left) / size, (y - top) / size]) };
        let window = CropWindow::between(&from, &to);
        for (found, wanted) in
            [(window.left, 0.1), (window.top, 0.2), (window.right, 0.85), (window.bottom, 0.95)]
        {
            assert!((found - wanted).abs() < 1e-5, "{window:?}");
        }
    }
}
