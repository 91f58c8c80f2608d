//! Converts filters from TensorFlow's layout (channels last) to channels first, on all threads; candle copies
//! such a view on one thread, element by element.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::device::has_kernels;
use super::view::floats;
use crate::simd::threads::{MOVE_COST, parallel_for};

/// Converts a filter (kh, kw, a, b) to (b, a, kh, kw).
///
/// # Errors
/// If it is not f32 or does not have four axes.
pub fn channels_first(kernel: &Tensor) -> Result<Tensor> {
    let (kh, kw, a, b) = kernel.dims4()?;
    if !has_kernels(kernel.device()) {
        return kernel.permute((3, 2, 0, 1))?.contiguous();
    }
    let op = Reversal { axes: [kh * kw, a, b], shape: Shape::from((b, a, kh, kw)) };
    kernel.contiguous()?.apply_op1(op)
}

/// Reverses the axes (a, b, c) to (c, b, a); `shape` is the shape of the result.
struct Reversal {
    axes: [usize; 3],
    shape: Shape,
}

impl CustomOp1 for Reversal {
    fn name(&self) -> &'static str {
        "reverse-axes"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        Ok((CpuStorage::F32(reversed(floats(storage, layout)?, self.axes)), self.shape.clone()))
    }

    fn bwd(&self, x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let [a, b, c] = self.axes;
        grad.contiguous()?.apply_op1(Self { axes: [c, b, a], shape: x.shape().clone() }).map(Some)
    }
}

/// Indices of the middle axis that one task converts.
const MIDDLE: usize = 8;
/// Side of the tile that is transposed at once, in floats: one cache line.
const TILE: usize = 16;

fn reversed(x: &[f32], [a, b, c]: [usize; 3]) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    // Every task writes its indices of the middle axis in all planes.
    let mut tasks: Vec<Vec<&mut [f32]>> = (0..b.div_ceil(MIDDLE)).map(|_| Vec::with_capacity(c)).collect();
    for plane in out.chunks_exact_mut((a * b).max(1)) {
        tasks.iter_mut().zip(plane.chunks_mut((a * MIDDLE).max(1))).for_each(|(task, part)| task.push(part));
    }
    let run = |(task, mut planes): (usize, Vec<&mut [f32]>)| {
        for (first, planes) in planes.chunks_mut(TILE).enumerate() {
            for start in (0..a).step_by(TILE) {
                for index in 0..MIDDLE.min(b - task * MIDDLE) {
                    let from = (start * b + task * MIDDLE + index) * c + first * TILE;
                    let line = index * a + start..index * a + a.min(start + TILE);
                    for (column, plane) in planes.iter_mut().enumerate() {
                        let from = x[from + column..].iter().step_by(b * c);
                        plane[line.clone()].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                    }
                }
            }
        }
    };
    parallel_for(tasks.into_iter().enumerate(), MOVE_COST * x.len(), run);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, check_second_order, tensor};

    #[test]
    fn it_equals_candles_permutation_and_has_gradients_of_all_orders() -> Result<()> {
        for dims in [[1, 1, 1, 1], [3, 1, 20, 5], [5, 5, 9, 40], [2, 20, 8, 25], [1, 2, 1, 33]] {
            let x = tensor(&dims, 1)?;
            assert_close(&channels_first(&x)?, &x.permute((3, 2, 0, 1))?.contiguous()?, 0.0)?;
        }
        let x = tensor(&[2, 2, 3, 5], 2)?;
        check_gradients(&[&x], |t| channels_first(&t[0]))?;
        check_second_order(&[&x], |t| channels_first(&t[0])?.sqr())
    }
}
