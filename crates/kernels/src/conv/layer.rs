//! A convolution layer that packs its weights once.

use std::sync::Arc;

use candle_core::{Result, Tensor};

#[cfg(target_arch = "x86_64")]
use super::bf16;
use super::epilogue::Epilogue;
use super::forward;
use super::forward::Packed;
use super::sizes::Sizes;
use super::{bias_or_zeros, conv2d};
use crate::device::has_kernels;
use crate::norm::activation::Activation;
use crate::norm::modulate::modulate;
use crate::view::{nchw, with_floats};

/// A convolution layer. Its weights are packed for the kernels on the first call and reused, and what follows
/// the convolution is fused into its epilogue. During training and on devices other than the CPU it is a
/// plain [`conv2d`] and separate operations.
#[derive(Clone)]
pub struct Convolution {
    filter: Tensor,
    bias: Tensor,
    stride: usize,
    pad: usize,
    packed: Arc<Packed>,
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "only x86-64 has the instructions"))]
    in_bf16: bool,
}

impl Convolution {
    /// A layer with `filter` (O, C, kh, kw) and `bias` (O).
    ///
    /// # Errors
    /// If the shapes do not match or a tensor is not f32.
    pub fn new(filter: Tensor, bias: Option<Tensor>, stride: usize, pad: usize) -> Result<Self> {
        let bias = bias_or_zeros(bias.as_ref(), filter.dim(0)?, &filter)?;
        let (filter, bias) = (filter.contiguous()?, bias.contiguous()?);
        Ok(Self { filter, bias, stride, pad, packed: Arc::default(), in_bf16: false })
    }

    /// Lets it round weights and inputs to bf16, which has eight significant bits, on processors that multiply them
    /// faster, for maps and filters of sizes for which that is the fastest algorithm. Sums and what follows remain in f32,
    /// as do gradients.
    #[must_use]
    pub fn in_bf16(self) -> Self {
        Self { in_bf16: true, ..self }
    }

    /// Number of output channels.
    pub fn outputs(&self) -> usize {
        self.bias.elem_count()
    }

    /// `activation(conv(x))` for `x` (N, C, H, W).
    ///
    /// # Errors
    /// If the shapes do not match or a tensor is not f32.
    pub fn forward(&self, x: &Tensor, activation: Activation) -> Result<Tensor> {
        if self.is_plain(&[x]) {
            return activation.apply(self.conv(x)?);
        }
        with_floats(&self.bias, |bias| self.run(x, &Epilogue::bias(bias, activation.slope())))
    }

    /// `conv(x) + residual`, where `residual` has the shape of the output.
    ///
    /// # Errors
    /// Like [`Convolution::forward`].
    pub fn forward_with_residual(&self, x: &Tensor, residual: &Tensor) -> Result<Tensor> {
        let matches = residual.dims() == self.sizes(x)?.y_shape();
        if self.is_plain(&[x, residual]) || !matches {
            return self.conv(x)?.broadcast_add(residual);
        }
        with_floats(&self.bias, |bias| {
            with_floats(residual, |residual| self.run(x, &Epilogue { residual, ..Epilogue::bias(bias, 1.0) }))
        })
    }

    /// `activation(conv(x) * gain + shift)` with `gain` and `shift` (N, O). A single picture is convolved
    /// once for all N.
    ///
    /// # Errors
    /// Like [`Convolution::forward`].
    pub fn forward_modulated(
        &self,
        x: &Tensor,
        gain: &Tensor,
        shift: &Tensor,
        activation: Activation,
    ) -> Result<Tensor> {
        let (images, (batch, channels)) = (x.dim(0)?, gain.dims2()?);
        if self.is_plain(&[x, gain, shift]) || images != batch || shift.dims() != gain.dims() {
            let y = self.forward(x, Activation::Identity)?;
            let y = if images == 1 { y.broadcast_as((batch, channels, y.dim(2)?, y.dim(3)?))? } else { y };
            return modulate(&y, gain, shift, activation);
        }
        let shift = gain.broadcast_mul(&self.bias)?.add(shift)?;
        with_floats(gain, |scale| {
            with_floats(&shift, |shift| {
                self.run(x, &Epilogue { scale, shift, slope: activation.slope(), residual: &[] })
            })
        })
    }

