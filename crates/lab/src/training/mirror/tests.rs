//! Short runs on the sample portrait, shifted a little and labelled with many ages. The feature network has
//! weights from a formula, because users provide the real ones.

use std::path::{Path, PathBuf};

use candle_core::Device;
use image::{GrayImage, Luma, RgbImage};

use super::features::tests::hashed_network;
use super::losses::LossWeights;
use super::{Judges, MirrorTrainer, Prototypes, TargetSource, Teacher, TrainingSettings};
use crate::dataset::{FacePack, PackSpec, Split};
use crate::training::Trainer;
use crate::training::session::LOG_FILE;
use crate::training::testing::{check_resuming, portrait_collection};
use crate::workers::on_workers;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, ModelInfo};
use agemirror_faces::face::dlib::{AgeNetwork, IdentityNetwork};
use agemirror_faces::face::regions::HEAD_TEMPLATE;

const SIDE: u32 = 32;
const HEAD: u32 = 100;
const BATCH: usize = 2;
/// Width in pixels of the part of such a head that tiles show.
const CELL: u32 = 67;

/// Two folders of four heads each.
fn folders(home: &Path) -> Vec<PathBuf> {
    vec![portrait_collection(home, "one", 0..4), portrait_collection(home, "two", 4..8)]
}

/// Packs the heads of both folders into `path`.
fn pack(data: &[PathBuf], path: &Path) -> FacePack {
    let spec = PackSpec { split: Split::Train, template: HEAD_TEMPLATE, side: HEAD, stride: 1, limit: None };
    let report = FacePack::build_from(data, &spec, path, |_, _| {}).unwrap();
    assert_eq!(report.packed, 8);
    FacePack::open(path).unwrap()
}

fn judges() -> Judges {
    let device = &Device::Cpu;
    let (age, identity) = (AgeNetwork::bundled(device).unwrap(), IdentityNetwork::bundled(device).unwrap());
    Judges::new(age, identity, hashed_network(), device).unwrap()
}

fn trainer(settings: &TrainingSettings, pack: &Path, targets: TargetSource, steps: u64) -> Box<dyn Trainer> {
    let packs = [pack; 2].map(|pack| FacePack::open(pack).unwrap());
    let device = &Device::Cpu;
    Box::new(MirrorTrainer::start(settings.clone(), judges(), targets, packs, steps, device).unwrap())
}

fn small_settings() -> TrainingSettings {
    TrainingSettings { side: SIDE, head: HEAD, batch: BATCH, ..TrainingSettings::default() }
}

/// The values of a loss term in a run's log, one per step.
fn logged(folder: &Path, term: &str) -> Vec<f32> {
    let log = std::fs::read_to_string(folder.join(LOG_FILE)).unwrap();
    let mut lines = log.lines();
    let column = lines.next().unwrap().split(',').position(|name| name == term).unwrap();
    lines.map(|line| line.split(',').nth(column).unwrap().parse().unwrap()).collect()
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

/// One step with targets alone, and one with judges.
#[test]
fn a_resumed_run_is_the_same_run() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("heads.pack");
    let pack = pack(&folders(home.path()), &path);
    let settings = TrainingSettings { targets_only_steps: 1, ..small_settings() };
    let file = path.with_extension("prototypes");
    let prototypes = || Prototypes::open_or_build(&pack, SIDE, &file, |_| {}).unwrap();
    let fresh = || trainer(&settings, &path, TargetSource::Prototypes(Box::new(prototypes())), 2);
    let (_, folder) = check_resuming(home.path(), 1, &fresh);
    assert!(folder.join("mirror.safetensors").is_file());
    let sheet = image::open(folder.join("samples/0000002.jpg")).unwrap();
    assert_eq!((sheet.width(), sheet.height()), (11 * CELL, 8 * CELL));
    for term in ["adversarial", "age", "discriminator"] {
        let values = logged(&folder, term);
        assert!(values[0] == 0.0 && values[1] != 0.0, "{term}: {values:?}");
    }
}

