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
    /// Narrow networks and two faces.
    Narrow,
    /// The published networks with a few faces, for a CPU.
    FewFaces,
    /// The published networks and batch.
    Published,
}

impl Size {
    /// One of three values.
    fn pick<T>(self, narrow: T, few_faces: T, published: T) -> T {
        match self {
            Self::Narrow => narrow,
            Self::FewFaces => few_faces,
            Self::Published => published,
        }
    }
}

type AnyTrainer = Box<dyn Trainer>;

/// A trainer: its name, its faces per step at a size and their side, and how it is started.
struct Entry {
    name: &'static str,
    faces: fn(Size) -> usize,
    side: fn(Size) -> usize,
    start: fn(&Samples, Size, &Device) -> anyhow::Result<AnyTrainer>,
}

const TRAINERS: &[Entry] = &[
    Entry {
        name: "mirror",
        faces: |size| size.pick(2, 4, 16),
        side: |size| size.pick(32, 128, 128),
        start: mirror,
    },
    Entry { name: "caae", faces: |size| size.pick(2, 8, 100), side: |_| 128, start: caae },
    Entry { name: "ipcgan", faces: |size| size.pick(2, 8, 32), side: |_| 128, start: ipcgan },
    Entry {
        name: "ipcgan-age-classifier",
        faces: |size| size.pick(5, 10, 30),
        side: |_| 227,
        start: age_classifier,
    },
    Entry { name: "agetransgan", faces: |_| 2, side: |size| size.pick(32, 64, 1024), start: agetransgan },
    Entry {
        name: "pagan",
        faces: |size| size.pick(2, 2, 8),
        side: |size| size.pick(64, 64, 224),
        start: pagan,
    },
    Entry { name: "age-cgan", faces: |size| size.pick(3, 16, 128), side: |_| 64, start: age_cgan },
    Entry {
        name: "age-estimator",
        faces: |size| size.pick(4, 8, 32),
        side: |_| ESTIMATOR_SIDE as usize,
        start: age_estimator,
    },
    Entry { name: "regions", faces: |size| size.pick(2, 4, 16), side: |_| 128, start: regions },
];

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

fn mirror(samples: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let published = TrainingSettings::default();
    let (side, head) =
        size.pick((32, 100), (published.side, published.head), (published.side, published.head));
    let batch = size.pick(2, 4, published.batch);
    let settings = TrainingSettings { side, head, batch, targets_only_steps: 0, ..published };
    let packs = [samples.pack(HEAD_TEMPLATE, head)?, samples.pack(HEAD_TEMPLATE, head)?];
    let targets = TargetSource::Prototypes(Box::new(Prototypes::build(&packs[0], side, |_| {})?));
    let judges = random_judges(device)?;
    Ok(Box::new(MirrorTrainer::start(settings, judges, targets, packs, u64::MAX, device)?))
}

