//! Bias, residual and PReLU in one pass over memory.
//!
//! He et al., "Delving Deep into Rectifiers", 2015: `y = x` if `x >= 0`, otherwise `slope * x`, with one
//! slope per channel. As separate operations the three would read and write a feature map four times.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor, bail};

use crate::device::has_kernels;
use crate::view::{floats, nchw};

/// `prelu(x + bias + residual)` with a bias and a slope per channel. It has no gradient.
#[derive(Clone, Debug)]
pub struct BiasPrelu {
    /// (2, C): the biases, then the slopes.
    bias_and_slope: Tensor,
}

impl BiasPrelu {
    /// An activation with `bias` (C) and `slope` (C).
    ///
    /// # Errors
    /// If the shapes differ.
    pub fn new(bias: &Tensor, slope: &Tensor) -> Result<Self> {
        Ok(Self { bias_and_slope: Tensor::stack(&[bias, slope], 0)?.contiguous()? })
    }

    /// Applies it to `x` (N, C, H, W). `residual` is (N, C', H, W) with C' <= C; missing channels count as
    /// zeros.
    ///
    /// # Errors
    /// If the shapes do not match, or on the CPU if a tensor is not f32.
    pub fn forward(&self, x: &Tensor, residual: Option<&Tensor>) -> Result<Tensor> {
        let params = &self.bias_and_slope;
        if !has_kernels(x.device()) {
            return self.composed(x, residual);
        }
        let x = x.contiguous()?;
        match residual {
            Some(residual) => x.apply_op3_no_bwd(params, &residual.contiguous()?, &Fused),
            None => x.apply_op2_no_bwd(params, &Fused),
        }
    }

    /// Fallback for other devices, composed of candle's operations.
    fn composed(&self, x: &Tensor, residual: Option<&Tensor>) -> Result<Tensor> {
        let channels = self.bias_and_slope.dim(1)?;
        let row = |index: usize| self.bias_and_slope.get(index)?.reshape((1, channels, 1, 1));
        let mut x = x.broadcast_add(&row(0)?)?;
        if let Some(residual) = residual {
            let missing = channels.saturating_sub(residual.dim(1)?);
            x = (x + residual.pad_with_zeros(1, 0, missing)?)?;
        }
        x.relu()? - x.neg()?.relu()?.broadcast_mul(&row(1)?)?
    }
}

struct Fused;

impl CustomOp2 for Fused {
    fn name(&self) -> &'static str {
        "bias-prelu"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        xl: &Layout,
        p: &CpuStorage,
        pl: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let x = floats(x, xl)?;
        let params = floats(p, pl)?;
        let plan = Planes::new(xl, params, None)?;
        Ok((CpuStorage::F32(plan.run(x, params, &[])), xl.shape().clone()))
    }
}

impl CustomOp3 for Fused {
    fn name(&self) -> &'static str {
        "bias-residual-prelu"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        xl: &Layout,
        p: &CpuStorage,
        pl: &Layout,
        r: &CpuStorage,
        rl: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let x = floats(x, xl)?;
        let params = floats(p, pl)?;
        let residual = floats(r, rl)?;
        let plan = Planes::new(xl, params, Some(rl))?;
        Ok((CpuStorage::F32(plan.run(x, params, residual)), xl.shape().clone()))
    }
}

struct Planes {
    channels: usize,
    residual_channels: usize,
    plane: usize,
}

impl Planes {
    fn new(x: &Layout, params: &[f32], residual: Option<&Layout>) -> Result<Self> {
        let [batch, channels, height, width] = nchw(x)?;
        if params.len() != 2 * channels {
            bail!("prelu: {} parameters for {channels} channels", params.len());
        }
        let mut residual_channels = 0;
        if let Some(residual) = residual {
            let [b, c, h, w] = nchw(residual)?;
            if (b, h, w) != (batch, height, width) || c > channels {
                bail!("prelu: residual {:?} does not match {:?}", residual.shape(), x.shape());
            }
            residual_channels = c;
        }
        Ok(Self { channels, residual_channels, plane: height * width })
    }

    fn run(&self, x: &[f32], params: &[f32], residual: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(x.len());
        let (bias, slope) = params.split_at(self.channels);
        for (index, plane) in x.chunks_exact(self.plane.max(1)).enumerate() {
            let (sample, channel) = (index / self.channels, index % self.channels);
            let (bias, slope) = (bias[channel], slope[channel]);
            if channel < self.residual_channels {
                let start = (sample * self.residual_channels + channel) * self.plane;
                let residual = &residual[start..start + self.plane];
                out.extend(plane.iter().zip(residual).map(|(x, r)| prelu(x + bias + r, slope)));
            } else {
                out.extend(plane.iter().map(|x| prelu(x + bias, slope)));
            }
        }
        out
    }
}

#[inline(always)]
fn prelu(x: f32, slope: f32) -> f32 {
    if x >= 0. { x } else { slope * x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn random(shape: impl Into<Shape>) -> Tensor {
        Tensor::randn(0f32, 1., shape, &Device::Cpu).unwrap()
    }

    #[test]
    fn equals_the_composed_operations() {
        let activation = BiasPrelu::new(&random(6), &random(6)).unwrap();
        let x = random((2, 6, 3, 5));
        for residual in [None, Some(random((2, 6, 3, 5))), Some(random((2, 4, 3, 5)))] {
            let fused = activation.forward(&x, residual.as_ref()).unwrap();
            let composed = activation.composed(&x, residual.as_ref()).unwrap();
            let difference = (fused - composed).unwrap().abs().unwrap().sum_all().unwrap();
            assert!(difference.to_scalar::<f32>().unwrap() < 1e-4);
        }
    }

    #[test]
    fn a_residual_of_the_wrong_size_is_an_error() {
        let activation = BiasPrelu::new(&random(2), &random(2)).unwrap();
        assert!(activation.forward(&random((1, 2, 3, 3)), Some(&random((1, 2, 3, 4)))).is_err());
        assert!(activation.forward(&random((1, 3, 3, 3)), None).is_err());
    }
}
