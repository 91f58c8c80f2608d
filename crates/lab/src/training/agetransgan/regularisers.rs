//! The two regularisers of StyleGAN2 (Karras et al., 2020), whose losses contain gradients: R1 (Mescheder et
//! al., "Which Training Methods for GANs do actually Converge?", 2018) and path length.

use candle_core::{Result, Tensor, Var};

use super::discriminator::Discriminator;
use agemirror_faces::aging::agetransgan::{Generator, Styles};
use agemirror_kernels::differentiable_gradients;

/// Update rate of the mean path length.
const DECAY: f64 = 0.01;

/// R1: the squared length of the gradient of the realness logits with respect to the real `pictures`,
/// averaged over pictures.
///
/// # Errors
/// When shapes do not fit or the device fails.
pub(super) fn r1(discriminator: &Discriminator, pictures: &Tensor, labels: &Tensor) -> Result<Tensor> {
    let pictures = Var::from_tensor(pictures)?;
    let real = discriminator.forward(pictures.as_tensor(), labels)?.real;
    let slopes = differentiable_gradients(&real.sum_all()?, std::slice::from_ref(&pictures))?;
    let squares = slopes.iter().map(|slope| slope.sqr()?.flatten_from(1)?.sum(1)?.mean_all());
    Tensor::stack(&squares.collect::<Result<Vec<_>>>()?, 0)?.sum_all()
}

/// Result of the path length regulariser.
pub(super) struct Paths {
    /// Mean squared deviation of the lengths from their running mean.
    pub penalty: Tensor,
    /// The updated running mean of the lengths.
    pub mean: f64,
    /// The path length of each picture: (N).
    pub lengths: Tensor,
}

/// Path length regularisation: a picture should change by the same amount with its style everywhere. The path
/// length is the norm, over all style slots of StyleGAN2, of the gradient of the picture times `weighting`
/// with respect to the style; `weighting` (N, 3, S, S) is normal with deviation 1/S. Lengths are compared
/// with their running mean, so far `before`.
///
/// # Errors
/// When shapes do not fit or the device fails.
pub(super) fn paths(
    generator: &Generator,
    (pictures, labels): (&Tensor, &Tensor),
    noise: &[Tensor],
    weighting: &Tensor,
    before: f64,
) -> Result<Paths> {
    let (identity, w) = generator.codes(pictures, labels)?;
    let slots = generator.shape().styles();
    // Number of styles that the layers use; the gradients to the others are zero.
    let used = noise.len().div_ceil(2) * 2;
    let zero = |_| Var::from_tensor(&w.zeros_like()?.detach());
    let moves = (0..used).map(zero).collect::<Result<Vec<_>>>()?;
    let steps: Vec<Tensor> = moves.iter().map(|step| step.as_tensor().clone()).collect();
    let painted = generator.paint(identity, &Styles::moved(&w, &steps)?, noise)?;
    let slopes = differentiable_gradients(&(painted * weighting)?.sum_all()?, &moves)?;
    let mut squares = Tensor::zeros(w.dim(0)?, w.dtype(), w.device())?;
    for slope in &slopes {
        squares = (squares + slope.sqr()?.sum(1)?)?;
    }
    let lengths = (squares / slots as f64)?.sqrt()?;
    let mean = ((lengths.mean_all()? * DECAY)? + (1.0 - DECAY) * before)?;
    let penalty = lengths.broadcast_sub(&mean)?.sqr()?.mean_all()?;
    Ok(Paths { penalty, mean: f64::from(mean.to_scalar::<f32>()?), lengths: lengths.detach() })
}
