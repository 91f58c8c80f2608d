//! The kernel that convolves one plane, compiled for every instruction set.

use crate::simd::{InstructionSet, instruction_set, widest};

/// A weight of the kernel, and the offset of its first input from the output row's position in the padded
/// buffer.
#[derive(Clone, Copy)]
pub(super) struct Tap {
    pub(super) offset: usize,
    pub(super) weight: f32,
}

pub(super) type PlaneKernel = fn(&[f32], &[Tap], usize, &mut [f32], usize);

/// The version for the widest instruction set of this processor.
pub(super) fn plane_kernel() -> PlaneKernel {
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
pub(super) fn plane<const FUSED: bool>(
    padded: &[f32],
    taps: &[Tap],
    step: usize,
    out: &mut [f32],
    width: usize,
) {
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

widest! {
    /// A leaky ReLU of this slope, in place.
    pub(super) fn activate(values: &mut [f32], slope: f32) {
        values.iter_mut().for_each(|value| *value = value.max(*value * slope));
    }
}

/// Number of partial sums: they fill the widest vectors.
const SUMS: usize = 16;

widest! {
    /// Adds to each of `sums` the products of its tap's inputs and the output gradient, over one plane.
    pub(super) fn correlate(sums: &mut [f32], padded: &[f32], taps: &[Tap], step: usize, grad: &[f32], width: usize) {
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
