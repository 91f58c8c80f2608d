//! Halving and doubling a map with the filter (1, 3, 3, 1), which removes the frequencies that subsampling
//! would alias (Zhang, "Making Convolutional Networks Shift-Invariant Again", 2019). The map is padded with
//! zeros.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::simd::planes;
use crate::simd::widest;
use crate::view::{floats, nchw, with_floats};

/// Halves the sides of `x` (N, C, H, W; both even): filters with (1, 3, 3, 1)/8 along each axis and keeps
/// every second value.
///
/// # Errors
/// If a side is odd or the tensor is not f32.
pub fn down2(x: &Tensor) -> Result<Tensor> {
    resample(x, Resample::Down(1.0))
}

/// Doubles the sides of `x` (N, C, H, W) bilinearly, with the weights (3, 1)/4 and (1, 3)/4 along each axis.
///
/// # Errors
/// If the tensor is not f32.
pub fn up2(x: &Tensor) -> Result<Tensor> {
    resample(x, Resample::Up(1.0))
}

/// [`up2`] of `x` (N, C, H, W) plus `skip` (N or 1, C, 2 H, 2 W).
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn up2_with_skip(x: &Tensor, skip: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    let expected = [skip.dim(0)?, c, 2 * h, 2 * w];
    if skip.dims() != expected || (expected[0] != n && expected[0] != 1) {
        bail!("up2: a skip of shape {:?} does not match {:?} doubled", skip.dims(), x.dims());
    }
    if !has_kernels(x.device()) || x.track_op() || skip.track_op() {
        return up2(x)?.broadcast_add(skip);
    }
    let plane = h * w;
    let out = with_floats(x, |x| {
        with_floats(skip, |skip| {
            let mut out = vec![0f32; 4 * x.len()];
            for_each_plane(&mut out, 4 * plane, x, plane, w, |i, to, from, row| {
                up_plane(from, w, to, row, 1.0 / 16.0);
                let start = 4 * plane * i % skip.len();
                planes::add(to, &skip[start..start + 4 * plane]);
            });
            Ok(out)
        })
    })?;
    Tensor::from_vec(out, (n, c, 2 * h, 2 * w), x.device())
}

/// Calls `f` with the index of each plane, its slice of `to`, its slice of `from`, and scratch memory for a
/// padded row of width `w`.
fn for_each_plane(
    to: &mut [f32],
    to_plane: usize,
    from: &[f32],
    from_plane: usize,
    w: usize,
    f: impl Fn(usize, &mut [f32], &[f32], &mut [f32]) + Sync,
) {
    /// Size in floats up to which a second thread does not pay.
    const SMALL: usize = 1 << 17;
    let row = || vec![0f32; w + 2];
    if to.len().max(from.len()) <= SMALL {
        let mut row = row();
        let planes = to.chunks_exact_mut(to_plane.max(1)).zip(from.chunks_exact(from_plane.max(1)));
        planes.enumerate().for_each(|(i, (to, from))| f(i, to, from, &mut row));
        return;
    }
    let planes = to.par_chunks_exact_mut(to_plane.max(1)).zip(from.par_chunks_exact(from_plane.max(1)));
    planes.enumerate().for_each_init(row, |row, (i, (to, from))| f(i, to, from, row));
}

fn resample(x: &Tensor, op: Resample) -> Result<Tensor> {
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(op) } else { op.by_convolution(x) }
}

/// The two operations are each other's transpose up to a factor of four, which the field carries.
#[derive(Clone, Copy)]
enum Resample {
    Down(f32),
    Up(f32),
}

impl Resample {
    /// Fallback for other devices, composed of candle's convolutions.
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
        for_each_plane(&mut out, oh * ow, x, h * w, w, |_, to, from, row| match self {
            Self::Down(scale) => down_plane(from, w, to, row, *scale / 64.0),
            Self::Up(scale) => up_plane(from, w, to, row, *scale / 16.0),
        });
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

/// Writes the weighted sum of the existing rows of `from` to `row[1..=w]`; its ends stay zero.
#[inline(always)]
fn blend<const N: usize>(from: &[f32], w: usize, rows: [(Option<usize>, f32); N], row: &mut [f32]) {
    row.fill(0.0);
    for (y, weight) in rows {
        let Some(source) = y.and_then(|y| from.get(y * w..(y + 1) * w)) else { continue };
        row[1..=w].iter_mut().zip(source).for_each(|(to, from)| *to += weight * from);
    }
}

widest! {
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
            let pairs = row[..w].chunks_exact(2).zip(row[2..].chunks_exact(2));
            for (out, (near, far)) in out.iter_mut().zip(pairs) {
                *out = near[0] + 3.0 * (near[1] + far[0]) + far[1];
            }
        }
    }
}

widest! {
    fn up_plane(from: &[f32], w: usize, to: &mut [f32], row: &mut [f32], scale: f32) {
        for (y, out) in to.chunks_exact_mut(2 * w).enumerate() {
            let near = y / 2;
            let far = if y % 2 == 0 { near.checked_sub(1) } else { Some(near + 1) };
            blend(from, w, [(Some(near), 3.0 * scale), (far, scale)], row);
            let (left, middle, right) = (&row[..w], &row[1..=w], &row[2..w + 2]);
            for (((pair, left), middle), right) in out.chunks_exact_mut(2).zip(left).zip(middle).zip(right) {
                pair[0] = left + 3.0 * middle;
                pair[1] = 3.0 * middle + right;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, on_every_instruction_set, tensor};

    #[test]
    fn both_agree_with_candles_convolutions() -> Result<()> {
        on_every_instruction_set(|| {
            [[2, 3, 8, 12], [1, 1, 2, 2], [3, 2, 6, 10]].into_iter().try_for_each(|dims| {
                let x = tensor(&dims, 1)?;
                assert_close(&down2(&x)?, &Resample::Down(1.0).by_convolution(&x)?, 1e-5)?;
                assert_close(&up2(&x)?, &Resample::Up(1.0).by_convolution(&x)?, 1e-5)?;
                let [n, c, h, w] = dims;
                for images in [1, n] {
                    let skip = tensor(&[images, c, 2 * h, 2 * w], 2)?;
                    assert_close(&up2_with_skip(&x, &skip)?, &up2(&x)?.broadcast_add(&skip)?, 1e-6)?;
                }
                assert!(up2_with_skip(&x, &x).is_err());
                Ok(())
            })
        })
    }

    #[test]
    fn gradients_agree_with_finite_differences() -> Result<()> {
        let x = tensor(&[2, 2, 6, 8], 2)?;
        check_gradients(&[&x], |t| down2(&t[0]))?;
        check_gradients(&[&x], |t| up2(&t[0]))
    }

    #[test]
    fn a_constant_stays_constant_away_from_the_edges() -> Result<()> {
        let x = Tensor::ones((1, 1, 8, 8), candle_core::DType::F32, &candle_core::Device::Cpu)?;
        let inner = down2(&x)?.narrow(2, 1, 2)?.narrow(3, 1, 2)?;
        assert_close(&inner, &inner.ones_like()?, 1e-6)?;
        assert!(down2(&x.narrow(2, 0, 7)?.contiguous()?).is_err());
        Ok(())
    }
}
