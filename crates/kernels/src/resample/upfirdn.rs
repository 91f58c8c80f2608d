//! Upsampling, a separable FIR filter and downsampling, as StyleGAN2 blurs (Karras et al., "Analyzing and
//! Improving the Image Quality of StyleGAN", 2020). Its transpose is an operation of the same kind, so
//! gradients of any order exist.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use crate::device::has_kernels;
use crate::simd::planes;
use crate::view::{floats, nchw};

/// The parameters of [`upfirdn`], the same along both axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Fir {
    /// Taps along one axis; the filter is the product of the two axes. It is convolved: the last tap meets
    /// the earliest sample.
    pub taps: Vec<f32>,
    /// Upsampling factor: `up - 1` zeros follow every sample.
    pub up: usize,
    /// Downsampling factor: every `down`-th result is kept, starting with the first.
    pub down: usize,
    /// Zero padding before the first and after the last sample.
    pub pad: (usize, usize),
}

/// Filters `x` (N, C, H, W) to (N, C, (H * up + pad.0 + pad.1 - taps) / down + 1, ...).
///
/// # Errors
/// If the filter is empty or longer than a padded side, a factor is zero, or the tensor is not f32.
pub fn upfirdn(x: &Tensor, fir: &Fir) -> Result<Tensor> {
    let (_, _, h, w) = x.dims4()?;
    let output = [fir.output(h)?, fir.output(w)?];
    let taps = fir.taps.iter().rev().copied().collect();
    let op = Filter { taps, up: fir.up, down: fir.down, before: fir.pad.0 as isize, output };
    if has_kernels(x.device()) { x.contiguous()?.apply_op1(op) } else { op.by_shifts(x, fir.pad.1) }
}

impl Fir {
    fn output(&self, side: usize) -> Result<usize> {
        let padded = side * self.up + self.pad.0 + self.pad.1;
        if self.taps.is_empty() || padded < self.taps.len() || self.up * self.down * side == 0 {
            bail!("upfirdn: a side of {side} does not fit {self:?}");
        }
        Ok((padded - self.taps.len()) / self.down + 1)
    }
}

/// y[i] = sum over t of taps[t] * z[i * down + t - before], where z is x with zeros inserted.
#[derive(Clone)]
struct Filter {
    taps: Vec<f32>,
    up: usize,
    down: usize,
    before: isize,
    output: [usize; 2],
}

impl Filter {
    /// The transpose, from y to x: x[j] = sum over i of taps[j * up + before - i * down] * y[i].
    fn transposed(&self, input: [usize; 2]) -> Self {
        let taps: Vec<f32> = self.taps.iter().rev().copied().collect();
        let before = taps.len() as isize - 1 - self.before;
        Self { taps, up: self.down, down: self.up, before, output: input }
    }

    /// The samples that contribute to result `i`, as (index in x of length `size`, weight).
    fn sources(&self, i: usize, size: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.taps.iter().enumerate().filter_map(move |(t, weight)| {
            let index = usize::try_from((i * self.down + t) as isize - self.before).ok()?;
            (index % self.up == 0 && index / self.up < size).then_some((index / self.up, *weight))
        })
    }

    /// The samples of each result along a row, which is `size` long.
    fn row_samples(&self, size: usize) -> RowSamples {
        let most = self.taps.len().div_ceil(self.up);
        let mut samples = RowSamples { starts: Vec::new(), weights: Vec::new(), most };
        for i in 0..self.output[1] {
            let sources: Vec<_> = self.sources(i, size).collect();
            // Results at the edges have fewer samples: their run is shifted inwards and padded with zero
            // weights.
            let first = sources.first().map_or(0, |(index, _)| *index).min(size.saturating_sub(most));
            let mut weights = vec![0f32; most];
            for (index, weight) in sources {
                weights[index - first] = weight;
            }
            samples.starts.push(first);
            samples.weights.extend(weights);
        }
        samples
    }

