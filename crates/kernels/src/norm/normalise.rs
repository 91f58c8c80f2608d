//! Instance and batch normalisation with an activation fused: Ulyanov et al., "Instance Normalization",
//! 2016; Ioffe and Szegedy, "Batch Normalization", 2015.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::activation::Activation;
use super::modulate::modulate;
use crate::device::has_kernels;
use crate::simd::planes;
use crate::view::{floats, nchw, with_floats};

/// Brings each channel of each image of `x` (N, C, H, W) to mean 0 and variance 1, then to `gain` and
/// `bias`, which are (C), or (N, C) for images with their own. `eps` is added to the variance.
///
/// # Errors
/// When shapes do not fit or a tensor is not f32.
pub fn instance_norm(x: &Tensor, gain: &Tensor, bias: &Tensor, eps: f64) -> Result<Tensor> {
    instance_norm_activated(x, gain, bias, eps, Activation::Identity)
}

/// [`instance_norm`] followed by an activation.
///
/// # Errors
/// As [`instance_norm`].
pub fn instance_norm_activated(
    x: &Tensor,
    gain: &Tensor,
    bias: &Tensor,
    eps: f64,
    activation: Activation,
) -> Result<Tensor> {
    Normalise { over: Over::Image, eps, activation }.run(x, gain, bias)
}

/// Brings each channel of `x` (N, C, H, W), over all its images, to mean 0 and variance 1, then to `gain`
/// and `bias` (C): batch normalisation as it trains. [`channel_statistics`] gives what it normalised by.
///
/// # Errors
/// As [`instance_norm`].
pub fn batch_norm_training(
    x: &Tensor,
    gain: &Tensor,
    bias: &Tensor,
    eps: f64,
    activation: Activation,
) -> Result<Tensor> {
    Normalise { over: Over::Batch, eps, activation }.run(x, gain, bias)
}

/// What batch normalisation learned of a channel: all (C).
#[derive(Clone, Debug)]
pub struct BatchNorm {
    /// The mean to subtract.
    pub mean: Tensor,
    /// The variance to divide by the root of.
    pub variance: Tensor,
    /// What the result is multiplied by.
    pub gain: Tensor,
    /// What is added then.
    pub bias: Tensor,
    /// Added to the variance.
    pub eps: f64,
}

impl BatchNorm {
    /// Factor and summand (C) that do the same.
    fn affine(&self) -> Result<(Tensor, Tensor)> {
        let scale = (&self.gain / (&self.variance + self.eps)?.sqrt()?)?;
        let shift = (&self.bias - (&self.mean * &scale)?)?;
        Ok((scale, shift))
    }

    /// Normalises `x` (N, C, H, W) by the given statistics.
    ///
    /// # Errors
    /// When shapes do not fit or a tensor is not f32.
    pub fn forward(&self, x: &Tensor, activation: Activation) -> Result<Tensor> {
        let (scale, shift) = self.affine()?;
        let rows = |t: Tensor| t.reshape((1, ()))?.broadcast_as((x.dim(0)?, t.elem_count()));
        modulate(x, &rows(scale)?, &rows(shift)?, activation)
    }

    /// The filter (C, I, kh, kw) and bias (C) of one convolution that does what the convolution with
    /// `filter` and `bias` and this normalisation after it do.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn fold(&self, filter: &Tensor, bias: Option<&Tensor>) -> Result<(Tensor, Tensor)> {
        let (scale, shift) = self.affine()?;
        let folded = filter.broadcast_mul(&scale.reshape(((), 1, 1, 1))?)?;
        let bias = match bias {
            Some(bias) => ((bias * &scale)? + shift)?,
            None => shift,
        };
        Ok((folded, bias))
    }
}

