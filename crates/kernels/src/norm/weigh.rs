//! The product of pictures and one plane each.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::simd::widest;
use crate::view::{floats, nchw};

/// Multiplies every channel of `x` (N, C, H, W) by `plane` (N, 1, H, W), or by (1, 1, H, W) for all pictures.
///
/// candle sums the gradient of the plane over the channels one float at a time, with two divisions for each.
///
/// # Errors
/// If the shapes do not match, or on the CPU if a tensor is not f32.
pub fn weigh(x: &Tensor, plane: &Tensor) -> Result<Tensor> {
    let (images, _, height, width) = x.dims4()?;
    let planes = plane.dims4()?;
    if planes != (images, 1, height, width) && planes != (1, 1, height, width) {
        bail!("weigh: the plane {:?} does not match the pictures {:?}", plane.shape(), x.shape());
    }
    // The sum over pictures is not worth a kernel.
    if !has_kernels(x.device()) || planes.0 != images && plane.track_op() {
        return x.broadcast_mul(plane);
    }
    x.contiguous()?.apply_op2(&plane.contiguous()?, Weigh)
}

widest! {
    fn multiply(to: &mut [f32], x: &[f32], plane: &[f32]) {
        to.iter_mut().zip(x).zip(plane).for_each(|((to, x), plane)| *to = x * plane);
    }
}

widest! {
    fn add_product(to: &mut [f32], a: &[f32], b: &[f32]) {
        to.iter_mut().zip(a).zip(b).for_each(|((to, a), b)| *to += a * b);
    }
}

struct Weigh;

impl CustomOp2 for Weigh {
    fn name(&self) -> &'static str {
        "weigh"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let ([images, channels, height, width], [planes, ..]) = (nchw(l1)?, nchw(l2)?);
        let (x, plane) = (floats(s1, l1)?, floats(s2, l2)?);
        let size = (height * width).max(1);
        let mut out = vec![0f32; images * channels * height * width];
        let jobs = out.par_chunks_mut(size).zip(x.par_chunks(size)).enumerate();
        jobs.for_each(|(index, (to, x))| {
            let of = if planes == 1 { 0 } else { index / channels };
            multiply(to, x, &plane[of * size..][..size]);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        plane: &Tensor,
        _result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let of_x = x.track_op().then(|| grad.apply_op2_no_bwd(plane, &Self)).transpose()?;
        let of_plane = plane.track_op().then(|| x.apply_op2_no_bwd(&grad, &ChannelProducts)).transpose()?;
        Ok((of_x, of_plane))
    }
}

/// The sum over the channels of the product of two tensors: (N, 1, H, W).
struct ChannelProducts;

impl CustomOp2 for ChannelProducts {
    fn name(&self) -> &'static str {
        "channel-products"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [images, channels, height, width] = nchw(l1)?;
        let (a, b) = (floats(s1, l1)?, floats(s2, l2)?);
        let size = (height * width).max(1);
        let mut out = vec![0f32; images * height * width];
        let pictures = a.par_chunks(channels * size).zip(b.par_chunks(channels * size));
        out.par_chunks_mut(size).zip(pictures).for_each(|(to, (a, b))| {
            a.chunks(size).zip(b.chunks(size)).for_each(|(a, b)| add_product(to, a, b));
        });
        Ok((CpuStorage::F32(out), (images, 1, height, width).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, gradients, on_every_instruction_set, tensor};

    #[test]
    fn it_agrees_with_candle_and_finite_differences() -> Result<()> {
        on_every_instruction_set(|| {
            let x = tensor(&[3, 4, 5, 7], 1)?;
            for planes in [3, 1] {
                let plane = tensor(&[planes, 1, 5, 7], 2)?;
                assert_close(&weigh(&x, &plane)?, &x.broadcast_mul(&plane)?, 0.0)?;
                let ours = gradients(&[&x, &plane], |t| weigh(&t[0], &t[1]))?;
                let candles = gradients(&[&x, &plane], |t| t[0].broadcast_mul(&t[1]))?;
                ours.iter().zip(&candles).try_for_each(|(ours, its)| assert_close(ours, its, 1e-6))?;
                check_gradients(&[&x], |t| weigh(&t[0], &plane))?;
            }
            assert!(weigh(&x, &tensor(&[3, 1, 5, 6], 2)?).is_err());
            Ok(())
        })
    }
}
