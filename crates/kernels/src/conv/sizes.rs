//! The sizes of a convolution, shared by its gradients and its transpose.

use candle_core::{Result, bail};

/// The sizes of a convolution. A transposed convolution has the sizes of the convolution that it transposes:
/// its input is that one's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) images: usize,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Height and width of the input.
    pub(crate) input: [usize; 2],
    /// Height and width of the output.
    pub(crate) output: [usize; 2],
    /// Height and width of the kernel.
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: usize,
    /// Padding above and at the left, in pixels; the padding below and at the right follows from the sizes.
    pub(crate) pad: [usize; 2],
}

/// Padding that TensorFlow's `SAME` puts before a side of `size` so that the output is `ceil(size / stride)`;
/// if the total is odd, the extra zero comes after it.
fn same_padding(size: usize, kernel: usize, stride: usize) -> usize {
    let total = (size.div_ceil(stride).max(1) - 1) * stride + kernel;
    total.saturating_sub(size) / 2
}

impl Sizes {
    /// Sizes of the convolution of `x` (N, C, H, W) with `filter` (O, C, kh, kw) and `pad` zeros on every
    /// side.
    pub(crate) fn conv(x: [usize; 4], filter: [usize; 4], stride: usize, pad: usize) -> Result<Self> {
        let [images, inputs, height, width] = x;
        let [outputs, filter_inputs, kh, kw] = filter;
        let fits = |size: usize, kernel: usize| kernel > 0 && size > 0 && size + 2 * pad >= kernel;
        if inputs != filter_inputs || stride == 0 || !fits(height, kh) || !fits(width, kw) {
            bail!("conv2d: input {x:?}, filter {filter:?}, stride {stride}, pad {pad} do not match");
        }
        let out = |size: usize, kernel: usize| (size + 2 * pad - kernel) / stride + 1;
        let (input, output) = ([height, width], [out(height, kh), out(width, kw)]);
        Ok(Self { images, inputs, outputs, input, output, kernel: [kh, kw], stride, pad: [pad, pad] })
    }

    /// Sizes of the convolution of `x` (N, C, H, W) with `filter` (O, C, kh, kw) and TensorFlow's padding
    /// `SAME`, whose output is H and W divided by the stride and rounded up.
    pub(crate) fn conv_same(x: [usize; 4], filter: [usize; 4], stride: usize) -> Result<Self> {
        let [images, inputs, height, width] = x;
        let [outputs, filter_inputs, kh, kw] = filter;
        if inputs != filter_inputs || [stride, height, width, kh, kw].contains(&0) {
            bail!("conv2d: input {x:?}, filter {filter:?}, stride {stride} do not match");
        }
        let output = [height, width].map(|side| side.div_ceil(stride));
        let pad = [same_padding(height, kh, stride), same_padding(width, kw, stride)];
        Ok(Self { images, inputs, outputs, input: [height, width], output, kernel: [kh, kw], stride, pad })
    }

    /// Sizes of the convolution whose transpose maps `x` (N, I, H, W) with `filter` (I, O, kh, kw).
    pub(crate) fn conv_transpose(
        x: [usize; 4],
        filter: [usize; 4],
        stride: usize,
        pad: usize,
    ) -> Result<Self> {
        let [images, outputs, height, width] = x;
        let [filter_outputs, inputs, kh, kw] = filter;
        let whole = |size: usize, kernel: usize| size.saturating_sub(1) * stride + kernel;
        let fits = |size: usize, kernel: usize| kernel > 0 && size > 0 && whole(size, kernel) > 2 * pad;
        if outputs != filter_outputs || stride == 0 || !fits(height, kh) || !fits(width, kw) {
            bail!(
                "conv_transpose2d: input {x:?}, filter {filter:?}, stride {stride}, pad {pad} do not match"
            );
        }
        let input = [whole(height, kh) - 2 * pad, whole(width, kw) - 2 * pad];
        let (output, kernel) = ([height, width], [kh, kw]);
        Ok(Self { images, inputs, outputs, input, output, kernel, stride, pad: [pad, pad] })
    }

    /// Height and width of the part of the padded input that the taps meet.
    pub(crate) fn covered_input(&self) -> [usize; 2] {
        [0, 1].map(|axis| (self.output[axis] - 1) * self.stride + self.kernel[axis])
    }

    /// The symmetric padding that gives the same output, if there is one.
    pub(crate) fn symmetric_pad(&self) -> Option<usize> {
        let [pad, left] = self.pad;
        let out = |axis: usize| (self.input[axis] + 2 * pad).checked_sub(self.kernel[axis]);
        let same = |axis: usize| out(axis).is_some_and(|rest| rest / self.stride + 1 == self.output[axis]);
        (pad == left && same(0) && same(1)).then_some(pad)
    }

    /// Shape of the convolution's input.
    pub(crate) fn x_shape(&self) -> [usize; 4] {
        [self.images, self.inputs, self.input[0], self.input[1]]
    }

    /// Shape of the convolution's output.
    pub(crate) fn y_shape(&self) -> [usize; 4] {
        [self.images, self.outputs, self.output[0], self.output[1]]
    }

    /// Shape of the filter.
    pub(crate) fn filter_shape(&self) -> [usize; 4] {
        [self.outputs, self.inputs, self.kernel[0], self.kernel[1]]
    }
}

/// The first row and column of each phase into which a stride splits rows and columns, without the phases
/// that no tap meets.
pub(crate) fn phase_starts(stride: usize, kernel: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    let [rows, columns] = kernel.map(|taps| taps.min(stride));
    (0..rows).flat_map(move |y| (0..columns).map(move |x| [y, x]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_padding_is_tensorflows() {
        for (size, kernel, stride, expected) in [
            (128, 5, 2, 1),
            (128, 5, 1, 2),
            (128, 3, 2, 0),
            (127, 3, 2, 1),
            (128, 7, 1, 3),
            (16, 4, 1, 1),
            (9, 1, 2, 0),
        ] {
            assert_eq!(same_padding(size, kernel, stride), expected, "{size} {kernel} {stride}");
        }
    }
}
