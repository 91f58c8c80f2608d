//! The network on hashed weights.

use std::collections::HashMap;

use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};

use super::*;
use agemirror_faces::aging::testing::{Summary, hashed, picture};

/// Weights computed from their names, as `tests/reference/inception.py` does.
struct Weights(Origin);

impl Weights {
    fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let (scale, offset) = match shape {
            _ if name.ends_with(".bias") || name.ends_with(".running_mean") => (0.1, 0.0),
            [_] => (0.2, 1.0),
            [_, inputs @ ..] => ((6.0 / inputs.iter().product::<usize>() as f64).sqrt(), 0.0),
            [] => (1.0, 0.0),
        };
        hashed(name, shape, scale, offset)
    }

    fn classes(&self) -> usize {
        if self.0 == Origin::Year2015 { 1008 } else { 1000 }
    }
}

impl SimpleBackend for Weights {
    fn get(&self, shape: Shape, name: &str, _: Init, _: DType, _: &Device) -> Result<Tensor> {
        self.tensor(name, shape.dims())
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        self.tensor(name, &[self.classes(), 2048])
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.0 != Origin::Keras || !(name.ends_with("bn.weight") || name.starts_with("fc."))
    }
}

fn inception(origin: Origin) -> Inception {
    let vb = VarBuilder::from_backend(Box::new(Weights(origin)), DType::F32, Device::Cpu);
    Inception::new(&vb, origin, &Device::Cpu).unwrap()
}

#[derive(serde::Deserialize)]
struct Golden {
    pooled: Summary,
    logits: Option<Summary>,
}

/// `tests/reference/inception.py` runs the same layers in ONNX Runtime without folding.
#[test]
fn it_agrees_with_onnx_runtime_for_all_three_origins() {
    let golden: HashMap<String, Golden> =
        serde_json::from_str(include_str!("../../../../../tests/reference/inception.json")).unwrap();
    for (origin, name) in
        [(Origin::Year2015, "2015"), (Origin::Torchvision, "torchvision"), (Origin::Keras, "keras")]
    {
        let network = inception(origin);
        let found = network.run(&picture(299), Sizing::Nearest).unwrap();
        let row = |values: &[f32]| Tensor::from_slice(values, (1, values.len()), &Device::Cpu).unwrap();
        golden[name].pooled.check(&row(&found.pooled), 1e-3);
        assert_eq!(found.logits.is_some(), golden[name].logits.is_some());
        if let (Some(logits), Some(theirs)) = (&found.logits, &golden[name].logits) {
            theirs.check(&row(logits), 2e-3);
        }
        let same = network.run(&picture(299), Sizing::Bilinear).unwrap();
        let apart = same.pooled.iter().zip(&found.pooled).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-4, "a picture of the right size stays unchanged: {apart}");
    }
}

#[test]
fn nearest_sampling_matches_pillow() {
    let wide = RgbImage::from_fn(598, 2, |x, y| image::Rgb([(x % 256) as u8, y as u8, 0]));
    let small = nearest(&wide).unwrap();
    assert_eq!(small.dimensions(), (299, 299));
    assert_eq!(small.get_pixel(0, 0).0, [1, 0, 0], "the pixel under the centre of the new one");
    assert_eq!(small.get_pixel(10, 298).0, [21, 1, 0]);
    assert!(nearest(&RgbImage::new(0, 0)).is_err());
}

#[test]
fn another_file_is_refused() {
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../weights/mobile_face.safetensors");
    let error = Inception::load(&other, &Device::Cpu).err().unwrap().to_string();
    assert!(error.contains("mobile_face") && error.contains("Inception-v3"), "{error}");
}
