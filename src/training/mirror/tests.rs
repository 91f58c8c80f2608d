//! A short run on real faces. It needs the folder `../shared` beside the repository and is skipped where
//! that is missing.

use std::path::{Path, PathBuf};

use candle_core::Device;
use image::{GrayImage, Luma, RgbImage};

use super::{Judges, LossWeights, MirrorTrainer, Prototypes, Run, Teacher, Teaching, TrainingSettings};
use crate::aging::mirror::TEMPLATE;
use crate::aging::{AgeChoice, AgedCrop, AgingError, AgingModel, EncodedFace, Gender, ModelInfo};
use crate::dataset::{BatchSampler, FacePack, PackSpec, Split};
use crate::training::session::{LOG_FILE, Trainer};
use crate::training::testing::check_resuming;

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

/// Every so many-th face, packed into `path`.
fn pack(shared: &Path, path: &Path, stride: usize) -> FacePack {
    let spec = PackSpec { split: Split::Train, template: TEMPLATE, side: SIDE, stride, limit: None };
    FacePack::build(&shared.join("faces"), &spec, path, |_, _| {}).unwrap();
    FacePack::open(path).unwrap()
}

fn trainer(settings: &TrainingSettings, pack: &Path, teaching: Teaching, steps: u64) -> Box<dyn Trainer> {
    let [train, check] = [pack; 2].map(|pack| FacePack::open(pack).unwrap());
    let judges = Judges::load(&shared().unwrap().join("networks"), &Device::Cpu).unwrap();
    let run = Run::start(settings.clone(), judges, teaching, &Device::Cpu).unwrap();
    let sampler = BatchSampler::new(train.faces(), settings.batch, settings.seed);
    Box::new(MirrorTrainer { run, train, check, sampler, steps, device: Device::Cpu })
}

/// One step by lessons alone, and one that is judged.
#[test]
fn a_resumed_run_is_the_same_run() {
    let Some(shared) = shared() else { return };
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("faces.pack");
    let pack = pack(&shared, &path, 100);
    let settings =
        TrainingSettings { side: SIDE, batch: BATCH, lessons_first: 1, ..TrainingSettings::default() };
    let prototypes = || Prototypes::open_or_build(&pack, &path.with_extension("prototypes"), |_| {}).unwrap();
    let fresh = || trainer(&settings, &path, Teaching::Prototypes(Box::new(prototypes())), 2);
    let (_, folder) = check_resuming(home.path(), 1, &fresh);
    assert!(folder.join("mirror.safetensors").is_file());
    let sheet = image::open(folder.join("samples/0000002.png")).unwrap();
    assert_eq!((sheet.width(), sheet.height()), (11 * SIDE, 8 * SIDE));
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
            view: crate::face::dlib::CropWindow::WHOLE,
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
    let Some(shared) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("few.pack");
    let pack = pack(&shared, &path, 1500);
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
    let fresh = || {
        let teacher = ask(&Shades::new("a"), usize::MAX).unwrap().unwrap();
        trainer(&settings, &path, Teaching::Teacher(teacher), 40)
    };
    let (_, parts) = check_resuming(folder.path(), 37, &fresh);
    let log = std::fs::read_to_string(parts.join(LOG_FILE)).unwrap();
    let mut lines = log.lines();
    let column = lines.next().unwrap().split(',').position(|name| name == "lesson").unwrap();
    let lessons: Vec<f32> = lines.map(|line| line.split(',').nth(column).unwrap().parse().unwrap()).collect();
    let mean = |part: &[f32]| part.iter().sum::<f32>() / part.len() as f32;
    assert_eq!(lessons.len(), 40);
    assert!(mean(&lessons[34..]) < 0.9 * mean(&lessons[..6]), "{lessons:?}");
}
