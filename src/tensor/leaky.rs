//! The leaky ReLU that other operations have built in, seen from its result.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::device::has_kernels;
use super::view::floats;

/// The slope of the leaky ReLU for negative values.
pub const LEAKY_SLOPE: f32 = 0.2;

/// Values that one task computes; smaller tensors are not worth a second thread.
const CHUNK: usize = 1 << 15;

/// The gradient before the activation. The leaky ReLU keeps signs, so its `result` tells the slope.
pub(super) fn leaky_gradient(result: &Tensor, grad: &Tensor) -> Result<Tensor> {
    let result = result.detach();
    if has_kernels(grad.device()) {
        return result.contiguous()?.apply_op2(&grad.contiguous()?, LeakyGradient);
    }
    result.lt(0.0)?.where_cond(&(grad * f64::from(LEAKY_SLOPE))?, grad)
}

struct LeakyGradient;

impl CustomOp2 for LeakyGradient {
    fn name(&self) -> &'static str {
        "leaky-gradient"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (result, grad) = (floats(s1, l1)?, floats(s2, l2)?);
        let mut out = vec![0f32; grad.len()];
        let given = result.par_chunks(CHUNK).zip(grad.par_chunks(CHUNK));
        out.par_chunks_mut(CHUNK).zip(given).for_each(|(out, (result, grad))| {
            for ((out, result), grad) in out.iter_mut().zip(result).zip(grad) {
                *out = if *result < 0.0 { grad * LEAKY_SLOPE } else { *grad };
            }
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
        Ok((None, Some(leaky_gradient(result, upper)?)))
    }
}
