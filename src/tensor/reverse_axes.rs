//! The order of axes turned round: how weights with the channels last become weights with the channels
//! first, on all threads. candle copies such a view with one thread, number by number.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::conv_sizes::worth_threads;
use super::device::has_kernels;
use super::view::floats;

/// `x` (a, b, c) as (c, b, a).
///
/// # Errors
/// When it is not f32 or has another number of axes.
pub fn reverse_axes(x: &Tensor) -> Result<Tensor> {
    x.dims3()?;
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op1(ReverseAxes);
    }
    x.permute((2, 1, 0))?.contiguous()
}

struct ReverseAxes;

impl CustomOp1 for ReverseAxes {
    fn name(&self) -> &'static str {
        "reverse-axes"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (a, b, c) = layout.shape().dims3()?;
        let out = reversed(floats(storage, layout)?, [a, b, c]);
        Ok((CpuStorage::F32(out), Shape::from((c, b, a))))
    }

    fn bwd(&self, _x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(reverse_axes(grad)?))
    }
}

/// Middle places that one task turns.
const PLACES: usize = 8;
/// Side of the square that is turned at once: a line of the cache.
const SIDE: usize = 16;

fn reversed(x: &[f32], [a, b, c]: [usize; 3]) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    // Every task writes its places of all planes.
    let mut tasks: Vec<Vec<&mut [f32]>> = (0..b.div_ceil(PLACES)).map(|_| Vec::with_capacity(c)).collect();
    for plane in out.chunks_exact_mut((a * b).max(1)) {
        tasks.iter_mut().zip(plane.chunks_mut((a * PLACES).max(1))).for_each(|(task, part)| task.push(part));
    }
    let run = |(task, mut planes): (usize, Vec<&mut [f32]>)| {
        for place in task * PLACES..b.min((task + 1) * PLACES) {
            let to = (place - task * PLACES) * a;
            for (square, planes) in planes.chunks_mut(SIDE).enumerate() {
                for i in 0..a {
                    let from = &x[(i * b + place) * c + square * SIDE..];
                    planes.iter_mut().zip(from).for_each(|(plane, value)| plane[to + i] = *value);
                }
            }
        }
    };
    // Each number is moved, which takes as long as some multiplications.
    if worth_threads(8 * x.len()) {
        tasks.into_par_iter().enumerate().for_each(run);
    } else {
        tasks.into_iter().enumerate().for_each(run);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::testing::{assert_close, check_gradients, check_second_order, tensor};

    #[test]
    fn it_is_the_permutation_and_its_own_inverse() -> Result<()> {
        for dims in [[1, 1, 1], [3, 20, 5], [25, 9, 40], [40, 8, 25], [2, 1, 33]] {
            let x = tensor(&dims, 1)?;
            let turned = reverse_axes(&x)?;
            assert_close(&turned, &x.permute((2, 1, 0))?.contiguous()?, 0.0)?;
            assert_close(&reverse_axes(&turned)?, &x, 0.0)?;
        }
        let x = tensor(&[4, 3, 5], 2)?;
        check_gradients(&[&x], |t| reverse_axes(&t[0]))?;
        check_second_order(&[&x], |t| reverse_axes(&t[0])?.sqr())
    }
}
