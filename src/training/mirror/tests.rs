//! A short run on real faces. It needs the folder `../shared` beside the repository and is skipped where
//! that is missing.

use std::path::{Path, PathBuf};

use candle_core::Device;
use image::{GrayImage, Luma, RgbImage};

use super::{Judges, LossWeights, Prototypes, Run, Teacher, Teaching, TrainingSettings, sheet};
use crate::aging::mirror::TEMPLATE;
use crate::aging::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, Gender, ModelInfo};
use crate::dataset::{BatchSampler, FacePack, PackSpec, Split};

const SIDE: u32 = 32;
const BATCH: usize = 2;

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let here =
        folder.join("faces/labels.csv").exists() && folder.join("networks/dlib_age_v1.safetensors").exists();
    if !here {
        println!("skipped: {} is not there", folder.display());
    }
    here.then_some(folder)
}

fn pack(shared: &Path, folder: &Path) -> FacePack {
    let spec = PackSpec { split: Split::Train, template: TEMPLATE, side: SIDE, stride: 100, limit: None };
    let path = folder.join("faces.pack");
    FacePack::build(&shared.join("faces"), &spec, &path, |_, _| {}).unwrap();
    FacePack::open(&path).unwrap()
}

fn start(shared: &Path, pack: &FacePack) -> Run {
    let settings =
        TrainingSettings { side: SIDE, batch: BATCH, lessons_first: 1, ..TrainingSettings::default() };
    let prototypes =
        Prototypes::open_or_build(pack, &pack.path().with_extension("prototypes"), |_| {}).unwrap();
    let judges = Judges::load(&shared.join("networks"), &Device::Cpu).unwrap();
    Run::start(settings.clone(), judges, Teaching::Prototypes(Box::new(prototypes)), &Device::Cpu).unwrap()
}

fn values(run: &Run) -> Vec<Vec<f32>> {
    run.mean().values().map(|t| t.flatten_all().unwrap().to_vec1().unwrap()).collect()
}

#[test]
fn a_resumed_run_is_the_same_run() {
    let _steady = crate::tensor::on_one_set();
    let Some(shared) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(&shared, folder.path());
    let sampler = BatchSampler::new(pack.faces(), BATCH, 1);
    let mut run = start(&shared, &pack);
    let before = values(&run);
    run.advance(&pack, &sampler).unwrap();
    let checkpoint = folder.path().join("checkpoint.safetensors");
    run.save(&checkpoint).unwrap();
    run.advance(&pack, &sampler).unwrap();
    assert!(values(&run) != before);
    let mut resumed = start(&shared, &pack);
    resumed.resume(&checkpoint).unwrap();
    assert_eq!(resumed.step, 1);
    resumed.advance(&pack, &sampler).unwrap();
    assert!(values(&resumed) == values(&run), "a resumed run must be the same to the bit");
    let picture = sheet(&run.mean_network().unwrap(), &pack, &[0, 1], SIDE, &Device::Cpu).unwrap();
    assert_eq!(picture.dimensions(), (11 * SIDE, 2 * SIDE));
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let Some(shared) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(&shared, folder.path());
    let mut run = start(&shared, &pack);
    let other = shared.join("networks/dlib_age_v1.safetensors");
    let message = run.resume(&other).unwrap_err().to_string();
    assert!(message.contains("dlib_age_v1.safetensors") && message.contains("is missing"), "{message}");
    assert!(run.resume(&folder.path().join("nothing.safetensors")).is_err());
}

/// A teacher of two ages: a darker face and a lighter one.
struct Shades(ModelInfo);

impl Shades {
    fn new(weights: &str) -> Self {
        Self(ModelInfo {
            name: "shades",
            title: "Shades",
            ages: AgeChoice::Groups(vec![(20, 29), (60, 69)]),
            knows_gender: false,
            templates: vec![TEMPLATE],
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

    fn present_age(&self, _: &EncodedFace) -> Option<f32> {
        None
    }
}

#[test]
fn a_teacher_is_asked_once_and_copied() {
    let _steady = crate::tensor::on_one_set();
    let Some(shared) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let spec = PackSpec { split: Split::Train, template: TEMPLATE, side: SIDE, stride: 1500, limit: None };
    let path = folder.path().join("few.pack");
    FacePack::build(&shared.join("faces"), &spec, &path, |_, _| {}).unwrap();
    let pack = FacePack::open(&path).unwrap();
    let kept = folder.path().join("teacher");
    let ask = |model: &Shades, faces: usize| {
        Teacher::ask(model, &pack, &shared.join("faces"), &kept, |done| done < faces)
    };
    assert!(ask(&Shades::new("a"), 2).unwrap().is_none(), "it was stopped");
    let first = std::fs::metadata(kept.join("000000-1.png")).unwrap().modified().unwrap();
    let teacher = ask(&Shades::new("a"), usize::MAX).unwrap().unwrap();
    let again = std::fs::metadata(kept.join("000000-1.png")).unwrap().modified().unwrap();
    assert_eq!(first, again, "what is there is not made again");
    let message = ask(&Shades::new("b"), 0).err().unwrap().to_string();
    assert!(message.contains("another teacher"), "{message}");
    assert_eq!(teacher.nearest(&[1.0, 30.0, 90.0]), [24.5, 24.5, 64.5]);

    // The lesson alone falls, and a resumed run is the same run.
    let settings = TrainingSettings {
        side: SIDE,
        batch: 4,
        lessons_first: 1000,
        generator_rate: 1e-3,
        losses: LossWeights { lesson_fine: 0.0, ..LossWeights::default() },
        ..TrainingSettings::default()
    };
    let run = || {
        let teacher = ask(&Shades::new("a"), usize::MAX).unwrap().unwrap();
        let judges = Judges::load(&shared.join("networks"), &Device::Cpu).unwrap();
        Run::start(settings.clone(), judges, Teaching::Teacher(teacher), &Device::Cpu).unwrap()
    };
    let sampler = BatchSampler::new(pack.faces(), 4, 1);
    let mut first = run();
    let checkpoint = folder.path().join("checkpoint.safetensors");
    let mut lessons = Vec::new();
    for step in 0..40 {
        lessons.push(first.advance(&pack, &sampler).unwrap()["lesson"]);
        if step == 36 {
            first.save(&checkpoint).unwrap();
        }
    }
    let mean = |part: &[f32]| part.iter().sum::<f32>() / part.len() as f32;
    assert!(mean(&lessons[34..]) < 0.8 * mean(&lessons[..6]), "{lessons:?}");
    let mut resumed = run();
    resumed.resume(&checkpoint).unwrap();
    for _ in 37..40 {
        resumed.advance(&pack, &sampler).unwrap();
    }
    assert!(values(&resumed) == values(&first), "a resumed run must be the same to the bit");
}
