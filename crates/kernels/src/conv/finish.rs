//! What a convolution does to its sums on the way to memory.

/// `leaky(sum * scale + shift) + added`, the leaky ReLU given by its slope (1 for none).
#[derive(Clone, Copy)]
pub(crate) struct Finish<'a> {
    /// For each output channel, or for each image and output channel; empty for ones.
    pub(crate) scale: &'a [f32],
    /// For each output channel, or for each image and output channel.
    pub(crate) shift: &'a [f32],
    /// From 0 to 1.
    pub(crate) slope: f32,
    /// As large as the result, or empty.
    pub(crate) added: &'a [f32],
}

impl<'a> Finish<'a> {
    /// With a bias for each output channel and an activation.
    pub(crate) fn bias(shift: &'a [f32], slope: f32) -> Self {
        Self { scale: &[], shift, slope, added: &[] }
    }

    /// Scale and shift of a plane of the result, counted over images and channels.
    #[inline(always)]
    pub(crate) fn affine(&self, plane: usize) -> (f32, f32) {
        let scale = if self.scale.is_empty() { 1.0 } else { self.scale[plane % self.scale.len()] };
        (scale, self.shift[plane % self.shift.len()])
    }
}

/// A result that several threads write at once, each in places of its own.
#[derive(Clone, Copy)]
pub(crate) struct SharedOutput {
    start: *mut f32,
    length: usize,
}

// SAFETY: whoever writes vouches that no other thread writes or reads the same place.
unsafe impl Send for SharedOutput {}
// SAFETY: as above.
unsafe impl Sync for SharedOutput {}

impl SharedOutput {
    /// The floats of `out` up to its capacity.
    pub(crate) fn new(out: &mut Vec<f32>) -> Self {
        Self { start: out.as_mut_ptr(), length: out.capacity() }
    }

    /// The place of float `index`.
    #[inline(always)]
    pub(crate) fn at(self, index: usize) -> *mut f32 {
        debug_assert!(index <= self.length);
        self.start.wrapping_add(index)
    }
}

/// A vector of `length` floats that `write` fills completely.
///
/// # Safety
/// `write` must write every float.
pub(crate) unsafe fn filled(length: usize, write: impl FnOnce(SharedOutput)) -> Vec<f32> {
    let mut out = Vec::with_capacity(length);
    write(SharedOutput::new(&mut out));
    // SAFETY: the caller vouches that all of them were written.
    unsafe { out.set_len(length) };
    out
}
