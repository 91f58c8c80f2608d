//! What AgeTransGAN is trained for, term by term.
//!
//! The authors published no training program. The terms are those of their paper and their laboratory's later
//! programs; of their weights the structure is certain and the numbers are likely.

use candle_core::{D, Result, Tensor};
use serde::{Deserialize, Serialize};

use crate::training::losses::binary_cross_entropy;

/// How much each term of the generator counts. Zero leaves a term out, and the work for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LossWeights {
    /// L_a: to be put into the group asked for by the discriminator's classifier.
    pub age: f64,
    /// L_px: mean square change of the pixels.
    pub pixel: f64,
    /// L_cyc: mean difference from the picture after ageing there and back.
    pub cycle: f64,
    /// L_t: identity codes of a picture and of the way back nearer together than those there.
    pub triplet: f64,
    /// L_id: mean difference of the identity codes.
    pub identity: f64,
    /// L_id^pre: mean square difference of what a frozen face network says; it needs that network.
    pub expert: f64,
    /// The margin of L_t.
    pub margin: f64,
}

impl Default for LossWeights {
    fn default() -> Self {
        Self { age: 1.0, pixel: 10.0, cycle: 10.0, triplet: 0.1, identity: 1.0, expert: 0.0, margin: 0.5 }
    }
}

/// How much the generator wants `made` pictures (N) to look real: the non-saturating loss.
///
/// # Errors
/// When the device fails.
pub fn non_saturating_loss(made: &Tensor) -> Result<Tensor> {
    binary_cross_entropy(made, true)
}

/// The cross-entropy of `classes` (N, groups), before the softmax, where `labels` are ones among zeros.
///
/// # Errors
/// When shapes differ.
pub fn class_loss(classes: &Tensor, labels: &Tensor) -> Result<Tensor> {
    let log = candle_nn::ops::log_softmax(classes, D::Minus1)?;
    (log * labels)?.sum(D::Minus1)?.mean_all()?.neg()
}

/// The mean square difference.
///
/// # Errors
/// When shapes differ.
pub fn square_difference(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    (a - b)?.sqr()?.mean_all()
}

/// The mean difference.
///
/// # Errors
/// When shapes differ.
pub fn difference(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    (a - b)?.abs()?.mean_all()
}

/// How far, place by place, the codes `anchor` (N, C, H, W) are from being nearer to `near` than to `far` by
/// `margin`. PyTorch's distance: over the channels, with 1e-6 added to each difference.
///
/// # Errors
/// When shapes differ.
pub fn triplet_loss(anchor: &Tensor, near: &Tensor, far: &Tensor, margin: f64) -> Result<Tensor> {
    let distance = |other: &Tensor| ((anchor - other)? + 1e-6)?.sqr()?.sum(1)?.sqrt();
    ((distance(near)? - distance(far)?)? + margin)?.relu()?.mean_all()
}
