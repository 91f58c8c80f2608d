//! Padding that may differ per side.

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
    pub const fn uniform(zeros: usize) -> Self {
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
