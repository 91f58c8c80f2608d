//! A short run on the sample portrait, labelled with many ages.

use std::path::{Path, PathBuf};

use candle_core::Device;
use image::RgbImage;

use super::{EstimatorSettings, EstimatorTrainer};
use crate::dataset::{FacePack, PackSpec, Split};
use crate::training::testing::{check_resuming, portrait_collection};
use crate::training::{Trainer, newest_checkpoint};
use agemirror_faces::judges::age_estimator::{AgeEstimator, SIDE, TEMPLATE};

fn pack(folder: &Path) -> PathBuf {
    let faces = portrait_collection(folder, "portraits", 0..8);
    let spec = PackSpec { split: Split::Train, template: TEMPLATE, side: SIDE, stride: 1, limit: None };
    let path = folder.join("faces.pack");
    FacePack::build(&faces, &spec, &path, |_, _| {}).unwrap();
    path
}

#[test]
fn a_resumed_run_is_the_same_run_and_its_weights_can_be_read() {
    let home = tempfile::tempdir().unwrap();
    let path = pack(home.path());
    let settings = EstimatorSettings { pairs: 3, steps: 2, ..EstimatorSettings::default() };
    let fresh = || -> Box<dyn Trainer> {
        let [train, validation] = [&path; 2].map(|path| FacePack::open(path).unwrap());
        Box::new(EstimatorTrainer::start(settings, train, validation, &Device::Cpu).unwrap())
    };
    let (_, folder) = check_resuming(home.path(), 1, &fresh);
    let errors = std::fs::read_to_string(folder.join("validation.csv")).unwrap();
    let [head, first, last] = errors.lines().collect::<Vec<_>>()[..] else { panic!("{errors}") };
    assert_eq!(head, "step,mean_absolute_error");
    assert!(first.starts_with("1,") && last.starts_with("2,"), "{errors}");

    let pack = FacePack::open(&path).unwrap();
    let weights = folder.join("age_estimator.safetensors");
    let estimator = AgeEstimator::load(&weights, &Device::Cpu).unwrap();
    let crops: Vec<RgbImage> =
        (0..pack.len()).map(|i| RgbImage::from_raw(SIDE, SIDE, pack.crop(i).to_vec()).unwrap()).collect();
    let ages = estimator.read(&crops).unwrap();
    assert!(ages.len() == 8 && ages.iter().all(|age| (0.0..=100.0).contains(age)), "{ages:?}");
    let mirrored: Vec<RgbImage> = crops.iter().map(image::imageops::flip_horizontal).collect();
    for (age, other) in ages.iter().zip(estimator.read(&mirrored).unwrap()) {
        assert!((age - other).abs() < 1e-3, "a mirrored face is as old: {age} {other}");
    }
    assert!(estimator.read(&[RgbImage::new(10, 10)]).is_err());
    assert!(AgeEstimator::load(&newest_checkpoint(&folder).unwrap().unwrap(), &Device::Cpu).is_err());
}
