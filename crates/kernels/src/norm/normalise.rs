//! Instance and batch normalisation with a fused activation: Ulyanov et al., "Instance Normalization", 2016;
//! Ioffe and Szegedy, "Batch Normalization", 2015.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::activation::Activation;
use crate::device::has_kernels;
use crate::simd::planes;
use crate::view::{floats, nchw, with_floats};

/// Normalises each channel of each image of `x` (N, C, H, W) to mean 0 and variance 1, then scales by `gamma`
/// and adds `beta`, which are (C), or (N, C) for different values per image. `eps` is added to the variance.
///
/// # Errors
/// If the shapes do not match or a tensor is not f32.
pub fn instance_norm(x: &Tensor, gamma: &Tensor, beta: &Tensor, eps: f64) -> Result<Tensor> {
    instance_norm_activated(x, gamma, beta, eps, Activation::Identity)
}

/// [`instance_norm`] followed by an activation.
///
/// # Errors
/// Like [`instance_norm`].
pub fn instance_norm_activated(
    x: &Tensor,
    gamma: &Tensor,
    beta: &Tensor,
    eps: f64,
    activation: Activation,
) -> Result<Tensor> {
    Normalise { over: Over::Image, eps, activation }.run(x, gamma, beta)
}

/// Batch normalisation in training mode: normalises each channel of `x` (N, C, H, W) over all images to mean
/// 0 and variance 1, then scales by `gamma` and adds `beta` (C). [`channel_statistics`] returns the mean and
/// variance it uses.
///
/// # Errors
/// Like [`instance_norm`].
pub fn batch_norm_training(
    x: &Tensor,
    gamma: &Tensor,
    beta: &Tensor,
    eps: f64,
    activation: Activation,
) -> Result<Tensor> {
    Normalise { over: Over::Batch, eps, activation }.run(x, gamma, beta)
}

/// Mean and variance (divided by the count, not the count minus one) of each channel of `x` (N, C, H, W),
/// both (C) and without a gradient.
///
/// # Errors
/// If the tensor is not f32 or does not have four axes.
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

/// The values that share a mean and a variance.
#[derive(Clone, Copy, PartialEq)]
enum Over {
    /// One channel of one image.
    Image,
    /// One channel of all images.
    Batch,
}

impl Over {
    /// The group of a plane.
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

/// The mean, with axes kept, and the deviation of `x` from it, with candle's operations.
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
    fn run(self, x: &Tensor, gamma: &Tensor, beta: &Tensor) -> Result<Tensor> {
        let (n, c, _, _) = x.dims4()?;
        let per_image = self.over == Over::Image && gamma.dims() == [n, c];
        if !(gamma.dims() == [c] || per_image) || gamma.dims() != beta.dims() || x.elem_count() == 0 {
            bail!(
                "normalise: gamma {:?} and beta {:?} do not match {:?}",
                gamma.dims(),
                beta.dims(),
                x.dims()
            );
        }
        if has_kernels(x.device()) {
            return x.contiguous()?.apply_op3(&gamma.contiguous()?, &beta.contiguous()?, self);
        }
        self.composed(x, gamma, beta)
    }

    /// Fallback for other devices, composed of candle's operations.
    fn composed(self, x: &Tensor, gamma: &Tensor, beta: &Tensor) -> Result<Tensor> {
        let (n, c, h, w) = x.dims4()?;
        let (_, deviation) = centred(x, self.over)?;
        let squares = deviation.sqr()?;
        let variance = match self.over {
            Over::Image => (squares.sum_keepdim((2, 3))? / (h * w) as f64)?,
            Over::Batch => (squares.sum_keepdim((0, 2, 3))? / (n * h * w) as f64)?,
        };
        let normal = deviation.broadcast_div(&(variance + self.eps)?.sqrt()?)?;
        let rows = |t: &Tensor| t.reshape(((), c, 1, 1));
        self.activation.apply(normal.broadcast_mul(&rows(gamma)?)?.broadcast_add(&rows(beta)?)?)
    }

    /// Mean and reciprocal standard deviation of each group.
    fn statistics(&self, x: &[f32], dims: [usize; 3]) -> Vec<(f32, f32)> {
        let root = |(mean, variance): (f32, f32)| (mean, 1.0 / (variance + self.eps as f32).sqrt());
        statistics(x, dims, self.over).into_iter().map(root).collect()
    }

