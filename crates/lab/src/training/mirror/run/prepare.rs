//! The preparation of a step: whatever depends on the data and the step's number, but not on parameters.

use candle_core::{Device, Tensor};

use crate::dataset::{BatchSampler, FacePack};
use crate::training::error::TrainingError;
use crate::training::mirror::heads::{AgingBatch, HeadBatch};
use crate::training::mirror::losses::HeadViews;
use crate::training::mirror::prototype_targets::PrototypeTargets;
use crate::training::mirror::prototypes::Prototypes;
use crate::training::mirror::settings::TrainingSettings;
use crate::training::mirror::teacher::{Teacher, TeacherTargets};
use agemirror_faces::aging::mirror::{Recolourer, window};

/// Source of the training targets.
pub(crate) enum TargetSource {
    /// The typical change of faces.
    Prototypes(Box<Prototypes>),
    /// Pictures rendered by another model.
    Teacher(Teacher),
}

/// The targets of a batch.
pub(super) enum Targets {
    Prototypes(PrototypeTargets),
    Teacher(TeacherTargets),
}

/// The data of one step.
pub(crate) struct PreparedStep {
    pub(super) heads: AgingBatch,
    pub(super) target_ages: Vec<f32>,
    pub(super) targets: Targets,
    /// Views of real heads of the target ages; `None` while only the targets train.
    pub(super) real: Option<HeadViews>,
}

/// Prepares the data of steps.
pub(crate) struct Preparation {
    settings: TrainingSettings,
    device: Device,
    /// Weight of a change at each pixel of the network's input.
    window: Tensor,
    recolourer: Recolourer,
    target_source: TargetSource,
}

impl Preparation {
    /// Prepares steps with targets from `target_source`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn new(
        settings: TrainingSettings,
        target_source: TargetSource,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        Ok(Self {
            window: window(settings.side as usize, device)?,
            device: device.clone(),
            recolourer: Recolourer::bundled()?,
            target_source,
            settings,
        })
    }

    /// Prepares the pairs that the sampler draws for the step after `done` steps.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn step(
        &self,
        done: u64,
        pack: &FacePack,
        sampler: &BatchSampler,
    ) -> Result<PreparedStep, TrainingError> {
        let pairs = sampler.batch(done);
        let sources: Vec<usize> = pairs.iter().map(|pair| pair.source).collect();
        let target_faces: Vec<usize> = pairs.iter().map(|pair| pair.target).collect();
        let heads = HeadBatch::assemble(pack, &sources, (self.settings.seed, 2 * done), &self.device)?;
        let requested_ages: Vec<f32> = target_faces.iter().map(|index| pack.face(*index).age()).collect();
        let (target_ages, targets) = self.targets((pack, &sources), done, &requested_ages, &heads)?;
        let male: Vec<f32> = sources.iter().map(|index| pack.face(*index).gender.male()).collect();
        let heads = heads.towards(&self.recolourer, &male, &target_ages, &self.window)?;
        // While only the targets train, the real heads of the target age are not needed.
        let judging = done >= self.settings.targets_only_steps;
        let real = judging.then(|| self.real_views(pack, &target_faces, done)).transpose()?;
        Ok(PreparedStep { heads, target_ages, targets, real })
    }

    /// The views of the real heads `indices`. They pass through the same augmentation as generated ones, so
    /// that sharpness, noise and light reveal nothing.
    fn real_views(&self, pack: &FacePack, indices: &[usize], done: u64) -> Result<HeadViews, TrainingError> {
        Ok(HeadBatch::assemble(pack, indices, (self.settings.seed, 2 * done + 1), &self.device)?.views()?)
    }

    /// The target ages and the targets for heads that should reach `requested_ages`. A teacher has pictures
    /// of its own ages only, so the nearest ones are used.
    fn targets(
        &self,
        (pack, sources): (&FacePack, &[usize]),
        done: u64,
        requested_ages: &[f32],
        heads: &HeadBatch,
    ) -> Result<(Vec<f32>, Targets), TrainingError> {
        let TrainingSettings { side, seed, target_scale, .. } = self.settings;
        let (faces, placements) = ((pack, sources), heads.placements());
        match &self.target_source {
            TargetSource::Prototypes(prototypes) => {
                let targets = PrototypeTargets::new(
                    prototypes,
                    target_scale,
                    faces,
                    requested_ages,
                    placements,
                    side,
                    &self.device,
                )?;
                Ok((requested_ages.to_vec(), Targets::Prototypes(targets)))
            }
            TargetSource::Teacher(teacher) => {
                let target_ages = teacher.nearest(requested_ages);
                let augmentation = ((seed, 2 * done), placements);
                let targets = teacher.targets(faces, &target_ages, augmentation, side, &self.device)?;
                Ok((target_ages, Targets::Teacher(targets)))
            }
        }
    }
}
