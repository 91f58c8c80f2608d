//! The three operations of a convolution composed of candle's, for devices without a kernel here. candle's
//! transposed convolution handles every output separately there; here everything becomes stride-1
//! convolutions and matrix products, which are fast.

use candle_core::{Result, Tensor};

use super::sizes::Sizes;
use crate::norm::activation::Activation;

pub(crate) fn convolve(
    x: &Tensor,
    filter: &Tensor,
    bias: &Tensor,
    sizes: &Sizes,
    activation: Activation,
) -> Result<Tensor> {
    let y = match sizes.symmetric_pad() {
        Some(pad) => x.conv2d(filter, pad, sizes.stride, 1, 1)?,
        None => {
            padded(x, sizes, sizes.covered_input())?.contiguous()?.conv2d(filter, 0, sizes.stride, 1, 1)?
        }
    };
    activation.apply(y.broadcast_add(&bias.reshape((1, (), 1, 1))?)?)
}

/// The input with the padding above and at the left, and at least `size` high and wide.
fn padded(x: &Tensor, sizes: &Sizes, size: [usize; 2]) -> Result<Tensor> {
    let after = [0, 1].map(|axis| size[axis].saturating_sub(sizes.input[axis] + sizes.pad[axis]));
    x.pad_with_zeros(2, sizes.pad[0], after[0])?.pad_with_zeros(3, sizes.pad[1], after[1])
}

/// Every `stride`-th row and column of the output needs only every `stride`-th row and column of the filter:
/// stride x stride small convolutions of stride 1, whose outputs are interleaved.
pub(crate) fn transposed(grad: &Tensor, filter: &Tensor, bias: &Tensor, sizes: &Sizes) -> Result<Tensor> {
    let stride = sizes.stride;
    let [height, width] = [0, 1].map(|axis| (sizes.input[axis] + sizes.pad[axis]).div_ceil(stride));
    let filter = filter.transpose(0, 1)?;
    let mut rows = Vec::with_capacity(stride);
    for y in 0..stride {
        let mut columns = Vec::with_capacity(stride);
        for x in 0..stride {
            columns.push(match phase_of_filter(&filter, [y, x], stride)? {
                Some(phase) => phase_of_result(grad, &phase, [height, width])?,
                None => {
                    Tensor::zeros((sizes.images, sizes.inputs, height, width), grad.dtype(), grad.device())?
                }
            });
        }
        rows.push(Tensor::stack(&columns, 4)?);
    }
    let whole =
        Tensor::stack(&rows, 3)?.reshape((sizes.images, sizes.inputs, height * stride, width * stride))?;
    let cut = whole.narrow(2, sizes.pad[0], sizes.input[0])?.narrow(3, sizes.pad[1], sizes.input[1])?;
    cut.broadcast_add(&bias.reshape((1, (), 1, 1))?)?.contiguous()
}

/// Every `stride`-th row and column of `filter` from `start` on, flipped; `None` if there is none.
fn phase_of_filter(filter: &Tensor, start: [usize; 2], stride: usize) -> Result<Option<Tensor>> {
    let mut phase = filter.clone();
    for (axis, start) in [(2, start[0]), (3, start[1])] {
        let mut picks: Vec<u32> = (start as u32..filter.dim(axis)? as u32).step_by(stride).collect();
        if picks.is_empty() {
            return Ok(None);
        }
        picks.reverse();
        let count = picks.len();
        phase = phase.contiguous()?.index_select(&Tensor::from_vec(picks, count, filter.device())?, axis)?;
    }
    Ok(Some(phase))
}

/// The first `size` rows and columns of the full convolution of `grad` with `phase`.
fn phase_of_result(grad: &Tensor, phase: &Tensor, size: [usize; 2]) -> Result<Tensor> {
    let mut padded = grad.clone();
    for (axis, size) in [(2, size[0]), (3, size[1])] {
        let (kernel, length) = (phase.dim(axis)?, grad.dim(axis)?);
        let padded_length = size + kernel - 1;
        let after = padded_length.saturating_sub(kernel - 1 + length);
        padded = padded.pad_with_zeros(axis, kernel - 1, after)?.narrow(axis, 0, padded_length)?;
    }
    padded.contiguous()?.conv2d(&phase.contiguous()?, 0, 1, 1, 1)
}

/// The gradient with respect to the filter: one matrix product per tap.
pub(crate) fn filter_gradient(x: &Tensor, grad: &Tensor, sizes: &Sizes) -> Result<Tensor> {
    let ([kh, kw], [oh, ow], stride) = (sizes.kernel, sizes.output, sizes.stride);
    let positions = sizes.images * oh * ow;
    let grad = grad.transpose(0, 1)?.reshape((sizes.outputs, positions))?;
    // A margin at the bottom and right lets every tap use whole strides.
    let x = padded(x, sizes, sizes.covered_input().map(|size| size + stride - 1))?;
    let mut taps = Vec::with_capacity(kh * kw);
    for y in 0..kh {
        for column in 0..kw {
            let moved = every(&every(&x, 2, y, oh, stride)?, 3, column, ow, stride)?;
            let moved = moved.transpose(0, 1)?.reshape((sizes.inputs, positions))?;
            taps.push(grad.matmul(&moved.t()?)?);
        }
    }
    Tensor::stack(&taps, 2)?.reshape(&sizes.filter_shape()[..])
}

/// `count` slices along `axis`, `stride` apart, from `start` on.
fn every(x: &Tensor, axis: usize, start: usize, count: usize, stride: usize) -> Result<Tensor> {
    if stride == 1 {
        return x.narrow(axis, start, count);
    }
    let mut dims = x.dims().to_vec();
    dims[axis] = count;
    dims.insert(axis + 1, stride);
    x.narrow(axis, start, count * stride)?
        .contiguous()?
        .reshape(dims)?
        .narrow(axis + 1, 0, 1)?
        .squeeze(axis + 1)
}
