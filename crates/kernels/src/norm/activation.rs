//! Activations that convolutions, normalisations and modulations fuse.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

use crate::device::has_kernels;
use crate::simd::planes;
use crate::simd::threads::zip_chunks;
use crate::view::floats;

/// Default slope of the leaky ReLU for negative values.
pub const LEAKY_SLOPE: f32 = 0.2;

/// An activation that is fused into an operation. All of them keep the sign, so their slope follows from the
/// output.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Activation {
    /// No activation.
    #[default]
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `x` if positive, otherwise `x` times this slope, which must be in 0..=1.
    Leaky(f32),
}

impl Activation {
    /// The slope for negative values.
    pub(crate) fn slope(self) -> f32 {
        match self {
            Self::Identity => 1.0,
            Self::Relu => 0.0,
            Self::Leaky(slope) => slope,
        }
    }

    /// The same with candle's operations.
    pub(crate) fn apply(self, x: Tensor) -> Result<Tensor> {
        match self {
            Self::Identity => Ok(x),
            Self::Relu => x.relu(),
            Self::Leaky(slope) => candle_nn::ops::leaky_relu(&x, f64::from(slope)),
        }
    }

    /// The gradient before the activation, given the activation's output `result`.
    pub(crate) fn gradient(self, result: &Tensor, grad: &Tensor) -> Result<Tensor> {
        if self == Self::Identity {
            return Ok(grad.clone());
        }
        let result = result.detach();
        if has_kernels(grad.device()) {
            return result.contiguous()?.apply_op2(&grad.contiguous()?, Gradient(self));
        }
        result.gt(0.0)?.where_cond(grad, &(grad * f64::from(self.slope()))?)
    }
}

struct Gradient(Activation);

impl CustomOp2 for Gradient {
    fn name(&self) -> &'static str {
        "activation-gradient"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let out = zip_chunks(floats(s1, l1)?, floats(s2, l2)?, |out, result, grad| {
            planes::activation_backward(out, grad, result, self.0.slope());
        });
        Ok((CpuStorage::F32(out), l2.shape().clone()))
    }

    fn bwd(
        &self,
        result: &Tensor,
        _grad: &Tensor,
        _out: &Tensor,
        upper: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((None, Some(self.0.gradient(result, upper)?)))
    }
}
