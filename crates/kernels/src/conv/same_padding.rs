//! Convolutions with TensorFlow's padding `SAME`: if the total padding is odd, the extra row and column go to
//! the bottom and right.

use candle_core::{Result, Tensor, bail};

use super::sizes::Sizes;
use super::{sized_convolution, sized_transposed};
use crate::norm::activation::Activation;
use crate::view::nchw;

/// `activation(conv(x))` for `x` (N, I, H, W) and `weight` (O, I, k, k): (N, O, ceil(H / stride), ceil(W /
/// stride)), as TensorFlow computes it with padding `SAME`.
///
/// # Errors
/// If the shapes do not match.
pub fn conv2d_same(
    x: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    activation: Activation,
) -> Result<Tensor> {
    let sizes = Sizes::conv_same(nchw(x.layout())?, nchw(weight.layout())?, stride)?;
    sized_convolution(x, weight, bias, sizes, activation)
}

/// `activation(transposed(x))` for `x` (N, I, H, W) and `weight` (I, O, k, k) with k at least `stride`: (N,
/// O, H * stride, W * stride), as TensorFlow computes it with padding `SAME`. It restores the shape that
/// [`conv2d_same`] reduces, and crops the full result where that one pads.
///
/// # Errors
/// If the shapes do not match.
pub fn conv_transpose2d_same(
    x: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    activation: Activation,
) -> Result<Tensor> {
    let [images, inputs, height, width] = nchw(x.layout())?;
    let [filter_inputs, outputs, kh, kw] = nchw(weight.layout())?;
    if stride == 0 || kh < stride || kw < stride {
        bail!("a transposed convolution of kernel {kh} x {kw} and stride {stride} leaves gaps");
    }
    if inputs != filter_inputs {
        bail!("conv_transpose2d: {inputs} channels do not match a filter for {filter_inputs}");
    }
    let result = [images, outputs, height * stride, width * stride];
    let sizes = Sizes::conv_same(result, [inputs, outputs, kh, kw], stride)?;
    sized_transposed(x, weight, bias, sizes, activation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv::fallback;
    use crate::testing::{
        assert_close, check_gradients, check_second_order, gradients, on_every_instruction_set, tensor,
    };

    /// The sum of `x * y` over all elements.
    fn product(x: &Tensor, y: &Tensor) -> Result<f64> {
        (x * y)?.sum_all()?.to_dtype(candle_core::DType::F64)?.to_scalar()
    }

    /// A transposed convolution is defined by `<conv(a), b> = <a, transposed(b)>` for all a and b.
    #[test]
    fn the_transposed_convolution_is_the_adjoint() -> Result<()> {
        for (kernel, stride) in [(5, 2), (3, 2), (5, 1), (3, 1), (4, 2)] {
            let weight = tensor(&[4, 3, kernel, kernel], 1)?;
            let a = tensor(&[2, 3, 6 * stride, 4 * stride], 2)?;
            let b = tensor(&[2, 4, 6, 4], 3)?;
            let there = product(&conv2d_same(&a, &weight, None, stride, Activation::Identity)?, &b)?;
            let back = product(&a, &conv_transpose2d_same(&b, &weight, None, stride, Activation::Identity)?)?;
            assert!((there - back).abs() < 1e-4 * there.abs().max(1.0), "{kernel} {stride}: {there} {back}");
        }
        Ok(())
    }

    /// A filter with one non-zero tap shows its position: `out[i] = x[2 i + 3]`.
    #[test]
    fn odd_padding_goes_to_the_right() -> Result<()> {
        let x = Tensor::arange(0f32, 8.0, x_device())?.reshape((1, 1, 1, 8))?.broadcast_as((1, 1, 8, 8))?;
        let weight = tensor(&[1, 1, 5, 5], 7)?.zeros_like()?;
        let last = Tensor::ones((1, 1, 1, 1), candle_core::DType::F32, x_device())?;
        let weight = weight.slice_assign(&[0..1, 0..1, 2..3, 4..5], &last)?;
        let y = conv2d_same(&x.contiguous()?, &weight, None, 2, Activation::Identity)?;
        let expected = Tensor::new(&[3f32, 5.0, 7.0, 0.0], x_device())?;
        assert_close(&y.narrow(2, 1, 1)?.flatten_all()?, &expected, 1e-6)
    }

    fn x_device() -> &'static candle_core::Device {
        &candle_core::Device::Cpu
    }

    /// (height and width of the smaller map, kernel, stride).
    const CASES: [([usize; 2], usize, usize); 6] =
        [([6, 4], 5, 2), ([5, 7], 3, 2), ([4, 4], 5, 1), ([3, 8], 4, 3), ([4, 6], 4, 1), ([3, 3], 2, 2)];

    #[test]
    fn gradients_agree_with_candle_and_finite_differences() -> Result<()> {
        on_every_instruction_set(|| {
            CASES.into_iter().try_for_each(|([height, width], kernel, stride)| {
                let large = tensor(&[2, 3, height * stride, width * stride], 1)?;
                let small = tensor(&[2, 4, height, width], 2)?;
                let weight = tensor(&[4, 3, kernel, kernel], 3)?;
                let (down_bias, up_bias) = (tensor(&[4], 4)?, tensor(&[3], 5)?);
                let sizes = Sizes::conv_same(nchw(large.layout())?, nchw(weight.layout())?, stride)?;
                for activation in [Activation::Identity, Activation::Relu] {
                    let ours = gradients(&[&large, &weight, &down_bias], |t| {
                        conv2d_same(&t[0], &t[1], Some(&t[2]), stride, activation)
                    })?;
                    let candles = gradients(&[&large, &weight, &down_bias], |t| {
                        fallback::convolve(&t[0], &t[1], &t[2], &sizes, activation)
                    })?;
                    ours.iter().zip(&candles).try_for_each(|(ours, its)| assert_close(ours, its, 1e-5))?;
                    let ours = gradients(&[&small, &weight, &up_bias], |t| {
                        conv_transpose2d_same(&t[0], &t[1], Some(&t[2]), stride, activation)
                    })?;
                    let candles = gradients(&[&small, &weight, &up_bias], |t| {
                        activation.apply(fallback::transposed(&t[0], &t[1], &t[2], &sizes)?)
                    })?;
                    ours.iter().zip(&candles).try_for_each(|(ours, its)| assert_close(ours, its, 1e-5))?;
                }
                let plain = Activation::Identity;
                check_gradients(&[&large, &weight, &down_bias], |t| {
                    conv2d_same(&t[0], &t[1], Some(&t[2]), stride, plain)
                })?;
                check_gradients(&[&small, &weight, &up_bias], |t| {
                    conv_transpose2d_same(&t[0], &t[1], Some(&t[2]), stride, plain)
                })
            })
        })
    }

    #[test]
    fn gradients_of_gradients_agree_with_finite_differences() -> Result<()> {
        let (large, small) = (tensor(&[2, 3, 6, 4], 1)?, tensor(&[2, 4, 3, 2], 2)?);
        let (weight, down, up) = (tensor(&[4, 3, 5, 5], 3)?, tensor(&[4], 4)?, tensor(&[3], 5)?);
        check_second_order(&[&large, &weight, &down], |t| {
            conv2d_same(&t[0], &t[1], Some(&t[2]), 2, Activation::Relu)
        })?;
        check_second_order(&[&small, &weight, &up], |t| {
            conv_transpose2d_same(&t[0], &t[1], Some(&t[2]), 2, Activation::Relu)
        })
    }

    #[test]
    fn other_devices_compute_the_same_filter_gradient() -> Result<()> {
        for ([height, width], kernel, stride) in CASES {
            let x = tensor(&[2, 3, height * stride, width * stride], 1)?;
            let (weight, grad) = (tensor(&[4, 3, kernel, kernel], 3)?, tensor(&[2, 4, height, width], 99)?);
            let sizes = Sizes::conv_same(nchw(x.layout())?, nchw(weight.layout())?, stride)?;
            let ours =
                gradients(&[&x, &weight], |t| conv2d_same(&t[0], &t[1], None, stride, Activation::Identity))?;
            assert_close(&fallback::filter_gradient(&x, &grad, &sizes)?, &ours[1], 1e-5)?;
        }
        Ok(())
    }

    #[test]
    fn kernels_that_leave_gaps_are_refused() -> Result<()> {
        let (x, weight) = (tensor(&[1, 3, 4, 4], 1)?, tensor(&[3, 2, 1, 1], 2)?);
        assert!(conv_transpose2d_same(&x, &weight, None, 2, Activation::Identity).is_err());
        assert!(conv2d_same(&x, &weight, None, 0, Activation::Identity).is_err());
        Ok(())
    }
}
