use std::path::Path;

use candle_core::Device;
use image::RgbImage;

use super::step::{Networks, TrainedNetwork, TrainingBatch};
use super::{CaaeFace, CaaeSettings, CaaeTrainer, LossWeights, plan};
use crate::dataset::PictureStore;
use crate::training::parameters::{Parameters, Plan};
use crate::training::session::LOG_FILE;
use crate::training::testing::{GoldenVariable, check_resuming, state};
use crate::training::{NamedTensors, Trainer};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::Caae;
use agemirror_faces::aging::open_model_file;
use agemirror_faces::aging::testing::{hashed, picture};

/// See `tests/reference/caae_training.py`.
#[derive(serde::Deserialize)]
struct Golden {
    losses: std::collections::BTreeMap<String, f32>,
    variables: Vec<GoldenVariable>,
}

/// Weights as in the reference: kernels keep the size of values through a ReLU.
fn golden_weights(plan: Plan) -> Parameters {
    let weight = |(name, shape, _): (String, Vec<usize>, _)| {
        let inputs = match &shape[..] {
            [_, _, _, inputs] if name.contains("deconv5") || name.contains("deconv6") => {
                25.0 * *inputs as f64
            }
            [_, _, _, inputs] if name.contains("deconv") => 25.0 * *inputs as f64 / 4.0,
            [_, _, inputs, _] => 25.0 * *inputs as f64,
            [inputs, ..] => *inputs as f64,
            [] => 1.0,
        };
        let scale = if name.ends_with("/w") { (6.0 / inputs).sqrt() } else { 0.1 };
        let value = hashed(&name, &shape, scale, 0.0).unwrap();
        (name, value)
    };
    Parameters::from_tensors(plan.into_iter().map(weight)).unwrap()
}

#[test]
fn losses_gradients_and_a_step_agree_with_jax() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../../tests/reference/caae_training.json")).unwrap();
    let parameters = [plan::autoencoder(4, 50), plan::code_discriminator(50), plan::face_discriminator(4)]
        .map(golden_weights);
    let mut networks = Networks::of(parameters, 0.5, &Device::Cpu).unwrap();
    let batch = TrainingBatch {
        faces: hashed("faces", &[3, 3, 128, 128], 1.0, 0.0).unwrap(),
        labels: vec![(0, Gender::Male), (4, Gender::Female), (9, Gender::Female)],
        prior: hashed("prior", &[3, 50], 1.0, 0.0).unwrap(),
    };
    let weights = LossWeights { face: 0.3, code: 0.2, smoothness: 0.05 };
    let losses = networks.step(&batch, &weights, 2e-4).unwrap();
    for (name, loss) in [
        ("reconstruction", &losses.reconstruction),
        ("generator", &losses.generator),
        ("encoder", &losses.encoder),
        ("smoothness", &losses.smoothness),
        ("prior", &losses.codes[0]),
        ("codes", &losses.codes[1]),
        ("real", &losses.faces[0]),
        ("made", &losses.faces[1]),
    ] {
        let (ours, expected) = (loss.to_scalar::<f32>().unwrap(), golden.losses[name]);
        assert!((ours - expected).abs() < 2e-5 * expected.abs(), "{name}: {ours}, not {expected}");
    }
    for variable in &golden.variables {
        check_variable(&networks, variable);
    }
}

/// After one step the optimiser's mean is half the gradient, because beta1 is 0.5.
fn check_variable(networks: &Networks, variable: &GoldenVariable) {
    let mut state = NamedTensors::new();
    networks.save(&mut state).unwrap();
    let find = |suffix: &str| {
        let found = state.iter().find(|(name, _)| name.ends_with(&format!("{suffix}{}", variable.name)));
        found.unwrap().1.flatten_all().unwrap().to_vec1::<f32>().unwrap()
    };
    let (means, after) = (find("mean."), find_parameter(networks, &variable.name));
    let largest = variable.gradients[0].abs();
    for (index, expected) in variable.indices.iter().zip(&variable.gradients) {
        let ours = 2.0 * means[*index];
        let off = (ours - expected).abs();
        assert!(off < 1e-3 * largest + 1e-6, "{} [{index}]: {ours}, not {expected}", variable.name);
    }
    // A bias before a normalisation has only rounding errors as gradient.
    if largest > 1e-6 {
        let ours = after[variable.indices[0]];
        assert!((ours - variable.after).abs() < 2e-6, "{}: {ours}, not {}", variable.name, variable.after);
    }
}

