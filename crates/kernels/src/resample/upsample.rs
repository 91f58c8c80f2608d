//! Upsampling: nearest neighbour by two, or bilinear to any size. Both are linear; their gradients are their
//! transposes, which are differentiable operations too.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::view::{floats, nchw};

/// Doubles the sides of `x` (N, C, H, W); every pixel becomes four.
///
/// # Errors
/// If the tensor is not f32 or does not have four axes.
pub fn upsample_nearest2(x: &Tensor) -> Result<Tensor> {
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(Twice::Repeat) } else { repeat(x) }
}

/// Fallback for other devices, composed of candle's operations.
fn repeat(x: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    x.reshape((n, c, h, 1, w, 1))?.broadcast_as((n, c, h, 2, w, 2))?.contiguous()?.reshape((
        n,
        c,
        2 * h,
        2 * w,
    ))
}

#[derive(Clone, Copy)]
enum Twice {
    /// Every pixel becomes four.
    Repeat,
    /// Every four pixels become their sum.
    Sum,
}

impl CustomOp1 for Twice {
    fn name(&self) -> &'static str {
        "twice"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let [oh, ow] = match self {
            Self::Repeat => [2 * h, 2 * w],
            Self::Sum => [h / 2, w / 2],
        };
        let mut out = vec![0f32; n * c * oh * ow];
        let planes = out.par_chunks_mut((oh * ow).max(1));
        planes.zip(floats(storage, layout)?.par_chunks((h * w).max(1))).for_each(|(to, from)| match self {
            Self::Repeat => {
                for (to, from) in to.chunks_exact_mut(2 * ow).zip(from.chunks_exact(w)) {
                    let (first, second) = to.split_at_mut(ow);
                    first.chunks_exact_mut(2).zip(from).for_each(|(to, from)| to.fill(*from));
                    second.copy_from_slice(first);
                }
            }
            Self::Sum => {
                for (to, from) in to.chunks_exact_mut(ow).zip(from.chunks_exact(2 * w)) {
                    let (first, second) = from.split_at(w);
                    for ((to, a), b) in to.iter_mut().zip(first.chunks_exact(2)).zip(second.chunks_exact(2)) {
                        *to = a[0] + a[1] + b[0] + b[1];
                    }
                }
            }
        });
        Ok((CpuStorage::F32(out), (n, c, oh, ow).into()))
    }

    fn bwd(&self, _x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let transposed = match self {
            Self::Repeat => Self::Sum,
            Self::Sum => Self::Repeat,
        };
        grad.contiguous()?.apply_op1(transposed).map(Some)
    }
}

/// Mapping from the pixels of a resized picture to the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelGrid {
    /// Pixels are squares: the centre of pixel i is at (i + 0.5) * ratio - 0.5 (PyTorch's
    /// `align_corners=False`, OpenCV).
    Squares,
    /// The centres of the corner pixels stay in place (`align_corners=True`).
    Corners,
    /// Pixel i is at i * ratio (TensorFlow 1).
    Origin,
}

impl PixelGrid {
    /// For each of `to` pixels, the two of `from` pixels between which it lies, and the fraction of the way
    /// between them.
    fn taps(self, from: usize, to: usize) -> Vec<Tap> {
        let ratio = match self {
            Self::Corners if to > 1 => (from - 1) as f64 / (to - 1) as f64,
            Self::Corners => 0.0,
            _ => from as f64 / to as f64,
        };
        let tap = |i: usize| {
            let at = match self {
                Self::Squares => (i as f64 + 0.5) * ratio - 0.5,
                _ => i as f64 * ratio,
            };
            let at = at.clamp(0.0, (from - 1) as f64);
            let first = at as usize;
            Tap { first, second: (first + 1).min(from - 1), fraction: (at - first as f64) as f32 }
        };
        (0..to).map(tap).collect()
    }
}

struct Tap {
    first: usize,
    second: usize,
    fraction: f32,
}

/// Resizes `x` (N, C, H, W) bilinearly to `size` (height, width), repeating the edge. There is no
/// anti-aliasing when shrinking.
///
/// # Errors
/// If a side is zero or the tensor is not f32.
pub fn resize_bilinear(x: &Tensor, size: (usize, usize), grid: PixelGrid) -> Result<Tensor> {
    let (_, _, h, w) = x.dims4()?;
    if h * w * size.0 * size.1 == 0 {
        bail!("resize: {h} x {w} cannot become {} x {}", size.0, size.1);
    }
    let op = Resize { source: [h, w], target: [size.0, size.1], grid, transposed: false };
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(op) } else { op.by_products(x) }
}

/// A resize from `source` to `target`, or its transpose.
#[derive(Clone, Copy)]
struct Resize {
    source: [usize; 2],
    target: [usize; 2],
    grid: PixelGrid,
    transposed: bool,
}

