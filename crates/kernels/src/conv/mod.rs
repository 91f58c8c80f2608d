//! Two-dimensional convolution with fused bias and activation, and its transpose.

pub(crate) mod backward;
#[cfg(target_arch = "x86_64")]
pub(crate) mod bf16;
pub(crate) mod depthwise;
pub(crate) mod epilogue;
pub(crate) mod fallback;
pub(crate) mod filter;
pub(crate) mod forward;
pub(crate) mod im2col;
pub(crate) mod inverted_residual;
pub(crate) mod kernel;
pub(crate) mod layer;
pub(crate) mod matrix;
pub(crate) mod ops;
pub(crate) mod pointwise;
pub(crate) mod same_padding;
pub(crate) mod sizes;
pub(crate) mod winograd;

use candle_core::{Result, Tensor, bail};

use super::view::nchw;
use crate::conv::ops::{convolve, transposed};
use crate::conv::sizes::Sizes;
use crate::device::has_kernels;
use crate::norm::activation::{Activation, LEAKY_SLOPE};

/// Whether this processor multiplies bf16 faster than f32, for layers that may use it
/// ([`Convolution::in_bf16`](layer::Convolution::in_bf16)).
pub fn multiplies_bf16() -> bool {
    #[cfg(target_arch = "x86_64")]
    return bf16::is_available();
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Convolves `x` (N, C, H, W) with `filter` (O, C, kh, kw) and adds `bias` (O): (N, O, (H + 2 pad - kh) /
/// stride + 1, ...).
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn conv2d(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    pad: usize,
) -> Result<Tensor> {
    convolution(x, filter, bias, stride, pad, Activation::Identity)
}

/// [`conv2d`] followed by a leaky ReLU with slope [`LEAKY_SLOPE`].
///
/// # Errors
/// Like [`conv2d`].
pub fn conv2d_leaky(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    pad: usize,
) -> Result<Tensor> {
    convolution(x, filter, bias, stride, pad, Activation::Leaky(LEAKY_SLOPE))
}

/// Grouped [`conv2d`]: the first group of output channels sees the first group of input channels, and so on.
/// `filter` is (O, C / groups, kh, kw).
///
/// # Errors
/// Like [`conv2d`], and if `groups` does not divide the channels.
pub fn conv2d_grouped(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    pad: usize,
    groups: usize,
) -> Result<Tensor> {
    let (inputs, outputs) = (x.dim(1)?, filter.dim(0)?);
    if groups == 0 || inputs % groups != 0 || outputs % groups != 0 {
        bail!("conv2d: {groups} groups do not divide {inputs} and {outputs} channels");
    }
    let parts = (0..groups).map(|group| {
        let filter = filter.narrow(0, group * (outputs / groups), outputs / groups)?;
        let bias =
            bias.map(|bias| bias.narrow(0, group * (outputs / groups), outputs / groups)).transpose()?;
        conv2d(&x.narrow(1, group * (inputs / groups), inputs / groups)?, &filter, bias.as_ref(), stride, pad)
    });
    Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 1)
}

/// Transposed convolution of `x` (N, I, H, W) with `filter` (I, O, kh, kw), plus `bias` (O): (N, O, (H - 1) *
/// stride - 2 * pad + kh, ...).
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn conv_transpose2d(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    pad: usize,
) -> Result<Tensor> {
    let sizes = Sizes::conv_transpose(nchw(x.layout())?, nchw(filter.layout())?, stride, pad)?;
    sized_transposed(x, filter, bias, sizes, Activation::Identity)
}

fn convolution(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    pad: usize,
    activation: Activation,
) -> Result<Tensor> {
    let sizes = Sizes::conv(nchw(x.layout())?, nchw(filter.layout())?, stride, pad)?;
    sized_convolution(x, filter, bias, sizes, activation)
}

/// A convolution with checked sizes.
pub(super) fn sized_convolution(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    sizes: Sizes,
    activation: Activation,
) -> Result<Tensor> {
    let bias = bias_or_zeros(bias, sizes.outputs, x)?;
    if cfg!(feature = "stock-kernels") || needs_no_operation(&[x, filter, &bias]) {
        return fallback::convolve(x, filter, &bias, &sizes, activation);
    }
    convolve(x, filter, &bias, sizes, activation)
}

/// A transposed convolution with checked sizes.
pub(super) fn sized_transposed(
    x: &Tensor,
    filter: &Tensor,
    bias: Option<&Tensor>,
    sizes: Sizes,
    activation: Activation,
) -> Result<Tensor> {
    let bias = bias_or_zeros(bias, sizes.inputs, x)?;
    if cfg!(feature = "stock-kernels") {
        // candle crops evenly on all sides; what exceeds that is cut off afterwards.
        let ([top, left], [height, width]) = (sizes.pad, sizes.input);
        let pad = top.min(left);
        let full = x.conv_transpose2d(filter, pad, 0, sizes.stride, 1)?;
        let cut = full.narrow(2, top - pad, height)?.narrow(3, left - pad, width)?;
        return activation.apply(cut.broadcast_add(&bias.reshape((1, (), 1, 1))?)?);
    }
    if needs_no_operation(&[x, filter, &bias]) {
        return activation.apply(fallback::transposed(x, filter, &bias, &sizes)?);
    }
    transposed(x, filter, &bias, sizes, activation)
}

/// Whether candle's operations suffice: on a device without kernels, a custom operation only adds the gradient,
/// for the price of a copy of the result.
fn needs_no_operation(arguments: &[&Tensor; 3]) -> bool {
    !has_kernels(arguments[0].device()) && !arguments.iter().any(|tensor| tensor.track_op())
}

/// The bias, checked to have `channels` elements, or zeros.
pub(super) fn bias_or_zeros(bias: Option<&Tensor>, channels: usize, x: &Tensor) -> Result<Tensor> {
    match bias {
        Some(bias) if bias.dims() != [channels] => {
            bail!("conv2d: the bias is {:?}, expected [{channels}]", bias.dims())
        }
        Some(bias) => Ok(bias.clone()),
        None => Tensor::zeros(channels, x.dtype(), x.device()),
    }
}

#[cfg(test)]
mod tests;