/// Mean and variance (divided by the count, not by one less) of each channel of `x` (N, C, H, W), both
/// (C) and without a gradient.
///
/// # Errors
/// When the tensor is not f32 of four axes.
pub fn channel_statistics(x: &Tensor) -> Result<(Tensor, Tensor)> {
    let x = x.detach();
    let (n, c, h, w) = x.dims4()?;
    if !has_kernels(x.device()) {
        let (mean, deviation) = centred(&x, Over::Batch)?;
        let variance = (deviation.sqr()?.sum_keepdim((0, 2, 3))? / (n * h * w) as f64)?;
        return Ok((mean.flatten_all()?, variance.flatten_all()?));
    }
    let statistics = with_floats(&x, |x| Ok(statistics(x, [n, c, h * w], Over::Batch)))?;
    let (means, variances): (Vec<f32>, Vec<f32>) = statistics.into_iter().unzip();
    Ok((Tensor::from_vec(means, c, x.device())?, Tensor::from_vec(variances, c, x.device())?))
}

/// Which values share a mean and a variance.
#[derive(Clone, Copy, PartialEq)]
enum Over {
    /// Those of one channel of one image.
    Image,
    /// Those of one channel of all images.
    Batch,
}

impl Over {
    /// The group to which a plane belongs.
    fn group(self, plane: usize, channels: usize) -> usize {
        if self == Self::Batch { plane % channels } else { plane }
    }
}

/// Mean and variance of each group of the planes of `x` (N, C, positions).
fn statistics(x: &[f32], [n, c, positions]: [usize; 3], over: Over) -> Vec<(f32, f32)> {
    let plane = |i: usize| &x[i * positions..(i + 1) * positions];
    let of = |group: usize| {
        let members: Vec<usize> =
            if over == Over::Batch { (0..n).map(|image| image * c + group).collect() } else { vec![group] };
        let count = (members.len() * positions) as f32;
        let mean = members.iter().map(|i| planes::sum(plane(*i))).sum::<f32>() / count;
        let squares: f32 = members.iter().map(|i| planes::squares(plane(*i), mean)).sum();
        (mean, squares / count)
    };
    let groups = if over == Over::Batch { c } else { n * c };
    (0..groups).into_par_iter().map(of).collect()
}

/// The mean, with axes kept, and what is left of `x` without it, of candle's operations.
fn centred(x: &Tensor, over: Over) -> Result<(Tensor, Tensor)> {
    let (n, _, h, w) = x.dims4()?;
    let mean = match over {
        Over::Image => (x.sum_keepdim((2, 3))? / (h * w) as f64)?,
        Over::Batch => (x.sum_keepdim((0, 2, 3))? / (n * h * w) as f64)?,
    };
    let deviation = x.broadcast_sub(&mean)?;
    Ok((mean, deviation))
}

#[derive(Clone, Copy)]
struct Normalise {
    over: Over,
    eps: f64,
    activation: Activation,
}

impl Normalise {
    fn run(self, x: &Tensor, gain: &Tensor, bias: &Tensor) -> Result<Tensor> {
        let (n, c, _, _) = x.dims4()?;
        let own = self.over == Over::Image && gain.dims() == [n, c];
        if !(gain.dims() == [c] || own) || gain.dims() != bias.dims() || x.elem_count() == 0 {
            bail!("normalise: gain {:?} and bias {:?} do not fit {:?}", gain.dims(), bias.dims(), x.dims());
        }
        if has_kernels(x.device()) {
            return x.contiguous()?.apply_op3(&gain.contiguous()?, &bias.contiguous()?, self);
        }
        self.composed(x, gain, bias)
    }

    /// The same out of candle's operations, for other devices.
    fn composed(self, x: &Tensor, gain: &Tensor, bias: &Tensor) -> Result<Tensor> {
        let (n, c, h, w) = x.dims4()?;
        let (_, deviation) = centred(x, self.over)?;
        let squares = deviation.sqr()?;
        let variance = match self.over {
            Over::Image => (squares.sum_keepdim((2, 3))? / (h * w) as f64)?,
            Over::Batch => (squares.sum_keepdim((0, 2, 3))? / (n * h * w) as f64)?,
        };
        let normal = deviation.broadcast_div(&(variance + self.eps)?.sqrt()?)?;
        let rows = |t: &Tensor| t.reshape(((), c, 1, 1));
        self.activation.apply(normal.broadcast_mul(&rows(gain)?)?.broadcast_add(&rows(bias)?)?)
    }

