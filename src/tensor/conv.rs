//! Two-dimensional convolution with bias and leaky ReLU fused, on the direct kernel.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};

use super::conv_backward::{channel_sums, filter_gradient, input_gradient, spread};
use super::conv_forward::forward;
use super::conv_kernel::PackedFilter;
use super::view::{floats, nchw, with_floats};

/// The slope of the leaky ReLU for negative values.
pub const LEAKY_SLOPE: f32 = 0.2;

/// Convolves `x` (N, C, H, W) with `filter` (O, C, kh, kw), adding `bias` (O).
///
/// # Errors
/// When shapes do not fit, or a tensor is not f32.
pub fn conv2d(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    pad: usize,
) -> Result<Tensor> {
    convolve(x, filter, bias, Conv2d { stride, pad, leaky: false })
}

/// [`conv2d`] followed by a leaky ReLU of slope [`LEAKY_SLOPE`].
///
/// # Errors
/// As [`conv2d`].
pub fn conv2d_leaky(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    pad: usize,
) -> Result<Tensor> {
    convolve(x, filter, bias, Conv2d { stride, pad, leaky: true })
}

fn convolve(x: &Tensor, filter: &Tensor, bias: Option<&Tensor>, op: Conv2d) -> Result<Tensor> {
    let outputs = filter.dim(0)?;
    let bias = match bias {
        Some(bias) => bias.clone(),
        None => Tensor::zeros(outputs, x.dtype(), x.device())?,
    };
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op3(&filter.contiguous()?, &bias.contiguous()?, op);
    }
    let y = x.conv2d(filter, op.pad, op.stride, 1, 1)?.broadcast_add(&bias.reshape((1, outputs, 1, 1))?)?;
    if op.leaky { candle_nn::ops::leaky_relu(&y, f64::from(LEAKY_SLOPE)) } else { Ok(y) }
}

/// The sizes of one convolution.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) images: usize,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Height and width of the input.
    pub(super) input: [usize; 2],
    /// Height and width of the output.
    pub(super) output: [usize; 2],
    /// Height and width of the kernel.
    pub(super) kernel: [usize; 2],
    pub(super) stride: usize,
    pub(super) pad: usize,
}

impl Sizes {
    /// The same convolution at stride 1, as its gradients see it.
    pub(super) fn unstrided(self) -> Self {
        let full = |i: usize| self.input[i] + 2 * self.pad - self.kernel[i] + 1;
        Self { output: [full(0), full(1)], stride: 1, ..self }
    }
}

#[derive(Clone, Copy)]
struct Conv2d {
    stride: usize,
    pad: usize,
    leaky: bool,
}

impl Conv2d {
    fn sizes(&self, x: [usize; 4], filter: [usize; 4], bias: usize) -> Result<Sizes> {
        let [images, inputs, height, width] = x;
        let [outputs, filter_inputs, kh, kw] = filter;
        let fits = |size: usize, kernel: usize| kernel > self.pad && size + 2 * self.pad >= kernel;
        if inputs != filter_inputs
            || outputs != bias
            || self.stride == 0
            || !fits(height, kh)
            || !fits(width, kw)
        {
            bail!(
                "conv2d: input {x:?}, filter {filter:?}, bias [{bias}], stride {}, pad {} do not fit",
                self.stride,
                self.pad
            );
        }
        let out = |size: usize, kernel: usize| (size + 2 * self.pad - kernel) / self.stride + 1;
        Ok(Sizes {
            images,
            inputs,
            outputs,
            input: [height, width],
            output: [out(height, kh), out(width, kw)],
            kernel: [kh, kw],
            stride: self.stride,
            pad: self.pad,
        })
    }

    fn finish(&self, value: f32) -> f32 {
        if self.leaky && value < 0.0 { value * LEAKY_SLOPE } else { value }
    }

    /// The gradient before the activation. The leaky ReLU keeps signs, so the result tells the slope.
    fn before_activation(&self, grad: &[f32], result: &[f32]) -> Vec<f32> {
        let slope = |(g, r): (&f32, &f32)| if *r < 0.0 { g * LEAKY_SLOPE } else { *g };
        if self.leaky { grad.iter().zip(result).map(slope).collect() } else { grad.to_vec() }
    }
}

