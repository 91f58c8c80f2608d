//! The direct convolution kernel: an image is padded once and then seen as one long row, so that a
//! tap of the filter is a fixed offset and every vector load is whole, whatever the width.
//!
//! A stride s is turned into stride 1 by dealing rows and columns out to s x s phases, each a channel.

use super::simd::{InstructionSet, Lanes, Portable, instruction_set};

/// Output channels that one pass of the kernel computes, limited by the number of registers.
fn block_size(set: InstructionSet) -> usize {
    match set {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => 12,
        _ => 6,
    }
}

/// The phases into which a stride deals rows and columns; those that no tap touches are left out.
fn phases(stride: usize, kernel: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    let [rows, columns] = kernel.map(|k| k.min(stride));
    (0..rows).flat_map(move |y| (0..columns).map(move |x| [y, x]))
}

/// The filter packed for the kernel: blocks of output channels, and for each block the weights of
/// every (input channel, phase, tap) side by side.
pub(super) struct PackedFilter {
    weights: Vec<f32>,
    outputs: usize,
    /// Input channels times phases.
    channels: usize,
    kernel: [usize; 2],
    block: usize,
    /// The instruction set it is packed for.
    set: InstructionSet,
}

impl PackedFilter {
    /// Packs weights given by a function of (output channel, input channel, row, column), for `dims`
    /// (outputs, inputs, kernel height, kernel width).
    pub(super) fn new(
        dims: [usize; 4],
        stride: usize,
        weight: impl Fn(usize, usize, usize, usize) -> f32,
    ) -> Self {
        let [outputs, inputs, kh, kw] = dims;
        let phases: Vec<_> = phases(stride, [kh, kw]).collect();
        let kernel = [kh.div_ceil(stride), kw.div_ceil(stride)];
        let set = instruction_set();
        let (channels, block) = (inputs * phases.len(), block_size(set));
        let size = channels * kernel[0] * kernel[1] * block;
        let mut weights = vec![0f32; outputs.div_ceil(block) * size];
        for o in 0..outputs {
            let packed = &mut weights[o / block * size + o % block..];
            let mut at = 0;
            for i in 0..inputs {
                for [py, px] in &phases {
                    for y in (0..kernel[0]).map(|y| y * stride + py) {
                        for x in (0..kernel[1]).map(|x| x * stride + px) {
                            packed[at] = if y < kh && x < kw { weight(o, i, y, x) } else { 0.0 };
                            at += block;
                        }
                    }
                }
            }
        }
        Self { weights, outputs, channels, kernel, block, set }
    }

    /// The output channels of block `b`.
    pub(super) fn channels_of(&self, b: usize) -> std::ops::Range<usize> {
        b * self.block..self.outputs.min((b + 1) * self.block)
    }
}

/// Vectors are loaded in pairs, so this many floats beyond the last position must be readable.
const SLACK: usize = 32;

/// One image, padded with zeros and dealt out to phases, every channel one long row.
#[derive(Default)]
pub(super) struct PaddedImage {
    data: Vec<f32>,
    channels: usize,
    rows: usize,
    /// Floats from a row to the next.
    pub(super) row: usize,
}

impl PaddedImage {
    /// Takes in `image` with `channels` of `input` size for a convolution with `kernel`, `stride` and
    /// `pad` to `output` size; the buffer of an earlier image is used again.
    pub(super) fn fill(&mut self, image: &[f32], channels: usize, shape: &Window) {
        let Window { input: [height, width], output, kernel, stride, pad } = *shape;
        let phases: Vec<_> = phases(stride, kernel).collect();
        self.rows = output[0] - 1 + kernel[0].div_ceil(stride);
        self.row = output[1] - 1 + kernel[1].div_ceil(stride);
        self.channels = channels * phases.len();
        self.data.clear();
        self.data.resize(self.channels * self.rows * self.row + self.row + SLACK, 0.0);
        let planes = self.data.chunks_exact_mut(self.rows * self.row);
        let sources = (0..channels).flat_map(|c| phases.iter().map(move |phase| (c, phase)));
        for (plane, (c, phase)) in planes.zip(sources) {
            let source = &image[c * height * width..(c + 1) * height * width];
            for (r, row) in plane.chunks_exact_mut(self.row).enumerate() {
                let y = (r * stride + phase[0]).wrapping_sub(pad[0]);
                if y < height {
                    copy_row(&source[y * width..(y + 1) * width], row, phase[1], stride, pad[1]);
                }
            }
        }
    }
}

