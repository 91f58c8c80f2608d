//! Halving and doubling a map with the filter (1, 3, 3, 1), so that nothing aliases: what a strided
//! convolution would fold over is smoothed away first (Zhang, "Making Convolutional Networks
//! Shift-Invariant Again", 2019). Outside the map there are zeros.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::view::{floats, nchw};

/// Halves the sides of `x` (N, C, H, W; both even): (1, 3, 3, 1)/8 along each axis, every second kept.
///
/// # Errors
/// When a side is odd or the tensor is not f32.
pub fn down2(x: &Tensor) -> Result<Tensor> {
    resample(x, Resample::Down(1.0))
}

/// Doubles the sides of `x` (N, C, H, W) bilinearly: (3, 1)/4 and (1, 3)/4 along each axis.
///
/// # Errors
/// When the tensor is not f32.
pub fn up2(x: &Tensor) -> Result<Tensor> {
    resample(x, Resample::Up(1.0))
}

fn resample(x: &Tensor, op: Resample) -> Result<Tensor> {
    if x.device().is_cpu() { x.contiguous()?.apply_op1(op) } else { op.by_convolution(x) }
}

/// The two are each other's transpose but for a factor of four, which the number carries.
#[derive(Clone, Copy)]
enum Resample {
    Down(f32),
    Up(f32),
}

impl Resample {
    /// The same out of candle's operations, for devices without a kernel of ours.
    fn by_convolution(self, x: &Tensor) -> Result<Tensor> {
        let (n, c, h, w) = x.dims4()?;
        let planes = x.reshape((n * c, 1, h, w))?;
        let taps: Vec<f32> =
            (0..16).map(|i| [1.0, 3.0, 3.0, 1.0][i / 4] * [1.0f32, 3.0, 3.0, 1.0][i % 4]).collect();
        let filter = Tensor::from_vec(taps, (1, 1, 4, 4), x.device())?.to_dtype(x.dtype())?;
        match self {
            Self::Down(scale) => {
                let filter = (filter * f64::from(scale / 64.0))?;
                planes.conv2d(&filter, 1, 2, 1, 1)?.reshape((n, c, h / 2, w / 2))
            }
            Self::Up(scale) => {
                let filter = (filter * f64::from(scale / 16.0))?;
                planes.conv_transpose2d(&filter, 1, 0, 2, 1)?.reshape((n, c, h * 2, w * 2))
            }
        }
    }
}

impl CustomOp1 for Resample {
    fn name(&self) -> &'static str {
        "resample2"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let x = floats(storage, layout)?;
        let [oh, ow] = match self {
            Self::Down(_) if h % 2 == 0 && w % 2 == 0 => [h / 2, w / 2],
            Self::Down(_) => bail!("down2: the sides must be even, not {h} x {w}"),
            Self::Up(_) => [h * 2, w * 2],
        };
        let mut out = vec![0f32; n * c * oh * ow];
        let planes = out.par_chunks_exact_mut((oh * ow).max(1)).zip(x.par_chunks_exact((h * w).max(1)));
        planes.for_each_init(
            || vec![0f32; w + 2],
            |row, (to, from)| match self {
                Self::Down(scale) => down_plane(from, w, to, row, *scale / 64.0),
                Self::Up(scale) => up_plane(from, w, to, row, *scale / 16.0),
            },
        );
        Ok((CpuStorage::F32(out), (n, c, oh, ow).into()))
    }

    fn bwd(&self, _x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let transposed = match *self {
            Self::Down(scale) => Self::Up(scale / 4.0),
            Self::Up(scale) => Self::Down(scale * 4.0),
        };
        resample(grad, transposed).map(Some)
    }
}

/// Adds the rows of `from` that exist, weighted, into `row[1..=w]`; its ends stay zero.
fn blend<const N: usize>(from: &[f32], w: usize, rows: [(Option<usize>, f32); N], row: &mut [f32]) {
    row.fill(0.0);
    for (y, weight) in rows {
        let Some(source) = y.and_then(|y| from.get(y * w..(y + 1) * w)) else { continue };
        row[1..=w].iter_mut().zip(source).for_each(|(to, from)| *to += weight * from);
    }
}

fn down_plane(from: &[f32], w: usize, to: &mut [f32], row: &mut [f32], scale: f32) {
    for (y, out) in to.chunks_exact_mut(w / 2).enumerate() {
        let y = 2 * y;
        let rows = [
            (y.checked_sub(1), scale),
            (Some(y), 3.0 * scale),
            (Some(y + 1), 3.0 * scale),
            (Some(y + 2), scale),
        ];
        blend(from, w, rows, row);
        for (x, out) in out.iter_mut().enumerate() {
            let taps = &row[2 * x..2 * x + 4];
            *out = taps[0] + 3.0 * (taps[1] + taps[2]) + taps[3];
        }
    }
}

fn up_plane(from: &[f32], w: usize, to: &mut [f32], row: &mut [f32], scale: f32) {
    for (y, out) in to.chunks_exact_mut(2 * w).enumerate() {
        let near = y / 2;
        let far = if y % 2 == 0 { near.checked_sub(1) } else { Some(near + 1) };
        blend(from, w, [(Some(near), 3.0 * scale), (far, scale)], row);
        for (x, pair) in out.chunks_exact_mut(2).enumerate() {
            let middle = 3.0 * row[x + 1];
            pair[0] = row[x] + middle;
            pair[1] = middle + row[x + 2];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::testing::{assert_close, check_gradients, tensor};

    #[test]
    fn both_agree_with_candles_convolutions() -> Result<()> {
        for dims in [[2, 3, 8, 12], [1, 1, 2, 2], [3, 2, 6, 10]] {
            let x = tensor(&dims, 1)?;
            assert_close(&down2(&x)?, &Resample::Down(1.0).by_convolution(&x)?, 1e-5)?;
            assert_close(&up2(&x)?, &Resample::Up(1.0).by_convolution(&x)?, 1e-5)?;
        }
        Ok(())
    }

    #[test]
    fn gradients_agree_with_finite_differences() -> Result<()> {
        let x = tensor(&[2, 2, 6, 8], 2)?;
        check_gradients(&[&x], |t| down2(&t[0]))?;
        check_gradients(&[&x], |t| up2(&t[0]))
    }

    #[test]
    fn a_constant_stays_inside() -> Result<()> {
        let x = Tensor::ones((1, 1, 8, 8), candle_core::DType::F32, &candle_core::Device::Cpu)?;
        let inner = down2(&x)?.narrow(2, 1, 2)?.narrow(3, 1, 2)?;
        assert_close(&inner, &inner.ones_like()?, 1e-6)?;
        assert!(down2(&x.narrow(2, 0, 7)?.contiguous()?).is_err());
        Ok(())
    }
}
