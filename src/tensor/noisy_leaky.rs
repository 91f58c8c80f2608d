//! What ends a layer of StyleGAN2 (Karras et al., 2020), in one pass over memory: demodulation, noise,
//! bias and a leaky ReLU.

use candle_core::{CpuStorage, InplaceOp3, Layout, Result, Tensor, bail};
use rayon::prelude::*;

use super::device::has_kernels;
use super::leaky::LEAKY_SLOPE;
use super::view::{floats, nchw};

/// `leaky(x * gain + noise + shift)` for `x` (N, C, H, W), `gain` (N, C), `shift` (C), and `noise`
/// (1, H, W) for all images or (N, H, W) with a plane for each.
///
/// On the CPU the result takes the memory of `x`: nobody else may hold it. Where a gradient is wanted
/// candle's own operations are used.
///
/// # Errors
/// When shapes do not fit or a tensor is not f32.
pub fn noisy_leaky(x: Tensor, gain: &Tensor, noise: &Tensor, shift: &Tensor) -> Result<Tensor> {
    let tracked = [&x, gain, noise, shift].iter().any(|tensor| tensor.track_op());
    if !has_kernels(x.device()) || tracked {
        return composed(&x, gain, noise, shift);
    }
    let factors = Tensor::stack(&[gain, &shift.broadcast_as(gain.shape())?], 0)?.contiguous()?;
    let x = x.contiguous()?;
    x.inplace_op3(&factors, &noise.contiguous()?, &NoisyLeaky)?;
    Ok(x)
}

fn composed(x: &Tensor, gain: &Tensor, noise: &Tensor, shift: &Tensor) -> Result<Tensor> {
    let (n, c, _, _) = x.dims4()?;
    let y = x.broadcast_mul(&gain.reshape((n, c, 1, 1))?)?.broadcast_add(&noise.unsqueeze(1)?)?;
    candle_nn::ops::leaky_relu(&y.broadcast_add(&shift.reshape((1, c, 1, 1))?)?, f64::from(LEAKY_SLOPE))
}

struct NoisyLeaky;

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
        let [n, c, h, w] = nchw(l1)?;
        let (planes, height, width) = l3.shape().dims3()?;
        let fits = l2.shape().dims3()? == (2, n, c) && (height, width) == (h, w);
        if !fits || (planes != 1 && planes != n) {
            bail!("noisy-leaky: {:?}, {:?} and {:?} do not fit", l1.shape(), l2.shape(), l3.shape());
        }
        let (CpuStorage::F32(x), Some((start, end))) = (s1, l1.contiguous_offsets()) else {
            bail!("noisy-leaky: the map must be contiguous 32-bit floats");
        };
        let (factors, noise) = (floats(s2, l2)?, floats(s3, l3)?);
        let plane = (h * w).max(1);
        x[start..end].par_chunks_exact_mut(plane).enumerate().for_each(|(i, values)| {
            let (gain, shift) = (factors[i], factors[n * c + i]);
            let noise = &noise[if planes == 1 { 0 } else { i / c * plane }..][..plane];
            for (value, noise) in values.iter_mut().zip(noise) {
                let sum = *value * gain + (noise + shift);
                *value = sum.max(sum * LEAKY_SLOPE);
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::testing::{assert_close, tensor};

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
