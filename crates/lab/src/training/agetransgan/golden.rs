//! Golden numbers of two references: those of the specification, made with PyTorch at the published width,
//! and those of `tests/reference/agetransgan_training.py`, made with JAX on a narrow network.

use std::collections::{BTreeMap, HashMap};

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;

use super::discriminator::{Discriminator, DiscriminatorShape, Layers};
use super::expert::FaceExpert;
use super::losses::{class_loss, non_saturating_loss};
use super::regularisers::{paths, r1};
use super::settings::AgeTransGanSettings;
use super::tests::Still;
use super::trainer::{AgeTransGanTrainer, StepBatch};
use crate::dataset::seeded;
use crate::training::NamedTensors;
use crate::training::losses::{binary_cross_entropy, one_hot};
use crate::training::parameters::Parameters;
use agemirror_faces::aging::agetransgan::{Generator, NetworkShape, Styles};
use agemirror_faces::aging::testing::hashed;

const ROOT3: f64 = 1.732_050_807_568_877_2;
const NARROW: NetworkShape = NetworkShape { side: 32, groups: 4, width: 16 };

#[derive(serde::Deserialize)]
struct Golden {
    single: Form,
    multi: Form,
    paths: PathNumbers,
    picture: Vec<f32>,
    scalars: BTreeMap<String, f64>,
    moved_d: BTreeMap<String, f64>,
    moved_g: BTreeMap<String, f64>,
    expert: Expert,
}

#[derive(serde::Deserialize)]
struct Form {
    real: Vec<f32>,
    classes: Vec<Vec<f32>>,
    r1: f64,
    r1_slopes: BTreeMap<String, f64>,
}

#[derive(serde::Deserialize)]
struct PathNumbers {
    penalty: f64,
    mean: f64,
    lengths: Vec<f32>,
    slopes: BTreeMap<String, f64>,
}

#[derive(serde::Deserialize)]
struct Expert {
    codes: Vec<Vec<f32>>,
    loss: f64,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../../../tests/reference/agetransgan_training.json")).unwrap()
}

/// The weight called `name`, as the specification and the script define it.
fn value(name: &str, shape: &[usize]) -> Tensor {
    let plain = name.trim_start_matches("D.");
    let (scale, offset) = match plain {
        _ if plain.starts_with("style.") && plain.ends_with(".weight") => (100.0, 0.0),
        _ if plain.starts_with("style.") => (10.0, 0.0),
        _ if plain.ends_with(".modulation.bias") => (0.1, 1.0),
        _ if plain.ends_with(".noise.weight") || plain.ends_with(".bias") => (0.1, 0.0),
        _ => (1.0, 0.0),
    };
    hashed(name, shape, ROOT3 * scale, offset).unwrap()
}

fn values(list: Vec<(String, Vec<usize>)>, prefix: &str) -> NamedTensors {
    let named = |(name, shape): (String, Vec<usize>)| {
        let tensor = value(&format!("{prefix}{name}"), &shape);
        (name, tensor)
    };
    list.into_iter().map(named).collect()
}

fn near(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!((ours - theirs).abs() <= tolerance, "{what}: {ours}, expected {theirs}");
}

fn scalar(x: &Tensor) -> f64 {
    f64::from(x.to_scalar::<f32>().unwrap())
}

fn all_near(ours: &Tensor, theirs: &[f32], tolerance: f32, what: &str) {
    let ours = ours.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        near(f64::from(*ours), f64::from(*theirs), f64::from(tolerance), what);
    }
}

/// Projects `x` onto a direction that depends on the parameter's name.
fn along(name: &str, x: &Tensor) -> f64 {
    let direction = hashed(&format!("along.{name}"), x.dims(), 1.0, 0.0).unwrap();
    let sum = (x.to_dtype(DType::F64).unwrap() * direction.to_dtype(DType::F64).unwrap()).unwrap();
    sum.sum_all().unwrap().to_scalar::<f64>().unwrap()
}

