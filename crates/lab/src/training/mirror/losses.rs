//! What mirror is trained for, term by term.

use candle_core::{Result, Tensor};

use super::discriminator::{Weights, mean_per_picture};
use super::prototype_targets::PrototypeTargets;
use agemirror_faces::aging::mirror::{Change, apply_change, colour_cast};
use agemirror_kernels::{down2, up2};

/// How much each term counts.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LossWeights {
    /// To look real at the age asked for.
    pub adversarial: f64,
    /// Real faces shown with a wrong age count as made ones, with this weight.
    pub wrong_age: f64,
    /// To make the picture that prototypes make.
    #[serde(rename = "lesson")]
    pub target: f64,
    /// To draw what is finer than two pixels as it is taught.
    #[serde(rename = "lesson_fine")]
    pub target_fine: f64,
    /// To move features as prototypes do.
    #[serde(rename = "lesson_flow")]
    pub target_flow: f64,
    /// To deepen and fade detail as prototypes do.
    #[serde(rename = "lesson_gain")]
    pub target_gain: f64,
    /// To know women from men.
    pub male: f64,
    /// Changed pixels.
    pub change: f64,
    /// Unevenness of the flow.
    pub flow: f64,
    /// Unevenness of the mask.
    pub mask: f64,
    /// Unevenness of the residual.
    pub residual: f64,
    /// Colour that the residual casts on skin beside the skin's own hue: red-brown shadow, flush, pallor.
    pub colour: f64,
    /// To be read at the age asked for by a frozen estimator.
    pub age: f64,
    /// To be recognised by a frozen face network.
    pub identity: f64,
}

impl Default for LossWeights {
    fn default() -> Self {
        Self {
            adversarial: 0.5,
            wrong_age: 0.5,
            target: 10.0,
            target_fine: 5.0,
            target_flow: 0.5,
            target_gain: 1.0,
            male: 0.05,
            change: 0.02,
            flow: 0.05,
            mask: 0.02,
            residual: 0.05,
            colour: 20.0,
            age: 0.1,
            identity: 0.6,
        }
    }
}

/// A picture and where it counts.
pub struct HeadViews {
    /// (N, 3, H, W) in -1..1.
    pub pictures: Tensor,
    /// (N, 1, H, W): 0 where there is nothing to judge.
    pub masks: Tensor,
    /// In years.
    pub ages: Vec<f32>,
}

/// What the discriminator loses (hinge form), given the mixed maps of pictures: on real faces, on made ones, and on real ones with a wrong
/// age, the more the farther off the age is.
///
/// # Errors
/// When shapes do not fit.
pub fn discriminator_loss(
    weights: &Weights,
    (real, real_ages): (&[Tensor], &[f32]),
    (made, made_ages): (&[Tensor], &[f32]),
    wrong_ages: &[f32],
    wrong_weight: f64,
) -> Result<Tensor> {
    let features = weights.features(real)?;
    let on_real = weights.judge(&features, real_ages, |patches| (1.0 - patches)?.relu()?.mean_all())?;
    let made = weights.features(made)?;
    let on_made = weights.judge(&made, made_ages, |patches| (patches + 1.0)?.relu()?.mean_all())?;
    let gaps = real_ages.iter().zip(wrong_ages).map(|(a, b)| ((a - b).abs() / 15.0).min(1.0));
    let gaps = Tensor::from_vec(gaps.collect::<Vec<f32>>(), real_ages.len(), on_made.device())?;
    let on_wrong = weights.judge(&features, wrong_ages, |patches| {
        (mean_per_picture(&(patches + 1.0)?.relu()?)? * &gaps)?.mean_all()
    })?;
    on_real + on_made + (on_wrong * wrong_weight)?
}

/// How much the generator wants to please the discriminator.
///
/// # Errors
/// When shapes do not fit.
pub fn adversarial_loss(weights: &Weights, made: &[Tensor], ages: &[f32]) -> Result<Tensor> {
    weights.judge(&weights.features(made)?, ages, |patches| patches.mean_all()?.neg())
}

/// The mean change of the pictures.
///
/// # Errors
/// When shapes do not fit.
pub fn change_loss(input: &HeadViews, made: &HeadViews) -> Result<Tensor> {
    (&made.pictures - &input.pictures)?.abs()?.mean_all()
}

/// The mean size of `off`, pictures subtracted from one another, and that of what halving and doubling it loses; both
/// where `seen` counts.
///
/// # Errors
/// When shapes do not fit.
pub fn pixel_losses(off: &Tensor, seen: &Tensor) -> Result<[Tensor; 2]> {
    let fine = (off - up2(&down2(off)?)?)?;
    let mean = |off: &Tensor| off.abs()?.broadcast_mul(seen)?.mean_all();
    Ok([mean(off)?, mean(&fine)?])
}

