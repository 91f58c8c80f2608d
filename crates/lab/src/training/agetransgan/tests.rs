//! Short runs of narrow networks.

use std::path::Path;
use std::time::Duration;

use candle_core::{Device, Tensor};
use image::RgbImage;

use super::*;
use crate::dataset::PictureStore;
use crate::training::testing::StopAfter;
use crate::training::{CheckpointPolicy, Session, StepRecord, TrainingError, newest_checkpoint};
use agemirror_checkpoint::{Checkpoint, System, recognise};
use agemirror_faces::aging::agetransgan::{AgeTransGan, NetworkShape};
use agemirror_faces::aging::testing::hashed;

/// The same faces in every step.
pub(super) struct Still;

impl FaceSource for Still {
    fn faces(&self, _: u64, batch: usize, _: &Device) -> Result<Faces, TrainingError> {
        let pictures = hashed("still", &[batch, 3, 32, 32], 0.5, 0.2)?;
        Ok(Faces { pictures, groups: (0..batch).map(|i| i % 4).collect() })
    }
}

fn settings(iter: u64) -> AgeTransGanSettings {
    AgeTransGanSettings { size: 32, group: 4, width: 8, iter, ..AgeTransGanSettings::default() }
}

fn policy() -> CheckpointPolicy {
    CheckpointPolicy { save_interval: Duration::from_secs(3600), max_checkpoints: 1, log_every_steps: 1 }
}

fn trainer(settings: AgeTransGanSettings) -> AgeTransGanTrainer<Still> {
    AgeTransGanTrainer::start(settings, Still, None, &Device::Cpu).unwrap()
}

fn bytes(folder: &Path) -> Vec<u8> {
    std::fs::read(newest_checkpoint(folder).unwrap().unwrap()).unwrap()
}

#[test]
fn a_resumed_run_is_the_same_run_and_its_weights_are_a_model() {
    let _steady = agemirror_kernels::hold_instruction_set();
    let home = tempfile::tempdir().unwrap();
    let (whole, parted) = (home.path().join("whole"), home.path().join("parted"));
    // Both regularisers run before the stop, and the path regulariser after it too.
    let settings = AgeTransGanSettings { discriminator: Layers::Multi, ..settings(5) };
    let mut session = Session::start(&whole, policy()).unwrap();
    session.run(&mut trainer(settings), &mut StopAfter(99)).unwrap();
    let mut session = Session::start(&parted, policy()).unwrap();
    session.run(&mut trainer(settings), &mut StopAfter(3)).unwrap();
    let mut fresh = trainer(settings);
    let mut session = Session::resume(&parted, policy(), &mut fresh).unwrap();
    assert_eq!(session.steps_done(), 3);
    session.run(&mut fresh, &mut StopAfter(99)).unwrap();
    assert!(bytes(&whole) == bytes(&parted), "a resumed run must be the same to the bit");
    let model = AgeTransGan::open(&whole.join("agetransgan.safetensors"), &Device::Cpu).unwrap();
    assert_eq!(model.groups(), 4);
    assert!(whole.join("sample/000005.png").exists());
}

#[test]
fn the_losses_fall() {
    let settings = AgeTransGanSettings { lr: 0.005, ..settings(24) };
    let mut trainer = trainer(settings);
    let term = |record: &StepRecord, name: &str| record.scalars.iter().find(|(n, _)| *n == name).unwrap().1;
    let mut all = Vec::new();
    for done in 0..settings.iter {
        let record = trainer.train_step(done).unwrap();
        all.push([term(&record, "g_pixel"), term(&record, "g_cycle"), term(&record, "d_class")]);
    }
    let mean =
        |part: &[[f32; 3]], i: usize| part.iter().map(|terms| terms[i]).sum::<f32>() / part.len() as f32;
    for i in 0..3 {
        let (first, last) = (mean(&all[..4], i), mean(&all[20..], i));
        assert!(last < 0.9 * first, "term {i} went from {first} to {last}");
    }
}

/// Weights at the published width are recognised by their names and shapes.
#[test]
fn written_names_are_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    for (side, groups) in [(32, 4), (64, 10)] {
        // Only names and shapes count, so the values are small zeros.
        let shape = NetworkShape { side, groups, width: NetworkShape::PUBLISHED_WIDTH };
        let tensors = shape.parameters().into_iter().map(|(name, dims)| {
            let zero = Tensor::zeros(dims, candle_core::DType::U8, &Device::Cpu).unwrap();
            (name, zero)
        });
        safetensors::serialize_to_file(tensors, None, &path).unwrap();
        let known = recognise(&Checkpoint::open(&path).unwrap()).unwrap();
        assert_eq!(known.system, System::Agetransgan { groups, side });
        assert!(known.is_complete());
    }
}

#[test]
fn invalid_settings_are_rejected() {
    for (wrong, message) in [
        (AgeTransGanSettings { size: 48, ..settings(1) }, "48"),
        (AgeTransGanSettings { group: 5, ..settings(1) }, "4 or 10"),
        (AgeTransGanSettings { batch: 6, ..settings(1) }, "multiple of 4"),
        (
            AgeTransGanSettings {
                losses: LossWeights { expert: 1.0, ..LossWeights::default() },
                ..settings(1)
            },
            "expert",
        ),
    ] {
        let error = AgeTransGanTrainer::start(wrong, Still, None, &Device::Cpu).err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn faces_come_balanced_and_prepared() {
    let folder = tempfile::tempdir().unwrap();
    let mut items = Vec::new();
    // Ten faces of the last group, one of each other.
    for i in 0..13_u8 {
        let group = usize::from(i.min(3));
        let file = folder.path().join(format!("{i}.png"));
        RgbImage::from_fn(40, 60, |x, _| image::Rgb([i * 10, if x < 20 { 0 } else { 255 }, 0]))
            .save(&file)
            .unwrap();
        items.push((file, GroupedFace { group, points: None }));
    }
    let store = |items| {
        let prepare = |picture: &RgbImage, face: &GroupedFace| {
            face.prepared(picture, 32).map(|one| vec![one]).map_err(|error| error.to_string())
        };
        PictureStore::read(items, usize::MAX, prepare, |_, _| {}).0
    };
    let set = FaceSet::new(store(items.clone()), 4, (Balance::Groups, 4, 1)).unwrap();
    assert_eq!(set.counts(), [1, 1, 1, 10]);
    let mut seen = [0; 4];
    let mut flipped = [false; 2];
    for done in 0..100 {
        let faces = set.faces(done, 4, &Device::Cpu).unwrap();
        assert_eq!(faces.pictures.dims(), [4, 3, 32, 32]);
        faces.groups.iter().for_each(|group| seen[*group] += 1);
        let green = faces.pictures.get(0).unwrap().get(1).unwrap().get(5).unwrap().to_vec1::<f32>().unwrap();
        flipped[usize::from(green[0] > green[31])] = true;
    }
    assert!(seen.iter().all(|count| (70..130).contains(count)), "{seen:?}");
    assert_eq!(flipped, [true, true]);
    let again = set.faces(7, 4, &Device::Cpu).unwrap();
    assert_eq!(again.groups, set.faces(7, 4, &Device::Cpu).unwrap().groups);
    items.remove(1);
    let error = FaceSet::new(store(items), 4, (Balance::Faces, 4, 1)).err().unwrap().to_string();
    assert!(error.contains("30 to 39 years"), "{error}");
}
