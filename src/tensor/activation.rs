//! The activations that normalisations and modulations have built in.

use candle_core::{Result, Tensor};

/// What follows an operation at once. All of them keep signs, so that a result tells its own slope.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Activation {
    /// Nothing.
    #[default]
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `x` where it is positive, else `x` times this slope, which must be 0..=1.
    Leaky(f32),
}

impl Activation {
    /// The slope for negative values.
    pub(super) fn slope(self) -> f32 {
        match self {
            Self::Identity => 1.0,
            Self::Relu => 0.0,
            Self::Leaky(slope) => slope,
        }
    }

    /// The same out of candle's operations.
    pub(super) fn apply(self, x: Tensor) -> Result<Tensor> {
        match self {
            Self::Identity => Ok(x),
            Self::Relu => x.relu(),
            Self::Leaky(slope) => candle_nn::ops::leaky_relu(&x, f64::from(slope)),
        }
    }
}
