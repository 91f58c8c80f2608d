//! Depthwise convolution: every channel has its own small kernel.
//!
//! On the CPU, candle runs it as one convolution per channel, about forty times too slow for live video. Here
//! each plane is copied once into a padded buffer in which the columns of each stride phase are contiguous,
//! so that every tap reads neighbouring floats, whatever the stride.

mod padding;
mod plane;

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::bias_or_zeros;
use crate::conv::epilogue::filled;
use crate::device::has_kernels;
use crate::norm::activation::Activation;
use crate::simd::scratch::with_scratch;
use crate::simd::sums::channel_sums;
use crate::simd::{instruction_set, launch};
use crate::view::{floats, nchw, with_floats};

pub use padding::Padding;
use plane::{PadPlane, Planes, SLACK, correlate};

/// Convolves each channel of `x` (N, C, H, W) with its own kernel in `weight` (C, 1, kh, kw).
///
/// The output is (N, C, (H + top + bottom - kh) / stride + 1, ...). For a gradient with respect to `x`, the padding must
/// be smaller than the kernel on every side.
///
/// # Errors
/// If the shapes do not match; on the CPU also if a tensor is not f32.
pub fn depthwise_conv2d(x: &Tensor, weight: &Tensor, stride: usize, padding: Padding) -> Result<Tensor> {
    depthwise_conv2d_activated(x, weight, None, stride, padding, Activation::Identity)
}

/// [`depthwise_conv2d`] with a `bias` (C), followed by `activation`.
///
/// # Errors
/// As [`depthwise_conv2d`].
pub fn depthwise_conv2d_activated(
    x: &Tensor,
    weight: &Tensor,
    bias: Option<&Tensor>,
    stride: usize,
    padding: Padding,
    activation: Activation,
) -> Result<Tensor> {
    let bias = bias_or_zeros(bias, weight.dim(0)?, x)?;
    if has_kernels(x.device()) {
        let op = Depthwise { stride, padding, activation };
        return x.contiguous()?.apply_op3(&weight.contiguous()?, &bias.contiguous()?, op);
    }
    let y = by_taps(x, weight, stride, padding)?;
    activation.apply(y.broadcast_add(&bias.reshape((1, (), 1, 1))?)?)
}

/// Fallback for other devices, composed of candle's operations; candle's own would be one convolution per
/// channel.
fn by_taps(x: &Tensor, weight: &Tensor, stride: usize, padding: Padding) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let (channels, _, kh, kw) = weight.dims4()?;
    let Padding { top, bottom, left, right } = padding;
    if height + top + bottom < kh || width + left + right < kw || stride == 0 {
        bail!("depthwise: kernel {kh}x{kw} does not fit the input {:?}", x.shape());
    }
    let x = x.pad_with_zeros(2, top, bottom)?.pad_with_zeros(3, left, right)?;
    let (rows, columns) = (height + top + bottom - kh + 1, width + left + right - kw + 1);
    let mut sum: Option<Tensor> = None;
    for (dy, dx) in (0..kh).flat_map(|dy| (0..kw).map(move |dx| (dy, dx))) {
        let tap = weight.narrow(2, dy, 1)?.narrow(3, dx, 1)?.reshape((1, channels, 1, 1))?;
        let term = x.narrow(2, dy, rows)?.narrow(3, dx, columns)?.broadcast_mul(&tap)?;
        sum = Some(sum.map_or(Ok(term.clone()), |sum| sum + term)?);
    }
    let Some(sum) = sum else { bail!("depthwise: the kernel is empty") };
    if stride == 1 {
        return Ok(sum);
    }
    let every = |length: usize| {
        let reused: Vec<u32> = (0..length as u32).step_by(stride).collect();
        Tensor::from_vec(reused, length.div_ceil(stride), sum.device())
    };
    sum.index_select(&every(rows)?, 2)?.index_select(&every(columns)?, 3)
}

pub(super) struct Depthwise {
    pub(super) stride: usize,
    pub(super) padding: Padding,
    pub(super) activation: Activation,
}

/// The checked sizes of one call.
pub(super) struct Plan {
    planes: usize,
    channels: usize,
    height: usize,
    width: usize,
    kernel: (usize, usize),
    stride: usize,
    padding: Padding,
    out_height: usize,
    out_width: usize,
    /// Floats in one column phase of a padded row.
    phase: usize,
}

