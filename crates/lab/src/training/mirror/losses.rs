//! The loss terms of mirror.

use candle_core::{Result, Tensor};

use super::discriminator::{Weights, mean_per_picture};
use super::prototype_targets::PrototypeTargets;
use agemirror_faces::aging::mirror::{Change, apply_change, colour_cast};
use agemirror_kernels::{down2, up2, weigh};

/// Weights of the loss terms, serialised under the column names of the log.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(crate) struct LossWeights {
    /// Look real at the target age.
    pub adversarial: f64,
    /// Weight of real faces with a wrong age, which the discriminator should reject like generated ones.
    pub wrong_age: f64,
    /// Match the picture that the targets make.
    #[serde(rename = "lesson")]
    pub target: f64,
    /// Match detail finer than two pixels.
    #[serde(rename = "lesson_fine")]
    pub target_fine: f64,
    /// Match the displacement of features.
    #[serde(rename = "lesson_flow")]
    pub target_flow: f64,
    /// Match the gain of detail.
    #[serde(rename = "lesson_gain")]
    pub target_gain: f64,
    /// Classify the gender.
    pub male: f64,
    /// Change few pixels.
    pub change: f64,
    /// Keep the flow smooth.
    pub flow: f64,
    /// Keep the mask smooth.
    pub mask: f64,
    /// Keep the residual smooth.
    pub residual: f64,
    /// Avoid colour on skin that departs from the skin's own hue: red-brown shadow, flush, pallor.
    pub colour: f64,
    /// Be read at the target age by a frozen age network.
    pub age: f64,
    /// Be recognised by a frozen face network.
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

/// Pictures of heads with masks.
pub(crate) struct HeadViews {
    /// (N, 3, H, W) in -1..1.
    pub pictures: Tensor,
    /// (N, 1, H, W): 0 where nothing is judged.
    pub masks: Tensor,
    /// Ages in years.
    pub ages: Vec<f32>,
}

/// The discriminator's hinge loss on the mixed maps of real faces, of generated ones, and of real ones with a
/// wrong age; the last term grows with the error of the age.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn discriminator_loss(
    weights: &Weights,
    (real, real_ages): (&[Tensor], &[f32]),
    (generated, generated_ages): (&[Tensor], &[f32]),
    wrong_ages: &[f32],
    wrong_weight: f64,
) -> Result<Tensor> {
    let features = weights.features(real)?;
    let on_real = weights.judge(&features, real_ages, |patches| (1.0 - patches)?.relu()?.mean_all())?;
    let generated = weights.features(generated)?;
    let on_generated =
        weights.judge(&generated, generated_ages, |patches| (patches + 1.0)?.relu()?.mean_all())?;
    let gaps = real_ages.iter().zip(wrong_ages).map(|(a, b)| ((a - b).abs() / 15.0).min(1.0));
    let gaps = Tensor::from_vec(gaps.collect::<Vec<f32>>(), real_ages.len(), on_generated.device())?;
    let on_wrong = weights.judge(&features, wrong_ages, |patches| {
        (mean_per_picture(&(patches + 1.0)?.relu()?)? * &gaps)?.mean_all()
    })?;
    on_real + on_generated + (on_wrong * wrong_weight)?
}

/// The generator's adversarial loss.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn adversarial_loss(weights: &Weights, generated: &[Tensor], ages: &[f32]) -> Result<Tensor> {
    weights.judge(&weights.features(generated)?, ages, |patches| patches.mean_all()?.neg())
}

/// Mean absolute change of the pictures.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn change_loss(input: &HeadViews, generated: &HeadViews) -> Result<Tensor> {
    (&generated.pictures - &input.pictures)?.abs()?.mean_all()
}

/// Mean absolute value of `difference`, a difference of pictures, and of its detail that halving and doubling
/// loses; both weighted by `mask`.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn pixel_losses(difference: &Tensor, mask: &Tensor) -> Result<[Tensor; 2]> {
    let fine = (difference - up2(&down2(difference)?)?)?;
    let mean = |values: &Tensor| weigh(&values.abs()?, mask)?.mean_all();
    Ok([mean(difference)?, mean(&fine)?])
}

/// Distances of a change from its targets: the resulting picture (mean absolute difference, weighted by the
/// mask), its fine detail, the displacement of features (mean square, in pixels), and the gain of detail
/// (mean absolute difference).
///
/// # Errors
/// When shapes do not fit.
pub(super) fn target_losses(
    input: &HeadViews,
    (generated, change): (&HeadViews, &Change),
    targets: &PrototypeTargets,
    window: &Tensor,
) -> Result<[Tensor; 4]> {
    let side = change.flow.dim(3)? as f64;
    let weight = targets.valid.broadcast_mul(window)?;
    let mask = targets.valid.broadcast_mul(&input.masks)?;
    let picture = apply_change(&input.pictures, &targets.change, window)?;
    let [off, fine] = pixel_losses(&(&generated.pictures - picture)?, &mask)?;
    let flow = (weigh(&change.flow, &change.mask)? - &targets.change.flow)?;
    let flow = ((flow * side)?.sqr()?.broadcast_mul(&weight)?).mean_all()?;
    let gain = (((&change.gain - 1.0)? * &change.mask)? - (&targets.change.gain - 1.0)?)?;
    Ok([off, fine, flow, (gain.abs()? * weight)?.mean_all()?])
}

