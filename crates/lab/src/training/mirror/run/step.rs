//! One training step.

use candle_core::{DType, Tensor};

use super::prepare::{PreparedStep, Targets};
use super::{Run, Terms};
use crate::training::error::TrainingError;
use crate::training::mirror::discriminator::Weights;
use crate::training::mirror::heads::AgingBatch;
use crate::training::mirror::losses::{
    HeadViews, adversarial_loss, change_loss, colour_loss, discriminator_loss, male_loss, smoothness_losses,
    target_losses,
};
use agemirror_faces::aging::mirror::{Change, apply_change, apply_to_view};

/// The face network is expensive, so it sees only one in this many faces.
const IDENTITY_EVERY: usize = 4;
/// Terms of the judges; zero while only the targets train.
const JUDGE_TERMS: [&str; 4] = ["adversarial", "age", "identity", "discriminator"];

/// A loss term: name, weight, value.
type Term = (&'static str, f64, Tensor);

impl Run {
    /// Updates the discriminator and the generator with `prepared`.
    pub(super) fn train(&mut self, done: u64, prepared: &PreparedStep) -> Result<Terms, TrainingError> {
        let PreparedStep { heads, target_ages, targets, real } = prepared;
        let input = &heads.input;
        let features = self.generator.encode(&input.pictures)?;
        let change = self.generator.decode(&features, &input.ages, target_ages)?;
        let male = self.generator.male(&features)?;
        let factor = if real.is_some() { self.settings.target_weight_factor } else { 1.0 };
        let mut terms_of_loss = self.target_terms(heads, (&change, target_ages), &male, (targets, factor))?;
        let mut terms = Terms::from(JUDGE_TERMS.map(|name| (name, 0.0)));
        if let Some(real) = real {
            let pictures = apply_to_view(&heads.canvas, &change)?;
            let generated =
                HeadViews { pictures, masks: heads.view_masks.clone(), ages: target_ages.clone() };
            terms_of_loss.extend(self.judge_terms(done, heads, (real, &generated), &mut terms)?);
        }
        let mut total = Tensor::zeros((), DType::F32, &self.device)?;
        for (name, weight, part) in terms_of_loss {
            terms.insert(name, part.to_scalar()?);
            total = (total + (part * weight)?)?;
        }
        self.generator_adam.step(&self.generator_parameters, &total.backward()?)?;
        Ok(terms)
    }

    /// The terms of the targets, with weights multiplied by `factor`, and the regularisation terms of the
    /// change.
    fn target_terms(
        &self,
        heads: &AgingBatch,
        (change, target_ages): (&Change, &[f32]),
        male: &Tensor,
        (targets, factor): (&Targets, f64),
    ) -> Result<Vec<Term>, TrainingError> {
        let (weights, input) = (self.settings.losses, &heads.input);
        let generated = HeadViews {
            pictures: apply_change(&input.pictures, change, &self.window)?,
            masks: input.masks.clone(),
            ages: target_ages.to_vec(),
        };
        let [picture, fine, target_flow, gain] = match targets {
            Targets::Prototypes(targets) => {
                target_losses(input, (&generated, change), targets, &self.window)?
            }
            Targets::Teacher(targets) => targets.losses(input, &generated)?,
        };
        let male = match targets {
            Targets::Prototypes(targets) => male_loss(male, targets)?,
            Targets::Teacher(_) => picture.zeros_like()?,
        };
        let [flow, mask, residual] = smoothness_losses(change)?;
        let colour = colour_loss(&input.pictures, change, &self.window, &heads.open_skin)?;
        Ok(vec![
            ("lesson", factor * weights.target, picture),
            ("lesson_fine", factor * weights.target_fine, fine),
            ("lesson_flow", factor * weights.target_flow, target_flow),
            ("lesson_gain", factor * weights.target_gain, gain),
            ("male", weights.male, male),
            ("change", weights.change, change_loss(input, &generated)?),
            ("flow", weights.flow, flow),
            ("mask", weights.mask, mask),
            ("residual", weights.residual, residual),
            ("colour", weights.colour, colour),
        ])
    }

    /// The terms of the judges with their weights; also trains the discriminator. Real and generated heads
    /// are shown through both masks, so that the shape of a mask reveals nothing.
    fn judge_terms(
        &mut self,
        done: u64,
        heads: &AgingBatch,
        (real, generated): (&HeadViews, &HeadViews),
        terms: &mut Terms,
    ) -> Result<Vec<Term>, TrainingError> {
        let (weights, seed) = (self.settings.losses, self.settings.seed);
        let shown = (&real.masks * &generated.masks)?;
        let of_real = self.judges.maps(&real.pictures, &shown, (seed, 2 * done))?;
        let of_made = self.judges.maps(&generated.pictures, &shown, (seed, 2 * done + 1))?;
        let (judge, judged) =
            self.train_discriminator((&of_real, &real.ages), (&of_made, &generated.ages), &heads.input.ages)?;
        terms.insert("discriminator", judged);
        let count = self.settings.batch.div_ceil(IDENTITY_EVERY);
        let identity = self.judges.identity_loss(&heads.views, &generated.pictures, count)?;
        Ok(vec![
            ("adversarial", weights.adversarial, adversarial_loss(&judge, &of_made, &generated.ages)?),
            ("age", weights.age, self.judges.age_loss(generated, seed, 2 * done + 1)?),
            ("identity", weights.identity, identity),
        ])
    }

    /// Trains the discriminator on maps of real and generated heads; returns its weights without gradients,
    /// and its loss.
    fn train_discriminator(
        &mut self,
        real: (&[Tensor], &[f32]),
        (generated, ages): (&[Tensor], &[f32]),
        wrong_ages: &[f32],
    ) -> Result<(Weights, f32), TrainingError> {
        let weights = self.discriminator.weights()?;
        let generated: Vec<Tensor> = generated.iter().map(Tensor::detach).collect();
        let wrong = self.settings.losses.wrong_age;
        let loss = discriminator_loss(&weights, real, (&generated, ages), wrong_ages, wrong)?;
        self.discriminator_adam.step(&self.discriminator_parameters, &loss.backward()?)?;
        Ok((weights.detach(), loss.to_scalar()?))
    }
}