impl Depthwise {
    pub(super) fn plan(&self, x: [usize; 4], weight: [usize; 4]) -> Result<Plan> {
        let [batch, channels, height, width] = x;
        let [kernels, one, kh, kw] = weight;
        let Padding { top, bottom, left, right } = self.padding;
        let (padded_height, padded_width) = (height + top + bottom, width + left + right);
        if kernels != channels || one != 1 || self.stride == 0 || kh == 0 || kw == 0 {
            bail!("depthwise: kernel {weight:?} does not fit input {x:?}");
        }
        if padded_height < kh || padded_width < kw {
            bail!(
                "depthwise: kernel {kh}x{kw} is larger than the padded input {padded_height}x{padded_width}"
            );
        }
        Ok(Plan {
            planes: batch * channels,
            channels,
            height,
            width,
            kernel: (kh, kw),
            stride: self.stride,
            padding: self.padding,
            out_height: (padded_height - kh) / self.stride + 1,
            out_width: (padded_width - kw) / self.stride + 1,
            phase: padded_width.div_ceil(self.stride),
        })
    }
}

impl Plan {
    fn padded_row(&self) -> usize {
        self.phase * self.stride
    }

    fn padded_len(&self) -> usize {
        (self.height + self.padding.top + self.padding.bottom) * self.padded_row()
    }

    /// Offset of each tap's first input from the output row's position in the padded buffer, in which column `c` of a
    /// row is at index `c / stride` of phase `c % stride`.
    fn taps(&self) -> Vec<usize> {
        let (rows, columns) = self.kernel;
        let offset = |x: usize| (x % self.stride) * self.phase + x / self.stride;
        (0..rows).flat_map(|y| (0..columns).map(move |x| y * self.padded_row() + offset(x))).collect()
    }

    /// Height and width of the output.
    pub(super) fn output(&self) -> [usize; 2] {
        [self.out_height, self.out_width]
    }

    /// Pixels of a plane of the output.
    pub(super) fn output_area(&self) -> usize {
        self.out_height * self.out_width
    }

    /// The convolution of `x` with its kernels, biases and activation.
    pub(super) fn run(&self, x: &[f32], weight: &[f32], bias: &[f32], activation: Activation) -> Vec<f32> {
        let (in_picture, out_plane) =
            (self.channels * self.height * self.width, self.out_height * self.out_width);
        let out_picture = self.channels * out_plane;
        if in_picture == 0 {
            return vec![0f32; self.planes * out_plane];
        }
        let (taps, slope) = (self.taps(), activation.slope());
        // SAFETY: the pictures cover the output, and so do the planes of each.
        unsafe {
            filled(self.planes * out_plane, |out| {
                // Each picture uses one thread: a live frame has other faces and ages for the others.
                x.par_chunks_exact(in_picture).enumerate().for_each(|(picture, x)| {
                    with_scratch(self.padded_len() + SLACK, |padded| {
                        padded.fill(0.0);
                        let start = picture * out_picture;
                        let taps = &taps;
                        launch(
                            instruction_set(),
                            Planes { plan: self, x, weight, bias, slope, taps, padded, out, start },
                        );
                    });
                });
            })
        }
    }

    /// The gradient with respect to the kernels: for every tap, the sum of its inputs times the output gradient.
    fn kernel_gradient(&self, x: &[f32], grad: &[f32]) -> Vec<f32> {
        let (in_plane, out_plane) = (self.height * self.width, self.out_height * self.out_width);
        let kernel_len = self.kernel.0 * self.kernel.1;
        let row_step = self.padded_row() * self.stride;
        let taps = self.taps();
        let mut out = vec![0f32; self.channels * kernel_len];
        if in_plane * out_plane == 0 {
            return out;
        }
        out.par_chunks_exact_mut(kernel_len.max(1)).enumerate().for_each(|(channel, sums)| {
            let mut padded = vec![0f32; self.padded_len()];
            for plane in (channel..self.planes).step_by(self.channels) {
                let pad =
                    PadPlane { plan: self, plane: &x[plane * in_plane..][..in_plane], padded: &mut padded };
                // SAFETY: the set is the processor's, and the buffer has the size of the padded plane.
                unsafe { launch(instruction_set(), pad) };
                let grad = &grad[plane * out_plane..][..out_plane];
                correlate(sums, &padded, &taps, row_step, grad, self.out_width);
            }
        });
        out
    }
}

impl CustomOp3 for Depthwise {
    fn name(&self) -> &'static str {
        "depthwise-conv2d"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let plan = self.plan(nchw(x_layout)?, nchw(weight_layout)?)?;
        let (x, weight, bias) =
            (floats(x, x_layout)?, floats(weight, weight_layout)?, floats(bias, bias_layout)?);
        let shape =
            Shape::from((plan.planes / plan.channels.max(1), plan.channels, plan.out_height, plan.out_width));
        Ok((CpuStorage::F32(plan.run(x, weight, bias, self.activation)), shape))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = self.activation.gradient(result, grad)?.contiguous()?;
        let wanted = |tensor: &Tensor, gradient: &dyn Fn() -> Result<Tensor>| {
            tensor.track_op().then(gradient).transpose()
        };
        Ok((
            wanted(x, &|| self.input_gradient(x.dims4()?, weight, &grad))?,
            wanted(weight, &|| {
                let op =
                    KernelGradient { stride: self.stride, padding: self.padding, kernel: weight.dims4()? };
                x.detach().contiguous()?.apply_op2_no_bwd(&grad, &op)
            })?,
            wanted(bias, &|| channel_sums(&grad))?,
        ))
    }
}

