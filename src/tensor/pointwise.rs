//! Activations that candle computes slowly on the CPU, each with its gradient.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::view::{floats, with_floats};

/// `1 / (1 + exp(-x))`.
///
/// # Errors
/// When the tensor is not f32.
pub fn sigmoid(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() {
        x.contiguous()?.apply_op1(Pointwise::Sigmoid)
    } else {
        candle_nn::ops::sigmoid(x)
    }
}

/// The hyperbolic tangent.
///
/// # Errors
/// When the tensor is not f32.
pub fn tanh(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() { x.contiguous()?.apply_op1(Pointwise::Tanh) } else { x.tanh() }
}

#[derive(Clone, Copy)]
enum Pointwise {
    Sigmoid,
    Tanh,
}

impl Pointwise {
    fn value(self, x: f32) -> f32 {
        match self {
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Tanh => 1.0 - 2.0 / ((2.0 * x).exp() + 1.0),
        }
    }

    /// The slope, told from the value.
    fn slope(self, y: f32) -> f32 {
        match self {
            Self::Sigmoid => y * (1.0 - y),
            Self::Tanh => 1.0 - y * y,
        }
    }
}

/// Values that one task computes; smaller tensors are not worth a second thread.
const CHUNK: usize = 1 << 14;

impl CustomOp1 for Pointwise {
    fn name(&self) -> &'static str {
        "pointwise"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = floats(storage, layout)?;
        let mut out = vec![0f32; x.len()];
        out.par_chunks_mut(CHUNK).zip(x.par_chunks(CHUNK)).for_each(|(to, from)| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to = self.value(*from));
        });
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, _x: &Tensor, result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let out: Vec<f32> = with_floats(result, |y| {
            with_floats(grad, |g| Ok(y.iter().zip(g).map(|(y, g)| g * self.slope(*y)).collect()))
        })?;
        Tensor::from_vec(out, result.shape(), result.device()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::testing::{assert_close, check_gradients, tensor};

    #[test]
    fn they_agree_with_candle_and_finite_differences() -> Result<()> {
        let x = (tensor(&[3, 50], 1)? * 8.0)?;
        assert_close(&sigmoid(&x)?, &candle_nn::ops::sigmoid(&x)?, 1e-5)?;
        assert_close(&tanh(&x)?, &x.tanh()?, 1e-5)?;
        check_gradients(&[&x], |t| sigmoid(&t[0]))?;
        check_gradients(&[&x], |t| tanh(&t[0]))
    }

    #[test]
    fn large_values_stay_finite() -> Result<()> {
        let x = Tensor::new(&[-200f32, 200.0], &candle_core::Device::Cpu)?;
        assert_eq!(sigmoid(&x)?.to_vec1::<f32>()?, [0.0, 1.0]);
        assert_eq!(tanh(&x)?.to_vec1::<f32>()?, [-1.0, 1.0]);
        Ok(())
    }
}
