//! The loss terms of AgeTransGAN.
//!
//! The authors published no training program. The terms come from their paper and their laboratory's later
//! programs; the structure of the weights is certain, their values are likely.

use candle_core::{D, Result, Tensor};
use serde::{Deserialize, Serialize};

use crate::training::losses::binary_cross_entropy;

/// Weights of the generator's loss terms. A term with weight zero is not computed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LossWeights {
    /// L_a: classified into the target group by the discriminator.
    pub age: f64,
    /// L_px: mean squared change of the pixels.
    pub pixel: f64,
    /// L_cyc: mean absolute difference from the input after ageing there and back.
    pub cycle: f64,
    /// L_t: the identity code of the input is closer to that of the way back than to that of the aged face.
    pub triplet: f64,
    /// L_id: mean absolute difference of the identity codes.
    pub identity: f64,
    /// L_id^pre: mean squared difference of the codes of a frozen face network; requires that network.
    pub expert: f64,
    /// Margin of L_t.
    pub margin: f64,
}

impl Default for LossWeights {
    fn default() -> Self {
        Self { age: 1.0, pixel: 10.0, cycle: 10.0, triplet: 0.1, identity: 1.0, expert: 0.0, margin: 0.5 }
    }
}

/// Non-saturating generator loss of the realness logits (N) of generated pictures.
///
/// # Errors
/// When the device fails.
pub(super) fn non_saturating_loss(generated: &Tensor) -> Result<Tensor> {
    binary_cross_entropy(generated, true)
}

/// Cross entropy of class logits (N, groups) with one-hot `labels`.
///
/// # Errors
/// When shapes differ.
pub(super) fn class_loss(classes: &Tensor, labels: &Tensor) -> Result<Tensor> {
    let log = candle_nn::ops::log_softmax(classes, D::Minus1)?;
    (log * labels)?.sum(D::Minus1)?.mean_all()?.neg()
}

/// Mean squared difference.
///
/// # Errors
/// When shapes differ.
pub(super) fn square_difference(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    (a - b)?.sqr()?.mean_all()
}

/// Mean absolute difference.
///
/// # Errors
/// When shapes differ.
pub(super) fn difference(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    (a - b)?.abs()?.mean_all()
}

/// Triplet loss per position: `anchor` (N, C, H, W) should be closer to `near` than to `far` by `margin`.
/// Uses PyTorch's distance: over the channels, with 1e-6 added to each difference.
///
/// # Errors
/// When shapes differ.
pub(super) fn triplet_loss(anchor: &Tensor, near: &Tensor, far: &Tensor, margin: f64) -> Result<Tensor> {
    let distance = |other: &Tensor| ((anchor - other)? + 1e-6)?.sqr()?.sum(1)?.sqrt();
    ((distance(near)? - distance(far)?)? + margin)?.relu()?.mean_all()
}
