use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use image::RgbImage;

use super::alexnet::Judges;
use super::step::{DiscriminatorInput, GeneratorInput, Groups, Networks};
use super::{
    AgeClassifierSettings, AgeClassifierTrainer, FaceViews, FeatureLayer, IpcganFace, IpcganSettings,
    IpcganTrainer, LabelPairs, LossWeights, Recipe, plan,
};
use crate::dataset::PictureStore;
use crate::training::parameters::{Parameters, Plan};
use crate::training::testing::{GoldenVariable, check_resuming};
use crate::training::write_tensors;
use crate::training::{NamedTensors, Trainer};
use agemirror_faces::aging::open_model_file;
use agemirror_faces::aging::testing::{hashed, picture};

/// See `tests/reference/ipcgan_training.py`.
#[derive(serde::Deserialize)]
struct Golden {
    alexnet: BTreeMap<String, Vec<usize>>,
    steps: Vec<GoldenStep>,
}

/// One step from the initial weights, on faces of these groups.
#[derive(serde::Deserialize)]
struct GoldenStep {
    mixed: bool,
    right: Vec<usize>,
    wrong: Vec<usize>,
    losses: BTreeMap<String, f32>,
    variables: Vec<GoldenVariable>,
}

fn golden_weight(name: &str, shape: &[usize]) -> Tensor {
    let inputs = match shape {
        [_, _, _, inputs] if name.contains("deconv") => 9.0 * *inputs as f64 / 4.0,
        [inputs @ .., _] => inputs.iter().product::<usize>() as f64,
        [] => 1.0,
    };
    let (scale, offset) = match name.rsplit('/').next() {
        Some("gamma") => (0.2, 1.0),
        Some("weights") if name == "alexnet/conv1/weights" => ((6.0 / inputs).sqrt() / 64.0, 0.0),
        Some("weights") => ((6.0 / inputs).sqrt(), 0.0),
        _ => (0.1, 0.0),
    };
    hashed(name, shape, scale, offset).unwrap()
}

fn golden_parameters(plan: Plan) -> Parameters {
    Parameters::from_tensors(plan.into_iter().map(|(name, shape, _)| {
        let value = golden_weight(&name, &shape);
        (name, value)
    }))
    .unwrap()
}

/// Judges from a file with AlexNet's convolutions and its age branch.
fn golden_judges(golden: &Golden, folder: &Path) -> Judges {
    let mut tensors = NamedTensors::new();
    for (name, shape) in &golden.alexnet {
        tensors.insert(name.clone(), golden_weight(name, shape));
        let biases = name.replace("/weights", "/biases");
        tensors.insert(biases.clone(), golden_weight(&biases, &shape[shape.len() - 1..]));
    }
    let file = folder.join("alexnet.safetensors");
    write_tensors(&tensors, &file).unwrap();
    Judges::open(None, Some(&file), FeatureLayer::Conv5, &Device::Cpu).unwrap()
}

#[test]
fn losses_gradients_and_a_step_agree_with_jax() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../../tests/reference/ipcgan_training.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let judges = golden_judges(&golden, folder.path());
    assert_eq!(golden.steps.len(), 2);
    for step in &golden.steps {
        check_step(step, &judges);
    }
}

fn check_step(golden: &GoldenStep, judges: &Judges) {
    let (generator, discriminator) = (plan::generator(4), plan::discriminator(4, 6));
    let mut networks =
        Networks::of(golden_parameters(generator), golden_parameters(discriminator), 1e-3, &Device::Cpu)
            .unwrap();
    let faces = |name, side, scale| hashed(name, &[2, 3, side, side], scale, 0.0).unwrap();
    let shown = DiscriminatorInput { real: faces("real", 128, 1.0), sources: faces("first", 128, 100.0) };
    let aged = GeneratorInput { small: faces("second", 128, 100.0), large: Some(faces("large", 227, 100.0)) };
    let weights = LossWeights { gan: 75.0, features: 5e-2, age: 30.0 };
    let (right, wrong) = (golden.right.clone(), golden.wrong.clone());
    let groups = Groups { mixed: golden.mixed, right, wrong };
    let losses = networks.step(&groups, &shown, &aged, &weights, judges).unwrap();
    for (name, ours) in [
        ("discriminator", losses.discriminator),
        ("generator", losses.generator),
        ("features", losses.features),
        ("age", losses.age),
    ] {
        let expected = golden.losses[name];
        assert!(
            (ours - expected).abs() < 2e-4 * expected.abs(),
            "{name} of {groups:?}: {ours}, not {expected}"
        );
    }
    let mut state = NamedTensors::new();
    networks.save(&mut state).unwrap();
    for variable in &golden.variables {
        check_variable(&state, variable);
    }
}

