//! Depthwise convolution: every channel with its own small kernel.
//!
//! candle runs it on the CPU as one convolution per channel, some forty times too slow to be live.
//! Here each plane is copied once into a padded buffer in which the columns of a stride lie apart,
//! so that every tap of the kernel reads neighbouring numbers, whatever the stride.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::bias_or_zeros;
use crate::device::has_kernels;
use crate::norm::activation::Activation;
use crate::simd::sums::channel_sums;
use crate::simd::{InstructionSet, instruction_set, widest};
use crate::view::{floats, nchw};

/// Zeros around a picture, per side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Padding {
    /// Rows above.
    pub top: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns at the left.
    pub left: usize,
    /// Columns at the right.
    pub right: usize,
}

impl Padding {
    /// The same on every side.
    pub const fn even(zeros: usize) -> Self {
        Self { top: zeros, bottom: zeros, left: zeros, right: zeros }
    }

    /// TensorFlow's `SAME`: the output is `ceil(size / stride)`, and an odd zero goes to the bottom
    /// and to the right.
    pub fn tensorflow_same(size: (usize, usize), kernel: (usize, usize), stride: usize) -> Self {
        let stride = stride.max(1);
        let along = |size: usize, kernel: usize| {
            let total = (size.div_ceil(stride).saturating_sub(1) * stride + kernel).saturating_sub(size);
            (total / 2, total - total / 2)
        };
        let (top, bottom) = along(size.0, kernel.0);
        let (left, right) = along(size.1, kernel.1);
        Self { top, bottom, left, right }
    }
}

/// Convolves each channel of `x` `[N, C, H, W]` with its own kernel in `weight` `[C, 1, kh, kw]`.
///
/// The result is `[N, C, (H + top + bottom - kh) / stride + 1, ...]`, in f32. It has gradients to both. No padding may
/// be as large as the kernel where a gradient to `x` is computed.
///
/// # Errors
/// When the shapes do not fit together, on the CPU also for a type other than f32.
pub fn depthwise_conv2d(x: &Tensor, weight: &Tensor, stride: usize, padding: Padding) -> Result<Tensor> {
    depthwise_conv2d_activated(x, weight, None, stride, padding, Activation::Identity)
}

/// [`depthwise_conv2d`] with a `bias` `[C]` for each channel, followed by `activation`.
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

/// The same out of candle's operations, for other devices: candle's own would be one convolution for each channel.
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
        let kept: Vec<u32> = (0..length as u32).step_by(stride).collect();
        Tensor::from_vec(kept, length.div_ceil(stride), sum.device())
    };
    sum.index_select(&every(rows)?, 2)?.index_select(&every(columns)?, 3)
}

struct Depthwise {
    stride: usize,
    padding: Padding,
    activation: Activation,
}

/// The sizes of one call, checked.
struct Plan {
    planes: usize,
    channels: usize,
    height: usize,
    width: usize,
    kernel: (usize, usize),
    stride: usize,
    padding: Padding,
    out_height: usize,
    out_width: usize,
    /// Numbers in one column phase of a padded row.
    phase: usize,
}

/// One number of the kernel and where its first input lies behind the row of the output.
#[derive(Clone, Copy)]
struct Tap {
    offset: usize,
    weight: f32,
}