/// Compares gradients along their directions, to a thousandth of their length.
fn check_slopes(grads: &GradStore, parameters: &Parameters, expected: &BTreeMap<String, f64>) {
    let of = |name: &str| parameters.iter().find(|(other, _)| *other == name).unwrap().1;
    for (name, slope) in expected {
        match grads.get(of(name).as_tensor()) {
            Some(grad) => {
                let length = scalar(&grad.sqr().unwrap().sum_all().unwrap()).sqrt();
                near(along(name, grad), *slope, 1e-3 * length + 1e-7, name);
            }
            None => near(0.0, *slope, 1e-12, name),
        }
    }
}

fn batch() -> StepBatch {
    StepBatch {
        pictures: hashed("x", &[2, 3, 32, 32], 1.0, 0.0).unwrap(),
        own: one_hot(&[1, 3], 4, &Device::Cpu).unwrap(),
        target: one_hot(&[2, 0], 4, &Device::Cpu).unwrap(),
        random: seeded(1, 1, 1),
    }
}

#[test]
fn both_forms_of_the_discriminator_agree_with_jax() {
    let golden = golden();
    for (layers, expected) in [(Layers::Single, golden.single), (Layers::Multi, golden.multi)] {
        let shape = DiscriminatorShape { network: NARROW, layers };
        let parameters = Parameters::from_tensors(values(shape.parameters(), "D.")).unwrap();
        let network = Discriminator::new(shape, &parameters.var_builder(&Device::Cpu)).unwrap();
        let StepBatch { pictures, own, .. } = batch();
        let judged = network.forward(&pictures, &own).unwrap();
        all_near(&judged.real, &expected.real, 1e-5, "real");
        all_near(&judged.classes, &expected.classes.concat(), 1e-5, "classes");
        let penalty = r1(&network, &pictures, &own).unwrap();
        near(scalar(&penalty), expected.r1, 1e-4 * expected.r1, "R1");
        check_slopes(&penalty.backward().unwrap(), &parameters, &expected.r1_slopes);
    }
}

#[test]
fn paths_agree_with_jax() {
    let golden = golden();
    let parameters = Parameters::from_tensors(values(NARROW.parameters(), "")).unwrap();
    let generator = Generator::new(&parameters.var_builder(&Device::Cpu)).unwrap();
    let StepBatch { pictures, target, .. } = batch();
    let planes = [16, 32, 32].into_iter().enumerate();
    let noise = planes.map(|(i, side)| hashed(&format!("noise{i}"), &[2, side, side], ROOT3, 0.0).unwrap());
    let noise: Vec<Tensor> = noise.collect();
    let (identity, w) = generator.codes(&pictures, &target).unwrap();
    let painted = generator.paint(identity, &Styles::shared(w), &noise).unwrap();
    let row = painted.get(1).unwrap().get(2).unwrap().get(5).unwrap().narrow(0, 0, 8).unwrap();
    all_near(&row, &golden.picture, 1e-5, "picture");
    let weighting = hashed("plnoise", &[2, 3, 32, 32], ROOT3 / 32.0, 0.0).unwrap();
    let found = paths(&generator, (&pictures, &target), &noise, &weighting, 0.3).unwrap();
    near(found.mean, golden.paths.mean, 1e-6, "mean");
    near(scalar(&found.penalty), golden.paths.penalty, 1e-6, "penalty");
    all_near(&found.lengths, &golden.paths.lengths, 1e-5, "lengths");
    check_slopes(&found.penalty.backward().unwrap(), &parameters, &golden.paths.slopes);
}