fn caae(samples: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let size_batch = size.pick(2, 8, 100);
    let num_encoder_channels = size.pick(8, 64, 64);
    let settings =
        CaaeSettings { pretrain_epochs: 0, size_batch, num_encoder_channels, ..CaaeSettings::default() };
    let label = |index: usize| {
        let gender = if index.is_multiple_of(2) { Gender::Male } else { Gender::Female };
        CaaeFace { group: index % 10, gender, points: None }
    };
    let store =
        store(samples, 2 * size_batch, label, |picture, face| Ok(vec![face.prepared(picture, false)?]));
    Ok(Box::new(CaaeTrainer::start(settings, store, device)?))
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

fn ipcgan(samples: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let published = IpcganSettings::published(Recipe::Ipcgan);
    let settings = IpcganSettings {
        batch_size: size.pick(2, 8, published.batch_size),
        channels: size.pick(4, published.channels, published.channels),
        discriminator_outputs: size.pick(2, published.discriminator_outputs, published.discriminator_outputs),
        ..published
    };
    let judge = samples.weights("judge", judge_shapes())?;
    let judges = Judges::open(None, Some(&judge), FeatureLayer::Conv5, device)?;
    let store = ipcgan_store(samples, settings.batch_size, FaceViews::Generator);
    Ok(Box::new(IpcganTrainer::start(settings, store, LabelPairs::Drawn { seed: 1 }, judges, device)?))
}

fn age_classifier(samples: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let settings = AgeClassifierSettings {
        batch_size: size.pick(5, 10, 30),
        divisor: size.pick(24, 1, 1),
        ..AgeClassifierSettings::default()
    };
    let store = ipcgan_store(samples, settings.batch_size, FaceViews::Classifier);
    Ok(Box::new(AgeClassifierTrainer::start(settings, store, None, device)?))
}

fn agetransgan(_: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let (side, width, group) = size.pick((32, 8, 4), (64, 512, 10), (1024, 512, 10));
    let settings = AgeTransGanSettings { size: side, width, group, ..AgeTransGanSettings::default() };
    Ok(Box::new(AgeTransGanTrainer::start(settings, Still(side), None, device)?))
}

fn pagan(_: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let published = PaganSettings::default();
    let img_size = size.pick(64, 64, published.img_size);
    let settings = PaganSettings {
        img_size,
        ngf: size.pick(4, published.ngf, published.ngf),
        batch_size: size.pick(2, 2, published.batch_size),
        ..published
    };
    let (base, codes) = size.pick((4, 16), (64, 4096), (64, 4096));
    let weights = builder(&random_weights(vgg_shapes(base, codes, img_size))?, DType::F32, device)?;
    let scaling = settings.input_scaling();
    let features = FeatureNetworks {
        age: Vgg::new(&weights, false, scaling)?,
        identity: Vgg::new(&weights, true, scaling)?,
    };
    Ok(Box::new(PaganTrainer::start(settings, Still(img_size), features, device)?))
}

fn age_cgan(samples: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let batch_size = size.pick(3, 16, 128);
    let settings =
        AgeCganSettings { batch_size, channels: size.pick(4, 64, 64), ..AgeCganSettings::default() };
    let store = store(
        samples,
        batch_size,
        |index| AgeCganFace(index % 6),
        |picture, _| Ok(vec![AgeCganFace::prepared(picture)?]),
    );
    Ok(Box::new(AgeCganTrainer::start(settings, store, device)?))
}

fn age_estimator(samples: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let settings = EstimatorSettings { pairs: size.pick(2, 4, 16), ..EstimatorSettings::default() };
    let pack = || samples.pack(ESTIMATOR_TEMPLATE, ESTIMATOR_SIDE);
    Ok(Box::new(EstimatorTrainer::start(settings, pack()?, pack()?, device)?))
}

fn regions(samples: &Samples, size: Size, device: &Device) -> anyhow::Result<AnyTrainer> {
    let settings = RegionSettings { batch: size.pick(2, 4, 16), ..RegionSettings::default() };
    Ok(Box::new(RegionTrainer::start(settings, samples.masked_heads(), &NamedTensors::new(), device)?))
}

/// Compares the losses of the first two steps of every trainer.
pub(super) fn compare_trainers(
    device: &Compared,
    samples: &Samples,
    progress: &mut dyn FnMut(&str),
) -> Vec<Comparison> {
    let on = |tolerance: [f32; 2]| tolerance[usize::from(!device.is_rehearsal())];
    let mut comparisons = Vec::new();
    for entry in TRAINERS.iter().filter(|entry| device.selection.has(entry.name)) {
        progress(&format!("a step of {}", entry.name));
        for (step, tolerance) in [("first step", on(TOLERANCE)), ("second step", on(SECOND_TOLERANCE))] {
            let name = format!("{}, {step}", entry.name);
            comparisons.extend(device.compare("training step", &name, tolerance, |device| {
                let mut trainer = (entry.start)(samples, Size::Narrow, device)?;
                let mut record = trainer.step(0)?;
                if step == "second step" {
                    record = trainer.step(1)?;
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
        let workload = Workload {
            name: format!("step {}", entry.name),
            count: (entry.faces)(size),
            side: (entry.side)(size),
            precision: DType::F32.as_str(),
        };
        let device = clock.device.clone();
        clock.time(&workload, || {
            let mut trainer = (entry.start)(samples, size, &device)?;
            // The regularisers that run in every few steps run in the first, which is not timed.
            let mut done = 0;
            Ok(Box::new(move || {
                trainer.step(done)?;
                done += 1;
                Ok(())
            }))
        })
    };
    TRAINERS.iter().filter_map(time).collect()
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
