//! ReLU limited to six, the activation of small networks for phones.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::simd::threads::{CHUNK, zip_chunks};
use crate::simd::widest;
use crate::view::floats;

/// Upper limit.
const MAX: f32 = 6.0;

/// `min(max(x, 0), 6)`.
///
/// # Errors
/// If the tensor is not f32.
pub fn relu6(x: &Tensor) -> Result<Tensor> {
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(Relu6) } else { x.clamp(0f32, MAX) }
}

widest! {
    fn clamped(to: &mut [f32], from: &[f32]) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = from.clamp(0.0, MAX));
    }
}

widest! {
    fn backward(to: &mut [f32], result: &[f32], grad: &[f32]) {
        for ((to, result), grad) in to.iter_mut().zip(result).zip(grad) {
            *to = if *result > 0.0 && *result < MAX { *grad } else { 0.0 };
        }
    }
}

widest! {
    /// Replaces what exceeds the upper limit by it.
    pub(crate) fn limit(values: &mut [f32]) {
        values.iter_mut().for_each(|value| *value = if *value > MAX { MAX } else { *value });
    }
}

widest! {
    /// Sets a gradient to zero where the activation's output `result` is at a limit.
    pub(crate) fn mask(grad: &mut [f32], result: &[f32]) {
        for (grad, result) in grad.iter_mut().zip(result) {
            *grad = if *result > 0.0 && *result < MAX { *grad } else { 0.0 };
        }
    }
}

struct Relu6;

impl CustomOp1 for Relu6 {
    fn name(&self) -> &'static str {
        "relu6"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = floats(storage, layout)?;
        let mut out = vec![0f32; x.len()];
        out.par_chunks_mut(CHUNK).zip(x.par_chunks(CHUNK)).for_each(|(to, from)| clamped(to, from));
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, _x: &Tensor, result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        result.detach().contiguous()?.apply_op2_no_bwd(&grad.contiguous()?, &Gradient).map(Some)
    }
}

/// The gradient before the activation, from the activation's output.
struct Gradient;

impl CustomOp2 for Gradient {
    fn name(&self) -> &'static str {
        "relu6-gradient"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let out = zip_chunks(floats(s1, l1)?, floats(s2, l2)?, backward);
        Ok((CpuStorage::F32(out), l2.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, on_every_instruction_set, tensor};

    #[test]
    fn it_agrees_with_candle_and_finite_differences() -> Result<()> {
        let x = (tensor(&[3, 70], 1)? * 9.0)?;
        on_every_instruction_set(|| {
            assert_close(&relu6(&x)?, &x.clamp(0f32, MAX)?, 0.0)?;
            check_gradients(&[&x], |t| relu6(&t[0]))
        })
    }
}
