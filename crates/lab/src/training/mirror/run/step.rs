//! One step of a run.

use candle_core::{DType, Tensor};

use super::{Lessons, Run, Terms};
use crate::training::error::TrainingError;
use crate::training::mirror::discriminator::Weights;
use crate::training::mirror::heads::AskedHeads;
use crate::training::mirror::losses::{
    Seen, adversarial_loss, change_loss, colour_loss, discriminator_loss, lesson_losses, male_loss,
    smoothness_losses,
};
use agemirror_faces::aging::mirror::{Change, apply_change, apply_to_view};

/// The face network is heavy: one in so many faces is shown to it.
const IDENTITY_SHARE: usize = 4;
/// The terms of the judges; zero as long as only prototypes teach.
const JUDGED: [&str; 4] = ["adversarial", "age", "identity", "discriminator"];

/// A term of the loss: its name, its weight and its value.
type Term = (&'static str, f64, Tensor);

impl Run {
    /// One step on the way of `heads` to the ages `asked` for; the views of `real` heads are there once they are looked
    /// at.
    pub(super) fn train(
        &mut self,
        done: u64,
        heads: &AskedHeads,
        asked: Vec<f32>,
        real: Option<&Seen>,
        lessons: &Lessons,
    ) -> Result<Terms, TrainingError> {
        let input = &heads.input;
        let features = self.generator.encode(&input.pictures)?;
        let change = self.generator.decode(&features, &input.ages, &asked)?;
        let male = self.generator.male(&features)?;
        let kept = if real.is_some() { self.settings.lessons_kept } else { 1.0 };
        let mut parts = self.taught(heads, (&change, &asked), &male, (lessons, kept))?;
        let mut terms = Terms::from(JUDGED.map(|name| (name, 0.0)));
        if let Some(real) = real {
            let pictures = apply_to_view(&heads.canvas, &change)?;
            let made = Seen { pictures, masks: heads.view_masks.clone(), ages: asked };
            parts.extend(self.judge(done, heads, (real, &made), &mut terms)?);
        }
        let mut total = Tensor::zeros((), DType::F32, &self.device)?;
        for (name, weight, part) in parts {
            terms.insert(name, part.to_scalar()?);
            total = (total + (part * weight)?)?;
        }
        self.generator_adam.step(&self.generator_parameters, &total.backward()?)?;
        Ok(terms)
    }

    /// What lessons say of a change, their weights times `kept`, and what it costs by itself.
    fn taught(
        &self,
        heads: &AskedHeads,
        (change, asked): (&Change, &[f32]),
        male: &Tensor,
        (lessons, kept): (&Lessons, f64),
    ) -> Result<Vec<Term>, TrainingError> {
        let (weights, input) = (self.settings.losses, &heads.input);
        let made = Seen {
            pictures: apply_change(&input.pictures, change, &self.window)?,
            masks: input.masks.clone(),
            ages: asked.to_vec(),
        };
        let [picture, fine, way, gain] = match lessons {
            Lessons::OfPrototypes(lesson) => lesson_losses(input, (&made, change), lesson, &self.window)?,
            Lessons::OfTeacher(taught) => taught.losses(input, &made)?,
        };
        let male = match lessons {
            Lessons::OfPrototypes(lesson) => male_loss(male, lesson)?,
            Lessons::OfTeacher(_) => picture.zeros_like()?,
        };
        let [flow, mask, residual] = smoothness_losses(change)?;
        let colour = colour_loss(&input.pictures, change, &self.window, &heads.open_skin)?;
        Ok(vec![
            ("lesson", kept * weights.lesson, picture),
            ("lesson_fine", kept * weights.lesson_fine, fine),
            ("lesson_flow", kept * weights.lesson_flow, way),
            ("lesson_gain", kept * weights.lesson_gain, gain),
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
    fn judge(
        &mut self,
        done: u64,
        heads: &AskedHeads,
        (real, made): (&Seen, &Seen),
        terms: &mut Terms,
    ) -> Result<Vec<Term>, TrainingError> {
        let (weights, seed) = (self.settings.losses, self.settings.seed);
        let shown = (&real.masks * &made.masks)?;
        let of_real = self.judges.maps(&real.pictures, &shown, (seed, 2 * done))?;
        let of_made = self.judges.maps(&made.pictures, &shown, (seed, 2 * done + 1))?;
        let (judge, judged) =
            self.train_discriminator((&of_real, &real.ages), (&of_made, &made.ages), &heads.input.ages)?;
        terms.insert("discriminator", judged);
        let few = self.settings.batch.div_ceil(IDENTITY_SHARE);
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