/// Only on a worker does another thread prepare the next step.
#[test]
fn a_step_prepared_ahead_is_the_same_step() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("heads.pack");
    let pack = pack(&folders(home.path()), &path);
    let settings = TrainingSettings { targets_only_steps: 1, ..small_settings() };
    let records = || {
        let targets = TargetSource::Prototypes(Box::new(Prototypes::build(&pack, SIDE, |_| {}).unwrap()));
        let mut trainer = trainer(&settings, &path, targets, 3);
        (0..3).map(|done| trainer.step(done).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(on_workers(|| Ok(records())).unwrap(), records());
}

/// The age network alone judges the same heads again and again. The ages that it reads approach the target
/// ages, so its gradient passes through the view, the change and the network.
#[test]
fn a_judge_alone_trains_the_network() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("heads.pack");
    let pack = pack(&folders(home.path()), &path);
    let silent = LossWeights { target: 0.0, target_fine: 0.0, target_flow: 0.0, ..LossWeights::default() };
    let silent = LossWeights { target_gain: 0.0, change: 0.0, colour: 0.0, adversarial: 0.0, ..silent };
    let losses = LossWeights { identity: 0.0, age: 1.0, ..silent };
    let settings =
        TrainingSettings { targets_only_steps: 0, generator_learning_rate: 4e-4, losses, ..small_settings() };
    let prototypes = Prototypes::build(&pack, SIDE, |_| {}).unwrap();
    let mut trainer = trainer(&settings, &path, TargetSource::Prototypes(Box::new(prototypes)), 40);
    let value = |record: crate::training::StepRecord| {
        record.scalars.iter().find(|(name, _)| *name == "age").map(|(_, value)| *value).unwrap()
    };
    let ages: Vec<f32> = (0..40).map(|_| value(trainer.step(0).unwrap())).collect();
    // Single steps overshoot.
    let last = ages[30..].iter().sum::<f32>() / 10.0;
    assert!(last < 0.9 * ages[0], "{ages:?}");
}

/// A teacher with two ages: a darker face and a lighter one.
struct Shades(ModelInfo);

impl Shades {
    fn new(weights: &str) -> Self {
        Self(ModelInfo {
            name: "shades",
            title: "Shades",
            ages: AgeChoice::Groups(vec![(20, 29), (60, 69)]),
            knows_gender: false,
            templates: vec![HEAD_TEMPLATE],
            view: agemirror_faces::face::dlib::CropWindow::WHOLE,
            side: 48,
            weights_hash: weights.to_owned(),
        })
    }
}

impl AgingModel for Shades {
    fn info(&self) -> &ModelInfo {
        &self.0
    }

    fn encode(&self, _: &RgbImage) -> Result<EncodedFace, AgingError> {
        Ok(EncodedFace(Box::new(())))
    }

    fn decode(
        &self,
        crop: &RgbImage,
        _: &EncodedFace,
        ages: &[f32],
        _: Gender,
    ) -> Result<Vec<AgedCrop>, AgingError> {
        let shade = |age: &f32| {
            let mut picture = crop.clone();
            picture.iter_mut().for_each(|v| *v = if *age < 40.0 { *v / 2 } else { 127 + *v / 2 });
            AgedCrop { picture, mask: GrayImage::from_pixel(crop.width(), crop.height(), Luma([255])) }
        };
        Ok(ages.iter().map(shade).collect())
    }

    fn current_age(&self, _: &EncodedFace) -> Option<f32> {
        None
    }
}

#[test]
fn a_teacher_renders_once_and_is_copied() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("heads.pack");
    let data = folders(home.path());
    let pack = pack(&data, &path);
    let folder = home.path().join("teacher");
    let ask =
        |model: &Shades, faces: usize| Teacher::prepare(model, &pack, &data, &folder, |done| done < faces);
    assert!(ask(&Shades::new("a"), 2).unwrap().is_none(), "the run was stopped");
    let first = std::fs::metadata(folder.join("000000-1.png")).unwrap().modified().unwrap();
    let teacher = ask(&Shades::new("a"), usize::MAX).unwrap().unwrap();
    let again = std::fs::metadata(folder.join("000000-1.png")).unwrap().modified().unwrap();
    assert_eq!(first, again, "existing pictures are not rendered again");
    let message = ask(&Shades::new("b"), 0).err().unwrap().to_string();
    assert!(message.contains("another teacher"), "{message}");
    assert_eq!(teacher.nearest(&[1.0, 30.0, 90.0]), [24.5, 24.5, 64.5]);

    // The target loss falls, and a resumed run is the same run.
    let settings = TrainingSettings {
        batch: 4,
        targets_only_steps: 1000,
        generator_learning_rate: 1e-3,
        losses: LossWeights { target_fine: 0.0, ..LossWeights::default() },
        ..small_settings()
    };
    let fresh = || {
        let teacher = ask(&Shades::new("a"), usize::MAX).unwrap().unwrap();
        trainer(&settings, &path, TargetSource::Teacher(teacher), 40)
    };
    let (_, parts) = check_resuming(home.path(), 37, &fresh);
    let lessons = logged(&parts, "lesson");
    assert_eq!(lessons.len(), 40);
    // Hair that is recoloured is not in the teacher's pictures, so that part of the loss remains.
    assert!(mean(&lessons[30..]) < 0.95 * mean(&lessons[..10]), "{lessons:?}");
}