/// The gradient with respect to the kernels, which have the shape `kernel`, from the input and the output gradient.
struct KernelGradient {
    stride: usize,
    padding: Padding,
    kernel: (usize, usize, usize, usize),
}

impl CustomOp2 for KernelGradient {
    fn name(&self) -> &'static str {
        "depthwise-kernel-gradient"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        grad: &CpuStorage,
        grad_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (channels, one, height, width) = self.kernel;
        let forward =
            Depthwise { stride: self.stride, padding: self.padding, activation: Activation::Identity };
        let plan = forward.plan(nchw(x_layout)?, [channels, one, height, width])?;
        let sums = plan.kernel_gradient(floats(x, x_layout)?, floats(grad, grad_layout)?);
        Ok((CpuStorage::F32(sums), Shape::from(self.kernel)))
    }
}

impl Depthwise {
    /// The convolution that turns the output gradient, dilated by the stride, into the gradient with respect to the input,
    /// with flipped kernels; and the size of the dilated gradient.
    pub(super) fn gradient_operation(
        &self,
        input: [usize; 2],
        kernel: [usize; 2],
        output: [usize; 2],
    ) -> Result<(Self, [usize; 2])> {
        let size = output.map(|size| (size - 1) * self.stride + 1);
        // Padding on both sides, so that every output pixel reaches every input pixel that it saw.
        let zeros = |axis: usize, before: usize| {
            let first = kernel[axis].checked_sub(before + 1)?;
            Some((first, (input[axis] + kernel[axis]).checked_sub(1 + size[axis] + first)?))
        };
        let (Some((top, bottom)), Some((left, right))) =
            (zeros(0, self.padding.top), zeros(1, self.padding.left))
        else {
            bail!("depthwise: no gradient if the padding is as large as the kernel");
        };
        let padding = Padding { top, bottom, left, right };
        Ok((Self { stride: 1, padding, activation: Activation::Identity }, size))
    }

    /// The gradient with respect to an input of shape `input`: the output gradient, dilated by the stride, is
    /// convolved with the flipped kernels.
    fn input_gradient(
        &self,
        (_, channels, height, width): (usize, usize, usize, usize),
        weight: &Tensor,
        grad: &Tensor,
    ) -> Result<Tensor> {
        let (_, _, kh, kw) = weight.dims4()?;
        let (_, _, rows, columns) = grad.dims4()?;
        let (back, _) = self.gradient_operation([height, width], [kh, kw], [rows, columns])?;
        let flipped = flipped(weight, channels, kh * kw)?.reshape((channels, 1, kh, kw))?;
        depthwise_conv2d(&dilate(grad, self.stride)?, &flipped, 1, back.padding)
    }
}

/// The kernels with their values in reverse order.
fn flipped(weight: &Tensor, channels: usize, length: usize) -> Result<Tensor> {
    let reversed: Vec<u32> = (0..length as u32).rev().collect();
    let reversed = Tensor::from_vec(reversed, length, weight.device())?;
    weight.detach().reshape((channels, length))?.index_select(&reversed, 1)
}

/// Inserts `stride - 1` zeros between neighbouring pixels.
fn dilate(x: &Tensor, stride: usize) -> Result<Tensor> {
    if stride == 1 {
        return x.contiguous();
    }
    let (images, channels, height, width) = x.dims4()?;
    let spread = |size: usize| (size.max(1) - 1) * stride + 1;
    let values = with_floats(x, |x| Ok(dilated(x.to_vec(), [height, width], stride)))?;
    Tensor::from_vec(values, (images, channels, spread(height), spread(width)), x.device())
}

/// Planes of `size` (height, width) with `stride - 1` zeros between neighbouring pixels.
pub(super) fn dilated(planes: Vec<f32>, [height, width]: [usize; 2], stride: usize) -> Vec<f32> {
    if stride == 1 || planes.is_empty() {
        return planes;
    }
    let [rows, columns] = [height, width].map(|size| (size - 1) * stride + 1);
    let mut out = vec![0f32; planes.len() / (height * width) * rows * columns];
    for (from, to) in planes.chunks_exact(height * width).zip(out.chunks_exact_mut(rows * columns)) {
        for (from, to) in from.chunks_exact(width).zip(to.chunks_mut(stride * columns)) {
            to.iter_mut().step_by(stride).zip(from).for_each(|(to, from)| *to = *from);
        }
    }
    out
}

#[cfg(test)]
mod tests;