/// How far a change is from its lesson: the picture made (mean difference where `seen` counts), of that what halving
/// and doubling it loses, the way of its features (mean square, in pixels), and the gain of its detail (mean
/// difference).
///
/// # Errors
/// When shapes do not fit.
pub fn target_losses(
    input: &HeadViews,
    (made, change): (&HeadViews, &Change),
    targets: &PrototypeTargets,
    window: &Tensor,
) -> Result<[Tensor; 4]> {
    let side = change.flow.dim(3)? as f64;
    let weight = targets.valid.broadcast_mul(window)?;
    let seen = targets.valid.broadcast_mul(&input.masks)?;
    let picture = apply_change(&input.pictures, &targets.change, window)?;
    let [off, fine] = pixel_losses(&(&made.pictures - picture)?, &seen)?;
    let flow = (change.flow.broadcast_mul(&change.mask)? - &targets.change.flow)?;
    let flow = ((flow * side)?.sqr()?.broadcast_mul(&weight)?).mean_all()?;
    let gain = (((&change.gain - 1.0)? * &change.mask)? - (&targets.change.gain - 1.0)?)?;
    Ok([off, fine, flow, (gain.abs()? * weight)?.mean_all()?])
}

/// The cross entropy of the gender, of logits (N, 1).
///
/// # Errors
/// When shapes do not fit.
pub fn male_loss(male: &Tensor, targets: &PrototypeTargets) -> Result<Tensor> {
    // log(1 + exp(x)) - x * label, without overflow.
    let soft = (male.relu()? + (male.abs()?.neg()?.exp()? + 1.0)?.log()?)?;
    (soft - (male * &targets.male)?)?.mean_all()
}

/// The mean size of the colour that a change casts on skin, in a range of 2: `pictures` are those that the network saw,
/// `open_skin` says where they show skin that takes colours.
///
/// # Errors
/// When shapes do not fit.
pub fn colour_loss(
    pictures: &Tensor,
    change: &Change,
    window: &Tensor,
    open_skin: &Tensor,
) -> Result<Tensor> {
    let near = up2(&down2(pictures)?)?;
    let weight = change.mask.broadcast_mul(window)?.mul(open_skin)?;
    colour_cast(&change.residual, &near)?.abs()?.broadcast_mul(&weight)?.mean_all()
}

/// The mean difference between neighbours, down and across.
///
/// # Errors
/// When shapes do not fit.
pub fn mean_squared_gradient(x: &Tensor) -> Result<Tensor> {
    let (_, _, h, w) = x.dims4()?;
    let down = (x.narrow(2, 1, h - 1)? - x.narrow(2, 0, h - 1)?)?.sqr()?.mean_all()?;
    let across = (x.narrow(3, 1, w - 1)? - x.narrow(3, 0, w - 1)?)?.sqr()?.mean_all()?;
    down + across
}

/// The mean_squared_gradient of the flow, in squared pixels, of the mask, and of the residual.
///
/// # Errors
/// When shapes do not fit.
pub fn smoothness_losses(change: &Change) -> Result<[Tensor; 3]> {
    let side = change.flow.dim(3)? as f64;
    Ok([
        mean_squared_gradient(&(&change.flow * side)?)?,
        mean_squared_gradient(&change.mask)?,
        mean_squared_gradient(&change.residual)?,
    ])
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

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;

    #[test]
    fn only_skin_pays_for_colour_and_only_for_colour_of_its_own() -> Result<()> {
        let (side, device) = (16, &Device::Cpu);
        let full = |channels: usize, value: f32| Tensor::full(value, (1, channels, side, side), device);
        let skin = Tensor::cat(&[&full(1, 0.6)?, &full(1, 0.2)?, &full(1, 0.0)?], 1)?;
        let change = |residual: Tensor| -> Result<Change> {
            let flow = Tensor::zeros((1, 2, side, side), DType::F32, device)?;
            Ok(Change { residual, mask: full(1, 1.0)?, flow, gain: full(1, 1.0)? })
        };
        let loss = |residual: Tensor, open: f32| -> Result<f32> {
            colour_loss(&skin, &change(residual)?, &full(1, 1.0)?, &full(1, open)?)?.to_scalar()
        };
        let red = Tensor::cat(&[&full(1, 0.5)?, &full(2, 0.0)?], 1)?;
        assert!(loss(red.clone(), 1.0)? > 0.01);
        assert_eq!(loss(red, 0.0)?, 0.0);
        assert!(loss(full(3, 0.3)?, 1.0)? < 1e-6, "light in the hue of the skin is free");
        Ok(())
    }
}