/// After one step the optimiser's mean is half the gradient, because beta1 is 0.5.
fn check_variable(state: &NamedTensors, variable: &GoldenVariable) {
    let network = variable.name.split('/').next().unwrap();
    let find = |name: String| state[&name].flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let means = find(format!("{network}_adam.mean.{}", variable.name));
    let largest = variable.gradients[0].abs();
    for (index, expected) in variable.indices.iter().zip(&variable.gradients) {
        let ours = 2.0 * means[*index];
        let off = (ours - expected).abs();
        assert!(off < 2e-3 * largest + 2e-4, "{} [{index}]: {ours}, not {expected}", variable.name);
    }
    // A bias before a normalisation has only rounding errors as gradient.
    if largest > 1e-3 {
        let ours = find(variable.name.clone())[variable.indices[0]];
        assert!((ours - variable.after).abs() < 1e-5, "{}: {ours}, not {}", variable.name, variable.after);
    }
}

/// Two faces per group; each group has its own colour.
fn faces(folder: &Path, views: FaceViews, ages: impl Fn(usize) -> bool) -> PictureStore<IpcganFace> {
    let mut items: Vec<(PathBuf, IpcganFace)> = Vec::new();
    for i in 0..10_u8 {
        let group = usize::from(i / 2);
        let file = folder.join(format!("{i}.png"));
        let mut face =
            RgbImage::from_pixel(100, 100, image::Rgb([20 + 50 * (i / 2), 120, 200 - 40 * (i / 2)]));
        image::imageops::replace(&mut face, &picture(30), i64::from(10 + 3 * i), 40);
        face.save(&file).unwrap();
        items.push((file, IpcganFace { group, source: ages(group), points: None }));
    }
    let flavour = Recipe::Cgan.flavour();
    let prepare = move |picture: &RgbImage, face: &IpcganFace| {
        face.views(picture, &flavour, views).map_err(|error| error.to_string())
    };
    let (store, skipped) = PictureStore::read(items, usize::MAX, prepare, |_, _| {});
    assert!(skipped.is_empty(), "{skipped:?}");
    store
}

#[test]
fn resumed_runs_are_the_same_and_their_weights_open() {
    let home = tempfile::tempdir().unwrap();
    let classifier = AgeClassifierSettings { max_steps: 2, batch_size: 5, divisor: 24, ..Default::default() };
    let store = || faces(home.path(), FaceViews::Classifier, |_| false);
    let fresh = || -> Box<dyn Trainer> {
        Box::new(AgeClassifierTrainer::start(classifier, store(), None, &Device::Cpu).unwrap())
    };
    let (_, parts) = check_resuming(&home.path().join("classifier"), 1, &fresh);
    let ages = parts.join("checkpoint/age_classifier.model-2.safetensors");

    let settings = IpcganSettings {
        max_steps: 2,
        batch_size: 2,
        channels: 4,
        discriminator_outputs: 2,
        ..IpcganSettings::published(Recipe::Cgan)
    };
    let fresh = || -> Box<dyn Trainer> {
        let judges = Judges::open(None, Some(&ages), FeatureLayer::Conv5, &Device::Cpu).unwrap();
        let store = faces(home.path(), FaceViews::Generator, |group| group < 2);
        let pairs = LabelPairs::Drawn { seed: 1 };
        Box::new(IpcganTrainer::start(settings, store, pairs, judges, &Device::Cpu).unwrap())
    };
    let (_, parts) = check_resuming(&home.path().join("generator"), 1, &fresh);
    let weights = parts.join("checkpoint/acgan.model-1.safetensors");
    assert_eq!(open_model_file(&weights, &Device::Cpu).unwrap().info().name, "ipcgan");
    for sheet in ["samples/1/source.jpg", "samples/1/test_4.jpg"] {
        assert!(parts.join(sheet).is_file(), "{sheet}");
    }
    let table = std::fs::read_to_string(parts.join("training_losses.txt")).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "Step|td_loss|tg_loss|tfea_loss|tage_loss");
    assert!(lines.len() == 3 && lines[1].starts_with("0|") && lines[2].starts_with("1|"), "{table}");
}

