//! Kernels that pad and convolve a plane, with one version for each instruction set.

use super::Plan;
use crate::conv::epilogue::SharedOutput;
use crate::simd::{Kernel, Lanes, widest};

/// Maximum number of rows whose sums are in registers at once: enough to hide the latency of a multiply-add.
const ROWS: usize = 8;
/// Floats that must be readable beyond the padded plane, because the last vector of a row is read whole.
pub(super) const SLACK: usize = 16;

/// Copies one plane into the padded buffer, whose padding stays as it is.
pub(super) struct PadPlane<'a> {
    pub(super) plan: &'a Plan,
    pub(super) plane: &'a [f32],
    pub(super) padded: &'a mut [f32],
}

impl Kernel for PadPlane<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const BLOCK: usize>(self) {
        let plan = self.plan;
        let rows = self.padded[..plan.padded_len()].chunks_exact_mut(plan.padded_row());
        for (from, to) in self.plane.chunks_exact(plan.width).zip(rows.skip(plan.padding.top)) {
            match plan.stride {
                // SAFETY: the processor has the instruction set.
                1 => unsafe { copy_row::<L>(from, &mut to[plan.padding.left..]) },
                // SAFETY: as above.
                2 => unsafe { split_row::<L>(from, to, plan.padding.left) },
                stride => copy_phases(from, to, plan.padding.left, stride),
            }
        }
    }
}

/// Copies a row to the beginning of `to`.
#[inline(always)]
unsafe fn copy_row<L: Lanes>(from: &[f32], to: &mut [f32]) {
    let to = &mut to[..from.len()];
    for x in (0..from.len()).step_by(L::LANES) {
        // SAFETY: the mask has only lanes within the row.
        unsafe {
            let mask = L::mask(0, (from.len() - x) as isize);
            L::load_masked(from.as_ptr().add(x), mask).store_masked(to.as_mut_ptr().add(x), mask);
        }
    }
}

/// Copies the even columns of a padded row to the first half of `to` and the odd ones to the second; `from` starts at
/// column `left`.
#[inline(always)]
unsafe fn split_row<L: Lanes>(from: &[f32], to: &mut [f32], left: usize) {
    let (even, odd) = to.split_at_mut(to.len() / 2);
    let (first, second) = if left.is_multiple_of(2) { (even, odd) } else { (odd, even) };
    let first = &mut first[left / 2..][..from.len().div_ceil(2)];
    let second = &mut second[left.div_ceil(2)..][..from.len() / 2];
    for x in (0..from.len()).step_by(2 * L::LANES) {
        // SAFETY: the masks have only lanes within the rows.
        unsafe {
            let mask = |length: usize, x: usize| L::mask(0, length as isize - x as isize);
            let a = L::load_masked(from.as_ptr().add(x), mask(from.len(), x));
            let next = x + L::LANES;
            let b = L::load_masked(from.as_ptr().wrapping_add(next), mask(from.len(), next));
            let (a, b) = L::deinterleave(a, b);
            a.store_masked(first.as_mut_ptr().wrapping_add(x / 2), mask(first.len(), x / 2));
            b.store_masked(second.as_mut_ptr().wrapping_add(x / 2), mask(second.len(), x / 2));
        }
    }
}

/// Copies a row that starts at column `left` of `to`: column `c` goes to phase `c % stride`, index `c / stride`.
fn copy_phases(from: &[f32], to: &mut [f32], left: usize, stride: usize) {
    let length = to.len() / stride;
    for (phase, to) in to.chunks_exact_mut(length).enumerate() {
        // The first column of the picture in this phase, and its index there.
        let first = (phase + stride - left % stride) % stride;
        let index = (first + left) / stride;
        let columns = from.get(first..).unwrap_or_default().iter().step_by(stride);
        to[index..].iter_mut().zip(columns).for_each(|(to, from)| *to = *from);
    }
}

/// Convolves the planes of one picture.
pub(super) struct Planes<'a> {
    pub(super) plan: &'a Plan,
    /// The picture (channels, height, width).
    pub(super) x: &'a [f32],
    /// The kernels of its channels.
    pub(super) weight: &'a [f32],
    /// The bias of each channel.
    pub(super) bias: &'a [f32],
    /// Slope of the activation for negative values.
    pub(super) slope: f32,
    /// Offset of each tap's first input from the output row's position in the padded buffer.
    pub(super) taps: &'a [usize],
    /// Scratch memory of `padded_len() + SLACK` floats, zero where the padding is.
    pub(super) padded: &'a mut [f32],
    /// The output, and the index of its first float.
    pub(super) out: SharedOutput,
    pub(super) start: usize,
}