impl CustomOp3 for Conv2d {
    fn name(&self) -> &'static str {
        "conv2d"
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
        let sizes = self.sizes(nchw(l1)?, nchw(l2)?, l3.shape().dims1()?)?;
        let (x, filter, bias) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let [kh, kw] = sizes.kernel;
        let packed = PackedFilter::new([sizes.outputs, sizes.inputs, kh, kw], sizes.stride, |o, i, y, x| {
            filter[((o * sizes.inputs + i) * kh + y) * kw + x]
        });
        let out = forward(x, &sizes, &packed, |o, value| self.finish(value + bias[o]));
        Ok((CpuStorage::F32(out), (sizes.images, sizes.outputs, sizes.output[0], sizes.output[1]).into()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        filter: &Tensor,
        bias: &Tensor,
        result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let sizes = self.sizes(nchw(x.layout())?, nchw(filter.layout())?, bias.dims1()?)?;
        let grad =
            with_floats(grad, |grad| with_floats(result, |result| Ok(self.before_activation(grad, result))))?;
        let device = x.device();
        let bias_grad = bias
            .track_op()
            .then(|| Tensor::from_vec(channel_sums(&grad, &sizes), bias.shape(), device))
            .transpose()?;
        let grad = spread(grad, &sizes);
        let sizes = sizes.unstrided();
        let x_grad = x
            .track_op()
            .then(|| {
                with_floats(filter, |f| Tensor::from_vec(input_gradient(&grad, f, &sizes), x.shape(), device))
            })
            .transpose()?;
        let filter_grad = filter
            .track_op()
            .then(|| {
                with_floats(x, |x| {
                    Tensor::from_vec(filter_gradient(x, &grad, &sizes), filter.shape(), device)
                })
            })
            .transpose()?;
        Ok((x_grad, filter_grad, bias_grad))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::testing::{assert_close, check_gradients, gradients, tensor};

    /// (input, filter, stride, pad): odd sizes, non-square, every tail of the kernel.
    const CASES: [([usize; 4], [usize; 4], usize, usize); 7] = [
        ([2, 3, 9, 13], [5, 3, 3, 3], 1, 1),
        ([1, 1, 4, 4], [1, 1, 1, 1], 1, 0),
        ([5, 16, 8, 8], [25, 16, 3, 3], 1, 1),
        ([1, 4, 33, 18], [7, 4, 7, 5], 1, 2),
        ([2, 3, 17, 20], [13, 3, 7, 7], 2, 0),
        ([1, 6, 10, 11], [12, 6, 3, 3], 2, 1),
        ([3, 2, 12, 12], [4, 2, 1, 1], 2, 0),
    ];

    #[test]
    fn agrees_with_candle_and_finite_differences() -> Result<()> {
        for (input, kernel, stride, pad) in CASES {
            let (x, f, b) = (tensor(&input, 1)?, tensor(&kernel, 2)?, tensor(&[kernel[0]], 3)?);
            let slow = |x: &Tensor, f: &Tensor, b: &Tensor| {
                x.conv2d(f, pad, stride, 1, 1)?.broadcast_add(&b.reshape((1, (), 1, 1))?)
            };
            let ours = conv2d(&x, &f, Some(&b), stride, pad)?;
            assert_close(&ours, &slow(&x, &f, &b)?, 1e-5)?;
            check_gradients(&[&x, &f, &b], |t| conv2d(&t[0], &t[1], Some(&t[2]), stride, pad))?;
        }
        Ok(())
    }

    #[test]
    fn the_fused_activation_agrees_with_candles() -> Result<()> {
        for (input, kernel, stride, pad) in CASES {
            let args = [&tensor(&input, 4)?, &tensor(&kernel, 5)?, &tensor(&[kernel[0]], 6)?];
            let fused = gradients(&args, |t| conv2d_leaky(&t[0], &t[1], Some(&t[2]), stride, pad))?;
            let apart = gradients(&args, |t| {
                let y = conv2d(&t[0], &t[1], Some(&t[2]), stride, pad)?;
                candle_nn::ops::leaky_relu(&y, f64::from(LEAKY_SLOPE))
            })?;
            for (f, a) in fused.iter().zip(&apart) {
                assert_close(f, a, 1e-5)?;
            }
        }
        Ok(())
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() -> Result<()> {
        let x = tensor(&[1, 3, 4, 4], 1)?;
        assert!(conv2d(&x, &tensor(&[2, 4, 3, 3], 2)?, None, 1, 1).is_err());
        assert!(conv2d(&x, &tensor(&[2, 3, 7, 7], 2)?, None, 1, 1).is_err());
        assert!(conv2d(&x, &tensor(&[2, 3, 3, 3], 2)?, None, 0, 1).is_err());
        Ok(())
    }
}
