//! The last step from the outputs of the decoder to a change, and how much of it is applied. Training differentiates it
//! on tensors; the program computes it pixel by pixel.

use candle_core::{Result, Tensor};

use agemirror_kernels::{exp, exponential, sigmoid, tanh};

/// Maximum logarithm of the gain of fine detail.
const MAX_LOG_GAIN: f64 = 1.2;
/// Maximum residual, for pictures in -1..1.
const MAX_RESIDUAL: f64 = 1.0;
/// Gradient scale for the residual's last layer; without it, early steps saturate the output.
const OUTPUT_GRADIENT_SCALE: f64 = 0.25;

/// Fractions of the network's colours and of its gain that remain on the way to an older age: lines are drawn
/// separately there, and the network's own shading looks like patches.
const OLDER_TEXTURE: [f64; 2] = [0.55, 0.35];

/// The predicted change that ages a crop.
#[derive(Clone)]
pub struct Change {
    /// Added to the crop after the warp, before shading and fading: (N, 3, H, W), for pictures in -1..1.
    pub residual: Tensor,
    /// Strength of everything else: (N, 1, H, W), 0..1, before the window fades it out.
    pub mask: Tensor,
    /// Source offset of each pixel: (N, 2, H, W), x then y, in fractions of the side.
    pub flow: Tensor,
    /// Factor of fine detail: (N, 1, H, W), above 0; 1 leaves it unchanged.
    pub gain: Tensor,
}

/// What the decoder's last layers compute.
pub(super) struct Outputs {
    /// The finished flow of a [`Change`].
    pub flow: Tensor,
    /// Red, green, blue, mask and gain: (N, 5, H, W).
    pub smooth: Tensor,
    /// What is added to red, green and blue: (N, 3, H, W).
    pub detail: Tensor,
}

impl Outputs {
    /// The change, with the logarithm of each face's gain multiplied by `log_gains`, if given.
    pub(super) fn change(self, log_gains: Option<&Tensor>) -> Result<Change> {
        let Self { flow, smooth, detail } = self;
        let colours = (smooth.narrow(1, 0, 3)? + detail)?;
        let residual = (tanh(&(colours * OUTPUT_GRADIENT_SCALE)?)? * MAX_RESIDUAL)?;
        let mask = sigmoid(&smooth.narrow(1, 3, 1)?.contiguous()?)?;
        let gain = (tanh(&smooth.narrow(1, 4, 1)?.contiguous()?)? * MAX_LOG_GAIN)?;
        let gain = log_gains.map_or(Ok(gain.clone()), |log_gains| gain.broadcast_mul(log_gains))?;
        Ok(Change { residual, mask, flow, gain: exponential(&gain)? })
    }
}

/// How much of the outputs for one age is applied, 0..=1.
#[derive(Clone, Copy)]
pub(super) struct Strengths {
    /// Factor of the mask.
    pub mask: f32,
    /// Factor of the colours.
    pub colour: f32,
    /// Factor of the logarithm of the gain.
    pub log_gain: f32,
}

impl Strengths {
    /// From age `from` to age `to`, in years.
    pub(super) fn between(from: f32, to: f32) -> Self {
        let [colour, log_gain] = texture_strengths(from, to);
        Self { mask: change_strength(to - from), colour, log_gain }
    }
}

/// The residual of a [`Change`] from the sum of both outputs for red, green or blue.
#[inline(always)]
pub(super) fn residual(sum: f32, strengths: Strengths) -> f32 {
    strengths.colour * MAX_RESIDUAL as f32 * hyperbolic_tangent(OUTPUT_GRADIENT_SCALE as f32 * sum)
}

/// The mask of a [`Change`] from its output.
#[inline(always)]
pub(super) fn mask(output: f32, strengths: Strengths) -> f32 {
    strengths.mask / (1.0 + exp(-output))
}

/// The gain of a [`Change`] from its output.
#[inline(always)]
pub(super) fn gain(output: f32, strengths: Strengths) -> f32 {
    exp(strengths.log_gain * MAX_LOG_GAIN as f32 * hyperbolic_tangent(output))
}

#[inline(always)]
fn hyperbolic_tangent(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

/// Fraction of a change to apply at `years` from the current age: none at the current age, so that a face
/// requested at its own age stays unchanged, and nearly all of it beyond seven years.
pub(super) fn change_strength(years: f32) -> f32 {
    1.0 - (-(years / 4.0).powi(2)).exp()
}

/// Fractions of the colours and of the logarithm of the gain to apply from age `from` to age `to`, in years.
pub(super) fn texture_strengths(from: f32, to: f32) -> [f32; 2] {
    let older = f64::from(((to - from) / 10.0).clamp(0.0, 1.0));
    OLDER_TEXTURE.map(|left| (1.0 + older * (left - 1.0)) as f32)
}
