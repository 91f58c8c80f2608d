//! What a convolution applies to its sums before writing them.

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
