//! Implements the common trainer interface for PAGAN and writes its files.

use std::path::Path;

use candle_core::Result;
use image::{RgbImage, imageops};

use super::faces::ClusterSource;
use super::trainer::PaganTrainer;
use crate::training::{NamedTensors, StepRecord, Trainer, TrainingError, write_sheet, write_tensors};
use agemirror_faces::aging::pagan::Network;
use agemirror_faces::aging::picture::{Mapping, pictures};
use agemirror_storage::SaveError;

/// Steps between two sets of sample pictures and weights.
const EVERY_STEPS: u64 = 100;
/// Gap between pictures, in pixels.
const GAP_PX: u32 = 2;

impl<S: ClusterSource> Trainer for PaganTrainer<S> {
    fn steps(&self) -> u64 {
        self.settings.iters
    }

    fn step(&mut self, done: u64) -> std::result::Result<StepRecord, TrainingError> {
        self.train_step(done)
    }

    fn save(&self, state: &mut NamedTensors) -> Result<()> {
        self.save_state(state)
    }

    fn restore(&mut self, state: &NamedTensors) -> Result<()> {
        self.load_state(state)
    }

    /// File names count steps from 0, as in the authors' program.
    fn write_artifacts(
        &self,
        folder: &Path,
        done: u64,
        last: bool,
    ) -> std::result::Result<(), TrainingError> {
        let step = done.saturating_sub(1);
        if !last && !step.is_multiple_of(EVERY_STEPS) {
            return Ok(());
        }
        let age = self.settings.train_age;
        let (models, images) =
            (folder.join(format!("model_crop_{age}")), folder.join(format!("img/train_crop_{age}")));
        let weights: NamedTensors = self.parameters()[0].snapshot()?.into_iter().collect();
        for (pictures, kind) in self.samples(step)?.iter().zip(["input", "fake"]) {
            let sheet = row(pictures);
            write_sheet(&images.join(format!("epoch_{step}_age_{age}_{kind}.png")), &sheet)?;
        }
        std::fs::create_dir_all(&models).map_err(|source| SaveError::at(&models, source))?;
        write_tensors(&weights, &models.join(format!("netG_epoch_{step}.safetensors")))?;
        if last {
            write_tensors(
                &self.discriminator_state()?,
                &models.join(format!("netD_epoch_{step}.safetensors")),
            )?;
        }
        Ok(())
    }
}

impl<S: ClusterSource> PaganTrainer<S> {
    /// The young faces of a step, and the generator's output for them.
    fn samples(&self, step: u64) -> std::result::Result<[Vec<RgbImage>; 2], TrainingError> {
        let young = self.source.young(step, self.settings.batch_size, &self.device)?;
        let network = Network::new(&self.parameters()[0].frozen_builder(&self.device))?;
        Ok([pictures(&young, Mapping::Rounded)?, pictures(&network.run(&young)?, Mapping::Rounded)?])
    }
}

/// The pictures in a row with a black border.
fn row(pictures: &[RgbImage]) -> RgbImage {
    let (width, height) = pictures.first().map_or((0, 0), RgbImage::dimensions);
    let mut row = RgbImage::new(pictures.len() as u32 * (width + GAP_PX) + GAP_PX, height + 2 * GAP_PX);
    for (i, picture) in (0..).zip(pictures) {
        imageops::replace(&mut row, picture, i64::from(i * (width + GAP_PX) + GAP_PX), i64::from(GAP_PX));
    }
    row
}