    /// The gradients with respect to x, gamma and beta. With h = (x - mean) / deviation and g the gradient
    /// before the activation, the gradient with respect to x is gamma / deviation * (g - mean(g) - h * mean(g
    /// h)).
    fn gradients(
        &self,
        x: &[f32],
        gamma: &[f32],
        result: &[f32],
        grad: &[f32],
        dims: [usize; 3],
    ) -> [Vec<f32>; 3] {
        let [n, c, positions] = dims;
        let statistics = self.statistics(x, dims);
        let slope = self.activation.slope();
        let mut before = vec![0f32; grad.len()];
        let inputs =
            x.par_chunks(positions).zip(grad.par_chunks(positions)).zip(result.par_chunks(positions));
        let sums: Vec<(f32, f32)> = before
            .par_chunks_mut(positions)
            .zip(inputs)
            .enumerate()
            .map(|(i, (before, ((x, grad), result)))| {
                planes::activation_backward(before, grad, result, slope);
                let (mean, root) = statistics[self.over.group(i, c)];
                (planes::sum(before), planes::products(before, x, mean) * root)
            })
            .collect();
        let (mut gamma_grad, mut beta_grad) = (vec![0f32; gamma.len()], vec![0f32; gamma.len()]);
        let mut groups = vec![(0f32, 0f32); statistics.len()];
        for (i, (plain, along)) in sums.iter().enumerate() {
            beta_grad[i % gamma.len()] += plain;
            gamma_grad[i % gamma.len()] += along;
            let group = &mut groups[self.over.group(i, c)];
            *group = (group.0 + plain, group.1 + along);
        }
        let count = (positions * if self.over == Over::Batch { n } else { 1 }) as f32;
        before.par_chunks_mut(positions).zip(x.par_chunks(positions)).enumerate().for_each(
            |(i, (grad, x))| {
                let group = self.over.group(i, c);
                let (mean, root) = statistics[group];
                let (plain, along) = (groups[group].0 / count, groups[group].1 / count);
                let scale = gamma[i % gamma.len()] * root;
                let by_x = -scale * along * root;
                planes::blend(grad, scale, x, by_x, -scale * plain - by_x * mean);
            },
        );
        [before, gamma_grad, beta_grad]
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
        let (x, gamma, beta) = (floats(s1, l1)?, floats(s2, l2)?, floats(s3, l3)?);
        let statistics = self.statistics(x, [n, c, h * w]);
        let slope = self.activation.slope();
        let mut out = vec![0f32; x.len()];
        out.par_chunks_mut(h * w).zip(x.par_chunks(h * w)).enumerate().for_each(|(i, (to, from))| {
            let (mean, root) = statistics[self.over.group(i, c)];
            let scale = gamma[i % gamma.len()] * root;
            planes::scale_shift(to, from, scale, beta[i % gamma.len()] - mean * scale, slope);
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        gamma: &Tensor,
        beta: &Tensor,
        result: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (n, c, h, w) = x.dims4()?;
        let [x_grad, gamma_grad, beta_grad] = with_floats(x, |x| {
            with_floats(gamma, |gamma| {
                with_floats(result, |result| {
                    with_floats(grad, |grad| Ok(self.gradients(x, gamma, result, grad, [n, c, h * w])))
                })
            })
        })?;
        let device = x.device();
        Ok((
            Some(Tensor::from_vec(x_grad, x.shape(), device)?),
            Some(Tensor::from_vec(gamma_grad, gamma.shape(), device)?),
            Some(Tensor::from_vec(beta_grad, beta.shape(), device)?),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, check_gradients, gradients, on_every_instruction_set, tensor};

    const ACTIVATIONS: [Activation; 3] = [Activation::Identity, Activation::Relu, Activation::Leaky(0.2)];

    /// Compares values and gradients with candle's operations and with finite differences.
    fn compare(dims: [usize; 4], affine: &[usize], over: Over, activation: Activation) -> Result<()> {
        let op = Normalise { over, eps: 1e-5, activation };
        let (x, gamma, beta) = ((tensor(&dims, 1)? + 0.3)?, tensor(affine, 2)?, tensor(affine, 3)?);
        let args = [&x, &gamma, &beta];
        assert_close(&op.run(&x, &gamma, &beta)?, &op.composed(&x, &gamma, &beta)?, 1e-5)?;
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
        on_every_instruction_set(|| {
            for activation in ACTIVATIONS {
                compare([2, 3, 5, 7], &[3], Over::Image, activation)?;
                compare([2, 3, 9, 8], &[2, 3], Over::Image, activation)?;
                compare([3, 4, 6, 5], &[4], Over::Batch, activation)?;
            }
            Ok(())
        })
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() -> Result<()> {
        let (x, three) = (tensor(&[2, 4, 6, 5], 1)?, tensor(&[3], 2)?);
        assert!(instance_norm(&x, &three, &three, 1e-5).is_err());
        let per_image = tensor(&[2, 4], 3)?;
        assert!(instance_norm(&x, &per_image, &per_image, 1e-5).is_ok());
        assert!(batch_norm_training(&x, &per_image, &per_image, 1e-5, Activation::Identity).is_err());
        Ok(())
    }
}
