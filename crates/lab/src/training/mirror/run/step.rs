//! One step of a run.

use candle_core::{DType, Tensor};

use super::{Run, Targets, Terms};
use crate::training::error::TrainingError;
use crate::training::mirror::discriminator::Weights;
use crate::training::mirror::heads::AgingBatch;
use crate::training::mirror::losses::{
    HeadViews, adversarial_loss, change_loss, colour_loss, discriminator_loss, male_loss, smoothness_losses,
    target_losses,
};
use agemirror_faces::aging::mirror::{Change, apply_change, apply_to_view};

/// The face network is heavy: one in so many faces is shown to it.
const IDENTITY_EVERY: usize = 4;
/// The terms of the judges; zero as long as only prototypes teach.
const JUDGE_TERMS: [&str; 4] = ["adversarial", "age", "identity", "discriminator"];

/// A term of the loss: its name, its weight and its value.
type Term = (&'static str, f64, Tensor);

impl Run {
    /// One step on the way of `heads` to the ages `asked` for; the views of `real` heads are there once they are looked
    /// at.
    pub(super) fn train(
        &mut self,
        done: u64,
        heads: &AgingBatch,
        asked: Vec<f32>,
        real: Option<&HeadViews>,
        targets: &Targets,
    ) -> Result<Terms, TrainingError> {
        let input = &heads.input;
        let features = self.generator.encode(&input.pictures)?;
        let change = self.generator.decode(&features, &input.ages, &asked)?;
        let male = self.generator.male(&features)?;
        let factor = if real.is_some() { self.settings.target_weight_factor } else { 1.0 };
        let mut terms_of_loss = self.target_terms(heads, (&change, &asked), &male, (targets, factor))?;
        let mut terms = Terms::from(JUDGE_TERMS.map(|name| (name, 0.0)));
        if let Some(real) = real {
            let pictures = apply_to_view(&heads.canvas, &change)?;
            let made = HeadViews { pictures, masks: heads.view_masks.clone(), ages: asked };
            terms_of_loss.extend(self.judge_terms(done, heads, (real, &made), &mut terms)?);
        }
        let mut total = Tensor::zeros((), DType::F32, &self.device)?;
        for (name, weight, part) in terms_of_loss {
            terms.insert(name, part.to_scalar()?);
            total = (total + (part * weight)?)?;
        }
        self.generator_adam.step(&self.generator_parameters, &total.backward()?)?;
        Ok(terms)
    }

    /// What lessons say of a change, their weights times `kept`, and what it costs by itself.
    fn target_terms(
        &self,
        heads: &AgingBatch,
        (change, asked): (&Change, &[f32]),
        male: &Tensor,
        (targets, factor): (&Targets, f64),
    ) -> Result<Vec<Term>, TrainingError> {
        let (weights, input) = (self.settings.losses, &heads.input);
        let made = HeadViews {
            pictures: apply_change(&input.pictures, change, &self.window)?,
            masks: input.masks.clone(),
            ages: asked.to_vec(),
        };
        let [picture, fine, way, gain] = match targets {
            Targets::Prototypes(targets) => target_losses(input, (&made, change), targets, &self.window)?,
            Targets::Teacher(targets) => targets.losses(input, &made)?,
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
            ("lesson_flow", factor * weights.target_flow, way),
            ("lesson_gain", factor * weights.target_gain, gain),
            ("male", weights.male, male),
            ("change", weights.change, change_loss(input, &made)?),
            ("flow", weights.flow, flow),
            ("mask", weights.mask, mask),
            ("residual", weights.residual, residual),
            ("colour", weights.colour, colour),
        ])
    }

    /// What the judges say, with the weights of their terms; the discriminator is trained on the way. Real and made
    /// heads are shown through both masks, so that the shape of a mask tells nothing.
    fn judge_terms(
        &mut self,
        done: u64,
        heads: &AgingBatch,
        (real, made): (&HeadViews, &HeadViews),
        terms: &mut Terms,
    ) -> Result<Vec<Term>, TrainingError> {
        let (weights, seed) = (self.settings.losses, self.settings.seed);
        let shown = (&real.masks * &made.masks)?;
        let of_real = self.judges.maps(&real.pictures, &shown, (seed, 2 * done))?;
        let of_made = self.judges.maps(&made.pictures, &shown, (seed, 2 * done + 1))?;
        let (judge, judged) =
            self.train_discriminator((&of_real, &real.ages), (&of_made, &made.ages), &heads.input.ages)?;
        terms.insert("discriminator", judged);
        let few = self.settings.batch.div_ceil(IDENTITY_EVERY);
        let identity = self.judges.identity_loss(&heads.views, &made.pictures, few)?;
        Ok(vec![
            ("adversarial", weights.adversarial, adversarial_loss(&judge, &of_made, &made.ages)?),
            ("age", weights.age, self.judges.age_loss(made, seed, 2 * done + 1)?),
            ("identity", weights.identity, identity),
        ])
    }

    /// Trains the discriminator on the maps of real and made heads; returns its weights, not followed by gradients, and
    /// its loss.
    fn train_discriminator(
        &mut self,
        real: (&[Tensor], &[f32]),
        (made, ages): (&[Tensor], &[f32]),
        wrong_ages: &[f32],
    ) -> Result<(Weights, f32), TrainingError> {
        let weights = self.discriminator.weights()?;
        let made: Vec<Tensor> = made.iter().map(Tensor::detach).collect();
        let wrong = self.settings.losses.wrong_age;
        let loss = discriminator_loss(&weights, real, (&made, ages), wrong_ages, wrong)?;
        self.discriminator_adam.step(&self.discriminator_parameters, &loss.backward()?)?;
        Ok((weights.detach(), loss.to_scalar()?))
    }
}