    fn is_plain(&self, inputs: &[&Tensor]) -> bool {
        let own = [&self.filter, &self.bias];
        !has_kernels(self.filter.device()) || own.iter().chain(inputs).any(|tensor| tensor.track_op())
    }

    fn conv(&self, x: &Tensor) -> Result<Tensor> {
        conv2d(x, &self.filter, Some(&self.bias), self.stride, self.pad)
    }

    fn sizes(&self, x: &Tensor) -> Result<Sizes> {
        Sizes::conv(nchw(x.layout())?, nchw(self.filter.layout())?, self.stride, self.pad)
    }

    fn run(&self, x: &Tensor, epilogue: &Epilogue<'_>) -> Result<Tensor> {
        let sizes = self.sizes(x)?;
        let out = with_floats(x, |x| {
            with_floats(&self.filter, |filter| {
                #[cfg(target_arch = "x86_64")]
                if self.in_bf16 && bf16::is_faster(&sizes) {
                    return Ok(bf16::convolve(x, filter, &sizes, epilogue, &self.packed.pairs));
                }
                Ok(forward::forward(x, filter, &sizes, epilogue, &self.packed, true))
            })
        })?;
        Tensor::from_vec(out, &sizes.y_shape()[..], x.device())
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Var;

    use super::*;
    use crate::testing::{assert_close, on_every_instruction_set, tensor};

    #[test]
    fn fused_and_separate_operations_give_the_same_result() -> Result<()> {
        let leaky = Activation::Leaky(0.2);
        on_every_instruction_set(|| {
            for (stride, pad) in [(1, 1), (2, 0)] {
                let (filter, bias) = (tensor(&[7, 9, 3, 3], 1)?, tensor(&[7], 2)?);
                let trained = Var::from_tensor(&filter)?.as_tensor().clone();
                let plain = Convolution::new(trained, Some(bias.clone()), stride, pad)?;
                let fused = Convolution::new(filter, Some(bias), stride, pad)?;
                let (x, gain, shift) = (tensor(&[2, 9, 12, 9], 3)?, tensor(&[2, 7], 4)?, tensor(&[2, 7], 5)?);
                let both = |f: &dyn Fn(&Convolution) -> Result<Tensor>| {
                    assert_close(&f(&fused)?, &f(&plain)?.detach(), 1e-5)
                };
                for activation in [Activation::Identity, Activation::Relu, leaky] {
                    both(&|conv| conv.forward(&x, activation))?;
                    both(&|conv| conv.forward_modulated(&x, &gain, &shift, activation))?;
                    let one = x.narrow(0, 1, 1)?;
                    both(&|conv| conv.forward_modulated(&one, &gain, &shift, activation))?;
                }
                let residual = fused.forward(&x, leaky)?;
                both(&|conv| conv.forward_with_residual(&x, &residual))?;
                both(&|conv| conv.forward_with_residual(&x, &residual.narrow(0, 0, 1)?))?;
            }
            Ok(())
        })
    }

    #[test]
    fn small_maps_are_convolved_as_candle_does() -> Result<()> {
        on_every_instruction_set(|| {
            for (shape, kernel) in [([1, 7, 8, 8], 3), ([2, 3, 5, 6], 5), ([1, 4, 9, 3], 3)] {
                let (x, filter) = (tensor(&shape, 1)?, tensor(&[13, shape[1], kernel, kernel], 2)?);
                let layer = Convolution::new(filter.clone(), None, 1, kernel / 2)?;
                let plain = x.conv2d(&filter, kernel / 2, 1, 1, 1)?;
                assert_close(&layer.forward(&x, Activation::Identity)?, &plain, 1e-5)?;
            }
            Ok(())
        })
    }

    #[test]
    fn weights_in_training_are_not_cached() -> Result<()> {
        let filter = Var::from_tensor(&tensor(&[3, 2, 3, 3], 1)?)?;
        let conv = Convolution::new(filter.as_tensor().clone(), None, 1, 1)?;
        let x = tensor(&[1, 2, 6, 6], 2)?;
        let before = conv.forward(&x, Activation::Identity)?.detach();
        filter.set(&(filter.as_tensor() * 2.0)?.detach())?;
        assert_close(&conv.forward(&x, Activation::Identity)?, &(before * 2.0)?, 1e-6)
    }
}
