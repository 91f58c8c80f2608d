//! The sizes of one convolution, which its gradients and the transposed convolution share.

use candle_core::{Result, bail};

/// The sizes of one convolution. A transposed convolution has those of the convolution it transposes:
/// its input is that one's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) images: usize,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// Height and width of the input.
    pub(super) input: [usize; 2],
    /// Height and width of the output.
    pub(super) output: [usize; 2],
    /// Height and width of the kernel.
    pub(super) kernel: [usize; 2],
    pub(super) stride: usize,
    pub(super) pad: usize,
}

impl Sizes {
    /// Of the convolution of `x` (N, C, H, W) with `filter` (O, C, kh, kw).
    pub(super) fn of_convolution(
        x: [usize; 4],
        filter: [usize; 4],
        stride: usize,
        pad: usize,
    ) -> Result<Self> {
        let [images, inputs, height, width] = x;
        let [outputs, filter_inputs, kh, kw] = filter;
        let fits = |size: usize, kernel: usize| kernel > 0 && size > 0 && size + 2 * pad >= kernel;
        if inputs != filter_inputs || stride == 0 || !fits(height, kh) || !fits(width, kw) {
            bail!("conv2d: input {x:?}, filter {filter:?}, stride {stride}, pad {pad} do not fit");
        }
        let out = |size: usize, kernel: usize| (size + 2 * pad - kernel) / stride + 1;
        let output = [out(height, kh), out(width, kw)];
        Ok(Self { images, inputs, outputs, input: [height, width], output, kernel: [kh, kw], stride, pad })
    }

    /// Of the convolution whose transposed one takes `x` (N, I, H, W) with `filter` (I, O, kh, kw).
    pub(super) fn of_transposed(
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
            bail!("conv_transpose2d: input {x:?}, filter {filter:?}, stride {stride}, pad {pad} do not fit");
        }
        let input = [whole(height, kh) - 2 * pad, whole(width, kw) - 2 * pad];
        Ok(Self { images, inputs, outputs, input, output: [height, width], kernel: [kh, kw], stride, pad })
    }

    /// The shape of the convolution's input.
    pub(super) fn x_shape(&self) -> [usize; 4] {
        [self.images, self.inputs, self.input[0], self.input[1]]
    }

    /// The shape of the convolution's output.
    pub(super) fn y_shape(&self) -> [usize; 4] {
        [self.images, self.outputs, self.output[0], self.output[1]]
    }

    /// The shape of the filter.
    pub(super) fn filter_shape(&self) -> [usize; 4] {
        [self.outputs, self.inputs, self.kernel[0], self.kernel[1]]
    }

    /// The same convolution at stride 1, as its gradients see it.
    pub(super) fn unstrided(self) -> Self {
        let full = |i: usize| self.input[i] + 2 * self.pad - self.kernel[i] + 1;
        Self { output: [full(0), full(1)], stride: 1, ..self }
    }
}

/// Whether a convolution with so many multiplications is worth a second thread: below, waking it up takes
/// longer than it saves, all the more where the cores have other work.
pub(super) fn worth_threads(multiplications: usize) -> bool {
    // Tests are small and must take both ways.
    multiplications >= if cfg!(test) { 1 << 12 } else { 16 << 20 }
}