    /// Mean and one over the deviation of each group.
    fn statistics(&self, x: &[f32], dims: [usize; 3]) -> Vec<(f32, f32)> {
        let root = |(mean, variance): (f32, f32)| (mean, 1.0 / (variance + self.eps as f32).sqrt());
        statistics(x, dims, self.over).into_iter().map(root).collect()
    }

    /// The gradients to x, gain and bias. With h = (x - mean) / deviation and g the gradient before the
    /// activation: to x it is gain / deviation * (g - mean(g) - h * mean(g h)).
    fn gradients(
        &self,
        x: &[f32],
        gain: &[f32],
        result: &[f32],
        grad: &[f32],
        dims: [usize; 3],
    ) -> [Vec<f32>; 3] {
        let [n, c, positions] = dims;
        let statistics = self.statistics(x, dims);
        let slope = self.activation.slope();
        let mut before = vec![0f32; grad.len()];
        let given = x.par_chunks(positions).zip(grad.par_chunks(positions)).zip(result.par_chunks(positions));
        let sums: Vec<(f32, f32)> = before
            .par_chunks_mut(positions)
            .zip(given)
            .enumerate()
            .map(|(i, (before, ((x, grad), result)))| {
                planes::before_activation(before, grad, result, slope);
                let (mean, root) = statistics[self.over.group(i, c)];
                (planes::sum(before), planes::products(before, x, mean) * root)
            })
            .collect();
        let (mut gain_grad, mut bias_grad) = (vec![0f32; gain.len()], vec![0f32; gain.len()]);
        let mut groups = vec![(0f32, 0f32); statistics.len()];
        for (i, (plain, along)) in sums.iter().enumerate() {
            bias_grad[i % gain.len()] += plain;
            gain_grad[i % gain.len()] += along;
            let group = &mut groups[self.over.group(i, c)];
            *group = (group.0 + plain, group.1 + along);
        }
        let count = (positions * if self.over == Over::Batch { n } else { 1 }) as f32;
        before.par_chunks_mut(positions).zip(x.par_chunks(positions)).enumerate().for_each(
            |(i, (grad, x))| {
                let group = self.over.group(i, c);
                let (mean, root) = statistics[group];
                let (plain, along) = (groups[group].0 / count, groups[group].1 / count);
                let scale = gain[i % gain.len()] * root;
                let by_x = -scale * along * root;
                planes::blend(grad, scale, x, by_x, -scale * plain - by_x * mean);
            },
        );
        [before, gain_grad, bias_grad]
    }
}

