//! What mirror is trained for, term by term.

use candle_core::{Result, Tensor};

use super::discriminator::{Weights, per_picture};
use crate::aging::mirror::Change;

/// How much each term counts.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LossWeights {
    /// To look real at the age asked for.
    pub adversarial: f64,
    /// Real faces shown with a wrong age count as made ones, with this weight.
    pub wrong_age: f64,
    /// Changed pixels.
    pub change: f64,
    /// Unevenness of the flow.
    pub flow: f64,
    /// Unevenness of the mask.
    pub mask: f64,
    /// To read the present age off the face.
    pub present_age: f64,
    /// To be read at the age asked for by a frozen estimator.
    pub age: f64,
    /// To be recognised by a frozen face network.
    pub identity: f64,
}

impl Default for LossWeights {
    fn default() -> Self {
        Self {
            adversarial: 1.0,
            wrong_age: 0.5,
            change: 0.5,
            flow: 3.0,
            mask: 0.05,
            present_age: 1.0,
            age: 1.0,
            identity: 0.0,
        }
    }
}

/// A picture and where it counts.
pub struct Seen {
    /// (N, 3, H, W) in -1..1.
    pub pictures: Tensor,
    /// (N, 1, H, W): 0 where there is nothing to judge.
    pub masks: Tensor,
    /// In years.
    pub ages: Vec<f32>,
}

/// What the discriminator loses (hinge form): on real faces, on made ones, on real ones with a
/// wrong age; and by how far it reads the ages of real faces off.
///
/// # Errors
/// When shapes do not fit.
pub fn discriminator_loss(
    weights: &Weights,
    real: &Seen,
    made: &Seen,
    wrong_ages: &[f32],
    wrong_weight: f64,
) -> Result<Tensor> {
    let features = weights.features(&real.pictures, &real.masks)?;
    let on_real = (1.0 - weights.judge(&features, &real.ages)?)?.relu()?.mean_all()?;
    let on_made = weights.judge(&weights.features(&made.pictures, &made.masks)?, &made.ages)?;
    let on_made = (on_made + 1.0)?.relu()?.mean_all()?;
    let wrong = per_picture(&(weights.judge(&features, wrong_ages)? + 1.0)?.relu()?)?;
    let on_wrong = (wrong * gaps(&real.ages, wrong_ages, |gap| (gap / 15.0).min(1.0), real)?)?.mean_all()?;
    let read = age_loss(&weights.read_age(&features)?, &real.ages)?;
    on_real + on_made + (on_wrong * wrong_weight)? + read
}

fn gaps(a: &[f32], b: &[f32], weight: impl Fn(f32) -> f32, like: &Seen) -> Result<Tensor> {
    let values: Vec<f32> = a.iter().zip(b).map(|(a, b)| weight((a - b).abs())).collect();
    Tensor::from_vec(values, a.len(), like.pictures.device())
}

/// How much the generator wants to please the discriminator.
///
/// # Errors
/// When shapes do not fit.
pub fn adversarial_loss(weights: &Weights, made: &Seen) -> Result<Tensor> {
    weights.judge(&weights.features(&made.pictures, &made.masks)?, &made.ages)?.mean_all()?.neg()
}

/// The mean change of the pictures.
///
/// # Errors
/// When shapes do not fit.
pub fn change_loss(input: &Seen, made: &Seen) -> Result<Tensor> {
    (&made.pictures - &input.pictures)?.abs()?.mean_all()
}

/// The mean difference between neighbours, down and across.
///
/// # Errors
/// When shapes do not fit.
pub fn unevenness(x: &Tensor) -> Result<Tensor> {
    let (_, _, h, w) = x.dims4()?;
    let down = (x.narrow(2, 1, h - 1)? - x.narrow(2, 0, h - 1)?)?.sqr()?.mean_all()?;
    let across = (x.narrow(3, 1, w - 1)? - x.narrow(3, 0, w - 1)?)?.sqr()?.mean_all()?;
    down + across
}

/// The unevenness of the flow, in squared pixels, and of the mask.
///
/// # Errors
/// When shapes do not fit.
pub fn smoothness_losses(change: &Change) -> Result<(Tensor, Tensor)> {
    let side = change.flow.dim(3)? as f64;
    Ok((unevenness(&(&change.flow * side)?)?, unevenness(&change.mask)?))
}

/// The distance in decades between two ages, linear for large ones.
///
/// # Errors
/// When shapes do not fit.
pub fn age_loss(read: &Tensor, wanted: &[f32]) -> Result<Tensor> {
    let wanted = Tensor::from_slice(wanted, wanted.len(), read.device())?;
    let off = ((read - wanted)? / 10.0)?.sqr()?;
    ((off + 0.01)?.sqrt()? - 0.1)?.mean_all()
}