impl Kernel for Planes<'_> {
    #[inline(always)]
    unsafe fn run<L: Lanes, const BLOCK: usize>(self) {
        let plan = self.plan;
        assert!(self.padded.len() >= plan.padded_len() + SLACK, "the scratch memory is too small");
        let planes = self.x.chunks_exact(plan.height * plan.width);
        let kernels = self.weight.chunks_exact(self.taps.len()).zip(self.bias);
        for (channel, (plane, (weights, bias))) in planes.zip(kernels).enumerate() {
            // SAFETY: the caller upholds the contract. The taps of the last row and column end within the padded plane,
            // and a vector reads less than `SLACK` floats beyond them.
            unsafe {
                PadPlane { plan, plane, padded: &mut *self.padded }.run::<L, BLOCK>();
                let out = self.out.at(self.start + channel * plan.out_height * plan.out_width);
                let rows = Rows { plan, taps: self.taps, weights, bias: *bias, slope: self.slope };
                rows.convolve::<L>(self.padded.as_ptr(), out);
            }
        }
    }
}

/// How one padded plane is convolved.
struct Rows<'a> {
    plan: &'a Plan,
    taps: &'a [usize],
    weights: &'a [f32],
    bias: f32,
    slope: f32,
}

impl Rows<'_> {
    /// Convolves the plane at `padded` to `out`.
    #[inline(always)]
    unsafe fn convolve<L: Lanes>(&self, padded: *const f32, out: *mut f32) {
        let mut y = 0;
        while y < self.plan.out_height {
            let (from, to) =
                (padded.wrapping_add(y * self.row_step()), out.wrapping_add(y * self.plan.out_width));
            // SAFETY: the caller upholds the contract.
            unsafe {
                match self.plan.out_height - y {
                    ROWS.. => y += self.rows::<L, ROWS>(from, to),
                    4.. => y += self.rows::<L, 4>(from, to),
                    2.. => y += self.rows::<L, 2>(from, to),
                    _ => y += self.rows::<L, 1>(from, to),
                }
            }
        }
    }

    /// Floats between the first inputs of neighbouring output rows.
    #[inline(always)]
    fn row_step(&self) -> usize {
        self.plan.padded_row() * self.plan.stride
    }

    /// Convolves `COUNT` rows and returns their number.
    #[inline(always)]
    unsafe fn rows<L: Lanes, const COUNT: usize>(&self, from: *const f32, to: *mut f32) -> usize {
        let width = self.plan.out_width;
        for x in (0..width).step_by(L::LANES) {
            // SAFETY: the caller upholds the contract; the mask has only lanes within the row.
            unsafe {
                let mut sums = [L::splat(self.bias); COUNT];
                for (tap, weight) in self.taps.iter().zip(self.weights) {
                    let (from, weight) = (from.add(x + tap), L::splat(*weight));
                    for (row, sum) in sums.iter_mut().enumerate() {
                        *sum = weight.mul_add(L::load(from.add(row * self.row_step())), *sum);
                    }
                }
                let mask = L::mask(0, (width - x) as isize);
                for (row, sum) in sums.into_iter().enumerate() {
                    let (value, to) = (sum.leaky(L::splat(self.slope)), to.add(row * width + x));
                    if width - x >= L::LANES {
                        value.store(to);
                    } else {
                        value.store_masked(to, mask);
                    }
                }
            }
        }
        COUNT
    }
}

/// Number of partial sums: they fill the widest vectors.
const SUMS: usize = 16;

widest! {
    /// Adds to each of `sums` the products of its tap's inputs and the output gradient, over one plane.
    pub(super) fn correlate(sums: &mut [f32], padded: &[f32], taps: &[usize], step: usize, grad: &[f32], width: usize) {
        for (sum, tap) in sums.iter_mut().zip(taps) {
            let mut lanes = [0f32; SUMS];
            let mut rest = 0f32;
            for (y, grad) in grad.chunks_exact(width).enumerate() {
                let seen = &padded[y * step + tap..][..width];
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
