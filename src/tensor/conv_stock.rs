//! Convolutions of candle's own operations, in place of the kernels here under the feature `stock-kernels`: what the
//! kernels are measured against, in any command of the program.

use candle_core::{Result, Tensor};

use super::LEAKY_SLOPE;

/// As [`super::conv2d`], or [`super::conv2d_leaky`] where it is `leaky`.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn convolution(
    x: &Tensor,
    filter: &Tensor,
    bias: &Tensor,
    (stride, pad): (usize, usize),
    leaky: bool,
) -> Result<Tensor> {
    let y = with_bias(&x.conv2d(filter, pad, stride, 1, 1)?, bias)?;
    if leaky { candle_nn::ops::leaky_relu(&y, f64::from(LEAKY_SLOPE)) } else { Ok(y) }
}

/// As [`super::conv_transpose2d`].
///
/// # Errors
/// When shapes do not fit.
pub(super) fn transposed(
    x: &Tensor,
    filter: &Tensor,
    bias: &Tensor,
    (stride, pad): (usize, usize),
) -> Result<Tensor> {
    with_bias(&x.conv_transpose2d(filter, pad, 0, stride, 1)?, bias)
}

fn with_bias(y: &Tensor, bias: &Tensor) -> Result<Tensor> {
    y.broadcast_add(&bias.reshape((1, (), 1, 1))?)
}
