//! A step of every trainer, on narrow networks to compare and on the published ones to measure.

use candle_core::{DType, Device, Tensor};
use image::RgbImage;

use super::compare::Compared;
use super::peer::Workload;
use super::report::{Comparison, Timing};
use super::samples::Samples;
use super::timings::Clock;
use super::weights::{builder, random_judges, random_weights, uniform};
use crate::dataset::{Gender, PictureStore};
use crate::training::age_cgan::{AgeCganFace, AgeCganSettings, AgeCganTrainer};
use crate::training::age_estimator::{EstimatorSettings, EstimatorTrainer};
use crate::training::agetransgan::{AgeTransGanSettings, AgeTransGanTrainer, FaceSource, Faces};
use crate::training::caae::{CaaeFace, CaaeSettings, CaaeTrainer};
use crate::training::ipcgan::{
    AgeClassifierSettings, AgeClassifierTrainer, FaceViews, FeatureLayer, IpcganFace, IpcganSettings,
    IpcganTrainer, Judges, LabelPairs, Recipe, judge_shapes,
};
use crate::training::mirror::{MirrorTrainer, Prototypes, TargetSource, TrainingSettings};
use crate::training::pagan::{ClusterSource, FeatureNetworks, PaganSettings, PaganTrainer, Vgg, vgg_shapes};
use crate::training::regions::{RegionSettings, RegionTrainer};
use crate::training::{NamedTensors, StepRecord, Trainer, TrainingError};
use agemirror_faces::face::regions::HEAD_TEMPLATE;
use agemirror_faces::judges::age_estimator::{SIDE as ESTIMATOR_SIDE, TEMPLATE as ESTIMATOR_TEMPLATE};

/// Tolerance of the losses of the first step, on the CPU and on a GPU.
const TOLERANCE: [f32; 2] = [1e-4, 3e-2];
/// Tolerance of the second step's losses. The optimisers divide gradients by their size, so that rounding
/// errors of small ones move parameters.
const SECOND_TOLERANCE: [f32; 2] = [1e-2, 2e-1];
/// Age groups of IPCGAN's faces.
const GROUPS: usize = 5;

/// Size of a trainer's networks and batch.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Size {
    /// Narrow networks and two to five faces.
    Narrow,
    /// The published networks with a few faces, for a CPU.
    FewFaces,
    /// The published networks and batch.
    Published,
}

/// Trains a step; the argument is the number of earlier steps.
type TrainStep = Box<dyn FnMut(u64) -> Result<StepRecord, TrainingError>>;

/// A trainer. Its numbers are in the order of [`Size`].
struct Entry {
    name: &'static str,
    /// Faces per step.
    faces: [usize; 3],
    /// Side of the faces in pixels.
    side: [usize; 3],
    start: fn(&Samples, Step, &Device) -> anyhow::Result<TrainStep>,
}

const TRAINERS: &[Entry] = &[
    Entry { name: "mirror", faces: [2, 4, 16], side: [32, 128, 128], start: mirror },
    Entry { name: "caae", faces: [2, 8, 100], side: [128; 3], start: caae },
    Entry { name: "ipcgan", faces: [2, 8, 32], side: [128; 3], start: ipcgan },
    Entry { name: "ipcgan-age-classifier", faces: [5, 10, 30], side: [227; 3], start: age_classifier },
    Entry { name: "agetransgan", faces: [2; 3], side: [32, 64, 1024], start: agetransgan },
    Entry { name: "pagan", faces: [2, 2, 8], side: [64, 64, 224], start: pagan },
    Entry { name: "age-cgan", faces: [3, 16, 128], side: [64; 3], start: age_cgan },
    Entry {
        name: "age-estimator",
        faces: [4, 8, 32],
        side: [ESTIMATOR_SIDE as usize; 3],
        start: age_estimator,
    },
    Entry { name: "regions", faces: [2, 4, 16], side: [128; 3], start: regions },
];

/// A step of mirror without the preparation of its heads, to compare with programs that do not prepare any.
const PREPARED_MIRROR: Entry = Entry {
    name: "mirror with prepared heads",
    faces: [2, 4, 16],
    side: [32, 128, 128],
    start: prepared_mirror,
};

impl Entry {
    fn step(&self, size: Size) -> Step {
        let index = size as usize;
        Step { narrow: size == Size::Narrow, faces: self.faces[index], side: self.side[index] }
    }
}

/// The size of a trainer's step.
#[derive(Clone, Copy)]
struct Step {
    /// Whether the networks are narrower than published.
    narrow: bool,
    faces: usize,
    /// Side of the faces in pixels.
    side: usize,
}

impl Step {
    /// `narrow` if the networks are narrow, otherwise `published`.
    fn width<T>(self, narrow: T, published: T) -> T {
        if self.narrow { narrow } else { published }
    }
}

