//! A view of a filter for packing: with its channels swapped, flipped, or limited to a phase.

/// A view of weights (outputs, inputs, kh, kw) in memory.
#[derive(Clone, Copy)]
pub(crate) struct FilterView<'a> {
    weights: &'a [f32],
    pub(crate) outputs: usize,
    pub(crate) inputs: usize,
    /// Distance in floats between output channels and between input channels.
    step: [usize; 2],
    /// Height and width.
    pub(crate) kernel: [usize; 2],
    /// First visible row and column, and the distance between visible ones.
    start: [usize; 2],
    every: usize,
    flipped: bool,
    /// Width of the kernel in memory.
    row: usize,
}

impl<'a> FilterView<'a> {
    /// A view of `weights` (outputs, inputs, kh, kw).
    pub(crate) fn new(weights: &'a [f32], [outputs, inputs, kh, kw]: [usize; 4]) -> Self {
        let step = [inputs * kh * kw, kh * kw];
        let kernel = [kh, kw];
        Self { weights, outputs, inputs, step, kernel, start: [0, 0], every: 1, flipped: false, row: kw }
    }

    /// The adjoint: input and output channels swapped and the kernel rotated by 180 degrees, as gradients
    /// need.
    pub(crate) fn adjoint(self) -> Self {
        let step = [self.step[1], self.step[0]];
        Self { outputs: self.inputs, inputs: self.outputs, step, flipped: !self.flipped, ..self }
    }

    /// Every `every`-th row and column of the stored kernel, from `start` on.
    pub(crate) fn phase(self, start: [usize; 2], every: usize) -> Self {
        let kernel = [0, 1].map(|axis| self.kernel[axis].saturating_sub(start[axis]).div_ceil(every));
        Self { kernel, start, every, ..self }
    }

    /// The weight of (output, input, row, column).
    #[inline(always)]
    pub(crate) fn weight(&self, o: usize, i: usize, y: usize, x: usize) -> f32 {
        let [y, x] = if self.flipped { [self.kernel[0] - 1 - y, self.kernel[1] - 1 - x] } else { [y, x] };
        let (y, x) = (self.start[0] + y * self.every, self.start[1] + x * self.every);
        self.weights[o * self.step[0] + i * self.step[1] + y * self.row + x]
    }
}
