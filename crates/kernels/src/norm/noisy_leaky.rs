//! The last step of a StyleGAN2 layer (Karras et al., 2020) in one pass over memory: demodulation, noise,
//! bias and a leaky ReLU.

use candle_core::{CpuStorage, CustomOp3, InplaceOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::activation::{Activation, LEAKY_SLOPE};
use super::modulate::Modulate;
use crate::autograd::second_order_enabled;
use crate::device::has_kernels;
use crate::simd::planes;
use crate::view::{floats, nchw, with_floats};

/// `leaky_relu(x * gain + noise + shift)` for `x` (N, C, H, W), `gain` (N, C), `shift` (C), and `noise` (1,
/// H, W) for all images or (N, H, W).
///
/// On the CPU, and if no gradient is needed, the result reuses the memory of `x`, which must not be shared.
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn noisy_leaky(x: Tensor, gain: &Tensor, noise: &Tensor, shift: &Tensor) -> Result<Tensor> {
    if !has_kernels(x.device()) {
        return composed(&x, gain, noise, shift);
    }
    let tracked = [&x, gain, noise, shift].iter().any(|tensor| tensor.track_op());
    let factors = Tensor::stack(&[gain, &shift.broadcast_as(gain.shape())?], 0)?.contiguous()?;
    let (x, noise) = (x.contiguous()?, noise.contiguous()?);
    if tracked {
        return x.apply_op3(&factors, &noise, NoisyLeaky);
    }
    x.inplace_op3(&factors, &noise, &NoisyLeaky)?;
    Ok(x)
}

/// Fallback for other devices, composed of candle's operations such that its gradient keeps few tensors.
fn composed(x: &Tensor, gain: &Tensor, noise: &Tensor, shift: &Tensor) -> Result<Tensor> {
    let (n, c, _, _) = x.dims4()?;
    let y = x.broadcast_mul(&gain.reshape((n, c, 1, 1))?)?.broadcast_add(&noise.unsqueeze(1)?)?;
    let y = y.broadcast_add(&shift.reshape((1, c, 1, 1))?)?;
    y.maximum(&(&y * f64::from(LEAKY_SLOPE))?)
}

struct NoisyLeaky;

/// Floats of a plane that one task sums over the channels.
const CHUNK: usize = 1 << 12;

impl NoisyLeaky {
    /// The dimensions of x, and the number of noise planes.
    fn sizes(l1: &Layout, l2: &Layout, l3: &Layout) -> Result<([usize; 4], usize)> {
        let [n, c, h, w] = nchw(l1)?;
        let (planes, height, width) = l3.shape().dims3()?;
        let fits = l2.shape().dims3()? == (2, n, c) && (height, width) == (h, w);
        if !fits || (planes != 1 && planes != n) {
            bail!(
                "noisy-leaky: the shapes {:?}, {:?} and {:?} do not match",
                l1.shape(),
                l2.shape(),
                l3.shape()
            );
        }
        Ok(([n, c, h, w], planes))
    }

    /// Computes the result in place.
    fn run(x: &mut [f32], factors: &[f32], noise: &[f32], [n, c, h, w]: [usize; 4]) {
        let plane = (h * w).max(1);
        x.par_chunks_exact_mut(plane).enumerate().for_each(|(i, values)| {
            let (gain, shift) = (factors[i], factors[n * c + i]);
            let noise = &noise[if noise.len() == plane { 0 } else { i / c * plane }..][..plane];
            for (value, noise) in values.iter_mut().zip(noise) {
                let sum = *value * gain + (noise + shift);
                *value = sum.max(sum * LEAKY_SLOPE);
            }
        });
    }

    /// The gradient with respect to the noise of `noise` planes; `before` is the gradient before the
    /// activation.
    fn noise_grad(before: &[f32], noise: usize, [n, c, h, w]: [usize; 4]) -> Vec<f32> {
        let plane = (h * w).max(1);
        let mut noise_grad = vec![0f32; noise * plane];
        // If one noise plane serves all images, its gradient is also summed over them.
        let stacked = n * c / noise.max(1);
        for (out, before) in noise_grad.chunks_exact_mut(plane).zip(before.chunks_exact(stacked * plane)) {
            out.par_chunks_mut(CHUNK).enumerate().for_each(|(i, out)| {
                for before in before.chunks_exact(plane) {
                    planes::add(out, &before[i * CHUNK..][..out.len()]);
                }
            });
        }
        noise_grad
    }
}

impl InplaceOp3 for NoisyLeaky {
    fn name(&self) -> &'static str {
        "noisy-leaky"
    }

    fn cpu_fwd(
        &self,
        s1: &mut CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<()> {
        let (sizes, _) = Self::sizes(l1, l2, l3)?;
        let (CpuStorage::F32(x), Some((start, end))) = (s1, l1.contiguous_offsets()) else {
            bail!("noisy-leaky: the map must be contiguous and f32");
        };
        Self::run(&mut x[start..end], floats(s2, l2)?, floats(s3, l3)?, sizes);
        Ok(())
    }
}

type Gradients = (Option<Tensor>, Option<Tensor>, Option<Tensor>);

impl CustomOp3 for NoisyLeaky {
    fn name(&self) -> &'static str {
        "noisy-leaky"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (sizes, _) = Self::sizes(l1, l2, l3)?;
        let mut out = floats(s1, l1)?.to_vec();
        Self::run(&mut out, floats(s2, l2)?, floats(s3, l3)?, sizes);
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        factors: &Tensor,
        noise: &Tensor,
        result: &Tensor,
        grad: &Tensor,
    ) -> Result<Gradients> {
        let before = Activation::Leaky(LEAKY_SLOPE).gradient(result, grad)?;
        let gain = factors.get(0)?;
        let scaled = Modulate { activation: Activation::Identity };
        let (x_grad, gain_grad, shift_grad) = scaled.bwd(x, &gain, &gain, &before, &before)?;
        let factors_grad = gain_grad.zip(shift_grad).map(|(gain, shift)| Tensor::stack(&[gain, shift], 0));
        let (n, c, h, w) = x.dims4()?;
        let planes = noise.dim(0)?;
        let noise_grad = if second_order_enabled() {
            let noise_grad = before.sum(1)?;
            if planes == n { noise_grad } else { noise_grad.sum_keepdim(0)? }
        } else {
            let noise_grad =
                with_floats(&before, |before| Ok(Self::noise_grad(before, planes, [n, c, h, w])))?;
            Tensor::from_vec(noise_grad, noise.shape(), x.device())?
        };
        Ok((x_grad, factors_grad.transpose()?, Some(noise_grad)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{
        assert_close, check_gradients, check_second_order, gradients, on_every_instruction_set, tensor,
    };

    #[test]
    fn agrees_with_candle() -> Result<()> {
        let (gain, shift) = (tensor(&[2, 3], 2)?, tensor(&[3], 3)?);
        for planes in [1, 2] {
            let (x, noise) = (tensor(&[2, 3, 5, 7], 1)?, tensor(&[planes, 5, 7], 4)?);
            let slow = composed(&x, &gain, &noise, &shift)?;
            assert_close(&noisy_leaky(x, &gain, &noise, &shift)?, &slow, 1e-6)?;
        }
        Ok(())
    }

    #[test]
    fn its_gradients_agree_with_candles_and_with_differences() -> Result<()> {
        let (x, gain, shift) = (tensor(&[2, 3, 65, 70], 1)?, tensor(&[2, 3], 2)?, tensor(&[3], 3)?);
        on_every_instruction_set(|| {
            for planes in [1, 2] {
                let noise = tensor(&[planes, 65, 70], 4)?;
                let args = [&x, &gain, &noise, &shift];
                let ours = gradients(&args, |t| noisy_leaky(t[0].copy()?, &t[1], &t[2], &t[3]))?;
                let expected = gradients(&args, |t| composed(&t[0], &t[1], &t[2], &t[3]))?;
                for (ours, expected) in ours.iter().zip(&expected) {
                    assert_close(ours, expected, 1e-4)?;
                }
            }
            let small = [&tensor(&[2, 3, 5, 7], 1)?, &gain, &tensor(&[2, 5, 7], 4)?, &shift];
            check_gradients(&small, |t| noisy_leaky(t[0].copy()?, &t[1], &t[2], &t[3]))
        })
    }

    #[test]
    fn gradients_of_gradients_agree_with_finite_differences() -> Result<()> {
        let (x, gain, shift) = (tensor(&[2, 3, 5, 7], 1)?, tensor(&[2, 3], 2)?, tensor(&[3], 3)?);
        for planes in [1, 2] {
            let noise = tensor(&[planes, 5, 7], 4)?;
            check_second_order(&[&x, &gain, &noise, &shift], |t| {
                noisy_leaky(t[0].copy()?, &t[1], &t[2], &t[3])
            })?;
        }
        Ok(())
    }

    #[test]
    fn a_part_of_a_batch_leaves_the_rest_alone() -> Result<()> {
        let both = tensor(&[2, 3, 4, 4], 1)?;
        let first = both.narrow(0, 0, 1)?.copy()?;
        let (gain, noise, shift) = (tensor(&[1, 3], 2)?, tensor(&[1, 4, 4], 4)?, tensor(&[3], 3)?);
        let expected = composed(&both.narrow(0, 1, 1)?, &gain, &noise, &shift)?;
        let second = noisy_leaky(both.narrow(0, 1, 1)?, &gain, &noise, &shift)?;
        assert_close(&second, &expected, 1e-6)?;
        assert_close(&both.narrow(0, 0, 1)?, &first, 0.0)
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() -> Result<()> {
        let (gain, noise) = (tensor(&[2, 3], 2)?, tensor(&[1, 4, 4], 4)?);
        let map = |side: usize| tensor(&[2, 3, side, side], 1);
        assert!(noisy_leaky(map(4)?, &gain, &noise, &tensor(&[2], 3)?).is_err());
        assert!(noisy_leaky(map(5)?, &gain, &noise, &tensor(&[3], 3)?).is_err());
        Ok(())
    }
}