    fn plane(&self, from: &[f32], to: &mut [f32], size: [usize; 2], samples: &RowSamples, line: &mut [f32]) {
        for (y, to) in to.chunks_exact_mut(self.output[1]).enumerate() {
            line.fill(0.0);
            for (index, weight) in self.sources(y, size[0]) {
                planes::blend(&mut line[..size[1]], 1.0, &from[index * size[1]..][..size[1]], weight, 0.0);
            }
            samples.gather(line, to);
        }
    }

    /// Fallback for other devices: a weighted sum of shifted pictures.
    fn by_shifts(&self, x: &Tensor, after: usize) -> Result<Tensor> {
        let mut result = x.clone();
        for axis in [3, 2] {
            let spread = insert_zeros(&result, axis, self.up)?;
            let padded = spread.pad_with_zeros(axis, self.before as usize, after + self.down)?;
            let count = self.output[axis - 2];
            let mut sum: Option<Tensor> = None;
            for (t, weight) in self.taps.iter().enumerate() {
                let picks: Vec<u32> = (0..count).map(|i| (i * self.down + t) as u32).collect();
                let picks = Tensor::from_vec(picks, count, x.device())?;
                let tap = (padded.index_select(&picks, axis)? * f64::from(*weight))?;
                sum = Some(match sum {
                    Some(sum) => (sum + tap)?,
                    None => tap,
                });
            }
            let Some(sum) = sum else { bail!("upfirdn: the filter is empty") };
            result = sum;
        }
        Ok(result)
    }
}

/// Inserts `up - 1` zeros after every slice along `axis`.
fn insert_zeros(x: &Tensor, axis: usize, up: usize) -> Result<Tensor> {
    let mut dims = x.dims().to_vec();
    dims[axis] *= up;
    x.unsqueeze(axis + 1)?.pad_with_zeros(axis + 1, 0, up - 1)?.contiguous()?.reshape(dims)
}

/// The samples of each result along a row: a run of `most` samples from a start, with weights.
struct RowSamples {
    starts: Vec<usize>,
    weights: Vec<f32>,
    most: usize,
}

impl RowSamples {
    /// `line` must have `most` floats from every start.
    fn gather(&self, line: &[f32], to: &mut [f32]) {
        for ((to, start), weights) in
            to.iter_mut().zip(&self.starts).zip(self.weights.chunks_exact(self.most))
        {
            *to = weights.iter().zip(&line[*start..]).map(|(weight, value)| weight * value).sum();
        }
    }
}

