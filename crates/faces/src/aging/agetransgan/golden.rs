//! Reference values from the authors' own network definition, run in 64-bit floats with weights from an
//! integer hash, at 32 px with four groups. Ours must agree within 1e-4.

use std::collections::HashMap;

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::Generator;
use super::decoder::Decoder;
use super::encoder::{AgeBranch, IdentityBranch, Trunk};
use super::shape::NetworkShape;

const TOLERANCE: f32 = 1e-4;

/// Value `i` of the tensor `key`, uniform in -1..1.
fn uniform(key_hash: u32, i: usize) -> f64 {
    let mut x = key_hash.wrapping_add((i as u32).wrapping_mul(2_654_435_761));
    x ^= x >> 16;
    x = x.wrapping_mul(0x85eb_ca6b);
    x ^= x >> 13;
    x = x.wrapping_mul(0xc2b2_ae35);
    x ^= x >> 16;
    2.0 * f64::from(x) / 4_294_967_296.0 - 1.0
}

/// FNV-1a.
fn hash(key: &str) -> u32 {
    key.bytes().fold(0x811c_9dc5, |h, byte| (h ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A tensor of `scale · uniform + offset`.
fn filled(key: &str, dims: &[usize], scale: f64, offset: f64) -> Result<Tensor> {
    let key = hash(key);
    let count: usize = dims.iter().product();
    let values = (0..count).map(|i| (scale * uniform(key, i) + offset) as f32).collect::<Vec<_>>();
    Tensor::from_vec(values, dims, &Device::Cpu)
}

/// A weight of the toy network.
fn weight(key: &str, dims: &[usize]) -> Result<Tensor> {
    let style = key.starts_with("style.");
    let (scale, offset) = match key {
        _ if style && key.ends_with(".weight") => (100.0, 0.0),
        _ if style => (10.0, 0.0),
        _ if key.ends_with(".modulation.bias") => (0.1, 1.0),
        _ if key.ends_with(".noise.weight") || key.ends_with(".bias") => (0.1, 0.0),
        _ => (1.0, 0.0),
    };
    filled(key, dims, 3f64.sqrt() * scale, offset)
}

const TOY: NetworkShape = NetworkShape { side: 32, groups: 4, width: 512 };

/// The toy network's weights.
pub(super) fn toy_weights() -> HashMap<String, Tensor> {
    let weights = TOY.parameters().into_iter().map(|(name, dims)| {
        let tensor = weight(&name, &dims).unwrap();
        (name, tensor)
    });
    weights.collect()
}

pub(super) fn toy_builder(weights: &HashMap<String, Tensor>) -> VarBuilder<'static> {
    VarBuilder::from_tensors(weights.clone(), DType::F32, &Device::Cpu)
}

fn input() -> Tensor {
    filled("input", &[1, 3, 32, 32], 1.0, 0.0).unwrap()
}

fn label() -> Tensor {
    Tensor::new(&[[0f32, 0.7, 0.3, 0.0]], &Device::Cpu).unwrap()
}

fn noise() -> Vec<Tensor> {
    let plane = |(i, side): (usize, usize)| filled(&format!("noise{i}"), &[1, side, side], 3f64.sqrt(), 0.0);
    [16, 32, 32].into_iter().enumerate().map(plane).collect::<Result<_>>().unwrap()
}

/// Checks the mean, the standard deviation, and sample values.
fn check(name: &str, tensor: &Tensor, [mean, deviation]: [f32; 2], samples: &[(&[usize], f32)]) {
    let scalar = |t: Tensor| t.to_dtype(DType::F64).unwrap().to_scalar::<f64>().unwrap() as f32;
    let near = |ours: f32, theirs: f32, what: &dyn std::fmt::Debug| {
        assert!((ours - theirs).abs() < TOLERANCE, "{name} {what:?}: {ours}, expected {theirs}");
    };
    let ours = scalar(tensor.to_dtype(DType::F64).unwrap().mean_all().unwrap());
    near(ours, mean, &"mean");
    let square = tensor.to_dtype(DType::F64).unwrap().affine(1.0, f64::from(-ours)).unwrap().sqr().unwrap();
    near(scalar(square.mean_all().unwrap()).sqrt(), deviation, &"deviation");
    for (index, expected) in samples {
        let value = index.iter().try_fold(tensor.clone(), |t, i| t.get(*i)).unwrap();
        near(scalar(value), *expected, index);
    }
}

fn painted(generator: &Generator, labels: &Tensor, noise: &[Tensor]) -> Tensor {
    let mut pictures = Vec::new();
    let take = |picture| {
        pictures.push(picture);
        Ok(())
    };
    generator.forward(&input(), labels, noise, take).unwrap();
    Tensor::cat(&pictures, 0).unwrap()
}

#[test]
fn the_hash_matches_the_reference() {
    let first: Vec<f32> = input().flatten_all().unwrap().narrow(0, 0, 4).unwrap().to_vec1().unwrap();
    for (ours, theirs) in first.iter().zip([0.598_066_3, -0.776_759_4, -0.874_963_8, -0.232_357]) {
        assert!((ours - theirs).abs() < 1e-6);
    }
    let parameters: usize = TOY.parameters().iter().map(|(_, dims)| dims.iter().product::<usize>()).sum();
    assert_eq!(parameters, 37_769_737);
    for (groups, parameters) in [(10, 54_120_034), (4, 54_119_842)] {
        let names = NetworkShape { side: 1024, groups, width: 512 }.parameters();
        assert_eq!(names.iter().map(|(_, dims)| dims.iter().product::<usize>()).sum::<usize>(), parameters);
    }
}

#[test]
fn the_codes_match_the_authors_network() {
    let vb = toy_builder(&toy_weights());
    let trunk = Trunk::new(TOY, &vb.pp("convs_e")).unwrap();
    check(
        "convs_e.0",
        &trunk.first_layer(&input(), &label()).unwrap(),
        [0.237_701_2, 0.459_052_4],
        &[(&[0, 0, 0, 0], -0.021_172_0), (&[0, 1, 2, 3], -0.024_057_3), (&[0, 255, 5, 7], -0.063_727_5)],
    );
    let code = trunk.forward(&input(), &label()).unwrap();
    check(
        "convs_e",
        &code,
        [0.115_155_3, 0.375_403_7],
        &[(&[0, 0, 0, 0], 0.049_312_7), (&[0, 1, 2, 3], 1.124_658_4), (&[0, 255, 5, 7], -0.145_32)],
    );
    let identity = IdentityBranch::new(512, &vb.pp("convs_ei")).unwrap();
    check(
        "convs_ei",
        &identity.forward(code.clone()).unwrap(),
        [0.101_366_9, 0.357_983_3],
        &[(&[0, 0, 0, 0], 0.293_713_5), (&[0, 1, 2, 3], 0.082_096_8), (&[0, 255, 5, 7], 0.191_999_8)],
    );
    check(
        "w",
        &AgeBranch::new(512, &vb).unwrap().forward(code).unwrap(),
        [0.471_743_7, 0.941_815_6],
        &[
            (&[0, 0], -0.064_231_8),
            (&[0, 1], -0.320_302_7),
            (&[0, 2], 0.359_528_9),
            (&[0, 511], -0.030_785_1),
        ],
    );
}

#[test]
fn the_decoder_matches_the_authors_network() {
    let vb = toy_builder(&toy_weights());
    let code = Trunk::new(TOY, &vb.pp("convs_e")).unwrap().forward(&input(), &label()).unwrap();
    let w = AgeBranch::new(512, &vb).unwrap().forward(code.clone()).unwrap();
    let identity = IdentityBranch::new(512, &vb.pp("convs_ei")).unwrap().forward(code).unwrap();
    let decoder = Decoder::new(TOY, &vb).unwrap();
    let taps = decoder.taps(identity, &w, &noise()).unwrap();
    let expected: [(&str, [f32; 2], &[(&[usize], f32)]); 4] = [
        (
            "conv1",
            [0.159_065_8, 0.337_671_2],
            &[(&[0, 0, 0, 0], -0.096_702_5), (&[0, 1, 2, 3], -0.019_874_5), (&[0, 255, 5, 7], 0.547_774_1)],
        ),
        (
            "to_rgb1",
            [-0.238_740_7, 0.271_276_2],
            &[(&[0, 0, 0, 0], -0.095_627_1), (&[0, 2, 15, 15], -0.589_879_7)],
        ),
        (
            "convs.0",
            [0.184_386_7, 0.370_644_5],
            &[(&[0, 0, 0, 0], -0.063_642_0), (&[0, 1, 2, 3], -0.069_552_0), (&[0, 255, 5, 7], -0.079_435_4)],
        ),
        (
            "convs.1",
            [0.168_609_1, 0.359_955_2],
            &[(&[0, 0, 0, 0], -0.034_986_3), (&[0, 1, 2, 3], -0.070_427_3), (&[0, 255, 5, 7], -0.094_818_5)],
        ),
    ];
    for (tap, (name, moments, samples)) in taps.iter().zip(expected) {
        check(name, tap, moments, samples);
    }
}

#[test]
fn the_picture_matches_the_authors_network() {
    let generator = Generator::new(&toy_builder(&toy_weights())).unwrap();
    assert_eq!(generator.shape(), TOY);
    check(
        "image",
        &painted(&generator, &label(), &noise()),
        [0.548_527_8, 0.414_066],
        &[
            (&[0, 0, 0, 0], 0.171_428),
            (&[0, 0, 0, 1], 0.152_871_2),
            (&[0, 0, 16, 16], 0.466_588_4),
            (&[0, 1, 7, 23], 0.770_749_6),
            (&[0, 1, 31, 31], -0.047_721_9),
            (&[0, 2, 0, 31], -0.103_423),
            (&[0, 2, 15, 4], 0.820_720_7),
            (&[0, 2, 31, 0], -0.374_380_7),
        ],
    );
    let silence: Vec<Tensor> = noise().iter().map(|plane| plane.zeros_like().unwrap()).collect();
    check(
        "image without noise",
        &painted(&generator, &label(), &silence),
        [0.540_737, 0.318_974_8],
        &[(&[0, 0, 0, 0], 0.074_256_9), (&[0, 1, 7, 23], 0.355_671_9), (&[0, 2, 31, 0], -0.162_801_3)],
    );
    let two = Tensor::new(&[[1f32, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]], &Device::Cpu).unwrap();
    let both = painted(&generator, &two, &silence);
    check(
        "batch of two",
        &both,
        [0.817_058_6, 0.481_233_9],
        &[(&[0, 0, 0, 0], 0.028_332_3), (&[1, 0, 0, 0], 0.368_706_1), (&[1, 2, 31, 0], -0.079_605_6)],
    );
    for n in 0..2 {
        let alone = painted(&generator, &two.narrow(0, n, 1).unwrap(), &silence);
        let off = (alone - both.narrow(0, n, 1).unwrap()).unwrap().abs().unwrap();
        assert!(off.flatten_all().unwrap().max(D::Minus1).unwrap().to_scalar::<f32>().unwrap() < 1e-5);
    }
}

#[test]
fn a_label_is_equivalent_to_a_bias_of_the_first_layer() {
    let vb = toy_builder(&toy_weights());
    let trunk = Trunk::new(TOY, &vb.pp("convs_e")).unwrap();
    let planes = label().reshape((1, 4, 1, 1)).unwrap().broadcast_as((1, 4, 32, 32)).unwrap();
    let whole = Tensor::cat(&[&input(), &planes], 1).unwrap();
    let scale = 1.0 / 7f64.sqrt();
    let weight = (weight("convs_e.0.0.weight", &[512, 7, 1, 1]).unwrap() * scale).unwrap();
    let bias = super::golden::weight("convs_e.0.1.bias", &[1, 512, 1, 1]).unwrap();
    let sum = whole.conv2d(&weight, 0, 1, 1, 1).unwrap().broadcast_add(&bias).unwrap();
    let plain = (candle_nn::ops::leaky_relu(&sum, 0.2).unwrap() * 2f64.sqrt()).unwrap();
    let off = (plain - trunk.first_layer(&input(), &label()).unwrap()).unwrap().abs().unwrap();
    assert!(off.flatten_all().unwrap().max(0).unwrap().to_scalar::<f32>().unwrap() < 1e-5);
}
