//! The elementwise parts of an Adam step, each in one pass on all cores, where candle takes several passes on
//! one core. The results equal candle's bit for bit.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::device::has_kernels;
use super::simd::threads::{CHUNK, zip_chunks};
use super::simd::widest;
use super::view::floats;

/// Moving average of a gradient: `ema * decay + grad * (1 - decay)`, or the same of the squared gradient.
/// Both tensors have the same shape.
///
/// # Errors
/// If the shapes differ or a tensor is not f32.
pub fn ema_update(ema: &Tensor, grad: &Tensor, decay: f64, squared: bool) -> Result<Tensor> {
    check_shapes(&[ema, grad])?;
    if !has_kernels(ema.device()) {
        let grad = if squared { grad.sqr()? } else { grad.clone() };
        return (ema * decay)? + (grad * (1.0 - decay))?;
    }
    let update = EmaUpdate { decay: decay as f32, grad_weight: (1.0 - decay) as f32, squared };
    ema.contiguous()?.apply_op2_no_bwd(&grad.contiguous()?, &update)
}

/// Parameters after an Adam step (Kingma and Ba, 2015): `x - m / (sqrt(v / v_correction) + epsilon) *
/// step_size`, where `m` and `v` are the moving averages of the gradient and of its square, all of the shape
/// of `x`. `v_correction` is `1 - beta2^t`; the correction of `m` belongs to `step_size`.
///
/// # Errors
/// If the shapes differ or a tensor is not f32.
pub fn adam_step(
    x: &Tensor,
    [m, v]: [&Tensor; 2],
    v_correction: f64,
    epsilon: f64,
    step_size: f64,
) -> Result<Tensor> {
    check_shapes(&[x, m, v])?;
    if !has_kernels(x.device()) {
        let length = ((v / v_correction)?.sqrt()? + epsilon)?;
        return x - ((m / length)? * step_size)?;
    }
    let step = AdamStep {
        v_scale: (1.0 / v_correction) as f32,
        epsilon: epsilon as f32,
        step_size: step_size as f32,
    };
    x.contiguous()?.apply_op3_no_bwd(&m.contiguous()?, &v.contiguous()?, &step)
}

fn check_shapes(tensors: &[&Tensor]) -> Result<()> {
    match tensors.windows(2).find(|pair| pair[0].dims() != pair[1].dims()) {
        Some(pair) => bail!("the shapes {:?} and {:?} differ", pair[0].dims(), pair[1].dims()),
        None => Ok(()),
    }
}

struct EmaUpdate {
    decay: f32,
    grad_weight: f32,
    squared: bool,
}

widest! {
    fn ema(to: &mut [f32], mean: &[f32], grad: &[f32], decay: f32, grad_weight: f32) {
        for ((to, mean), grad) in to.iter_mut().zip(mean).zip(grad) {
            *to = mean * decay + grad * grad_weight;
        }
    }
}

widest! {
    fn ema_of_squares(to: &mut [f32], mean: &[f32], grad: &[f32], decay: f32, grad_weight: f32) {
        for ((to, mean), grad) in to.iter_mut().zip(mean).zip(grad) {
            *to = mean * decay + (grad * grad) * grad_weight;
        }
    }
}

impl CustomOp2 for EmaUpdate {
    fn name(&self) -> &'static str {
        "ema-update"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let update = if self.squared { ema_of_squares } else { ema };
        let out = zip_chunks(floats(s1, l1)?, floats(s2, l2)?, |out, mean, grad| {
            update(out, mean, grad, self.decay, self.grad_weight);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

struct AdamStep {
    v_scale: f32,
    epsilon: f32,
    step_size: f32,
}

widest! {
    fn step(to: &mut [f32], mean: &[f32], square: &[f32], v_scale: f32, epsilon: f32, step_size: f32) {
        for ((to, mean), square) in to.iter_mut().zip(mean).zip(square) {
            *to -= mean / ((square * v_scale).sqrt() + epsilon) * step_size;
        }
    }
}

impl CustomOp3 for AdamStep {
    fn name(&self) -> &'static str {
        "adam-step"
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
        let (x, mean, square) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let mut out = x.to_vec();
        let inputs = mean.par_chunks(CHUNK).zip(square.par_chunks(CHUNK));
        out.par_chunks_mut(CHUNK).zip(inputs).for_each(|(out, (mean, square))| {
            step(out, mean, square, self.v_scale, self.epsilon, self.step_size);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{on_every_instruction_set, tensor};

    #[test]
    fn results_equal_candles_bit_for_bit() -> Result<()> {
        let (x, mean, grad) = (tensor(&[7, 5000], 1)?, tensor(&[7, 5000], 2)?, tensor(&[7, 5000], 3)?);
        let square = tensor(&[7, 5000], 4)?.sqr()?;
        let values = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
        let expected_mean = ((&mean * 0.9)? + (&grad * (1.0 - 0.9))?)?;
        let expected_square = ((&square * 0.999)? + (grad.sqr()? * (1.0 - 0.999))?)?;
        let length = ((&square / 0.02)?.sqrt()? + 1e-8)?;
        let expected = (&x - ((&mean / length)? * 3e-4)?)?;
        on_every_instruction_set(|| {
            assert!(values(&ema_update(&mean, &grad, 0.9, false)?)? == values(&expected_mean)?);
            assert!(values(&ema_update(&square, &grad, 0.999, true)?)? == values(&expected_square)?);
            assert!(values(&adam_step(&x, [&mean, &square], 0.02, 1e-8, 3e-4)?)? == values(&expected)?);
            Ok(())
        })
    }

    #[test]
    fn tensors_of_different_shapes_are_refused() -> Result<()> {
        let (long, short) = (tensor(&[8], 1)?, tensor(&[7], 2)?);
        assert!(ema_update(&long, &short, 0.9, false).is_err());
        assert!(adam_step(&long, [&long, &short], 1.0, 1e-8, 1.0).is_err());
        Ok(())
    }
}
