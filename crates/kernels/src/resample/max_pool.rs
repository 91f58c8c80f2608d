//! Max pooling with overlapping windows and a gradient; candle's has a gradient only if windows do not
//! overlap.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::view::{floats, nchw, with_floats};

/// The maximum of each `kernel` x `kernel` window of `x` (N, C, H, W), `stride` apart, without padding;
/// incomplete windows are dropped. The gradient goes to the first maximum of each window.
///
/// # Errors
/// If a side is shorter than the kernel, the stride is zero, or the tensor is not f32.
pub fn max_pool2d(x: &Tensor, kernel: usize, stride: usize) -> Result<Tensor> {
    let op = MaxPool { kernel, stride };
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(op) } else { op.by_selection(x) }
}

#[derive(Clone, Copy)]
struct MaxPool {
    kernel: usize,
    stride: usize,
}

impl MaxPool {
    fn output(&self, side: usize) -> Result<usize> {
        if self.stride == 0 || self.kernel == 0 || side < self.kernel {
            bail!(
                "max_pool2d: a side of {side}, kernel {}, stride {} do not match",
                self.kernel,
                self.stride
            );
        }
        Ok((side - self.kernel) / self.stride + 1)
    }

    /// Fallback for other devices, composed of candle's operations: first along the rows, then along the
    /// columns.
    fn by_selection(self, x: &Tensor) -> Result<Tensor> {
        let mut pooled = x.clone();
        for axis in [3, 2] {
            let count = self.output(pooled.dim(axis)?)?;
            let tap = |offset: usize| -> Result<Tensor> {
                let picks = (0..count).map(|index| (index * self.stride + offset) as u32).collect::<Vec<_>>();
                pooled.index_select(&Tensor::from_vec(picks, count, x.device())?, axis)
            };
            let mut largest = tap(0)?;
            for offset in 1..self.kernel {
                largest = largest.maximum(&tap(offset)?)?;
            }
            pooled = largest;
        }
        Ok(pooled)
    }

    /// Calls `found` with the index of each output and the index of its maximum in the input plane.
    fn for_each_window(
        &self,
        plane: &[f32],
        width: usize,
        rows: usize,
        columns: usize,
        mut found: impl FnMut(usize, usize),
    ) {
        for row in 0..rows {
            for column in 0..columns {
                let corner = row * self.stride * width + column * self.stride;
                let mut best = corner;
                for dy in 0..self.kernel {
                    for index in corner + dy * width..corner + dy * width + self.kernel {
                        if plane[index] > plane[best] {
                            best = index;
                        }
                    }
                }
                found(row * columns + column, best);
            }
        }
    }
}

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        "max_pool2d"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let x = floats(storage, layout)?;
        let (oh, ow) = (self.output(h)?, self.output(w)?);
        let mut out = vec![0f32; n * c * oh * ow];
        out.par_chunks_exact_mut(oh * ow).zip(x.par_chunks_exact(h * w)).for_each(|(to, from)| {
            self.for_each_window(from, w, oh, ow, |index, best| to[index] = from[best]);
        });
        Ok((CpuStorage::F32(out), (n, c, oh, ow).into()))
    }

    fn bwd(&self, x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let [n, c, h, w] = nchw(x.layout())?;
        let (oh, ow) = (self.output(h)?, self.output(w)?);
        let mut out = vec![0f32; n * c * h * w];
        with_floats(x, |x| {
            with_floats(grad, |grad| {
                let planes = x.par_chunks_exact(h * w).zip(grad.par_chunks_exact(oh * ow));
                out.par_chunks_exact_mut(h * w).zip(planes).for_each(|(to, (from, grad))| {
                    self.for_each_window(from, w, oh, ow, |index, best| to[best] += grad[index]);
                });
                Ok(())
            })
        })?;
        Tensor::from_vec(out, x.shape(), x.device()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Var};

    use super::*;
    use crate::testing::{assert_close, check_gradients, gradients, tensor};

    const CASES: [([usize; 4], usize, usize); 5] = [
        ([2, 3, 7, 9], 3, 2),
        ([1, 1, 3, 3], 3, 2),
        ([1, 4, 6, 8], 2, 2),
        ([2, 2, 10, 5], 3, 1),
        ([1, 2, 9, 9], 2, 3),
    ];

    /// Window by window, directly from the definition.
    fn naive(x: &Tensor, kernel: usize, stride: usize) -> Tensor {
        let (n, c, h, w) = x.dims4().unwrap();
        let (oh, ow) = ((h - kernel) / stride + 1, (w - kernel) / stride + 1);
        let mut out = Vec::new();
        for plane in x.reshape((n * c, h, w)).unwrap().to_vec3::<f32>().unwrap() {
            for (row, column) in (0..oh).flat_map(|row| (0..ow).map(move |column| (row, column))) {
                let rows = plane[row * stride..].iter().take(kernel);
                let values = rows.flat_map(|line| line[column * stride..].iter().take(kernel));
                out.push(values.copied().fold(f32::NEG_INFINITY, f32::max));
            }
        }
        Tensor::from_vec(out, (n, c, oh, ow), x.device()).unwrap()
    }

    #[test]
    fn the_maximum_of_each_window_is_kept() -> Result<()> {
        for (dims, kernel, stride) in CASES {
            let x = tensor(&dims, 3)?;
            let expected = naive(&x, kernel, stride);
            assert_close(&max_pool2d(&x, kernel, stride)?, &expected, 0.0)?;
            assert_close(&MaxPool { kernel, stride }.by_selection(&x)?, &expected, 0.0)?;
        }
        Ok(())
    }

    #[test]
    fn the_gradient_agrees_with_differences_and_with_the_fallback() -> Result<()> {
        for (dims, kernel, stride) in CASES {
            // Differences between values are far larger than the step of the numerical gradient, so no
            // maximum changes.
            let count: usize = dims.iter().product();
            let values = (0..count).map(|index| (index * 7919 % count) as f32 * 0.05).collect::<Vec<_>>();
            let x = Tensor::from_vec(values, &dims, &Device::Cpu)?;
            check_gradients(&[&x], |args| max_pool2d(&args[0], kernel, stride))?;
            let ours = gradients(&[&x], |args| max_pool2d(&args[0], kernel, stride))?;
            let selected = gradients(&[&x], |args| MaxPool { kernel, stride }.by_selection(&args[0]))?;
            assert_close(&ours[0], &selected[0], 1e-6)?;
        }
        Ok(())
    }

    #[test]
    fn the_first_of_equal_maxima_gets_the_gradient() -> Result<()> {
        let x = Var::zeros((1, 1, 3, 3), DType::F32, &Device::Cpu)?;
        let grads = max_pool2d(&x, 3, 2)?.sum_all()?.backward()?;
        let grad = grads.get(&x).unwrap().flatten_all()?.to_vec1::<f32>()?;
        assert_eq!(grad, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        Ok(())
    }

    #[test]
    fn a_map_smaller_than_the_window_is_refused() -> Result<()> {
        assert!(max_pool2d(&tensor(&[1, 1, 2, 5], 1)?, 3, 2).is_err());
        assert!(max_pool2d(&tensor(&[1, 1, 5, 5], 1)?, 3, 0).is_err());
        Ok(())
    }
}