impl CustomOp3 for Normalise {
    fn name(&self) -> &'static str {
        "normalise"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [n, c, h, w] = nchw(l1)?;
        let (x, gain, bias) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let statistics = self.statistics(x, [n, c, h * w]);
        let slope = self.activation.slope();
        let mut out = vec![0f32; x.len()];
        out.par_chunks_mut(h * w).zip(x.par_chunks(h * w)).enumerate().for_each(|(i, (to, from))| {
            let (mean, root) = statistics[self.over.group(i, c)];
            let scale = gain[i % gain.len()] * root;
            planes::scale_shift(to, from, scale, bias[i % gain.len()] - mean * scale, slope);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        gain: &Tensor,
        bias: &Tensor,
        result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (n, c, h, w) = x.dims4()?;
        let [x_grad, gain_grad, bias_grad] = with_floats(x, |x| {
            with_floats(gain, |gain| {
                with_floats(result, |result| {
                    with_floats(grad, |grad| Ok(self.gradients(x, gain, result, grad, [n, c, h * w])))
                })
            })
        })?;
        let device = x.device();
        Ok((
            Some(Tensor::from_vec(x_grad, x.shape(), device)?),
            Some(Tensor::from_vec(gain_grad, gain.shape(), device)?),
            Some(Tensor::from_vec(bias_grad, bias.shape(), device)?),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d;
    use crate::testing::{assert_close, check_gradients, gradients, on_every_set, tensor};

    const ACTIVATIONS: [Activation; 3] = [Activation::Identity, Activation::Relu, Activation::Leaky(0.2)];

    /// Ours against candle's operations, in value and gradient, and against differences.
    fn compare(dims: [usize; 4], affine: &[usize], over: Over, activation: Activation) -> Result<()> {
        let op = Normalise { over, eps: 1e-5, activation };
        let (x, gain, bias) = ((tensor(&dims, 1)? + 0.3)?, tensor(affine, 2)?, tensor(affine, 3)?);
        let args = [&x, &gain, &bias];
        assert_close(&op.run(&x, &gain, &bias)?, &op.composed(&x, &gain, &bias)?, 1e-5)?;
        let ours = gradients(&args, |t| op.run(&t[0], &t[1], &t[2]))?;
        let apart = gradients(&args, |t| op.composed(&t[0], &t[1], &t[2]))?;
        for (ours, apart) in ours.iter().zip(&apart) {
            assert_close(ours, apart, 1e-4)?;
        }
        if activation == Activation::Identity {
            check_gradients(&args, |t| op.run(&t[0], &t[1], &t[2]))?;
        }
        Ok(())
    }

    #[test]
    fn they_agree_with_candle_and_finite_differences() -> Result<()> {
        on_every_set(|| {
            for activation in ACTIVATIONS {
                compare([2, 3, 5, 7], &[3], Over::Image, activation)?;
                compare([2, 3, 9, 8], &[2, 3], Over::Image, activation)?;
                compare([3, 4, 6, 5], &[4], Over::Batch, activation)?;
            }
            Ok(())
        })
    }

    #[test]
    fn candles_batch_norm_agrees() -> Result<()> {
        let (x, gain, bias) = (tensor(&[3, 4, 6, 5], 1)?, tensor(&[4], 2)?, tensor(&[4], 3)?);
        let (mean, variance) = channel_statistics(&x)?;
        let theirs =
            candle_nn::BatchNorm::new(4, mean.clone(), variance.clone(), gain.clone(), bias.clone(), 1e-3)?;
        let ours = BatchNorm { mean, variance, gain: gain.clone(), bias: bias.clone(), eps: 1e-3 };
        let expected = candle_nn::ModuleT::forward_t(&theirs, &x, false)?;
        assert_close(&ours.forward(&x, Activation::Identity)?, &expected, 1e-5)?;
        assert_close(&ours.forward(&x, Activation::Relu)?, &expected.relu()?, 1e-5)?;
        // The statistics are the batch's own.
        assert_close(&batch_norm_training(&x, &gain, &bias, 1e-3, Activation::Identity)?, &expected, 1e-5)
    }

    #[test]
    fn a_folded_convolution_does_both() -> Result<()> {
        let (x, f, b) = (tensor(&[2, 3, 6, 5], 1)?, tensor(&[4, 3, 3, 3], 2)?, tensor(&[4], 3)?);
        let norm = BatchNorm {
            mean: tensor(&[4], 4)?,
            variance: (tensor(&[4], 5)? + 1.5)?,
            gain: tensor(&[4], 6)?,
            bias: tensor(&[4], 7)?,
            eps: 1e-5,
        };
        for bias in [None, Some(&b)] {
            let apart = norm.forward(&conv2d(&x, &f, bias, 1, 1)?, Activation::Identity)?;
            let (folded, shift) = norm.fold(&f, bias)?;
            assert_close(&conv2d(&x, &folded, Some(&shift), 1, 1)?, &apart, 1e-5)?;
        }
        Ok(())
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() -> Result<()> {
        let (x, three) = (tensor(&[2, 4, 6, 5], 1)?, tensor(&[3], 2)?);
        assert!(instance_norm(&x, &three, &three, 1e-5).is_err());
        let own = tensor(&[2, 4], 3)?;
        assert!(instance_norm(&x, &own, &own, 1e-5).is_ok());
        assert!(batch_norm_training(&x, &own, &own, 1e-5, Activation::Identity).is_err());
        Ok(())
    }
}