impl CustomOp1 for Filter {
    fn name(&self) -> &'static str {
        "upfirdn"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(layout)?;
        let [oh, ow] = self.output;
        let samples = self.row_samples(w);
        let mut out = vec![0f32; n * c * oh * ow];
        let planes = out.par_chunks_mut((oh * ow).max(1));
        planes.zip(floats(storage, layout)?.par_chunks((h * w).max(1))).for_each_init(
            || vec![0f32; w.max(samples.most)],
            |line, (to, from)| self.plane(from, to, [h, w], &samples, line),
        );
        Ok((CpuStorage::F32(out), (n, c, oh, ow).into()))
    }

    fn bwd(&self, x: &Tensor, _result: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let (_, _, h, w) = x.dims4()?;
        grad.contiguous()?.apply_op1(self.transposed([h, w])).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{
        assert_close, check_gradients, check_second_order, on_every_instruction_set, tensor,
    };
    use crate::{down2, up2};

    fn fir(taps: &[f32], up: usize, down: usize, pad: (usize, usize)) -> Fir {
        Fir { taps: taps.to_vec(), up, down, pad }
    }

    const BLUR: [f32; 4] = [0.125, 0.375, 0.375, 0.125];
    const DOUBLE: [f32; 4] = [0.25, 0.75, 0.75, 0.25];

    #[test]
    fn it_agrees_with_candles_convolution_and_finite_differences() -> Result<()> {
        let skew = [0.5, -0.25, 1.0];
        let cases = [
            fir(&BLUR, 1, 1, (2, 2)),
            fir(&BLUR, 1, 1, (1, 1)),
            fir(&DOUBLE, 2, 1, (2, 1)),
            fir(&BLUR, 1, 2, (1, 1)),
            fir(&skew, 1, 1, (0, 0)),
            fir(&skew, 3, 2, (1, 2)),
            fir(&[1.0], 2, 1, (0, 0)),
        ];
        on_every_instruction_set(|| {
            for fir in &cases {
                let x = tensor(&[2, 3, 7, 6], 1)?;
                let y = upfirdn(&x, fir)?;
                let count = fir.taps.len();
                let square = (0..count * count).rev().map(|i| fir.taps[i / count] * fir.taps[i % count]);
                let filter = Tensor::from_vec(square.collect(), (1, 1, count, count), x.device())?;
                let spread = insert_zeros(&insert_zeros(&x, 2, fir.up)?, 3, fir.up)?;
                let (before, after) = fir.pad;
                let padded = spread.pad_with_zeros(2, before, after)?.pad_with_zeros(3, before, after)?;
                let (h, w) = (padded.dim(2)?, padded.dim(3)?);
                let expected = padded.reshape((6, 1, h, w))?.conv2d(&filter, 0, fir.down, 1, 1)?;
                assert_close(&y, &expected.reshape(y.shape())?, 1e-5)?;
                let op = Filter {
                    taps: fir.taps.iter().rev().copied().collect(),
                    up: fir.up,
                    down: fir.down,
                    before: before as isize,
                    output: [y.dim(2)?, y.dim(3)?],
                };
                assert_close(&op.by_shifts(&x, after)?, &y, 1e-5)?;
                check_gradients(&[&x], |t| upfirdn(&t[0], fir))?;
            }
            Ok(())
        })
    }

    #[test]
    fn gradients_of_gradients_agree_with_finite_differences() -> Result<()> {
        let x = tensor(&[2, 2, 6, 8], 1)?;
        check_second_order(&[&x], |t| upfirdn(&t[0], &fir(&BLUR, 1, 1, (2, 2))))?;
        check_second_order(&[&x], |t| upfirdn(&t[0], &fir(&DOUBLE, 2, 1, (2, 1))))?;
        check_second_order(&[&x], |t| down2(&t[0]))?;
        check_second_order(&[&x], |t| up2(&t[0]))
    }

    /// Expected values from the filter checks of AgeTransGAN's specification, computed with PyTorch.
    #[test]
    fn it_gives_the_published_values() -> Result<()> {
        let x = Tensor::arange(1f32, 17.0, &candle_core::Device::Cpu)?.reshape((1, 1, 4, 4))?;
        let row = |fir: &Fir, y: usize| -> Result<Vec<f32>> {
            upfirdn(&x, fir)?.get(0)?.get(0)?.get(y)?.to_vec1::<f32>()
        };
        let double = fir(&DOUBLE, 2, 1, (2, 1));
        assert_eq!(row(&double, 0)?, [0.5625, 0.9375, 1.3125, 1.6875, 2.0625, 2.4375, 2.8125, 2.25]);
        assert_eq!(row(&double, 3)?, [4.5, 6.25, 6.75, 7.25, 7.75, 8.25, 8.75, 6.75]);
        assert_eq!(row(&fir(&BLUR, 1, 1, (2, 2)), 0)?, [0.5625, 1.1875, 1.75, 1.875, 1.1875]);
        assert_eq!(row(&fir(&BLUR, 1, 1, (1, 1)), 1)?, [6.75, 8.5, 8.125]);
        Ok(())
    }

    #[test]
    fn invalid_sizes_are_refused() -> Result<()> {
        let x = tensor(&[1, 1, 2, 2], 1)?;
        assert!(upfirdn(&x, &fir(&BLUR, 1, 1, (0, 0))).is_err());
        assert!(upfirdn(&x, &fir(&[], 1, 1, (0, 0))).is_err());
        assert!(upfirdn(&x, &fir(&BLUR, 1, 0, (2, 2))).is_err());
        Ok(())
    }
}