/// Copies every `stride`-th value of a source row, padded by `pad` on the left, from `phase` on.
fn copy_row(source: &[f32], row: &mut [f32], phase: usize, stride: usize, pad: usize) {
    if stride == 1 {
        let count = source.len().min(row.len() - pad);
        row[pad..pad + count].copy_from_slice(&source[..count]);
        return;
    }
    for (i, value) in row.iter_mut().enumerate() {
        let x = (i * stride + phase).wrapping_sub(pad);
        if let Some(from) = source.get(x) {
            *value = *from;
        }
    }
}

/// How a kernel moves over an image.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// Height and width of the image.
    pub(super) input: [usize; 2],
    /// Height and width of the result.
    pub(super) output: [usize; 2],
    /// Height and width of the kernel.
    pub(super) kernel: [usize; 2],
    pub(super) stride: usize,
    /// Zeros above and to the left.
    pub(super) pad: [usize; 2],
}

/// Convolves a padded image with block `b` of the filter. `out` then holds one long row for each
/// output channel of the block, the returned number of floats apart; in it, rows of the result start
/// [`PaddedImage::row`] apart, and what lies between them is nonsense.
pub(super) fn convolve_block(
    image: &PaddedImage,
    filter: &PackedFilter,
    b: usize,
    out: &mut Vec<f32>,
) -> usize {
    let [kh, kw] = filter.kernel;
    assert!(
        filter.channels == image.channels && kh <= image.rows && kw <= image.row,
        "the filter does not fit the image"
    );
    let positions = (image.rows - kh) * image.row + (image.row - kw + 1);
    let length = positions.next_multiple_of(SLACK);
    out.resize(filter.block * length, 0.0);
    let size = filter.channels * kh * kw * filter.block;
    let job = Job {
        image: &image.data,
        channel: image.rows * image.row,
        row: image.row,
        weights: &filter.weights[b * size..(b + 1) * size],
        channels: filter.channels,
        kernel: filter.kernel,
        positions,
        length,
    };
    // SAFETY: `instruction_set` saw the set at run time. A load reaches at most `SLACK - 1` floats
    // beyond the last position plus the last tap, and the image holds `row + SLACK` floats beyond its
    // last channel. Stores stay inside `out`: its rows are a multiple of `SLACK` long, which the
    // vectors of every set divide.
    unsafe {
        match filter.set {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => run_avx512(&job, out),
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => run_avx2(&job, out),
            InstructionSet::Baseline => run::<Portable, 6>(&job, out),
        }
    }
    length
}

struct Job<'a> {
    image: &'a [f32],
    channel: usize,
    row: usize,
    weights: &'a [f32],
    channels: usize,
    kernel: [usize; 2],
    positions: usize,
    length: usize,
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn run_avx512(job: &Job<'_>, out: &mut [f32]) {
    // SAFETY: passed on from the caller.
    unsafe { run::<std::arch::x86_64::__m512, 12>(job, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2(job: &Job<'_>, out: &mut [f32]) {
    // SAFETY: passed on from the caller.
    unsafe { run::<std::arch::x86_64::__m256, 6>(job, out) }
}

/// Computes `2 * LANES` positions of `BLOCK` output channels at a time, all sums in registers.
#[inline(always)]
unsafe fn run<L: Lanes, const BLOCK: usize>(job: &Job<'_>, out: &mut [f32]) {
    let mut position = 0;
    while position < job.positions {
        // SAFETY: passed on from the caller.
        unsafe {
            let mut sums = [[L::splat(0.0); 2]; BLOCK];
            let mut weights = job.weights.as_ptr();
            for channel in 0..job.channels {
                for y in 0..job.kernel[0] {
                    let taps = job.image.as_ptr().add(channel * job.channel + y * job.row + position);
                    for x in 0..job.kernel[1] {
                        let left = L::load(taps.add(x));
                        let right = L::load(taps.add(x + L::LANES));
                        for (o, sum) in sums.iter_mut().enumerate() {
                            let weight = L::splat(*weights.add(o));
                            sum[0] = weight.mul_add(left, sum[0]);
                            sum[1] = weight.mul_add(right, sum[1]);
                        }
                        weights = weights.add(BLOCK);
                    }
                }
            }
            for (o, sum) in sums.iter().enumerate() {
                let to = out.as_mut_ptr().add(o * job.length + position);
                sum[0].store(to);
                sum[1].store(to.add(L::LANES));
            }
        }
        position += 2 * L::LANES;
    }
}