#[test]
fn the_classifier_learns_its_faces() {
    let home = tempfile::tempdir().unwrap();
    let settings = AgeClassifierSettings {
        batch_size: 10,
        divisor: 24,
        learning_rate: 3e-3,
        ..AgeClassifierSettings::default()
    };
    let store = faces(home.path(), FaceViews::Classifier, |_| false);
    let mut trainer = AgeClassifierTrainer::start(settings, store, None, &Device::Cpu).unwrap();
    let losses: Vec<f32> = (0..12).map(|step| trainer.step(step).unwrap().scalars[0].1).collect();
    let late = losses[9..].iter().sum::<f32>() / 3.0;
    assert!(late < 0.9 * losses[0], "{losses:?}");
}

#[test]
fn the_discriminator_learns_what_is_real() {
    let home = tempfile::tempdir().unwrap();
    let settings = IpcganSettings {
        batch_size: 2,
        channels: 4,
        discriminator_outputs: 2,
        weights: LossWeights { features: 0.0, age: 0.0, ..LossWeights::PUBLISHED },
        ..IpcganSettings::published(Recipe::Ipcgan)
    };
    let store = faces(home.path(), FaceViews::Generator, |group| Recipe::Ipcgan.ages(group));
    let judges = Judges::none(&Device::Cpu).unwrap();
    let pairs = LabelPairs::Drawn { seed: 1 };
    let mut trainer = IpcganTrainer::start(settings, store, pairs, judges, &Device::Cpu).unwrap();
    let losses: Vec<f32> = (0..12).map(|step| trainer.step(step).unwrap().scalars[0].1).collect();
    let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
    assert!(mean(&losses[8..]) < 0.8 * mean(&losses[..3]), "{losses:?}");
}

#[test]
fn mixed_batches_give_each_face_its_group_and_resume() {
    let home = tempfile::tempdir().unwrap();
    let settings = |mixed_batches| IpcganSettings {
        max_steps: 2,
        batch_size: 2,
        mixed_batches,
        channels: 4,
        discriminator_outputs: 2,
        weights: LossWeights { features: 0.0, age: 0.0, ..LossWeights::PUBLISHED },
        ..IpcganSettings::published(Recipe::Ipcgan)
    };
    let start = |mixed| {
        let store = faces(home.path(), FaceViews::Generator, |group| group == 0);
        let (pairs, judges) = (LabelPairs::Drawn { seed: 1 }, Judges::none(&Device::Cpu).unwrap());
        IpcganTrainer::start(settings(mixed), store, pairs, judges, &Device::Cpu).unwrap()
    };
    for mixed in [false, true] {
        let mut trainer = start(mixed);
        let mut uneven = 0;
        for step in 0..20 {
            let (groups, real) = trainer.draw(step);
            // Faces are stored in pairs by group.
            assert_eq!(real.iter().map(|face| face / 2).collect::<Vec<_>>(), groups.right);
            assert!(groups.right.iter().zip(&groups.wrong).all(|(right, wrong)| right != wrong));
            uneven += usize::from(groups.right[0] != groups.right[1]);
        }
        assert!(if mixed { uneven > 10 } else { uneven == 0 }, "{uneven}");
    }
    let (_, parts) = check_resuming(&home.path().join("runs"), 1, &|| Box::new(start(true)));
    let sheet = |name: &str| image::open(parts.join("samples/1").join(name)).unwrap().to_rgb8();
    assert_ne!(sheet("test_0.jpg"), sheet("test_4.jpg"));
}

#[test]
fn missing_judges_and_faces_are_reported() {
    let home = tempfile::tempdir().unwrap();
    let start = |settings: IpcganSettings| {
        let store = faces(home.path(), FaceViews::Generator, |group| group == 0);
        let judges = Judges::none(&Device::Cpu).unwrap();
        IpcganTrainer::start(settings, store, LabelPairs::Drawn { seed: 1 }, judges, &Device::Cpu)
    };
    let published = IpcganSettings { channels: 4, ..IpcganSettings::published(Recipe::Ipcgan) };
    let message = start(published).err().unwrap().to_string();
    assert!(
        message.contains("--alexnet_pretrained_model") && message.contains("--fea_loss_weight 0"),
        "{message}"
    );
    let weights = LossWeights { features: 0.0, ..LossWeights::PUBLISHED };
    let message = start(IpcganSettings { weights, ..published }).err().unwrap().to_string();
    assert!(message.contains("ipcgan-age-classifier"), "{message}");
    let weights = LossWeights { features: 0.0, age: 0.0, ..LossWeights::PUBLISHED };
    let message = start(IpcganSettings { weights, batch_size: 3, ..published }).err().unwrap().to_string();
    assert!(message.contains("2 faces of"), "{message}");
}
