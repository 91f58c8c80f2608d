//! A scale and a shift per image and channel, then an activation: how a condition enters a network (Perez et
//! al., "FiLM", 2018).

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::activation::{Activation, LEAKY_SLOPE};
use crate::autograd::{plane_products, second_order_enabled};
use crate::device::has_kernels;
use crate::simd::planes;
use crate::view::{floats, nchw, with_floats};

/// `leaky_relu(x * gain + shift)` for `x` (N, C, H, W), `gain` and `shift` (N, C), with slope
/// [`LEAKY_SLOPE`].
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn modulate_leaky(x: &Tensor, gain: &Tensor, shift: &Tensor) -> Result<Tensor> {
    modulate(x, gain, shift, Activation::Leaky(LEAKY_SLOPE))
}

/// `activation(x * gain + shift)` for `x` (N, C, H, W), `gain` and `shift` (N, C).
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn modulate(x: &Tensor, gain: &Tensor, shift: &Tensor, activation: Activation) -> Result<Tensor> {
    if has_kernels(x.device()) {
        let op = Modulate { activation };
        return x.contiguous()?.apply_op3(&gain.contiguous()?, &shift.contiguous()?, op);
    }
    composed(x, gain, shift, activation)
}

/// Fallback for other devices, composed of candle's operations.
fn composed(x: &Tensor, gain: &Tensor, shift: &Tensor, activation: Activation) -> Result<Tensor> {
    let (n, c, _, _) = x.dims4()?;
    let y = x.broadcast_mul(&gain.reshape((n, c, 1, 1))?)?.broadcast_add(&shift.reshape((n, c, 1, 1))?)?;
    activation.apply(y)
}

pub(crate) struct Modulate {
    pub(crate) activation: Activation,
}

impl Modulate {
    /// The gradient with respect to x, and per plane the gradients with respect to gain and shift.
    fn gradients(
        &self,
        x: &[f32],
        gain: &[f32],
        result: &[f32],
        grad: &[f32],
        plane: usize,
    ) -> (Vec<f32>, Vec<(f32, f32)>) {
        let slope = self.activation.slope();
        let mut out = vec![0f32; grad.len()];
        let inputs = x.par_chunks(plane).zip(grad.par_chunks(plane)).zip(result.par_chunks(plane)).zip(gain);
        let targets = out.par_chunks_mut(plane).zip(inputs);
        let sums = targets.map(|(before, (((x, grad), result), gain))| {
            planes::activation_backward(before, grad, result, slope);
            let sums = (planes::products(before, x, 0.0), planes::sum(before));
            before.iter_mut().for_each(|value| *value *= gain);
            sums
        });
        let sums = sums.collect();
        (out, sums)
    }

    /// The same gradients from operations that are themselves differentiable.
    fn differentiable(
        &self,
        [x, gain, result, grad]: [&Tensor; 4],
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (n, c, _, _) = x.dims4()?;
        let before = self.activation.gradient(result, grad)?;
        let x_grad = before.broadcast_mul(&gain.reshape((n, c, 1, 1))?)?;
        Ok((Some(x_grad), Some(plane_products(&before, x)?), Some(before.sum((2, 3))?)))
    }
}

impl CustomOp3 for Modulate {
    fn name(&self) -> &'static str {
        "modulate"
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
        let [n, c, h, w] = nchw(l1)?;
        if l2.shape().dims2()? != (n, c) || l3.shape().dims2()? != (n, c) {
            bail!("modulate: gain {:?} and shift {:?} must be [{n}, {c}]", l2.shape(), l3.shape());
        }
        let (x, gain, shift) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let slope = self.activation.slope();
        let mut out = vec![0f32; x.len()];
        let plane = (h * w).max(1);
        out.par_chunks_mut(plane).zip(x.par_chunks(plane)).enumerate().for_each(|(i, (to, from))| {
            planes::scale_shift(to, from, gain[i], shift[i], slope);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        gain: &Tensor,
        shift: &Tensor,
        result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        if second_order_enabled() {
            return self.differentiable([x, gain, result, grad]);
        }
        let (_, _, h, w) = x.dims4()?;
        let (x_grad, sums) = with_floats(x, |x| {
            with_floats(gain, |gain| {
                with_floats(result, |result| {
                    with_floats(grad, |grad| Ok(self.gradients(x, gain, result, grad, (h * w).max(1))))
                })
            })
        })?;
        let (gain_grad, shift_grad): (Vec<f32>, Vec<f32>) = sums.into_iter().unzip();
        let device = x.device();
        Ok((
            Some(Tensor::from_vec(x_grad, x.shape(), device)?),
            Some(Tensor::from_vec(gain_grad, gain.shape(), device)?),
            Some(Tensor::from_vec(shift_grad, shift.shape(), device)?),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{
        assert_close, check_gradients, check_second_order, on_every_instruction_set, tensor,
    };

    #[test]
    fn agrees_with_candle_and_finite_differences() -> Result<()> {
        let (x, gain, shift) = (tensor(&[2, 3, 5, 7], 1)?, tensor(&[2, 3], 2)?, tensor(&[2, 3], 3)?);
        on_every_instruction_set(|| {
            for activation in [Activation::Identity, Activation::Relu, Activation::Leaky(0.2)] {
                let apart = composed(&x, &gain, &shift, activation)?;
                assert_close(&modulate(&x, &gain, &shift, activation)?, &apart, 1e-6)?;
            }
            check_gradients(&[&x, &gain, &shift], |t| modulate_leaky(&t[0], &t[1], &t[2]))
        })
    }

    #[test]
    fn gradients_of_gradients_agree_with_finite_differences() -> Result<()> {
        let (x, gain, shift) = (tensor(&[2, 3, 5, 7], 1)?, tensor(&[2, 3], 2)?, tensor(&[2, 3], 3)?);
        for activation in [Activation::Identity, Activation::Relu, Activation::Leaky(0.2)] {
            check_second_order(&[&x, &gain, &shift], |t| modulate(&t[0], &t[1], &t[2], activation))?;
        }
        Ok(())
    }
}
