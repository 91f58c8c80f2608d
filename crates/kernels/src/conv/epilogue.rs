//! What a convolution applies to its sums before writing them.

use crate::simd::Lanes;

/// `leaky_relu(sum * scale + shift) + residual`.
#[derive(Clone, Copy)]
pub(crate) struct Epilogue<'a> {
    /// Per output channel, or per image and output channel; empty for ones.
    pub(crate) scale: &'a [f32],
    /// Per output channel, or per image and output channel.
    pub(crate) shift: &'a [f32],
    /// Slope of the leaky ReLU for negative values, 0 to 1; 1 for none.
    pub(crate) slope: f32,
    /// Added after the activation: as large as the output, or empty.
    pub(crate) residual: &'a [f32],
}

impl<'a> Epilogue<'a> {
    /// A bias per output channel, then an activation with this slope for negative values.
    pub(crate) fn bias(shift: &'a [f32], slope: f32) -> Self {
        Self { scale: &[], shift, slope, residual: &[] }
    }

    /// Scale and shift of a plane of the output, counted over images and channels.
    #[inline(always)]
    pub(crate) fn affine(&self, plane: usize) -> (f32, f32) {
        let scale = if self.scale.is_empty() { 1.0 } else { self.scale[plane % self.scale.len()] };
        (scale, self.shift[plane % self.shift.len()])
    }

    /// Applies it with this scale and shift to a vector of sums and writes the first `count` of them, at most all, from
    /// float `index` of the output on.
    ///
    /// # Safety
    /// The processor must support the instruction set, the floats must be in the output, and no other thread may access
    /// them.
    #[inline(always)]
    pub(crate) unsafe fn write<L: Lanes>(
        &self,
        sums: L,
        (scale, shift): (f32, f32),
        index: usize,
        count: usize,
        out: SharedOutput,
    ) {
        // SAFETY: the caller upholds the contract; the mask has only floats of the output.
        unsafe {
            let value = sums.mul_add(L::splat(scale), L::splat(shift)).leaky(L::splat(self.slope));
            let residual = self.residual.as_ptr().wrapping_add(index);
            if count >= L::LANES {
                let value = if self.residual.is_empty() { value } else { value.add(L::load(residual)) };
                value.store(out.at(index));
            } else {
                let mask = L::mask(0, count as isize);
                let value =
                    if self.residual.is_empty() { value } else { value.add(L::load_masked(residual, mask)) };
                value.store_masked(out.at(index), mask);
            }
        }
    }
}

/// An output that several threads write at once, each at its own indices.
#[derive(Clone, Copy)]
pub(crate) struct SharedOutput {
    start: *mut f32,
    length: usize,
}

// SAFETY: writers guarantee that no other thread accesses the same index.
unsafe impl Send for SharedOutput {}
// SAFETY: as above.
unsafe impl Sync for SharedOutput {}

impl SharedOutput {
    /// The floats of `out` up to its capacity.
    pub(crate) fn new(out: &mut Vec<f32>) -> Self {
        Self { start: out.as_mut_ptr(), length: out.capacity() }
    }

    /// Pointer to float `index`.
    #[inline(always)]
    pub(crate) fn at(self, index: usize) -> *mut f32 {
        debug_assert!(index <= self.length);
        self.start.wrapping_add(index)
    }
}

/// A vector of `length` floats filled by `write`.
///
/// # Safety
/// `write` must write every float.
pub(crate) unsafe fn filled(length: usize, write: impl FnOnce(SharedOutput)) -> Vec<f32> {
    let mut out = Vec::with_capacity(length);
    write(SharedOutput::new(&mut out));
    // SAFETY: the caller guarantees that every float was written.
    unsafe { out.set_len(length) };
    out
}