impl Resize {
    /// Fallback for other devices: a product with a matrix along each axis.
    fn by_products(self, x: &Tensor) -> Result<Tensor> {
        let (n, c, h, w) = x.dims4()?;
        let matrix = |axis: usize| -> Result<Tensor> {
            let (from, to) = (self.source[axis], self.target[axis]);
            let mut values = vec![0f32; from * to];
            for (row, tap) in values.chunks_exact_mut(from).zip(self.grid.taps(from, to)) {
                row[tap.first] += 1.0 - tap.fraction;
                row[tap.second] += tap.fraction;
            }
            Tensor::from_vec(values, (to, from), x.device())?.to_dtype(x.dtype())
        };
        let wide =
            x.reshape((n * c * h, w))?.matmul(&matrix(1)?.t()?)?.reshape((n * c, h, self.target[1]))?;
        let tall = matrix(0)?.broadcast_left(n * c)?.contiguous()?.matmul(&wide)?;
        tall.reshape((n, c, self.target[0], self.target[1]))
    }

    fn plane(&self, from: &[f32], to: &mut [f32], rows: &[Tap], columns: &[Tap]) {
        let width = self.source[1];
        for (to, row) in to.chunks_exact_mut(self.target[1]).zip(rows) {
            let (above, below) = (&from[row.first * width..][..width], &from[row.second * width..][..width]);
            for (to, column) in to.iter_mut().zip(columns) {
                let along = |line: &[f32]| {
                    line[column.first] + (line[column.second] - line[column.first]) * column.fraction
                };
                let (above, below) = (along(above), along(below));
                *to = above + (below - above) * row.fraction;
            }
        }
    }

    fn plane_transposed(&self, from: &[f32], to: &mut [f32], rows: &[Tap], columns: &[Tap]) {
        let width = self.source[1];
        let mut line = vec![0f32; width];
        for (from, row) in from.chunks_exact(self.target[1]).zip(rows) {
            line.fill(0.0);
            for (from, column) in from.iter().zip(columns) {
                line[column.first] += from * (1.0 - column.fraction);
                line[column.second] += from * column.fraction;
            }
            for (index, fraction) in [(row.first, 1.0 - row.fraction), (row.second, row.fraction)] {
                let to = &mut to[index * width..][..width];
                to.iter_mut().zip(&line).for_each(|(to, from)| *to += from * fraction);
            }
        }
    }
}

impl CustomOp1 for Resize {
    fn name(&self) -> &'static str {
        "resize-bilinear"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let [oh, ow] = if self.transposed { self.source } else { self.target };
        let rows = self.grid.taps(self.source[0], self.target[0]);
        let columns = self.grid.taps(self.source[1], self.target[1]);
        let mut out = vec![0f32; n * c * oh * ow];
        let planes = out.par_chunks_mut(oh * ow).zip(floats(storage, layout)?.par_chunks(h * w));
        planes.for_each(|(to, from)| match self.transposed {
            false => self.plane(from, to, &rows, &columns),
            true => self.plane_transposed(from, to, &rows, &columns),
        });
        Ok((CpuStorage::F32(out), (n, c, oh, ow).into()))
    }

    fn bwd(&self, _x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let transposed = Self { transposed: !self.transposed, ..*self };
        grad.contiguous()?.apply_op1(transposed).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, check_second_order, tensor};

    #[test]
    fn nearest_agrees_with_candle_and_finite_differences() -> Result<()> {
        let x = tensor(&[2, 3, 5, 7], 1)?;
        let expected = x.upsample_nearest2d(10, 14)?;
        assert_close(&upsample_nearest2(&x)?, &expected, 0.0)?;
        assert_close(&repeat(&x)?, &expected, 0.0)?;
        check_gradients(&[&x], |t| upsample_nearest2(&t[0]))?;
        check_second_order(&[&x], |t| upsample_nearest2(&t[0]))
    }

    #[test]
    fn bilinear_agrees_with_candle_and_finite_differences() -> Result<()> {
        for (dims, size) in [([2, 3, 5, 7], (10, 21)), ([1, 2, 9, 8], (5, 13)), ([1, 1, 1, 4], (3, 1))] {
            let x = tensor(&dims, 1)?;
            for (grid, corners) in [(PixelGrid::Squares, false), (PixelGrid::Corners, true)] {
                let expected = x.upsample_bilinear2d(size.0, size.1, corners)?;
                assert_close(&resize_bilinear(&x, size, grid)?, &expected, 1e-5)?;
            }
            for grid in [PixelGrid::Squares, PixelGrid::Corners, PixelGrid::Origin] {
                let [h, w] = [dims[2], dims[3]];
                let op = Resize { source: [h, w], target: [size.0, size.1], grid, transposed: false };
                assert_close(&resize_bilinear(&x, size, grid)?, &op.by_products(&x)?, 1e-5)?;
                check_gradients(&[&x], |t| resize_bilinear(&t[0], size, grid))?;
            }
            check_second_order(&[&x], |t| resize_bilinear(&t[0], size, PixelGrid::Squares))?;
        }
        assert!(resize_bilinear(&tensor(&[1, 1, 2, 2], 1)?, (0, 3), PixelGrid::Squares).is_err());
        Ok(())
    }

    #[test]
    fn tensorflows_old_grid_starts_at_the_first_pixel() -> Result<()> {
        let x = Tensor::from_vec(vec![0f32, 4.0, 8.0], (1, 1, 1, 3), &candle_core::Device::Cpu)?;
        let wide = resize_bilinear(&x, (1, 6), PixelGrid::Origin)?.flatten_all()?.to_vec1::<f32>()?;
        assert_eq!(wide, [0.0, 2.0, 4.0, 6.0, 8.0, 8.0]);
        Ok(())
    }
}