impl Depthwise {
    fn plan(&self, x: [usize; 4], weight: [usize; 4]) -> Result<Plan> {
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

    /// Copies one plane into the padded buffer, column `c` to phase `c % stride`, place `c / stride`.
    /// What is padding was zero before and is never written.
    fn spread(&self, plane: &[f32], padded: &mut [f32]) {
        let rows = padded.chunks_exact_mut(self.padded_row()).skip(self.padding.top);
        for (from, to) in plane.chunks_exact(self.width).zip(rows) {
            if self.stride == 1 {
                to[self.padding.left..self.padding.left + self.width].copy_from_slice(from);
                continue;
            }
            for (phase, to) in to.chunks_exact_mut(self.phase).enumerate() {
                // The first column of the picture that belongs to this phase, and its place there.
                let first = (phase + self.stride - self.padding.left % self.stride) % self.stride;
                let place = (first + self.padding.left) / self.stride;
                let columns = from.get(first..).unwrap_or_default().iter().step_by(self.stride);
                to[place..].iter_mut().zip(columns).for_each(|(to, from)| *to = *from);
            }
        }
    }

    fn taps(&self, kernel: &[f32], taps: &mut Vec<Tap>) {
        taps.clear();
        for (index, weight) in kernel.iter().enumerate() {
            let (ky, kx) = (index / self.kernel.1, index % self.kernel.1);
            let offset = ky * self.padded_row() + (kx % self.stride) * self.phase + kx / self.stride;
            taps.push(Tap { offset, weight: *weight });
        }
    }

    fn run(&self, x: &[f32], weight: &[f32], bias: &[f32], activation: Activation) -> Vec<f32> {
        let in_plane = self.height * self.width;
        let out_plane = self.out_height * self.out_width;
        let kernel_len = self.kernel.0 * self.kernel.1;
        let row_step = self.padded_row() * self.stride;
        let mut out = vec![0f32; self.planes * out_plane];
        if in_plane * self.channels == 0 {
            return out;
        }
        let convolve = plane_kernel();
        // One picture is done by one thread: a live frame has others at hand for its other faces and ages.
        let pictures = out.par_chunks_exact_mut(self.channels * out_plane);
        pictures.zip(x.par_chunks_exact(self.channels * in_plane)).for_each(|(out, x)| {
            let mut padded = vec![0f32; self.padded_len()];
            let mut taps = Vec::with_capacity(kernel_len);
            let planes = x.chunks_exact(in_plane).zip(out.chunks_exact_mut(out_plane));
            for (((from, to), kernel), bias) in planes.zip(weight.chunks_exact(kernel_len)).zip(bias) {
                self.spread(from, &mut padded);
                self.taps(kernel, &mut taps);
                to.fill(*bias);
                convolve(&padded, &taps, row_step, to, self.out_width);
                if activation != Activation::Identity {
                    activate(to, activation.slope());
                }
            }
        });
        out
    }

    /// The gradient to the kernels: what each tap saw, times the gradient of what it made of it.
    fn kernel_gradient(&self, x: &[f32], grad: &[f32]) -> Vec<f32> {
        let (in_plane, out_plane) = (self.height * self.width, self.out_height * self.out_width);
        let kernel_len = self.kernel.0 * self.kernel.1;
        let row_step = self.padded_row() * self.stride;
        let mut out = vec![0f32; self.channels * kernel_len];
        if in_plane * out_plane == 0 {
            return out;
        }
        out.par_chunks_exact_mut(kernel_len.max(1)).enumerate().for_each(|(channel, sums)| {
            let mut padded = vec![0f32; self.padded_len()];
            let mut taps = Vec::with_capacity(kernel_len);
            self.taps(sums, &mut taps);
            for plane in (channel..self.planes).step_by(self.channels) {
                self.spread(&x[plane * in_plane..][..in_plane], &mut padded);
                let grad = &grad[plane * out_plane..][..out_plane];
                correlate(sums, &padded, &taps, row_step, grad, self.out_width);
            }
        });
        out
    }
}

widest! {
    /// A leaky ReLU of this slope, in place.
    fn activate(values: &mut [f32], slope: f32) {
        values.iter_mut().for_each(|value| *value = value.max(*value * slope));
    }
}

/// Sums that run beside one another, so that they fill the widest vectors.
const SUMS: usize = 16;

widest! {
    /// Adds to each of `sums` the products of one plane's gradient and what the tap met there.
    fn correlate(sums: &mut [f32], padded: &[f32], taps: &[Tap], step: usize, grad: &[f32], width: usize) {
        for (sum, tap) in sums.iter_mut().zip(taps) {
            let mut lanes = [0f32; SUMS];
            let mut rest = 0f32;
            for (y, grad) in grad.chunks_exact(width).enumerate() {
                let seen = &padded[y * step + tap.offset..][..width];
                let (grads, grad_rest) = grad.as_chunks::<SUMS>();
                let (seen, seen_rest) = seen.as_chunks::<SUMS>();
                for (grad, seen) in grads.iter().zip(seen) {
                    for ((lane, grad), seen) in lanes.iter_mut().zip(grad).zip(seen) {
                        *lane += grad * seen;
                    }
                }
                rest += grad_rest.iter().zip(seen_rest).map(|(grad, seen)| grad * seen).sum::<f32>();
            }
            *sum += lanes.iter().sum::<f32>() + rest;
        }
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

/// The gradient to the kernels, whose shape is `kernel`, from the input and the result's gradient.
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
    /// The gradient to an input of the shape `input`: the gradient, spread by the stride, is convolved with the
    /// kernels turned by half a circle.
    fn input_gradient(
        &self,
        (_, channels, height, width): (usize, usize, usize, usize),
        weight: &Tensor,
        grad: &Tensor,
    ) -> Result<Tensor> {
        let (_, _, kh, kw) = weight.dims4()?;
        let (_, _, rows, columns) = grad.dims4()?;
        let spread = spread_by(grad, self.stride)?;
        let reach = |size: usize| (size - 1) * self.stride + 1;
        // Zeros on both sides, so that every output pixel reaches every input pixel that it saw.
        let zeros = |length: usize, kernel: usize, before: usize, spread: usize| {
            let first = kernel.checked_sub(before + 1);
            first.and_then(|first| Some((first, (length + kernel).checked_sub(1 + spread + first)?)))
        };
        let vertical = zeros(height, kh, self.padding.top, reach(rows));
        let horizontal = zeros(width, kw, self.padding.left, reach(columns));
        let (Some((top, bottom)), Some((left, right))) = (vertical, horizontal) else {
            bail!("depthwise: there is no gradient through a padding that is as large as the kernel");
        };
        depthwise_conv2d(
            &spread,
            &turned(weight, channels, kh * kw)?.reshape((channels, 1, kh, kw))?,
            1,
            Padding { top, bottom, left, right },
        )
    }
}

/// The kernels with their values in reverse order.
fn turned(weight: &Tensor, channels: usize, length: usize) -> Result<Tensor> {
    let reversed: Vec<u32> = (0..length as u32).rev().collect();
    let reversed = Tensor::from_vec(reversed, length, weight.device())?;
    weight.detach().reshape((channels, length))?.index_select(&reversed, 1)
}

/// `stride - 1` zeros between every two pixels.
fn spread_by(x: &Tensor, stride: usize) -> Result<Tensor> {
    if stride == 1 {
        return x.contiguous();
    }
    let (images, channels, height, width) = x.dims4()?;
    let cells = x.reshape((images, channels, height, 1, width, 1))?;
    let cells = cells.pad_with_zeros(5, 0, stride - 1)?.pad_with_zeros(3, 0, stride - 1)?;
    let spread = cells.reshape((images, channels, height * stride, width * stride))?;
    spread.narrow(2, 0, (height - 1) * stride + 1)?.narrow(3, 0, (width - 1) * stride + 1)?.contiguous()
}

type PlaneKernel = fn(&[f32], &[Tap], usize, &mut [f32], usize);

/// The version for the widest instruction set that this processor has.
fn plane_kernel() -> PlaneKernel {
    match instruction_set() {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => |padded, taps, step, out, width| {
            // SAFETY: the processor has AVX-512F.
            unsafe { plane_avx512(padded, taps, step, out, width) }
        },
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => |padded, taps, step, out, width| {
            // SAFETY: the processor has AVX2 and FMA.
            unsafe { plane_avx2(padded, taps, step, out, width) }
        },
        InstructionSet::Baseline => plane::<{ cfg!(target_arch = "aarch64") }>,
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn plane_avx512(padded: &[f32], taps: &[Tap], step: usize, out: &mut [f32], width: usize) {
    plane::<true>(padded, taps, step, out, width);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn plane_avx2(padded: &[f32], taps: &[Tap], step: usize, out: &mut [f32], width: usize) {
    plane::<true>(padded, taps, step, out, width);
}

/// One plane. `FUSED` where the processor multiplies and adds in one instruction; elsewhere
/// `mul_add` would be a library call for every number.
#[inline(always)]
fn plane<const FUSED: bool>(padded: &[f32], taps: &[Tap], step: usize, out: &mut [f32], width: usize) {
    for (y, row) in out.chunks_exact_mut(width).enumerate() {
        let padded = &padded[y * step..];
        let threes = taps.chunks_exact(3);
        let rest = threes.remainder();
        for three in threes {
            let [a, b, c] = [three[0], three[1], three[2]];
            let inputs = padded[a.offset..][..width].iter().zip(&padded[b.offset..][..width]);
            let inputs = inputs.zip(&padded[c.offset..][..width]);
            for (value, ((p, q), r)) in row.iter_mut().zip(inputs) {
                let sum = multiply_add::<FUSED>(a.weight, *p, *value);
                let sum = multiply_add::<FUSED>(b.weight, *q, sum);
                *value = multiply_add::<FUSED>(c.weight, *r, sum);
            }
        }
        for tap in rest {
            for (value, input) in row.iter_mut().zip(&padded[tap.offset..][..width]) {
                *value = multiply_add::<FUSED>(tap.weight, *input, *value);
            }
        }
    }
}

#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, gradients, on_every_set, tensor};
    use candle_core::Device;

    fn largest_difference(a: &Tensor, b: &Tensor) -> f32 {
        (a - b).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap()
    }

    /// candle's own grouped convolution of the padded input.
    fn reference(x: &Tensor, weight: &Tensor, stride: usize, p: Padding) -> Tensor {
        let x = x.pad_with_zeros(2, p.top, p.bottom).unwrap().pad_with_zeros(3, p.left, p.right).unwrap();
        x.conv2d(weight, 0, stride, 1, weight.dim(0).unwrap()).unwrap()
    }

    #[test]
    fn equals_candles_grouped_convolution() {
        let uneven = Padding { top: 0, bottom: 1, left: 2, right: 0 };
        let cases = [
            ((1, 4, 9, 17), (3, 3), 1, Padding::even(1)),
            ((2, 3, 8, 40), (3, 3), 2, Padding::tensorflow_same((8, 40), (3, 3), 2)),
            ((1, 5, 12, 11), (5, 5), 2, Padding::tensorflow_same((12, 11), (5, 5), 2)),
            ((2, 2, 10, 13), (3, 5), 3, uneven),
            ((1, 1, 1, 1), (1, 1), 1, Padding::even(0)),
            ((1, 2, 7, 6), (7, 7), 1, Padding::even(3)),
        ];
        for (shape, kernel, stride, padding) in cases {
            let x = Tensor::randn(0f32, 1., shape, &Device::Cpu).unwrap();
            let weight = Tensor::randn(0f32, 1., (shape.1, 1, kernel.0, kernel.1), &Device::Cpu).unwrap();
            let ours = depthwise_conv2d(&x, &weight, stride, padding).unwrap();
            let theirs = reference(&x, &weight, stride, padding);
            assert_eq!(ours.dims(), theirs.dims(), "{shape:?} {kernel:?} {stride}");
            assert!(largest_difference(&ours, &theirs) < 2e-5, "{shape:?} {kernel:?} {stride}");
            let elsewhere = by_taps(&x, &weight, stride, padding).unwrap();
            assert!(largest_difference(&elsewhere, &theirs) < 2e-5, "{shape:?} {kernel:?} {stride}");
        }
    }

    #[test]
    fn its_gradient_agrees_with_finite_differences() -> Result<()> {
        let cases = [
            ([2, 3, 6, 7], 3, 1, Padding::even(1)),
            ([1, 2, 8, 10], 3, 2, Padding::tensorflow_same((8, 10), (3, 3), 2)),
            ([2, 2, 9, 7], 5, 2, Padding::tensorflow_same((9, 7), (5, 5), 2)),
            ([1, 1, 7, 8], 3, 3, Padding::even(0)),
        ];
        on_every_set(|| {
            for (shape, kernel, stride, padding) in cases {
                let weight = tensor(&[shape[1], 1, kernel, kernel], 5)?;
                check_gradients(&[&tensor(&shape, 4)?, &weight], |args| {
                    depthwise_conv2d(&args[0], &args[1], stride, padding)
                })?;
                let bias = tensor(&[shape[1]], 6)?;
                check_gradients(&[&tensor(&shape, 4)?, &weight, &bias], |args| {
                    let [x, weight, bias] = args else { bail!("three arguments are needed") };
                    depthwise_conv2d_activated(x, weight, Some(bias), stride, padding, Activation::Leaky(0.2))
                })?;
            }
            Ok(())
        })
    }

    #[test]
    fn bias_and_activation_are_the_same_fused_and_apart() -> Result<()> {
        let (x, weight, bias) = (tensor(&[2, 3, 9, 35], 1)?, tensor(&[3, 1, 5, 5], 2)?, tensor(&[3], 3)?);
        let padding = Padding::tensorflow_same((9, 35), (5, 5), 2);
        on_every_set(|| {
            for activation in [Activation::Identity, Activation::Relu, Activation::Leaky(0.2)] {
                let args = [&x, &weight, &bias];
                let fused = gradients(&args, |t| {
                    depthwise_conv2d_activated(&t[0], &t[1], Some(&t[2]), 2, padding, activation)
                })?;
                let apart = gradients(&args, |t| {
                    let y = by_taps(&t[0], &t[1], 2, padding)?;
                    activation.apply(y.broadcast_add(&t[2].reshape((1, (), 1, 1))?)?)
                })?;
                for (fused, apart) in fused.iter().zip(&apart) {
                    assert_close(fused, apart, 1e-5)?;
                }
            }
            Ok(())
        })
    }

    #[test]
    fn every_version_gives_the_same() {
        let input: Vec<f32> = (0..300).map(|i| ((i * 37) % 101) as f32 / 50. - 1.).collect();
        let taps: Vec<Tap> = (0..5).map(|i| Tap { offset: i * 11, weight: i as f32 * 0.3 - 0.5 }).collect();
        let versions: [PlaneKernel; 3] = [plane::<false>, plane::<true>, plane_kernel()];
        let results = versions.map(|version| {
            let mut out = vec![0f32; 4 * 37];
            version(&input, &taps, 40, &mut out, 37);
            out
        });
        for other in &results[1..] {
            for (a, b) in results[0].iter().zip(other) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }

    #[test]
    fn a_transposed_input_is_read_in_its_own_order() {
        let x = Tensor::randn(0f32, 1., (1, 2, 6, 5), &Device::Cpu).unwrap().transpose(2, 3).unwrap();
        let weight = Tensor::randn(0f32, 1., (2, 1, 3, 3), &Device::Cpu).unwrap();
        let ours = depthwise_conv2d(&x, &weight, 1, Padding::even(1)).unwrap();
        assert!(largest_difference(&ours, &reference(&x, &weight, 1, Padding::even(1))) < 2e-5);
    }

    #[test]
    fn shapes_that_do_not_fit_are_errors() {
        let x = Tensor::zeros((1, 4, 2, 2), candle_core::DType::F32, &Device::Cpu).unwrap();
        let wrong_channels = Tensor::zeros((3, 1, 3, 3), candle_core::DType::F32, &Device::Cpu).unwrap();
        let too_large = Tensor::zeros((4, 1, 3, 3), candle_core::DType::F32, &Device::Cpu).unwrap();
        assert!(depthwise_conv2d(&x, &wrong_channels, 1, Padding::even(1)).is_err());
        assert!(depthwise_conv2d(&x, &too_large, 1, Padding::even(0)).is_err());
        assert!(depthwise_conv2d(&x, &too_large, 0, Padding::even(1)).is_err());
    }

    #[test]
    fn tensorflow_pads_at_the_bottom_and_right() {
        let expected = Padding { top: 0, bottom: 1, left: 0, right: 1 };
        assert_eq!(Padding::tensorflow_same((192, 96), (3, 3), 2), expected);
        assert_eq!(Padding::tensorflow_same((7, 7), (3, 3), 1), Padding::even(1));
    }
}