fn find_parameter(networks: &Networks, name: &str) -> Vec<f32> {
    let parts: [&TrainedNetwork; 3] = [&networks.autoencoder, &networks.of_codes, &networks.of_faces];
    let mut all = parts.iter().flat_map(|part| part.parameters.iter());
    let (_, var) = all.find(|(known, _)| *known == name).unwrap();
    var.flatten_all().unwrap().to_vec1().unwrap()
}

fn settings() -> CaaeSettings {
    CaaeSettings {
        epoch: 1,
        pretrain_epochs: 1,
        size_batch: 2,
        num_encoder_channels: 8,
        learning_rate: 2e-3,
        weights: LossWeights { face: 1e-2, code: 1e-2, smoothness: 1e-4 },
        ..CaaeSettings::default()
    }
}

/// A trainer on faces of different colours, written to `folder`; one batch is held out.
fn trainer(folder: &Path, faces: u8) -> CaaeTrainer {
    CaaeTrainer::start(settings(), store(folder, faces), &Device::Cpu).unwrap()
}

fn store(folder: &Path, faces: u8) -> PictureStore<CaaeFace> {
    let mut items = Vec::new();
    for i in 0..faces {
        let file = folder.join(format!("{i}.png"));
        let mut face = RgbImage::from_pixel(128, 128, image::Rgb([40 + 20 * i, 120, 200 - 20 * i]));
        image::imageops::replace(&mut face, &picture(40), 40, 40);
        face.save(&file).unwrap();
        let gender = if i.is_multiple_of(2) { Gender::Male } else { Gender::Female };
        items.push((file, CaaeFace { group: usize::from(i), gender, points: None }));
    }
    let (store, skipped) =
        PictureStore::read(items, usize::MAX, |picture, _| Ok(vec![picture.clone()]), |_, _| {});
    assert!(skipped.is_empty());
    store
}

#[test]
fn a_resumed_run_is_the_same_run_and_its_weights_open() {
    let (faces, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = |name: &str| home.path().join(name);
    // Eight faces, of which two are held out: an epoch has three steps, and the run six.
    let fresh = || -> Box<dyn Trainer> { Box::new(trainer(faces.path(), 8)) };
    let (whole, _) = check_resuming(home.path(), 2, &fresh);
    assert_eq!(whole.steps(), 6);

    let weights = folder("parts").join("checkpoint/model-6.safetensors");
    let model = open_model_file(&weights, &Device::Cpu).unwrap();
    assert_eq!(model.info().name, "caae");
    Caae::open(&weights, &Device::Cpu).unwrap();
    for sheet in ["samples/pretrain_01.png", "samples/01.png", "test/01.png", "test/input.png"] {
        assert!(folder("parts").join(sheet).is_file(), "{sheet}");
    }
    let written = |sheet: &str| folder("parts").join(sheet).metadata().unwrap().modified().unwrap();
    assert!(written("test/input.png") <= written("test/01.png"), "the newest sheet shows what was made");
    let test = image::open(folder("parts").join("test/01.png")).unwrap();
    assert_eq!((test.width(), test.height()), (2 * 128, 10 * 128));

    let mut other = trainer(faces.path(), 8);
    other.start_from(&weights).unwrap();
    let mut fresh = trainer(faces.path(), 8);
    assert!(fresh.start_from(&folder("parts").join(LOG_FILE)).is_err());
    let (ours, theirs) = (state(&other), state(&*whole));
    let same = |(a, b): ((&String, &Vec<f32>), (&String, &Vec<f32>))| a.0.starts_with("adam") || a == b;
    assert!(ours.iter().zip(&theirs).all(same));
}

#[test]
fn the_reconstruction_improves() {
    let faces = tempfile::tempdir().unwrap();
    let settings = CaaeSettings { learning_rate: 2e-2, ..settings() };
    let mut trainer = CaaeTrainer::start(settings, store(faces.path(), 4), &Device::Cpu).unwrap();
    // The same batch again and again.
    let losses: Vec<f32> = (0..16).map(|_| trainer.step(0).unwrap().scalars[0].1).collect();
    assert!(losses[15] < 0.8 * losses[0], "{losses:?}");
}

#[test]
fn too_few_faces_and_invalid_settings_are_rejected() {
    let faces = tempfile::tempdir().unwrap();
    let few = store(faces.path(), 4);
    let settings = CaaeSettings { size_batch: 3, ..settings() };
    let message = CaaeTrainer::start(settings, few, &Device::Cpu).err().unwrap().to_string();
    assert!(message.contains("4 faces") && message.contains('6'), "{message}");
    let few = store(faces.path(), 4);
    assert!(
        CaaeTrainer::start(CaaeSettings { num_encoder_channels: 6, ..settings }, few, &Device::Cpu).is_err()
    );
}
