//! Elementwise functions that candle computes slowly on the CPU, each with its gradient.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::simd::threads::CHUNK;
use crate::simd::widest;
use crate::view::{floats, with_floats};

/// `1 / (1 + exp(-x))`.
///
/// # Errors
/// If the tensor is not f32.
pub fn sigmoid(x: &Tensor) -> Result<Tensor> {
    if has_kernels(x.device()) {
        x.contiguous()?.apply_op1(Pointwise::Sigmoid)
    } else {
        candle_nn::ops::sigmoid(x)
    }
}

/// The hyperbolic tangent.
///
/// # Errors
/// If the tensor is not f32.
pub fn tanh(x: &Tensor) -> Result<Tensor> {
    scaled_tanh(x, 1.0, 1.0)
}

/// `outer * tanh(inner * x)`.
///
/// # Errors
/// If the tensor is not f32.
pub fn scaled_tanh(x: &Tensor, inner: f32, outer: f32) -> Result<Tensor> {
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op1(Pointwise::Tanh { inner, outer });
    }
    (x * f64::from(inner))?.tanh()? * f64::from(outer)
}

/// `exp(x)`, limited to 2^-126..2^127.
///
/// # Errors
/// If the tensor is not f32.
pub fn exponential(x: &Tensor) -> Result<Tensor> {
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(Pointwise::Exponential) } else { x.exp() }
}

#[derive(Clone, Copy)]
enum Pointwise {
    Exponential,
    Sigmoid,
    Tanh { inner: f32, outer: f32 },
}

/// `exp(x)` with an error of a few units in the last place, limited to 2^-126..2^127: the exponent is split
/// off, and the Taylor polynomial of the rest is accurate enough within half a power of two.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// Added to a float, it leaves the nearest integer in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln(2) in two parts; the first has so few digits that products with it are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = x.clamp(-87.0, 88.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let whole = rounded - ROUND;
    let rest = x - whole * LN_2[0] - whole * LN_2[1];
    let mut sum = 1.0 / 5040.0;
    for term in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        sum = sum * rest + term;
    }
    sum * f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23))
}

widest! {
    fn sigmoids(to: &mut [f32], from: &[f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = 1.0 / (1.0 + exp(-from));
        }
    }
}

widest! {
    fn exponentials(to: &mut [f32], from: &[f32]) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = exp(*from));
    }
}

widest! {
    fn tanhs(to: &mut [f32], from: &[f32], inner: f32, outer: f32) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = outer * (1.0 - 2.0 / (exp(2.0 * inner * from) + 1.0));
        }
    }
}

impl Pointwise {
    fn values(self, to: &mut [f32], from: &[f32]) {
        match self {
            Self::Exponential => exponentials(to, from),
            Self::Sigmoid => sigmoids(to, from),
            Self::Tanh { inner, outer } => tanhs(to, from, inner, outer),
        }
    }

    /// The derivative, computed from the function's value.
    fn slope(self, y: f32) -> f32 {
        match self {
            Self::Exponential => y,
            Self::Sigmoid => y * (1.0 - y),
            Self::Tanh { inner, outer } => inner * (outer - y * y / outer),
        }
    }
}

impl CustomOp1 for Pointwise {
    fn name(&self) -> &'static str {
        "pointwise"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = floats(storage, layout)?;
        let mut out = vec![0f32; x.len()];
        if x.len() <= CHUNK {
            self.values(&mut out, x);
        } else {
            out.par_chunks_mut(CHUNK).zip(x.par_chunks(CHUNK)).for_each(|(to, from)| self.values(to, from));
        }
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
    use crate::testing::{assert_close, check_gradients, on_every_instruction_set, tensor};

    #[test]
    fn they_agree_with_candle_and_finite_differences() -> Result<()> {
        let x = (tensor(&[3, 50], 1)? * 8.0)?;
        on_every_instruction_set(|| {
            assert_close(&sigmoid(&x)?, &candle_nn::ops::sigmoid(&x)?, 5e-7)?;
            assert_close(&tanh(&x)?, &x.tanh()?, 5e-7)?;
            check_gradients(&[&x], |t| sigmoid(&t[0]))?;
            check_gradients(&[&x], |t| tanh(&t[0]))?;
            assert_close(&scaled_tanh(&x, 0.5, 2.0)?, &((&x * 0.5)?.tanh()? * 2.0)?, 5e-7)?;
            assert_close(&exponential(&x)?, &x.exp()?, 5e-7)?;
            check_gradients(&[&(&x * 0.2)?], |t| exponential(&t[0]))?;
            check_gradients(&[&x], |t| scaled_tanh(&t[0], 0.5, 2.0))
        })
    }

    #[test]
    fn the_exponential_is_accurate_to_a_few_units_in_the_last_place() {
        for i in -8000..8000 {
            let x = i as f32 * 0.01;
            let off = (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs();
            assert!(off < 4e-7, "{x}: off by {off}");
        }
    }

    #[test]
    fn large_values_stay_finite() -> Result<()> {
        let x = Tensor::new(&[-200f32, 200.0], &candle_core::Device::Cpu)?;
        assert!(sigmoid(&x)?.to_vec1::<f32>()?.iter().zip([0.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-37));
        assert_eq!(tanh(&x)?.to_vec1::<f32>()?, [-1.0, 1.0]);
        Ok(())
    }
}