/// A whole iteration without the path regulariser: every term, and the movement of each parameter in its one
/// or two steps. An optimiser's first step has the length of the learning rate whatever the gradient, so a
/// few values may move either way.
#[test]
fn an_iteration_agrees_with_jax() {
    let golden = golden();
    let settings = AgeTransGanSettings {
        size: NARROW.side,
        group: NARROW.groups,
        width: NARROW.width,
        ..AgeTransGanSettings::default()
    };
    let mut trainer = AgeTransGanTrainer::start(settings, Still, None, &Device::Cpu).unwrap();
    // The noise differs from the reference's; with zero strength it has no effect.
    let mut start =
        [values(NARROW.parameters(), ""), values(settings.discriminator_shape().parameters(), "D.")];
    for (name, tensor) in &mut start[0] {
        if name.ends_with("noise.weight") {
            *tensor = tensor.zeros_like().unwrap();
        }
    }
    for (parameters, start) in trainer.parameters().into_iter().zip(&start) {
        parameters.restore(start, "").unwrap();
    }
    let mut batch = batch();
    let mut scalars = trainer.train_discriminator(&mut batch).unwrap();
    trainer.regularise_r1(&batch).unwrap();
    scalars.extend(trainer.train_generator(&mut batch).unwrap());
    scalars.push(("r1", trainer.regulariser_stats[1] as f32));
    for (name, expected) in &golden.scalars {
        let ours = scalars.iter().find(|(other, _)| other == name).unwrap().1;
        near(f64::from(ours), *expected, 1e-4 * expected.abs() + 1e-6, name);
    }
    let expected = [&golden.moved_g, &golden.moved_d];
    for ((parameters, start), expected) in trainer.parameters().into_iter().zip(&start).zip(expected) {
        for (name, var) in parameters.iter().filter(|(name, _)| !name.ends_with("noise.weight")) {
            let step = ((var.as_detached_tensor() - &start[name]).unwrap() / settings.lr).unwrap();
            let tolerance = 0.01 * (step.elem_count() as f64).sqrt() + 0.05;
            near(along(name, &step), expected[name], tolerance, name);
        }
    }
}

#[test]
fn the_face_expert_agrees_with_jax() {
    let golden = golden().expert;
    let vb = VarBuilder::from_tensors(expert_weights(), DType::F32, &Device::Cpu);
    let expert = FaceExpert::new(&vb).unwrap();
    let x = batch().pictures;
    let codes = expert.codes(&x).unwrap();
    all_near(&codes, &golden.codes.concat(), 2e-3, "codes");
    let swapped = Tensor::cat(&[x.narrow(0, 1, 1).unwrap(), x.narrow(0, 0, 1).unwrap()], 0).unwrap();
    near(scalar(&expert.loss(&x, &swapped).unwrap()), golden.loss, 1e-4 * golden.loss, "loss");
}

/// The weights of a narrow face expert, with the names of the published one.
fn expert_weights() -> HashMap<String, Tensor> {
    let (width, codes) = (4, 8);
    let mut shapes: Vec<(String, Vec<usize>)> = vec![
        ("input_layer.0.weight".into(), vec![width, 3, 3, 3]),
        ("input_layer.2.weight".into(), vec![width]),
        ("output_layer.3.weight".into(), vec![codes, 49 * 8 * width]),
        ("output_layer.3.bias".into(), vec![codes]),
    ];
    let mut norms = vec![("input_layer.1".to_owned(), width), ("output_layer.0".into(), 8 * width)];
    norms.push(("output_layer.4".into(), codes));
    let mut inputs = width;
    let stages = [3, 4, 14, 3].into_iter().enumerate();
    for (n, outputs) in stages.flat_map(|(stage, count)| vec![width << stage; count]).enumerate() {
        if inputs != outputs {
            shapes.push((format!("body.{n}.shortcut_layer.0.weight"), vec![outputs, inputs, 1, 1]));
            norms.push((format!("body.{n}.shortcut_layer.1"), outputs));
        }
        norms.push((format!("body.{n}.res_layer.0"), inputs));
        shapes.push((format!("body.{n}.res_layer.1.weight"), vec![outputs, inputs, 3, 3]));
        shapes.push((format!("body.{n}.res_layer.2.weight"), vec![outputs]));
        shapes.push((format!("body.{n}.res_layer.3.weight"), vec![outputs, outputs, 3, 3]));
        norms.push((format!("body.{n}.res_layer.4"), outputs));
        inputs = outputs;
    }
    for (at, channels) in norms {
        for part in ["weight", "bias", "running_mean", "running_var"] {
            shapes.push((format!("{at}.{part}"), vec![channels]));
        }
    }
    let weight = |(name, shape): (String, Vec<usize>)| {
        let key = format!("E.{name}");
        let fan: usize = shape.iter().skip(1).product();
        let (scale, offset) = match shape.len() {
            _ if key.ends_with("running_var") => (0.3, 1.0),
            _ if key.ends_with("bias") || key.ends_with("running_mean") => (0.1, 0.0),
            1 if key.contains(".2.") => (0.2, 0.25),
            1 => (0.2, 1.0),
            _ => ((3.0 / fan as f64).sqrt(), 0.0),
        };
        let tensor = hashed(&key, &shape, scale, offset).unwrap();
        (name, tensor)
    };
    shapes.into_iter().map(weight).collect()
}

