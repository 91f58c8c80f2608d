//! Implements the common trainer interface for AgeTransGAN and writes its files.

use std::path::Path;

use candle_core::{Result, Tensor};

use super::faces::FaceSource;
use super::trainer::AgeTransGanTrainer;
use crate::training::losses::one_hot;
use crate::training::{NamedTensors, StepRecord, Trainer, TrainingError, write_sheet, write_tensors};
use agemirror_faces::aging::agetransgan::{Noise, Styles};
use agemirror_faces::aging::picture::{Mapping, pictures};
use agemirror_faces::compose::mosaic;

/// Faces on a sample sheet.
const SHOWN: u64 = 8;
/// Steps between two files of weights, as in the authors' program.
const WEIGHTS_EVERY_STEPS: u64 = 10_000;

impl<S: FaceSource> Trainer for AgeTransGanTrainer<S> {
    fn steps(&self) -> u64 {
        self.settings.iter
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

    fn write_artifacts(
        &self,
        folder: &Path,
        done: u64,
        last: bool,
    ) -> std::result::Result<(), TrainingError> {
        if last || done.is_multiple_of(self.settings.sample_every) {
            let sheet = mosaic(&self.samples()?, 4);
            write_sheet(&folder.join("sample").join(format!("{done:06}.png")), &sheet)?;
        }
        if last || done.is_multiple_of(WEIGHTS_EVERY_STEPS) {
            let weights: NamedTensors = self.ema.values().clone().into_iter().collect();
            write_tensors(&weights, &folder.join("agetransgan.safetensors"))?;
        }
        Ok(())
    }
}

impl<S: FaceSource> AgeTransGanTrainer<S> {
    /// Faces aged by the moving average of the generator, four pictures each: the input, the oldest group,
    /// the youngest group, and from there back to the face's own group.
    fn samples(&self) -> std::result::Result<Vec<image::RgbImage>, TrainingError> {
        let generator = self.mean_generator()?;
        let (groups, device) = (self.settings.group, &self.device);
        let noise = Noise::Fixed.planes(&self.settings.shape().noise_sides(), 1, device)?;
        let aged = |face: &Tensor, group: usize| -> Result<Tensor> {
            let (identity, w) = generator.codes(face, &one_hot(&[group], groups, device)?)?;
            generator.paint(identity, &Styles::shared(w), &noise)
        };
        let mut shown = Vec::new();
        for face in 0..SHOWN {
            // Draws beyond the steps of any run, so that the faces are the same each time.
            let faces = self.source.faces(u64::MAX - face, self.settings.batch, device)?;
            let (face, own) = (faces.pictures.narrow(0, 0, 1)?, faces.groups.first().copied().unwrap_or(0));
            let young = aged(&face, 0)?;
            let back = aged(&young, own)?;
            for picture in [&face, &aged(&face, groups - 1)?, &young, &back] {
                shown.extend(pictures(picture, Mapping::Rounded)?);
            }
        }
        Ok(shown)
    }
}
