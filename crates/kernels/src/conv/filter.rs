//! A filter as packers read it: in either order of its channels, and straight or turned round.

/// A view of weights (outputs, inputs, kh, kw) in memory.
#[derive(Clone, Copy)]
pub(crate) struct FilterView<'a> {
    weights: &'a [f32],
    pub(crate) outputs: usize,
    pub(crate) inputs: usize,
    /// Floats from an output channel and from an input channel to the next.
    step: [usize; 2],
    /// Height and width.
    pub(crate) kernel: [usize; 2],
    /// The first row and column seen, and how many are left out between two.
    start: [usize; 2],
    every: usize,
    turned: bool,
    /// Width of the kernel in memory.
    row: usize,
}

impl<'a> FilterView<'a> {
    /// Of `weights` (outputs, inputs, kh, kw).
    pub(crate) fn new(weights: &'a [f32], [outputs, inputs, kh, kw]: [usize; 4]) -> Self {
        let step = [inputs * kh * kw, kh * kw];
        let kernel = [kh, kw];
        Self { weights, outputs, inputs, step, kernel, start: [0, 0], every: 1, turned: false, row: kw }
    }

    /// Outputs taken for inputs, and the kernel turned round: how gradients run back.
    pub(crate) fn turned(self) -> Self {
        let step = [self.step[1], self.step[0]];
        Self { outputs: self.inputs, inputs: self.outputs, step, turned: !self.turned, ..self }
    }

    /// Every `every`-th row and column of the kernel in memory from `start` on.
    pub(crate) fn phase(self, start: [usize; 2], every: usize) -> Self {
        let kernel = [0, 1].map(|axis| self.kernel[axis].saturating_sub(start[axis]).div_ceil(every));
        Self { kernel, start, every, ..self }
    }

    /// The weight of (output, input, row, column).
    #[inline(always)]
    pub(crate) fn weight(&self, o: usize, i: usize, y: usize, x: usize) -> f32 {
        let [y, x] = if self.turned { [self.kernel[0] - 1 - y, self.kernel[1] - 1 - x] } else { [y, x] };
        let (y, x) = (self.start[0] + y * self.every, self.start[1] + x * self.every);
        self.weights[o * self.step[0] + i * self.step[1] + y * self.row + x]
    }
}