const TOY: NetworkShape = NetworkShape { side: 32, groups: 4, width: 512 };

#[test]
fn the_published_width_agrees_with_the_specifications_discriminator() {
    let shape = DiscriminatorShape { network: TOY, layers: Layers::Single };
    let parameters = Parameters::from_tensors(values(shape.parameters(), "D.")).unwrap();
    let network = Discriminator::new(shape, &parameters.var_builder(&Device::Cpu)).unwrap();
    let x = hashed("dinput", &[4, 3, 32, 32], 1.0, 0.0).unwrap();
    let own = one_hot(&[0, 1, 2, 3], 4, &Device::Cpu).unwrap();
    let judged = network.forward(&x, &own).unwrap();
    all_near(&judged.real, &[7.1585, -2.114859, 2.885108, 3.13809], 1e-4, "real");
    let row = |i: usize| judged.classes.get(i).unwrap();
    all_near(&row(0), &[0.255545, -0.182144, 0.273553, -0.287344], 1e-4, "classes");
    all_near(&row(3), &[0.255241, -0.155641, 0.318575, -0.283542], 1e-4, "classes");
    let (real, generated) = (judged.real.narrow(0, 0, 2).unwrap(), judged.real.narrow(0, 2, 2).unwrap());
    let logistic = |x: &Tensor, is_real: bool| scalar(&binary_cross_entropy(x, is_real).unwrap());
    near(logistic(&real, true) + logistic(&generated, false), 4.1747706, 1e-4, "logistic");
    near(scalar(&non_saturating_loss(&judged.real).unwrap()), 0.5815857, 1e-4, "non-saturating");
    near(scalar(&class_loss(&judged.classes, &own).unwrap()), 1.4273845, 1e-4, "cross-entropy");
    let penalty = r1(&network, &x, &own).unwrap();
    near(scalar(&penalty), 1.2900783, 1e-4, "R1");
    let grads = penalty.backward().unwrap();
    let (_, first) = parameters.iter().find(|(name, _)| *name == "convs.0.0.weight").unwrap();
    let slope = grads.get(first.as_tensor()).unwrap();
    near(scalar(&slope.sum_all().unwrap()), 0.0322126, 1e-4, "slope");
    let largest = slope.abs().unwrap().flatten_all().unwrap().max(0).unwrap();
    near(scalar(&largest), 0.0147167, 1e-5, "largest slope");
}

#[test]
fn the_published_width_agrees_with_the_specifications_path_length() {
    let tensors: HashMap<String, Tensor> = values(TOY.parameters(), "");
    let generator = Generator::new(&VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu)).unwrap();
    let x = hashed("input", &[1, 3, 32, 32], 1.0, 0.0).unwrap();
    let label = Tensor::new(&[[0f32, 0.7, 0.3, 0.0]], &Device::Cpu).unwrap();
    let silent = [16, 32, 32].map(|side| Tensor::zeros((1, side, side), DType::F32, &Device::Cpu).unwrap());
    let weighting = hashed("plnoise", &[1, 3, 32, 32], ROOT3 / 32.0, 0.0).unwrap();
    let found = paths(&generator, (&x, &label), &silent, &weighting, 0.0).unwrap();
    all_near(&found.lengths, &[0.5051097], 1e-4, "length");
}
