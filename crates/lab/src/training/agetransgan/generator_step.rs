//! A step of the generator, its loss in parts.

use candle_core::{Result, Tensor, Var};

use super::faces::FaceSource;
use super::losses::{class_loss, deceiving_loss, difference, square_difference, triplet_loss};
use super::parts::Parts;
use super::trainer::{AgeTransGanTrainer, Task, aged, variables};
use agemirror_faces::aging::agetransgan::Generator;

impl<S: FaceSource> AgeTransGanTrainer<S> {
    /// The losses look at the aged pictures, and at the codes of identity, as if they were given; only then are these
    /// made once more, with a graph, and what each of their numbers counts goes on to the parameters. So the graph of
    /// one pass is in memory, not that of all of them.
    pub(super) fn train_generator(&mut self, task: &mut Task) -> Result<Vec<(&'static str, f32)>> {
        let Task { pictures, own, asked, .. } = task.clone();
        let noise = [self.noise(task)?, self.noise(task)?];
        let still = Generator::new(&self.generator.frozen_builder(&self.device))?;
        let mut parts = Parts::of(
            ["g_adversarial", "g_age", "g_pixel", "g_cycle", "g_triplet", "g_identity"],
            variables(&self.generator),
        );
        let made = aged(&still, (&pictures, &asked), &noise[0])?.detach();
        let back = parts.given(&aged(&still, (&made, &own), &noise[1])?)?;
        let made = parts.given(&made)?;
        self.please_judge(task, (&made, &back), &mut parts)?;
        let generator = Generator::new(&self.generator.var_builder(&self.device))?;
        self.keep_identity([&still, &generator], task, (&made, &back), &mut parts)?;
        drop(still);
        parts.made_by(&back, || aged(&generator, (&made, &own), &noise[1]))?;
        parts.made_by(&made, || aged(&generator, (&pictures, &asked), &noise[0]))?;
        self.generator_adam.step(&self.generator, parts.gradients())?;
        parts.scalars.push(("g", parts.total));
        Ok(parts.scalars)
    }

    /// The terms of the pictures themselves: what the discriminator and the expert say, and what changed.
    fn please_judge(&self, task: &Task, (made, back): (&Tensor, &Tensor), parts: &mut Parts) -> Result<()> {
        let weights = self.settings.losses;
        let judge = self.judge(&self.discriminator.frozen_builder(&self.device))?;
        let Task { pictures, own, asked, .. } = task;
        for (picture, labels) in [(made, asked), (back, own)] {
            let said = judge.forward(picture, labels)?;
            let mut terms = vec![("g_adversarial", 1.0, deceiving_loss(&said.real)?)];
            if weights.age > 0.0 {
                terms.push(("g_age", weights.age, class_loss(&said.classes, labels)?));
            }
            parts.add(&terms)?;
        }
        if weights.pixel > 0.0 {
            parts.add(&[("g_pixel", weights.pixel, square_difference(pictures, made)?)])?;
        }
        if weights.cycle > 0.0 {
            parts.add(&[("g_cycle", weights.cycle, difference(pictures, back)?)])?;
        }
        match &self.expert {
            Some(expert) if weights.expert > 0.0 => {
                parts.add(&[("g_expert", weights.expert, expert.loss(pictures, made)?)])
            }
            _ => Ok(()),
        }
    }

    /// The terms of the codes of identity, which `still` gives and `generator`, the same, makes with a graph.
    fn keep_identity(
        &self,
        [still, generator]: [&Generator; 2],
        task: &Task,
        (made, back): (&Tensor, &Tensor),
        parts: &mut Parts,
    ) -> Result<()> {
        let weights = self.settings.losses;
        if weights.triplet <= 0.0 && weights.identity <= 0.0 {
            return Ok(());
        }
        let mut faces = vec![(&task.pictures, &task.own), (made, &task.asked)];
        if weights.triplet > 0.0 {
            faces.push((back, &task.own));
        }
        let codes = faces.iter().map(|(face, labels)| parts.given(&still.identity(face, labels)?));
        let codes = codes.collect::<Result<Vec<Var>>>()?;
        let mut terms = Vec::new();
        if let [here, there, again] = &codes[..] {
            terms.push(("g_triplet", weights.triplet, triplet_loss(here, again, there, weights.margin)?));
        }
        if weights.identity > 0.0 {
            terms.push(("g_identity", weights.identity, difference(&codes[0], &codes[1])?));
        }
        parts.add(&terms)?;
        for (code, (face, labels)) in codes.iter().zip(&faces) {
            parts.made_by(code, || generator.identity(face, labels))?;
        }
        Ok(())
    }
}
