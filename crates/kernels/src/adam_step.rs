//! The elementwise work of an Adam step, each part in one pass on all cores where candle takes several on one.
//! The values are those of candle's own operations to the bit.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::device::has_kernels;
use super::simd::widest;
use super::view::floats;

/// Values that one task computes.
const CHUNK: usize = 1 << 15;

/// `mean * keep + grad * (1 - keep)`, or the same with the square of `grad`.
///
/// # Errors
/// When shapes differ or a tensor is not f32.
pub fn running_mean(mean: &Tensor, grad: &Tensor, keep: f64, squared: bool) -> Result<Tensor> {
    same_shape(&[mean, grad])?;
    if !has_kernels(mean.device()) {
        let grad = if squared { grad.sqr()? } else { grad.clone() };
        return (mean * keep)? + (grad * (1.0 - keep))?;
    }
    let blend = Blend { keep: keep as f32, take: (1.0 - keep) as f32, squared };
    mean.contiguous()?.apply_op2_no_bwd(&grad.contiguous()?, &blend)
}

/// `x - mean / (sqrt(square / scale) + epsilon) * rate`.
///
/// # Errors
/// When shapes differ or a tensor is not f32.
pub fn adam_moved(
    x: &Tensor,
    [mean, square]: [&Tensor; 2],
    scale: f64,
    epsilon: f64,
    rate: f64,
) -> Result<Tensor> {
    same_shape(&[x, mean, square])?;
    if !has_kernels(x.device()) {
        let length = ((square / scale)?.sqrt()? + epsilon)?;
        return x - ((mean / length)? * rate)?;
    }
    let moved = Moved { by: (1.0 / scale) as f32, epsilon: epsilon as f32, rate: rate as f32 };
    x.contiguous()?.apply_op3_no_bwd(&mean.contiguous()?, &square.contiguous()?, &moved)
}

fn same_shape(tensors: &[&Tensor]) -> Result<()> {
    match tensors.windows(2).find(|pair| pair[0].dims() != pair[1].dims()) {
        Some(pair) => bail!("tensors of the shapes {:?} and {:?}", pair[0].dims(), pair[1].dims()),
        None => Ok(()),
    }
}

struct Blend {
    keep: f32,
    take: f32,
    squared: bool,
}

widest! {
    fn blended(to: &mut [f32], mean: &[f32], grad: &[f32], keep: f32, take: f32) {
        for ((to, mean), grad) in to.iter_mut().zip(mean).zip(grad) {
            *to = mean * keep + grad * take;
        }
    }
}

widest! {
    fn blended_squares(to: &mut [f32], mean: &[f32], grad: &[f32], keep: f32, take: f32) {
        for ((to, mean), grad) in to.iter_mut().zip(mean).zip(grad) {
            *to = mean * keep + (grad * grad) * take;
        }
    }
}

impl CustomOp2 for Blend {
    fn name(&self) -> &'static str {
        "running-mean"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (mean, grad) = (floats(s1, l1)?, floats(s2, l2)?);
        let mut out = vec![0f32; mean.len()];
        let given = mean.par_chunks(CHUNK).zip(grad.par_chunks(CHUNK));
        let blend = if self.squared { blended_squares } else { blended };
        out.par_chunks_mut(CHUNK).zip(given).for_each(|(out, (mean, grad))| {
            blend(out, mean, grad, self.keep, self.take);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

struct Moved {
    by: f32,
    epsilon: f32,
    rate: f32,
}

widest! {
    fn moved(to: &mut [f32], mean: &[f32], square: &[f32], by: f32, epsilon: f32, rate: f32) {
        for ((to, mean), square) in to.iter_mut().zip(mean).zip(square) {
            *to -= mean / ((square * by).sqrt() + epsilon) * rate;
        }
    }
}

impl CustomOp3 for Moved {
    fn name(&self) -> &'static str {
        "adam-moved"
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
        let given = mean.par_chunks(CHUNK).zip(square.par_chunks(CHUNK));
        out.par_chunks_mut(CHUNK).zip(given).for_each(|(out, (mean, square))| {
            moved(out, mean, square, self.by, self.epsilon, self.rate);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{on_every_set, tensor};

    #[test]
    fn the_values_are_candles_to_the_bit() -> Result<()> {
        let (x, mean, grad) = (tensor(&[7, 5000], 1)?, tensor(&[7, 5000], 2)?, tensor(&[7, 5000], 3)?);
        let square = tensor(&[7, 5000], 4)?.sqr()?;
        let values = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
        let expected_mean = ((&mean * 0.9)? + (&grad * (1.0 - 0.9))?)?;
        let expected_square = ((&square * 0.999)? + (grad.sqr()? * (1.0 - 0.999))?)?;
        let length = ((&square / 0.02)?.sqrt()? + 1e-8)?;
        let expected = (&x - ((&mean / length)? * 3e-4)?)?;
        on_every_set(|| {
            assert!(values(&running_mean(&mean, &grad, 0.9, false)?)? == values(&expected_mean)?);
            assert!(values(&running_mean(&square, &grad, 0.999, true)?)? == values(&expected_square)?);
            assert!(values(&adam_moved(&x, [&mean, &square], 0.02, 1e-8, 3e-4)?)? == values(&expected)?);
            Ok(())
        })
    }

    #[test]
    fn tensors_of_two_shapes_are_refused() -> Result<()> {
        let (long, short) = (tensor(&[8], 1)?, tensor(&[7], 2)?);
        assert!(running_mean(&long, &short, 0.9, false).is_err());
        assert!(adam_moved(&long, [&long, &short], 1.0, 1e-8, 1.0).is_err());
        Ok(())
    }
}