/// Binary cross entropy of the gender, from logits (N, 1).
///
/// # Errors
/// When shapes do not fit.
pub(super) fn male_loss(male: &Tensor, targets: &PrototypeTargets) -> Result<Tensor> {
    // log(1 + exp(x)) - x * label, without overflow.
    let soft = (male.relu()? + (male.abs()?.neg()?.exp()? + 1.0)?.log()?)?;
    (soft - (male * &targets.male)?)?.mean_all()
}

/// Mean absolute colour that a change casts on skin, in a range of 2. `pictures` are the network's input,
/// `open_skin` shows where they have skin that takes colour.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn colour_loss(
    pictures: &Tensor,
    change: &Change,
    window: &Tensor,
    open_skin: &Tensor,
) -> Result<Tensor> {
    let near = up2(&down2(pictures)?)?;
    let weight = weigh(&change.mask, window)?.mul(open_skin)?;
    weigh(&colour_cast(&change.residual, &near)?.abs()?, &weight)?.mean_all()
}

/// Mean squared difference between vertical and horizontal neighbours.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn mean_squared_gradient(x: &Tensor) -> Result<Tensor> {
    let (_, _, h, w) = x.dims4()?;
    let down = (x.narrow(2, 1, h - 1)? - x.narrow(2, 0, h - 1)?)?.sqr()?.mean_all()?;
    let across = (x.narrow(3, 1, w - 1)? - x.narrow(3, 0, w - 1)?)?.sqr()?.mean_all()?;
    down + across
}

/// Mean squared gradients of the flow (in squared pixels), of the mask, and of the residual.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn smoothness_losses(change: &Change) -> Result<[Tensor; 3]> {
    let side = change.flow.dim(3)? as f64;
    Ok([
        mean_squared_gradient(&(&change.flow * side)?)?,
        mean_squared_gradient(&change.mask)?,
        mean_squared_gradient(&change.residual)?,
    ])
}

/// Distance in decades between two ages, linear for large ones.
///
/// # Errors
/// When shapes do not fit.
pub(super) fn age_loss(predicted: &Tensor, target: &[f32]) -> Result<Tensor> {
    let target = Tensor::from_slice(target, target.len(), predicted.device())?;
    let off = ((predicted - target)? / 10.0)?.sqr()?;
    ((off + 0.01)?.sqrt()? - 0.1)?.mean_all()
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;
    use crate::training::adam::{Adam, AdamSettings};
    use crate::training::mirror::discriminator::Discriminator;
    use crate::training::mirror::mixing::MIXED_CHANNELS;
    use agemirror_kernels::testing::tensor;

    #[test]
    fn the_colour_loss_counts_only_on_skin_and_off_its_hue() -> Result<()> {
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

    /// Maps of two pictures: stripes if `real`, otherwise noise.
    fn maps(real: bool, seed: u32) -> Result<Vec<Tensor>> {
        let map = |(scale, channels): (usize, usize)| -> Result<Tensor> {
            let side = 16 >> scale;
            let noise = tensor(&[2, channels, side, side], seed + scale as u32)?;
            if !real {
                return Ok(noise);
            }
            let stripes: Vec<f32> = (0..side).map(|x| if x % 2 == 0 { 1.0 } else { -1.0 }).collect();
            let stripes = Tensor::from_vec(stripes, (1, 1, 1, side), &Device::Cpu)?;
            (noise * 0.3)?.broadcast_add(&stripes)
        };
        MIXED_CHANNELS.into_iter().enumerate().map(map).collect()
    }

    #[test]
    fn it_learns_to_tell_real_from_noise_and_right_from_wrong_ages() -> Result<()> {
        let (parameters, discriminator) = Discriminator::start(7, &Device::Cpu)?;
        let settings =
            AdamSettings { learning_rate: 2e-3, beta1: 0.5, beta2: 0.99, ..AdamSettings::default() };
        let mut adam = Adam::new(&parameters, settings)?;
        let mut losses = Vec::new();
        for step in 0..30 {
            let (real, generated) = (maps(true, 100 * step)?, maps(false, 100 * step + 50)?);
            let weights = discriminator.weights()?;
            let loss =
                discriminator_loss(&weights, (&real, &[30.0; 2]), (&generated, &[30.0; 2]), &[70.0; 2], 0.5)?;
            adam.step(&parameters, &loss.backward()?)?;
            losses.push(loss.to_scalar::<f32>()?);
        }
        assert!(losses[29] < 0.5 * losses[0], "{losses:?}");
        let weights = discriminator.weights()?;
        let score = |maps: &[Tensor], age: f32| -> Result<f32> {
            let mean = |patches: Tensor| patches.mean_all();
            weights.judge(&weights.features(maps)?, &[age; 2], mean)?.to_scalar()
        };
        let (real, generated) = (maps(true, 9001)?, maps(false, 9051)?);
        assert!(score(&real, 30.0)? > 0.0 && score(&generated, 30.0)? < 0.0);
        assert!(score(&real, 30.0)? > score(&real, 70.0)?);
        Ok(())
    }
}
