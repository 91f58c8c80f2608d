//! A short run on real faces. It needs the folder `../shared` beside the repository and is skipped where
//! that is missing.

use std::path::{Path, PathBuf};

use candle_core::Device;
use image::RgbImage;

use super::{AgeEstimator, EstimatorSettings, Run, SIDE, TEMPLATE};
use crate::dataset::{BatchSampler, FacePack, PackSpec, Split};
use crate::training::write_tensors;

fn pack(folder: &Path) -> Option<FacePack> {
    let faces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/faces");
    if !faces.join("labels.csv").exists() {
        eprintln!("skipped: {} is not there", faces.display());
        return None;
    }
    let spec = PackSpec { split: Split::Train, template: TEMPLATE, side: SIDE, stride: 200, limit: None };
    let path: PathBuf = folder.join("faces.pack");
    FacePack::build(&faces, &spec, &path, |_, _| {}).unwrap();
    Some(FacePack::open(&path).unwrap())
}

fn settings() -> EstimatorSettings {
    EstimatorSettings { pairs: 3, steps: 10, ..EstimatorSettings::default() }
}

#[test]
fn a_resumed_run_is_the_same_run_and_its_weights_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let Some(pack) = pack(folder.path()) else { return };
    let sampler = BatchSampler::new(pack.faces(), 3, 1);
    let mut run = Run::start(settings(), &Device::Cpu).unwrap();
    run.advance(&pack, &sampler).unwrap();
    let checkpoint = folder.path().join("checkpoint.safetensors");
    run.save(&checkpoint).unwrap();
    let loss = run.advance(&pack, &sampler).unwrap();
    let mut resumed = Run::start(settings(), &Device::Cpu).unwrap();
    resumed.resume(&checkpoint).unwrap();
    assert_eq!(resumed.step, 1);
    assert_eq!(resumed.advance(&pack, &sampler).unwrap(), loss);
    assert_eq!(
        resumed.error_on(&pack, &pack, &sampler).unwrap(),
        run.error_on(&pack, &pack, &sampler).unwrap()
    );

    let weights = folder.path().join("weights.safetensors");
    write_tensors(&run.weights(&pack, &sampler).unwrap(), &weights).unwrap();
    let estimator = AgeEstimator::load(&weights, &Device::Cpu).unwrap();
    let crops: Vec<RgbImage> =
        (0..20).map(|i| RgbImage::from_raw(SIDE, SIDE, pack.crop(i).to_vec()).unwrap()).collect();
    let ages = estimator.read(&crops).unwrap();
    assert!(ages.len() == 20 && ages.iter().all(|age| (0.0..=100.0).contains(age)), "{ages:?}");
    let mirrored: Vec<RgbImage> = crops.iter().map(image::imageops::flip_horizontal).collect();
    for (age, other) in ages.iter().zip(estimator.read(&mirrored).unwrap()) {
        assert!((age - other).abs() < 1e-3, "a mirrored face is as old: {age} {other}");
    }
    assert!(estimator.read(&[RgbImage::new(10, 10)]).is_err());
    assert!(AgeEstimator::load(&checkpoint, &Device::Cpu).is_err());
}