/// The same faces in every step.
struct Still(usize);

impl FaceSource for Still {
    fn faces(&self, _: u64, batch: usize, device: &Device) -> Result<Faces, TrainingError> {
        let pictures = uniform("faces", &[batch, 3, self.0, self.0], 0.5, 0.2)?.to_device(device)?;
        Ok(Faces { pictures, groups: (0..batch).map(|index| index % 4).collect() })
    }
}

impl ClusterSource for Still {
    fn young(&self, _: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError> {
        Ok(uniform("young faces", &[batch, 3, self.0, self.0], 1.0, 0.0)?.to_device(device)?)
    }

    fn elder(&self, _: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError> {
        Ok(uniform("elder faces", &[batch, 3, self.0, self.0], 1.0, 0.0)?.to_device(device)?)
    }
}

/// A store of `count` faces with labels by index.
fn store<T: Clone + Send + Sync + 'static>(
    samples: &Samples,
    count: usize,
    label: impl Fn(usize) -> T,
    prepare: impl Fn(&RgbImage, &T) -> candle_core::Result<Vec<RgbImage>> + Send + Sync + 'static,
) -> PictureStore<T> {
    let items = (0..count).map(|index| (samples.file(index), label(index))).collect();
    let prepare = move |picture: &RgbImage, label: &T| prepare(picture, label).map_err(|e| e.to_string());
    PictureStore::read(items, usize::MAX, prepare, |_, _| {}).0
}

fn steps(mut trainer: impl Trainer + 'static) -> TrainStep {
    Box::new(move |done| trainer.step(done))
}

fn mirror(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    Ok(steps(mirror_trainer(samples, step, device)?))
}

fn prepared_mirror(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let mut trainer = mirror_trainer(samples, step, device)?;
    let prepared = trainer.prepare(0)?;
    Ok(Box::new(move |done| trainer.train_prepared(done, &prepared)))
}

fn mirror_trainer(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<MirrorTrainer> {
    let published = TrainingSettings::default();
    let (side, head) = (step.side as u32, step.width(100, published.head));
    let settings = TrainingSettings { side, head, batch: step.faces, targets_only_steps: 0, ..published };
    let packs = [samples.pack(HEAD_TEMPLATE, head)?, samples.pack(HEAD_TEMPLATE, head)?];
    let targets = TargetSource::Prototypes(Box::new(Prototypes::build(&packs[0], side, |_| {})?));
    let judges = random_judges(device)?;
    Ok(MirrorTrainer::start(settings, judges, targets, packs, u64::MAX, device)?)
}

fn caae(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let settings = CaaeSettings {
        pretrain_epochs: 0,
        size_batch: step.faces,
        num_encoder_channels: step.width(8, 64),
        ..CaaeSettings::default()
    };
    let label = |index: usize| {
        let gender = if index.is_multiple_of(2) { Gender::Male } else { Gender::Female };
        CaaeFace { group: index % 10, gender, points: None }
    };
    let store =
        store(samples, 2 * step.faces, label, |picture, face| Ok(vec![face.prepared(picture, false)?]));
    Ok(steps(CaaeTrainer::start(settings, store, device)?))
}

fn ipcgan_store(samples: &Samples, batch: usize, views: FaceViews) -> PictureStore<IpcganFace> {
    let flavour = Recipe::Ipcgan.flavour();
    let label = |index: usize| IpcganFace {
        group: index % GROUPS,
        source: Recipe::Ipcgan.ages(index % GROUPS),
        points: None,
    };
    store(samples, GROUPS * batch, label, move |picture, face| face.views(picture, &flavour, views))
}

fn ipcgan(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let published = IpcganSettings::published(Recipe::Ipcgan);
    let settings = IpcganSettings {
        batch_size: step.faces,
        channels: step.width(4, published.channels),
        discriminator_outputs: step.width(2, published.discriminator_outputs),
        ..published
    };
    let judge = samples.weights("judge", judge_shapes())?;
    let judges = Judges::open(None, Some(&judge), FeatureLayer::Conv5, device)?;
    let store = ipcgan_store(samples, step.faces, FaceViews::Generator);
    Ok(steps(IpcganTrainer::start(settings, store, LabelPairs::Drawn { seed: 1 }, judges, device)?))
}

fn age_classifier(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let settings = AgeClassifierSettings {
        batch_size: step.faces,
        divisor: step.width(24, 1),
        ..AgeClassifierSettings::default()
    };
    let store = ipcgan_store(samples, step.faces, FaceViews::Classifier);
    Ok(steps(AgeClassifierTrainer::start(settings, store, None, device)?))
}

fn agetransgan(_: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let (width, group) = step.width((8, 4), (512, 10));
    let settings = AgeTransGanSettings {
        size: step.side,
        batch: step.faces,
        width,
        group,
        ..AgeTransGanSettings::default()
    };
    Ok(steps(AgeTransGanTrainer::start(settings, Still(step.side), None, device)?))
}

fn pagan(_: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let published = PaganSettings::default();
    let settings = PaganSettings {
        img_size: step.side,
        ngf: step.width(4, published.ngf),
        batch_size: step.faces,
        ..published
    };
    let (base, codes) = step.width((4, 16), (64, 4096));
    let weights = builder(&random_weights(vgg_shapes(base, codes, step.side))?, DType::F32, device)?;
    let scaling = settings.input_scaling();
    let features = FeatureNetworks {
        age: Vgg::new(&weights, false, scaling)?,
        identity: Vgg::new(&weights, true, scaling)?,
    };
    Ok(steps(PaganTrainer::start(settings, Still(step.side), features, device)?))
}

fn age_cgan(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let settings =
        AgeCganSettings { batch_size: step.faces, channels: step.width(4, 64), ..AgeCganSettings::default() };
    let label = |index: usize| AgeCganFace(index % 6);
    let store = store(samples, step.faces, label, |picture, _| Ok(vec![AgeCganFace::prepared(picture)?]));
    Ok(steps(AgeCganTrainer::start(settings, store, device)?))
}

fn age_estimator(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let settings = EstimatorSettings { pairs: step.faces / 2, ..EstimatorSettings::default() };
    let pack = || samples.pack(ESTIMATOR_TEMPLATE, ESTIMATOR_SIDE);
    Ok(steps(EstimatorTrainer::start(settings, pack()?, pack()?, device)?))
}

fn regions(samples: &Samples, step: Step, device: &Device) -> anyhow::Result<TrainStep> {
    let settings = RegionSettings { batch: step.faces, ..RegionSettings::default() };
    Ok(steps(RegionTrainer::start(settings, samples.masked_heads(), &NamedTensors::new(), device)?))
}

/// Compares the losses of the first two steps of every trainer.
pub(super) fn compare_trainers(
    device: &Compared,
    samples: &Samples,
    progress: &mut dyn FnMut(&str),
) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for entry in TRAINERS.iter().filter(|entry| device.selection.has(entry.name)) {
        progress(&format!("a step of {}", entry.name));
        for (step, tolerance) in [("first step", TOLERANCE), ("second step", SECOND_TOLERANCE)] {
            let name = format!("{}, {step}", entry.name);
            let tolerance = device.tolerance(tolerance);
            comparisons.extend(device.compare("training step", &name, tolerance, |device| {
                let mut train = (entry.start)(samples, entry.step(Size::Narrow), device)?;
                let mut record = train(0)?;
                if step == "second step" {
                    record = train(1)?;
                }
                Ok(vec![losses(&record)?])
            }));
        }
    }
    comparisons
}

/// Times a step of every trainer.
pub(super) fn time_trainers(samples: &Samples, size: Size, clock: &mut Clock<'_>) -> Vec<Timing> {
    let time = |entry: &Entry| {
        let step = entry.step(size);
        let workload = Workload {
            name: format!("step {}", entry.name),
            count: step.faces,
            side: step.side,
            precision: DType::F32.as_str(),
        };
        let device = clock.device.clone();
        clock.time(&workload, || {
            let mut train = (entry.start)(samples, step, &device)?;
            // The regularisers that run in every few steps run in the first, which is not timed.
            let mut done = 0;
            Ok(Box::new(move || {
                train(done)?;
                done += 1;
                Ok(())
            }))
        })
    };
    TRAINERS.iter().chain([&PREPARED_MIRROR]).filter_map(time).collect()
}

/// The losses of a step relative to their own size, because they differ by orders of magnitude: each one's
/// logarithm with its sign.
fn losses(record: &StepRecord) -> candle_core::Result<Tensor> {
    let scaled = |(_, value): &(&str, f32)| value.signum() * (1.0 + value.abs()).ln();
    Tensor::new(record.scalars.iter().map(scaled).collect::<Vec<_>>(), &Device::Cpu)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device_check::compare::Selection;

    #[test]
    fn composed_steps_agree_with_the_kernels() {
        let home = tempfile::tempdir().unwrap();
        let samples = Samples::write(home.path()).unwrap();
        // The first has gradients of gradients.
        for name in ["agetransgan", "mirror", "age-cgan"] {
            let compared = Compared { device: Device::Cpu, selection: Selection(Some(name.to_owned())) };
            let comparisons = compare_trainers(&compared, &samples, &mut |_| {});
            let names: Vec<&str> = comparisons.iter().map(|one| one.name.as_str()).collect();
            assert_eq!(names, [format!("{name}, first step"), format!("{name}, second step")]);
            assert!(comparisons.iter().all(Comparison::passed), "{comparisons:?}");
        }
    }
}
