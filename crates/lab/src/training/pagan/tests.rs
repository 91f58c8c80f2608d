//! Golden numbers of `tests/reference/pagan_training.py`, made with JAX on narrow networks, and short runs of
//! these.

use std::collections::BTreeMap;
use std::time::Duration;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;

use super::*;
use crate::training::testing::StopAfter;
use crate::training::{CheckpointPolicy, NamedTensors, Session, TrainingError, newest_checkpoint};
use agemirror_faces::aging::pagan::open_generator;
use agemirror_faces::aging::testing::hashed;

const SIDE: usize = 64;
const BASE: usize = 4;
const CODES: usize = 16;

#[derive(serde::Deserialize)]
struct Golden {
    source: Numbers,
    corrected: Numbers,
}

#[derive(serde::Deserialize)]
struct Numbers {
    terms: Vec<BTreeMap<String, f64>>,
    moved_g: BTreeMap<String, f64>,
    moved_d: BTreeMap<String, f64>,
    /// The optimiser's running means: projection onto a direction, and length.
    mean_g: BTreeMap<String, [f64; 2]>,
    mean_d: BTreeMap<String, [f64; 2]>,
    running_mean: BTreeMap<String, f64>,
    running_var: BTreeMap<String, f64>,
}

/// The same faces in every step.
struct Still;

impl ClusterSource for Still {
    fn young(&self, _: u64, batch: usize, _: &Device) -> Result<Tensor, TrainingError> {
        Ok(hashed("young", &[batch, 3, SIDE, SIDE], 1.0, 0.0)?)
    }

    fn elder(&self, _: u64, batch: usize, _: &Device) -> Result<Tensor, TrainingError> {
        Ok(hashed("elder", &[batch, 3, SIDE, SIDE], 1.0, 0.0)?)
    }
}

fn value(name: &str, shape: &[usize]) -> Tensor {
    let fan: usize = shape.iter().skip(1).product();
    let (scale, offset) = match shape.len() {
        _ if name.ends_with("bias") => (0.1, 0.0),
        1 => (0.2, 1.0),
        _ => ((3.0 / fan as f64).sqrt(), 0.0),
    };
    hashed(name, shape, scale, offset).unwrap()
}

fn values(list: Vec<(String, Vec<usize>)>, prefix: &str) -> NamedTensors {
    let named = |(name, shape): (String, Vec<usize>)| {
        let tensor = value(&format!("{prefix}{name}"), &shape);
        (name, tensor)
    };
    list.into_iter().map(named).collect()
}

fn vgg(prefix: &str, whole: bool, entry: InputScaling) -> Vgg {
    let weights = values(vgg_shapes(BASE, CODES, SIDE), prefix);
    let vb = VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu);
    Vgg::new(&vb, whole, entry).unwrap()
}

fn settings(mode: Mode, iters: u64) -> PaganSettings {
    PaganSettings { mode, iters, img_size: SIDE, ngf: BASE, batch_size: 2, ..PaganSettings::default() }
}

fn trainer(settings: PaganSettings) -> PaganTrainer<Still> {
    let entry = settings.input_scaling();
    let features = FeatureNetworks { age: vgg("A.", false, entry), identity: vgg("I.", true, entry) };
    PaganTrainer::start(settings, Still, features, &Device::Cpu).unwrap()
}

fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance, "{what}: {ours}, expected {theirs}");
}

/// A bias before a normalisation has only rounding errors as gradient, and an optimiser that follows signs
/// amplifies these.
fn has_no_gradient(name: &str) -> bool {
    let normalised = ["encoder.0.", "encoder.3.0.", "encoder.4.0.", "decoder.0.0.", "decoder.1.0."];
    let block = name.contains("block.0.") || name.contains("block.3.");
    let of_path = name.starts_with("path") && name.matches('.').count() == 3 && name.ends_with(".0.bias");
    name.ends_with("bias") && (block || of_path || normalised.iter().any(|part| name.starts_with(part)))
}

fn sums(trainer: &PaganTrainer<Still>, part: &str) -> BTreeMap<String, f64> {
    let of = |(name, value): (&String, &Tensor)| {
        let name = name.strip_suffix(part)?.to_owned();
        Some((name, f64::from(value.sum_all().ok()?.to_scalar::<f32>().ok()?)))
    };
    trainer.statistics.iter().filter_map(of).collect()
}

/// Faces per step in the golden numbers. The discriminator's last maps are single values; normalising them
/// over only two faces would magnify rounding errors.
const FACES: usize = 8;

