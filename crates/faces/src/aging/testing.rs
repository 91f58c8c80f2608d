//! Shared helpers for tests of the published networks: fixtures, and weights from a formula.

#![allow(clippy::unwrap_used, reason = "only tests use it, and a failed test should panic")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use image::{Rgb, RgbImage};

/// Path of a file or folder among the checkpoints that TensorFlow wrote for the tests.
pub fn tensorflow_checkpoint(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/checkpoints/tensorflow").join(name)
}

/// What `tests/reference/tensorflow_networks.py` computed of the system `name`: summaries of outputs by their names.
pub fn tensorflow_golden(name: &str) -> HashMap<String, Summary> {
    let text = include_str!("../../../../tests/reference/tensorflow_networks.json");
    let mut systems: HashMap<String, HashMap<String, serde_json::Value>> =
        serde_json::from_str(text).unwrap();
    let outputs = systems.remove(name).unwrap().into_iter().filter(|(output, _)| output != "tensors");
    outputs.map(|(output, summary)| (output, serde_json::from_value(summary).unwrap())).collect()
}

/// Maximum difference between two tensors of the same shape.
pub fn largest_difference(a: &Tensor, b: &Tensor) -> Result<f32> {
    assert_eq!(a.dims(), b.dims());
    (a - b)?.abs()?.flatten_all()?.max(0)?.to_scalar()
}

/// A picture in which every pixel differs from its neighbours.
pub fn picture(side: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7 + y * 3) as u8, (x * y) as u8, (x + 2 * y) as u8]))
}

/// Values uniform in `offset` ± `scale` that any language can reproduce from a tensor's name and an index:
/// the name goes through FNV-1a, then name and index through the finalizer of MurmurHash3. Same as
/// `tests/reference/hashed_values.py`.
pub fn hashed(name: &str, shape: &[usize], scale: f64, offset: f64) -> Result<Tensor> {
    let seed = name.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    let value = |i: usize| {
        let mut x = seed.wrapping_add((i as u32).wrapping_mul(2_654_435_761));
        x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
        x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
        x ^= x >> 16;
        ((2.0 * f64::from(x) / 4_294_967_296.0 - 1.0) * scale + offset) as f32
    };
    Tensor::from_vec((0..shape.iter().product()).map(value).collect::<Vec<_>>(), shape, &Device::Cpu)
}

/// Whether a name belongs to a layer of PAGAN's decoder, whose layers upsample.
fn is_numbered_decoder(name: &str) -> bool {
    name.strip_prefix("decoder.").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Hashed tensors with shapes by name.
struct Hashed {
    shapes: HashMap<String, Vec<usize>>,
}

impl Hashed {
    /// Scales kernels to preserve the magnitude of values through a ReLU; transposed ones by their second
    /// axis and stride.
    fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let square = |size: &[usize]| size.iter().product::<usize>() as f64;
        let (scale, offset) = match shape {
            _ if name.ends_with(".bias") => (0.1, 0.0),
            [_] => (0.2, 1.0),
            [inputs, _, size @ ..] if name.contains("deconv") || is_numbered_decoder(name) => {
                let stride =
                    if size[0] == 3 || (size[0] == 5 && !name.contains("deconv_6")) { 4.0 } else { 1.0 };
                ((6.0 * stride / (*inputs as f64 * square(size))).sqrt(), 0.0)
            }
            [_, inputs, size @ ..] => ((6.0 / (*inputs as f64 * square(size))).sqrt(), 0.0),
            [] => (1.0, 0.0),
        };
        hashed(name, shape, scale, offset)
    }
}

impl SimpleBackend for Hashed {
    fn get(&self, shape: Shape, name: &str, _: Init, _: DType, _: &Device) -> Result<Tensor> {
        self.tensor(name, shape.dims())
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        match self.shapes.get(name) {
            Some(shape) => self.tensor(name, shape),
            None => candle_core::bail!("the test gives no shape of {name}"),
        }
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.shapes.contains_key(name)
    }
}

/// Hashed weights of any name and shape; `shapes` covers tensors that a network requests without a shape.
pub fn hashed_weights(shapes: &[(String, Vec<usize>)]) -> VarBuilder<'static> {
    let shapes = shapes.iter().cloned().collect();
    VarBuilder::from_backend(Box::new(Hashed { shapes }), DType::F32, Device::Cpu)
}

/// The output of `summary` in `tests/reference/hashed_values.py`.
#[derive(serde::Deserialize)]
pub struct Summary {
    shape: Vec<usize>,
    mean: f64,
    deviation: f64,
    values: Vec<SummaryValue>,
}

#[derive(serde::Deserialize)]
struct SummaryValue {
    at: Vec<usize>,
    value: f32,
}

impl Summary {
    /// Panics if `y` differs by more than `tolerance`.
    pub fn check(&self, y: &Tensor, tolerance: f32) {
        assert_eq!(y.dims(), self.shape);
        let values = y.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>();
        let deviation = (variance / values.len() as f64).sqrt();
        let near = |a: f64, b: f64| (a - b).abs() < f64::from(tolerance);
        assert!(near(mean, self.mean) && near(deviation, self.deviation), "{mean} {deviation}");
        for SummaryValue { at, value } in &self.values {
            let index = at.iter().zip(&self.shape).fold(0, |index, (i, side)| index * side + i);
            let found = values[index];
            assert!((found - value).abs() < tolerance, "{at:?}: {found} instead of {value}");
        }
    }
}
