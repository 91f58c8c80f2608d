//! A short run on real faces. It needs the folder `../shared` beside the repository and is skipped where
//! that is missing.

use std::path::{Path, PathBuf};

use candle_core::Device;

use super::{Judges, Prototypes, Run, TrainingSettings, sheet};
use crate::aging::mirror::TEMPLATE;
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
    Run::start(settings, judges, prototypes, &Device::Cpu).unwrap()
}

fn values(run: &Run) -> Vec<Vec<f32>> {
    run.mean().values().map(|t| t.flatten_all().unwrap().to_vec1().unwrap()).collect()
}

#[test]
fn a_resumed_run_is_the_same_run() {
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
