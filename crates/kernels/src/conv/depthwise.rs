//! Depthwise convolution: every channel has its own small kernel.
//!
//! On the CPU, candle runs it as one convolution per channel, about forty times too slow for live video. Here
//! each plane is copied once into a padded buffer in which the columns of each stride phase are contiguous,
//! so that every tap reads neighbouring floats, whatever the stride.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::simd::{InstructionSet, instruction_set};
use crate::view::{floats, nchw};

/// Zero padding around a picture, per side.
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
    /// The same padding on every side.
    pub const fn even(zeros: usize) -> Self {
        Self { top: zeros, bottom: zeros, left: zeros, right: zeros }
    }

    /// TensorFlow's padding `SAME` for a picture of `size` and a kernel of `kernel` (height, width): the
    /// output is `ceil(size / stride)`, and an odd zero goes to the bottom and to the right.
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

/// Convolves each channel of `x` (N, C, H, W) with its own kernel in `weight` (C, 1, kh, kw).
///
/// The output is (N, C, (H + top + bottom - kh) / stride + 1, ...). It has a gradient with respect to `x`;
/// `weight` is frozen. For a gradient, the padding must be smaller than the kernel on every side.
///
/// # Errors
/// If the shapes do not match; on the CPU also if a tensor is not f32 or the weight is being trained.
pub fn depthwise_conv2d(x: &Tensor, weight: &Tensor, stride: usize, padding: Padding) -> Result<Tensor> {
    if has_kernels(x.device()) {
        return x.contiguous()?.apply_op2(&weight.contiguous()?, Depthwise { stride, padding });
    }
    by_taps(x, weight, stride, padding)
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
        let kept: Vec<u32> = (0..length as u32).step_by(stride).collect();
        Tensor::from_vec(kept, length.div_ceil(stride), sum.device())
    };
    sum.index_select(&every(rows)?, 2)?.index_select(&every(columns)?, 3)
}

struct Depthwise {
    stride: usize,
    padding: Padding,
}

/// The checked sizes of one call.
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
    /// Floats in one column phase of a padded row.
    phase: usize,
}

/// A weight of the kernel, and the offset of its first input from the output row's position in the padded
/// buffer.
#[derive(Clone, Copy)]
struct Tap {
    offset: usize,
    weight: f32,
}

impl Depthwise {
    fn plan(&self, x: &Layout, weight: &Layout) -> Result<Plan> {
        let [batch, channels, height, width] = nchw(x)?;
        let [kernels, one, kh, kw] = nchw(weight)?;
        let Padding { top, bottom, left, right } = self.padding;
        let (padded_height, padded_width) = (height + top + bottom, width + left + right);
        if kernels != channels || one != 1 || self.stride == 0 || kh == 0 || kw == 0 {
            bail!("depthwise: kernel {:?} does not fit input {:?}", weight.shape(), x.shape());
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

    /// Copies one plane into the padded buffer: column `c` goes to phase `c % stride`, index `c / stride`.
    /// The padding was zero before and is never written.
    fn spread(&self, plane: &[f32], padded: &mut [f32]) {
        let rows = padded.chunks_exact_mut(self.padded_row()).skip(self.padding.top);
        for (from, to) in plane.chunks_exact(self.width).zip(rows) {
            if self.stride == 1 {
                to[self.padding.left..self.padding.left + self.width].copy_from_slice(from);
                continue;
            }
            for (phase, to) in to.chunks_exact_mut(self.phase).enumerate() {
                // The first column of the picture in this phase, and its index there.
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

    fn run(&self, x: &[f32], weight: &[f32]) -> Vec<f32> {
        let in_plane = self.height * self.width;
        let out_plane = self.out_height * self.out_width;
        let kernel_len = self.kernel.0 * self.kernel.1;
        let row_step = self.padded_row() * self.stride;
        let mut out = vec![0f32; self.planes * out_plane];
        if in_plane * self.channels == 0 {
            return out;
        }
        let convolve = plane_kernel();
        // Each picture uses one thread: a live frame has other faces and ages for the others.
        let pictures = out.par_chunks_exact_mut(self.channels * out_plane);
        pictures.zip(x.par_chunks_exact(self.channels * in_plane)).for_each(|(out, x)| {
            let mut padded = vec![0f32; self.padded_len()];
            let mut taps = Vec::with_capacity(kernel_len);
            let planes = x.chunks_exact(in_plane).zip(out.chunks_exact_mut(out_plane));
            for ((from, to), kernel) in planes.zip(weight.chunks_exact(kernel_len)) {
                self.spread(from, &mut padded);
                self.taps(kernel, &mut taps);
                convolve(&padded, &taps, row_step, to, self.out_width);
            }
        });
        out
    }
}

impl CustomOp2 for Depthwise {
    fn name(&self) -> &'static str {
        "depthwise-conv2d"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let plan = self.plan(x_layout, weight_layout)?;
        let x = floats(x, x_layout)?;
        let weight = floats(weight, weight_layout)?;
        let shape =
            Shape::from((plan.planes / plan.channels.max(1), plan.channels, plan.out_height, plan.out_width));
        Ok((CpuStorage::F32(plan.run(x, weight)), shape))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        if weight.track_op() {
            bail!("depthwise: the weight has no gradient");
        }
        Ok((Some(self.input_gradient(x.dims4()?, weight, grad)?), None))
    }
}

impl Depthwise {
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
        let spread = spread_by(grad, self.stride)?;
        let reach = |size: usize| (size - 1) * self.stride + 1;
        // Padding on both sides, so that every output pixel reaches every input pixel that it saw.
        let zeros = |length: usize, kernel: usize, before: usize, spread: usize| {
            let first = kernel.checked_sub(before + 1);
            first.and_then(|first| Some((first, (length + kernel).checked_sub(1 + spread + first)?)))
        };
        let vertical = zeros(height, kh, self.padding.top, reach(rows));
        let horizontal = zeros(width, kw, self.padding.left, reach(columns));
        let (Some((top, bottom)), Some((left, right))) = (vertical, horizontal) else {
            bail!("depthwise: no gradient if the padding is as large as the kernel");
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

/// Inserts `stride - 1` zeros between neighbouring pixels.
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

/// The version for the widest instruction set of this processor.
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

/// Convolves one plane. `FUSED` if the processor has fused multiply-add; without it, `mul_add` would be a
/// library call for every float.
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
    use crate::testing::{check_gradients, tensor};
    use candle_core::Device;

    fn largest_difference(a: &Tensor, b: &Tensor) -> f32 {
        (a - b).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap()
    }

    /// candle's grouped convolution of the padded input.
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
        for (shape, kernel, stride, padding) in cases {
            let weight = tensor(&[shape[1], 1, kernel, kernel], 5)?;
            check_gradients(&[&tensor(&shape, 4)?], |args| {
                depthwise_conv2d(&args[0], &weight, stride, padding)
            })?;
        }
        let trained = candle_core::Var::from_tensor(&tensor(&[1, 1, 3, 3], 1)?)?;
        let y = depthwise_conv2d(&tensor(&[1, 1, 4, 4], 2)?, trained.as_tensor(), 1, Padding::even(1))?;
        assert!(y.sum_all()?.backward().is_err(), "a weight in training is refused");
        Ok(())
    }

    #[test]
    fn every_version_gives_the_same_result() {
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
    fn a_non_contiguous_input_is_read_correctly() {
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
