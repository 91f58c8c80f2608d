use candle_core::Device;
use image::RgbImage;

use super::networks::GROUPS;
use super::{AgeCganFace, AgeCganSettings, AgeCganTrainer};
use crate::dataset::PictureStore;
use crate::training::losses::one_hot;
use crate::training::testing::{GoldenVariable, check_resuming};
use crate::training::{NamedTensors, Trainer};
use agemirror_faces::aging::testing::hashed;

/// See `tests/reference/age_cgan_training.py`.
#[derive(serde::Deserialize)]
struct Golden {
    discriminator: f32,
    generator: f32,
    variables: Vec<GoldenVariable>,
}

fn trainer(epochs: u64, learning_rate: f64) -> AgeCganTrainer {
    let folder = tempfile::tempdir().unwrap();
    let mut items = Vec::new();
    for i in 0..6_u8 {
        let file = folder.path().join(format!("{i}.png"));
        RgbImage::from_pixel(80, 80, image::Rgb([40 * i, 130, 250 - 40 * i])).save(&file).unwrap();
        items.push((file, AgeCganFace(usize::from(i))));
    }
    let prepare = |picture: &RgbImage, _: &AgeCganFace| {
        AgeCganFace::prepared(picture).map(|small| vec![small]).map_err(|error| error.to_string())
    };
    let (store, _) = PictureStore::read(items, usize::MAX, prepare, |_, _| {});
    let settings = AgeCganSettings { epochs, batch_size: 3, channels: 4, learning_rate, seed: 1 };
    AgeCganTrainer::start(settings, store, &Device::Cpu).unwrap()
}

#[test]
fn losses_gradients_and_a_step_agree_with_jax() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../../tests/reference/age_cgan_training.json")).unwrap();
    let mut trainer = trainer(1, 2e-3);
    for (name, var) in trainer.generator.iter().chain(trainer.discriminator.iter()) {
        let dims = var.dims();
        let inputs = if name.starts_with("g.") { dims[0] / 4 } else { dims.get(1).copied().unwrap_or(1) };
        let (scale, offset) = match name.rsplit_once('.') {
            Some((norm, "weight")) if norm.ends_with("norm") => (0.2, 1.0),
            Some((_, "bias")) => (0.1, 0.0),
            _ => ((6.0 / (16 * inputs) as f64).sqrt(), 0.0),
        };
        var.set(&hashed(name, dims, scale, offset).unwrap()).unwrap();
    }
    let faces = hashed("faces", &[3, 3, 64, 64], 1.0, 0.0).unwrap();
    let noise = hashed("noise", &[3, 100], 1.0, 0.0).unwrap();
    let labels = one_hot(&[0, 2, 5], GROUPS, &Device::Cpu).unwrap();
    let [discriminator, generator] = trainer.train(&faces, &labels, &noise).unwrap();
    for (ours, expected) in [(discriminator, golden.discriminator), (generator, golden.generator)] {
        let ours = ours.to_scalar::<f32>().unwrap();
        assert!((ours - expected).abs() < 5e-5 * expected.abs(), "{ours}, not {expected}");
    }
    let mut state = NamedTensors::new();
    trainer.save(&mut state).unwrap();
    let find = |name: String| state[&name].flatten_all().unwrap().to_vec1::<f32>().unwrap();
    for variable in &golden.variables {
        let network = if variable.name.starts_with('g') { "generator" } else { "discriminator" };
        let means = find(format!("{network}_adam.mean.{}", variable.name));
        let largest = variable.gradients[0].abs();
        for (index, expected) in variable.indices.iter().zip(&variable.gradients) {
            // After one step the optimiser's mean is half the gradient, because beta1 is 0.5.
            let ours = 2.0 * means[*index];
            assert!(
                (ours - expected).abs() < 2e-3 * largest,
                "{} [{index}]: {ours}, not {expected}",
                variable.name
            );
        }
        let ours = find(variable.name.clone())[variable.indices[0]];
        assert!((ours - variable.after).abs() < 1e-5, "{}: {ours}, not {}", variable.name, variable.after);
    }
}

#[test]
fn a_resumed_run_is_the_same_run() {
    let home = tempfile::tempdir().unwrap();
    let fresh = || -> Box<dyn Trainer> { Box::new(trainer(4, 2e-3)) };
    let (whole, parts) = check_resuming(home.path(), 3, &fresh);
    assert_eq!(whole.steps(), 8);
    assert!(parts.join("samples/train_samples_ages_04.png").is_file());
}

/// When both train, neither loss need fall, so the generator is restored after every step.
#[test]
fn the_discriminator_learns_against_a_fixed_generator() {
    let mut trainer = trainer(1, 5e-3);
    let mut start = NamedTensors::new();
    trainer.generator.save(&mut start, "").unwrap();
    let faces = hashed("faces", &[3, 3, 64, 64], 1.0, 0.0).unwrap();
    let noise = hashed("noise", &[3, 100], 1.0, 0.0).unwrap();
    let labels = one_hot(&[0, 2, 5], GROUPS, &Device::Cpu).unwrap();
    let mut step = || {
        trainer.generator.restore(&start, "").unwrap();
        trainer.train(&faces, &labels, &noise).unwrap()[0].to_scalar::<f32>().unwrap()
    };
    let losses: Vec<f32> = (0..20).map(|_| step()).collect();
    assert!(losses[19] < 0.8 * losses[0], "{losses:?}");
}
