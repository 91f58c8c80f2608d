//! A step of the generator, its loss in graph.

use candle_core::{Result, Tensor, Var};

use super::faces::FaceSource;
use super::loss_graph::LossGraph;
use super::losses::{class_loss, difference, non_saturating_loss, square_difference, triplet_loss};
use super::trainer::{AgeTransGanTrainer, StepBatch, aged, variables};
use agemirror_faces::aging::agetransgan::Generator;

impl<S: FaceSource> AgeTransGanTrainer<S> {
    /// The losses look at the aged pictures, and at the codes of identity, as if they were given; only then are these
    /// made once more, with a graph, and what each of their numbers counts goes on to the parameters. So the graph of
    /// one pass is in memory, not that of all of them.
    pub(super) fn train_generator(&mut self, batch: &mut StepBatch) -> Result<Vec<(&'static str, f32)>> {
        let StepBatch { pictures, own, asked, .. } = batch.clone();
        let noise = [self.noise(batch)?, self.noise(batch)?];
        let frozen = Generator::new(&self.generator.frozen_builder(&self.device))?;
        let mut graph = LossGraph::new(
            ["g_adversarial", "g_age", "g_pixel", "g_cycle", "g_triplet", "g_identity"],
            variables(&self.generator),
        );
        let made = aged(&frozen, (&pictures, &asked), &noise[0])?.detach();
        let back = graph.detached(&aged(&frozen, (&made, &own), &noise[1])?)?;
        let made = graph.detached(&made)?;
        self.adversarial_loss(batch, (&made, &back), &mut graph)?;
        let generator = Generator::new(&self.generator.var_builder(&self.device))?;
        self.identity_loss([&frozen, &generator], batch, (&made, &back), &mut graph)?;
        drop(frozen);
        graph.backprop_through(&back, || aged(&generator, (&made, &own), &noise[1]))?;
        graph.backprop_through(&made, || aged(&generator, (&pictures, &asked), &noise[0]))?;
        self.generator_adam.step(&self.generator, graph.gradients())?;
        graph.scalars.push(("g", graph.total));
        Ok(graph.scalars)
    }

    /// The terms of the pictures themselves: what the discriminator and the expert say, and what changed.
    fn adversarial_loss(
        &self,
        batch: &StepBatch,
        (made, back): (&Tensor, &Tensor),
        graph: &mut LossGraph,
    ) -> Result<()> {
        let weights = self.settings.losses;
        let judge = self.judge(&self.discriminator.frozen_builder(&self.device))?;
        let StepBatch { pictures, own, asked, .. } = batch;
        for (picture, labels) in [(made, asked), (back, own)] {
            let said = judge.forward(picture, labels)?;
            let mut terms = vec![("g_adversarial", 1.0, non_saturating_loss(&said.real)?)];
            if weights.age > 0.0 {
                terms.push(("g_age", weights.age, class_loss(&said.classes, labels)?));
            }
            graph.add(&terms)?;
        }
        if weights.pixel > 0.0 {
            graph.add(&[("g_pixel", weights.pixel, square_difference(pictures, made)?)])?;
        }
        if weights.cycle > 0.0 {
            graph.add(&[("g_cycle", weights.cycle, difference(pictures, back)?)])?;
        }
        match &self.expert {
            Some(expert) if weights.expert > 0.0 => {
                graph.add(&[("g_expert", weights.expert, expert.loss(pictures, made)?)])
            }
            _ => Ok(()),
        }
    }

    /// The terms of the codes of identity, which `frozen` gives and `generator`, the same, makes with a graph.
    fn identity_loss(
        &self,
        [frozen, generator]: [&Generator; 2],
        batch: &StepBatch,
        (made, back): (&Tensor, &Tensor),
        graph: &mut LossGraph,
    ) -> Result<()> {
        let weights = self.settings.losses;
        if weights.triplet <= 0.0 && weights.identity <= 0.0 {
            return Ok(());
        }
        let mut faces = vec![(&batch.pictures, &batch.own), (made, &batch.asked)];
        if weights.triplet > 0.0 {
            faces.push((back, &batch.own));
        }
        let codes = faces.iter().map(|(face, labels)| graph.detached(&frozen.identity(face, labels)?));
        let codes = codes.collect::<Result<Vec<Var>>>()?;
        let mut terms = Vec::new();
        if let [here, there, again] = &codes[..] {
            terms.push(("g_triplet", weights.triplet, triplet_loss(here, again, there, weights.margin)?));
        }
        if weights.identity > 0.0 {
            terms.push(("g_identity", weights.identity, difference(&codes[0], &codes[1])?));
        }
        graph.add(&terms)?;
        for (code, (face, labels)) in codes.iter().zip(&faces) {
            graph.backprop_through(code, || generator.identity(face, labels))?;
        }
        Ok(())
    }
}
