//! Convolutions with TensorFlow's padding `SAME`: where the padding is odd, the larger part stands at the
//! bottom and at the right.

use candle_core::{Result, Tensor, bail};

use super::{conv_transpose2d, conv2d};

/// How many zeros `SAME` puts before and after a side of `size`, so that a convolution of `kernel` and
/// `stride` leaves `ceil(size / stride)`.
fn same_padding(size: usize, kernel: usize, stride: usize) -> (usize, usize) {
    let total = (size.div_ceil(stride).max(1) - 1) * stride + kernel;
    let total = total.saturating_sub(size);
    (total / 2, total - total / 2)
}

/// Convolves `x` (N, I, H, W) with `weight` (O, I, k, k) to (N, O, ceil(H / stride), ceil(W / stride)) as
/// TensorFlow does with padding `SAME`.
///
/// # Errors
/// When shapes do not fit.
pub fn conv2d_same(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, stride: usize) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let (_, _, kh, kw) = weight.dims4()?;
    if stride == 0 {
        bail!("a convolution of stride 0 does not exist");
    }
    let (down, across) = (same_padding(height, kh, stride), same_padding(width, kw, stride));
    if down == across && down.0 == down.1 {
        return conv2d(x, weight, bias, stride, down.0);
    }
    let padded = x.pad_with_zeros(2, down.0, down.1)?.pad_with_zeros(3, across.0, across.1)?;
    conv2d(&padded, weight, bias, stride, 0)
}

/// The transposed convolution of `x` (N, I, H, W) with `weight` (I, O, k, k), k at least `stride`, to
/// (N, O, H * stride, W * stride), as TensorFlow does with padding `SAME`: it undoes the shape of
/// [`conv2d_same`] and crops the full result as that one pads.
///
/// # Errors
/// When shapes do not fit.
pub fn conv_transpose2d_same(
    x: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let (_, _, kh, kw) = weight.dims4()?;
    if stride == 0 || kh < stride || kw < stride {
        bail!("a transposed convolution of kernel {kh} x {kw} and stride {stride} leaves gaps");
    }
    let (height, width) = (height * stride, width * stride);
    let top = same_padding(height, kh, stride).0;
    let left = same_padding(width, kw, stride).0;
    // What is cropped at every side alike need not be computed; the rest is cut off after it.
    let pad = top.min(left);
    let full = conv_transpose2d(x, weight, bias, stride, pad)?;
    full.narrow(2, top - pad, height)?.narrow(3, left - pad, width)?.contiguous()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::testing::{assert_close, tensor};

    #[test]
    fn the_padding_is_tensorflows() {
        for (size, kernel, stride, expected) in [
            (128, 5, 2, (1, 2)),
            (128, 5, 1, (2, 2)),
            (128, 3, 2, (0, 1)),
            (127, 3, 2, (1, 1)),
            (128, 7, 1, (3, 3)),
            (16, 4, 1, (1, 2)),
            (9, 1, 2, (0, 0)),
        ] {
            assert_eq!(same_padding(size, kernel, stride), expected, "{size} {kernel} {stride}");
        }
    }

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
            let there = product(&conv2d_same(&a, &weight, None, stride)?, &b)?;
            let back = product(&a, &conv_transpose2d_same(&b, &weight, None, stride)?)?;
            assert!((there - back).abs() < 1e-4 * there.abs().max(1.0), "{kernel} {stride}: {there} {back}");
        }
        Ok(())
    }

    /// Taps of one pixel show where the kernel lies: `out[i] = sum x[2 i + k - 1] w[k]` for k of 0 to 4.
    #[test]
    fn an_odd_padding_stands_before_the_even_one() -> Result<()> {
        let x = Tensor::arange(0f32, 8.0, x_device())?.reshape((1, 1, 1, 8))?.broadcast_as((1, 1, 8, 8))?;
        let weight = tensor(&[1, 1, 5, 5], 7)?.zeros_like()?;
        let last = Tensor::ones((1, 1, 1, 1), candle_core::DType::F32, x_device())?;
        let weight = weight.slice_assign(&[0..1, 0..1, 2..3, 4..5], &last)?;
        let y = conv2d_same(&x.contiguous()?, &weight, None, 2)?;
        let expected = Tensor::new(&[3f32, 5.0, 7.0, 0.0], x_device())?;
        assert_close(&y.narrow(2, 1, 1)?.flatten_all()?, &expected, 1e-6)
    }

    fn x_device() -> &'static candle_core::Device {
        &candle_core::Device::Cpu
    }

    #[test]
    fn what_leaves_gaps_is_refused() -> Result<()> {
        let (x, weight) = (tensor(&[1, 3, 4, 4], 1)?, tensor(&[3, 2, 1, 1], 2)?);
        assert!(conv_transpose2d_same(&x, &weight, None, 2).is_err());
        assert!(conv2d_same(&x, &weight, None, 0).is_err());
        Ok(())
    }
}
