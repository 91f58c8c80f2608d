//! Linear resampling with given weights along each axis.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::simd::widest;
use crate::view::{floats, nchw};

/// The weights of input pixels in output pixels along one axis.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisWeights {
    /// The matrix (inputs, outputs).
    matrix: Vec<f32>,
    inputs: usize,
    /// For each output pixel, the first input pixel with a weight, and the weights from there to the last.
    taps: Vec<(usize, Vec<f32>)>,
}

impl AxisWeights {
    /// Weights from a matrix (`inputs`, outputs). They are fast if each output pixel uses few neighbouring input pixels.
    ///
    /// # Errors
    /// If the matrix is empty or not rectangular.
    pub fn from_matrix(matrix: Vec<f32>, inputs: usize) -> Result<Self> {
        if matrix.is_empty() || inputs == 0 || !matrix.len().is_multiple_of(inputs) {
            bail!("{} weights are no matrix of {inputs} rows", matrix.len());
        }
        let outputs = matrix.len() / inputs;
        let taps = (0..outputs).map(|output| {
            let weights: Vec<f32> = matrix[output..].iter().step_by(outputs).copied().collect();
            let first = weights.iter().position(|weight| *weight != 0.0).unwrap_or(0);
            let end = weights.iter().rposition(|weight| *weight != 0.0).map_or(first, |last| last + 1);
            (first, weights[first..end].to_vec())
        });
        Ok(Self { taps: taps.collect(), matrix, inputs })
    }

    fn outputs(&self) -> usize {
        self.taps.len()
    }

    fn matrix(&self, like: &Tensor) -> Result<Tensor> {
        Tensor::from_slice(&self.matrix, (self.inputs, self.outputs()), like.device())?.to_dtype(like.dtype())
    }
}

/// Resamples `x` (N, C, H, W) with the weights of its `rows` and `columns`.
///
/// # Errors
/// If the weights are for another size.
pub fn resample(x: &Tensor, rows: AxisWeights, columns: AxisWeights) -> Result<Tensor> {
    let (images, channels, height, width) = x.dims4()?;
    if [rows.inputs, columns.inputs] != [height, width] {
        bail!("weights for {} x {} pixels cannot resample {height} x {width}", rows.inputs, columns.inputs);
    }
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op1(Resample { axes: Arc::new([rows, columns]), transposed: false });
    }
    let planes = images * channels;
    let narrow = x.contiguous()?.reshape((planes * height, width))?.matmul(&columns.matrix(x)?)?;
    let upright = narrow.reshape((planes, height, columns.outputs()))?.transpose(1, 2)?.contiguous()?;
    let small = upright.reshape((planes * columns.outputs(), height))?.matmul(&rows.matrix(x)?)?;
    small.reshape((images, channels, columns.outputs(), rows.outputs()))?.transpose(2, 3)?.contiguous()
}

/// A resampling with the weights of rows and columns, or its transpose.
struct Resample {
    axes: Arc<[AxisWeights; 2]>,
    transposed: bool,
}

widest! {
    /// Adds `weight` times `from` to `to`.
    fn add_scaled(to: &mut [f32], from: &[f32], weight: f32) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
    }
}

impl Resample {
    fn plane(&self, from: &[f32], to: &mut [f32]) {
        let [rows, columns] = &*self.axes;
        let width = columns.outputs();
        let mut wide = vec![0f32; rows.inputs * width];
        for (from, to) in from.chunks_exact(columns.inputs).zip(wide.chunks_exact_mut(width)) {
            for (to, (first, weights)) in to.iter_mut().zip(&columns.taps) {
                *to = from[*first..].iter().zip(weights).map(|(value, weight)| value * weight).sum();
            }
        }
        for (to, (first, weights)) in to.chunks_exact_mut(width).zip(&rows.taps) {
            for (from, weight) in wide[first * width..].chunks_exact(width).zip(weights) {
                add_scaled(to, from, *weight);
            }
        }
    }

    fn plane_transposed(&self, from: &[f32], to: &mut [f32]) {
        let [rows, columns] = &*self.axes;
        let width = columns.outputs();
        let mut wide = vec![0f32; rows.inputs * width];
        for (from, (first, weights)) in from.chunks_exact(width).zip(&rows.taps) {
            for (to, weight) in wide[first * width..].chunks_exact_mut(width).zip(weights) {
                add_scaled(to, from, *weight);
            }
        }
        for (from, to) in wide.chunks_exact(width).zip(to.chunks_exact_mut(columns.inputs)) {
            for (from, (first, weights)) in from.iter().zip(&columns.taps) {
                to[*first..].iter_mut().zip(weights).for_each(|(to, weight)| *to += from * weight);
            }
        }
    }
}

impl CustomOp1 for Resample {
    fn name(&self) -> &'static str {
        "resample"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let size = match self.transposed {
            false => self.axes.each_ref().map(AxisWeights::outputs),
            true => self.axes.each_ref().map(|axis| axis.inputs),
        };
        let [height, width] = size;
        let mut out = vec![0f32; n * c * height * width];
        let planes = out.par_chunks_mut(height * width).zip(floats(storage, layout)?.par_chunks(h * w));
        planes.for_each(|(to, from)| match self.transposed {
            false => self.plane(from, to),
            true => self.plane_transposed(from, to),
        });
        Ok((CpuStorage::F32(out), (n, c, height, width).into()))
    }

    fn bwd(&self, _x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let transposed = Self { axes: self.axes.clone(), transposed: !self.transposed };
        grad.contiguous()?.apply_op1(transposed).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::with_composed_operations;
    use crate::testing::{assert_close, check_gradients, check_second_order, tensor};

    /// Weights of up to three neighbours; one output pixel has none.
    fn axis(inputs: usize, outputs: usize) -> Result<AxisWeights> {
        let mut matrix = vec![0f32; inputs * outputs];
        for output in 1..outputs {
            for (tap, weight) in [0.5, 0.3, 0.2].into_iter().enumerate() {
                matrix[(output + tap) % inputs * outputs + output] += weight;
            }
        }
        AxisWeights::from_matrix(matrix, inputs)
    }

    #[test]
    fn it_agrees_with_matrix_products_and_finite_differences() -> Result<()> {
        for (input, output) in [([5, 7], [9, 4]), ([6, 3], [2, 8])] {
            let x = tensor(&[2, 3, input[0], input[1]], 1)?;
            let run = |x: &Tensor| resample(x, axis(input[0], output[0])?, axis(input[1], output[1])?);
            assert_close(&run(&x)?, &with_composed_operations(|| run(&x))?, 1e-6)?;
            check_gradients(&[&x], |t| run(&t[0]))?;
            check_second_order(&[&x], |t| run(&t[0]))?;
        }
        assert!(resample(&tensor(&[1, 1, 4, 4], 1)?, axis(4, 2)?, axis(5, 2)?).is_err());
        assert!(AxisWeights::from_matrix(vec![1.0; 5], 2).is_err());
        Ok(())
    }
}