fn check(settings: PaganSettings, expected: &Numbers) {
    let settings = PaganSettings { batch_size: FACES, ..settings };
    let mut trainer = trainer(settings);
    let lists = [agemirror_faces::aging::pagan::parameters(BASE), super::pyramid::parameters(BASE)];
    let [of_g, of_d] = lists;
    let start = [values(of_g, "G."), values(of_d, "D.")];
    for (parameters, start) in trainer.parameters().into_iter().zip(&start) {
        parameters.restore(start, "").unwrap();
    }
    for (done, terms) in (0..).zip(&expected.terms) {
        let record = trainer.train_step(done).unwrap();
        for (name, term) in terms {
            let ours = record.scalars.iter().find(|(other, _)| other == name).unwrap().1;
            near(f64::from(ours), *term, 1e-3 * term.abs() + 1e-6, name);
        }
    }
    let along = |name: &str, x: Tensor| {
        let direction = hashed(&format!("along.{name}"), x.dims(), 1.0, 0.0).unwrap();
        f64::from((x * direction).unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap())
    };
    let close = 0.02 * (expected.terms.len() as f64).powi(2);
    let mut state = NamedTensors::new();
    trainer.save_state(&mut state).unwrap();
    let all = [
        ("optimG", &expected.moved_g, &expected.mean_g, 0.15),
        ("optimD", &expected.moved_d, &expected.mean_d, 0.03),
    ];
    for ((parameters, start), (optimiser, moved, means, spread)) in
        trainer.parameters().into_iter().zip(&start).zip(all)
    {
        for (name, var) in
            parameters.iter().filter(|(name, _)| settings.mode == Mode::Source || !has_no_gradient(name))
        {
            // A value rounded across a ReLU's zero changes a gradient by a few thousandths, and steps
            // accumulate ..
            let [mean, length] = means[name];
            near(along(name, state[&format!("{optimiser}.mean.{name}")].clone()), mean, close * length, name);
            // .. and the signs of small gradients flip, which the first steps of Adam follow. The generator's
            // gradient passes through the many ReLUs of the discriminator and VGG.
            let step = ((var.as_detached_tensor() - &start[name]).unwrap() / settings.lr).unwrap();
            let tolerance = spread * (step.elem_count() as f64).sqrt() + 0.2;
            near(along(name, step), moved[name], tolerance, name);
        }
    }
    for (part, expected) in
        [(".running_mean", &expected.running_mean), (".running_var", &expected.running_var)]
    {
        let ours = sums(&trainer, part);
        assert_eq!(ours.len(), expected.len());
        for (name, sum) in expected {
            near(ours[name], *sum, 1e-2 * sum.abs() + 1e-2, name);
        }
    }
}

#[test]
fn an_iteration_of_the_source_agrees_with_jax() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../../tests/reference/pagan_training.json")).unwrap();
    // Its dropout is random.
    check(PaganSettings { par_identity: 0.0, ..settings(Mode::Source, 1) }, &golden.source);
}

#[test]
fn corrected_iterations_agree_with_jax() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../../tests/reference/pagan_training.json")).unwrap();
    check(settings(Mode::Corrected, 2), &golden.corrected);
}

#[test]
fn the_published_discriminator_has_as_many_parameters_as_published() {
    let count = |list: Vec<(String, Vec<usize>)>| {
        list.iter().map(|(_, dims)| dims.iter().product::<usize>()).sum::<usize>()
    };
    assert_eq!(count(super::pyramid::parameters(64)), 41_077_124);
    assert_eq!(count(agemirror_faces::aging::pagan::parameters(32)), 1_383_555);
}

#[test]
fn dropout_hides_half_and_depends_on_the_step_alone() {
    let features = vgg("I.", true, InputScaling::Unscaled);
    let x = hashed("young", &[2, 3, SIDE, SIDE], 1.0, 0.0).unwrap();
    let say = |step: u64| {
        let mut random = crate::dataset::seeded(1, step, 0);
        features
            .identity_features(&x, Some(&mut random))
            .unwrap()
            .flatten_all()
            .unwrap()
            .to_vec1::<f32>()
            .unwrap()
    };
    assert_eq!(say(3), say(3));
    assert_ne!(say(3), say(4));
    let plain =
        features.identity_features(&x, None).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let zeros = |values: &[f32]| values.iter().filter(|v| **v == 0.0).count();
    assert!(zeros(&say(3)) > zeros(&plain));
}

#[test]
fn a_resumed_run_is_the_same_run_and_its_weights_are_a_model() {
    let _steady = agemirror_kernels::hold_instruction_set();
    let policy =
        CheckpointPolicy { save_interval: Duration::from_secs(3600), max_checkpoints: 1, log_every_steps: 1 };
    for mode in [Mode::Source, Mode::Corrected] {
        let home = tempfile::tempdir().unwrap();
        let (whole, parted) = (home.path().join("whole"), home.path().join("parted"));
        let settings = settings(mode, 4);
        Session::start(&whole, policy).unwrap().run(&mut trainer(settings), &mut StopAfter(99)).unwrap();
        Session::start(&parted, policy).unwrap().run(&mut trainer(settings), &mut StopAfter(2)).unwrap();
        let mut fresh = trainer(settings);
        let mut session = Session::resume(&parted, policy, &mut fresh).unwrap();
        session.run(&mut fresh, &mut StopAfter(99)).unwrap();
        let bytes = |folder| std::fs::read(newest_checkpoint(folder).unwrap().unwrap()).unwrap();
        assert!(bytes(&whole) == bytes(&parted), "a resumed run must be the same to the bit");
        assert!(whole.join("img/train_crop_3/epoch_0_age_3_fake.png").exists());
        assert!(whole.join("model_crop_3/netD_epoch_3.safetensors").exists());
        open_generator(&whole.join("model_crop_3/netG_epoch_3.safetensors"), &Device::Cpu).unwrap();
    }
}

#[test]
fn the_losses_fall() {
    let settings = PaganSettings { lr: 1e-3, ..settings(Mode::Corrected, 10) };
    let mut trainer = trainer(settings);
    let losses: Vec<f32> = (0..settings.iters)
        .map(|done| {
            trainer.train_step(done).unwrap().scalars.iter().find(|(name, _)| *name == "D_loss").unwrap().1
        })
        .collect();
    assert!(losses[9] < 0.7 * losses[0], "{losses:?}");
    for (wrong, message) in [
        (PaganSettings { train_age: 4, ..settings }, "not 4"),
        (PaganSettings { img_size: 100, ..settings }, "not 100"),
    ] {
        let error = wrong.check().err().unwrap().to_string();
        assert!(error.contains(message), "{error}");
    }
}
