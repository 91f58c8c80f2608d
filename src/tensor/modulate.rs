//! A scale and a shift for each image and channel, then a leaky ReLU: how a condition enters a network
//! (Perez et al., "FiLM", 2018).

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::leaky::LEAKY_SLOPE;
use super::view::{floats, nchw, with_floats};

/// `leaky(x * gain + shift)` for `x` (N, C, H, W), `gain` and `shift` (N, C).
///
/// # Errors
/// When shapes do not fit or a tensor is not f32.
pub fn modulate_leaky(x: &Tensor, gain: &Tensor, shift: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op3(&gain.contiguous()?, &shift.contiguous()?, ModulateLeaky);
    }
    let (n, c, _, _) = x.dims4()?;
    let y = x.broadcast_mul(&gain.reshape((n, c, 1, 1))?)?.broadcast_add(&shift.reshape((n, c, 1, 1))?)?;
    candle_nn::ops::leaky_relu(&y, f64::from(LEAKY_SLOPE))
}

struct ModulateLeaky;

/// The gradient before the activation, for one channel.
fn slopes<'a>(grad: &'a [f32], result: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
    grad.iter().zip(result).map(|(g, r)| if *r < 0.0 { g * LEAKY_SLOPE } else { *g })
}

impl CustomOp3 for ModulateLeaky {
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
        let mut out = vec![0f32; x.len()];
        let plane = (h * w).max(1);
        out.par_chunks_exact_mut(plane).zip(x.par_chunks_exact(plane)).enumerate().for_each(
            |(i, (to, from))| {
                let (gain, shift) = (gain[i], shift[i]);
                for (to, from) in to.iter_mut().zip(from) {
                    let value = from * gain + shift;
                    *to = value.max(value * LEAKY_SLOPE);
                }
            },
        );
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
        let (_, _, h, w) = x.dims4()?;
        let plane = (h * w).max(1);
        let device = x.device();
        with_floats(grad, |grad| {
            with_floats(result, |result| {
                let planes = || grad.par_chunks_exact(plane).zip(result.par_chunks_exact(plane));
                let gain_grad: Vec<f32> = with_floats(x, |x| {
                    let sum = |((g, r), x): ((&[f32], &[f32]), &[f32])| {
                        slopes(g, r).zip(x).map(|(g, x)| g * x).sum()
                    };
                    Ok(planes().zip(x.par_chunks_exact(plane)).map(sum).collect())
                })?;
                let shift_grad: Vec<f32> = planes().map(|(g, r)| slopes(g, r).sum()).collect();
                let x_grad = with_floats(gain, |gain| {
                    let mut out = vec![0f32; grad.len()];
                    out.par_chunks_exact_mut(plane).zip(planes()).zip(gain).for_each(
                        |((to, (g, r)), gain)| {
                            to.iter_mut().zip(slopes(g, r)).for_each(|(to, g)| *to = g * gain);
                        },
                    );
                    Tensor::from_vec(out, x.shape(), device)
                })?;
                Ok((
                    Some(x_grad),
                    Some(Tensor::from_vec(gain_grad, gain.shape(), device)?),
                    Some(Tensor::from_vec(shift_grad, shift.shape(), device)?),
                ))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::testing::{assert_close, check_gradients, tensor};

    #[test]
    fn agrees_with_candle_and_finite_differences() -> Result<()> {
        let (x, gain, shift) = (tensor(&[2, 3, 5, 7], 1)?, tensor(&[2, 3], 2)?, tensor(&[2, 3], 3)?);
        let slow =
            x.broadcast_mul(&gain.reshape((2, 3, 1, 1))?)?.broadcast_add(&shift.reshape((2, 3, 1, 1))?)?;
        let slow = candle_nn::ops::leaky_relu(&slow, f64::from(LEAKY_SLOPE))?;
        assert_close(&modulate_leaky(&x, &gain, &shift)?, &slow, 1e-6)?;
        check_gradients(&[&x, &gain, &shift], |t| modulate_leaky(&t[0], &t[1], &t[2]))
    }
}
