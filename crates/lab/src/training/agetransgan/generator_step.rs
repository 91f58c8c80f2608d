//! A step of the generator. Its loss is split, so that each part's graph is freed before the next is built.

use candle_core::{Result, Tensor, Var};

use super::faces::FaceSource;
use super::loss_graph::LossGraph;
use super::losses::{class_loss, difference, non_saturating_loss, square_difference, triplet_loss};
use super::trainer::{AgeTransGanTrainer, StepBatch, aged, variables};
use agemirror_faces::aging::agetransgan::Generator;

impl<S: FaceSource> AgeTransGanTrainer<S> {
    /// The losses treat the aged pictures and the identity codes as constants. These are then computed again
    /// with a graph, and the gradients of the losses continue from them to the parameters. Memory thus holds
    /// the graph of one pass, not of all.
    pub(super) fn train_generator(&mut self, batch: &mut StepBatch) -> Result<Vec<(&'static str, f32)>> {
        let StepBatch { pictures, own, target, .. } = batch.clone();
        let noise = [self.noise(batch)?, self.noise(batch)?];
        let frozen = Generator::new(&self.generator.frozen_builder(&self.device))?;
        let mut graph = LossGraph::new(
            ["g_adversarial", "g_age", "g_pixel", "g_cycle", "g_triplet", "g_identity"],
            variables(&self.generator),
        );
        let generated = aged(&frozen, (&pictures, &target), &noise[0])?.detach();
        let back = graph.detached(&aged(&frozen, (&generated, &own), &noise[1])?)?;
        let generated = graph.detached(&generated)?;
        self.adversarial_loss(batch, (&generated, &back), &mut graph)?;
        let generator = Generator::new(&self.generator.var_builder(&self.device))?;
        self.identity_loss([&frozen, &generator], batch, (&generated, &back), &mut graph)?;
        drop(frozen);
        graph.backprop_through(&back, || aged(&generator, (&generated, &own), &noise[1]))?;
        graph.backprop_through(&generated, || aged(&generator, (&pictures, &target), &noise[0]))?;
        self.generator_adam.step(&self.generator, graph.gradients())?;
        graph.scalars.push(("g", graph.total));
        Ok(graph.scalars)
    }

    /// Adds the loss terms of the pictures: discriminator, expert, and change.
    fn adversarial_loss(
        &self,
        batch: &StepBatch,
        (generated, back): (&Tensor, &Tensor),
        graph: &mut LossGraph,
    ) -> Result<()> {
        let weights = self.settings.losses;
        let judge = self.judge(&self.discriminator.frozen_builder(&self.device))?;
        let StepBatch { pictures, own, target, .. } = batch;
        for (picture, labels) in [(generated, target), (back, own)] {
            let output = judge.forward(picture, labels)?;
            let mut terms = vec![("g_adversarial", 1.0, non_saturating_loss(&output.real)?)];
            if weights.age > 0.0 {
                terms.push(("g_age", weights.age, class_loss(&output.classes, labels)?));
            }
            graph.add(&terms)?;
        }
        if weights.pixel > 0.0 {
            graph.add(&[("g_pixel", weights.pixel, square_difference(pictures, generated)?)])?;
        }
        if weights.cycle > 0.0 {
            graph.add(&[("g_cycle", weights.cycle, difference(pictures, back)?)])?;
        }
        match &self.expert {
            Some(expert) if weights.expert > 0.0 => {
                graph.add(&[("g_expert", weights.expert, expert.loss(pictures, generated)?)])
            }
            _ => Ok(()),
        }
    }

    /// Adds the loss terms of the identity codes. `frozen` computes them without a graph, and `generator`,
    /// the same network, with one.
    fn identity_loss(
        &self,
        [frozen, generator]: [&Generator; 2],
        batch: &StepBatch,
        (generated, back): (&Tensor, &Tensor),
        graph: &mut LossGraph,
    ) -> Result<()> {
        let weights = self.settings.losses;
        if weights.triplet <= 0.0 && weights.identity <= 0.0 {
            return Ok(());
        }
        let mut faces = vec![(&batch.pictures, &batch.own), (generated, &batch.target)];
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
