//! Compares both networks with ONNX Runtime on the same weights (`tests/reference/frozen_networks.py`), and
//! their gradients with finite differences.

use std::path::PathBuf;

use candle_core::{Device, Result, Tensor, Var};

use super::{AgeNetwork, CropWindow, IdentityNetwork};
use crate::aging::mirror::TEMPLATE;
use crate::face::testing::reference_pictures;
use agemirror_kernels::testing::{assert_close, tensor};

#[derive(serde::Deserialize)]
struct Golden {
    logits: Vec<Vec<f32>>,
    expected_age: Vec<f32>,
    descriptors: Vec<Vec<f32>>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../../../tests/reference/frozen_networks.json")).unwrap()
}

fn weights(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../weights").join(name)
}

fn age_network() -> AgeNetwork {
    AgeNetwork::load(&weights("dlib_age_v1.safetensors"), &Device::Cpu).unwrap()
}

fn identity_network() -> IdentityNetwork {
    IdentityNetwork::load(&weights("dlib_face_recognition.safetensors"), &Device::Cpu).unwrap()
}

fn expected(rows: &[Vec<f32>]) -> Result<Tensor> {
    Tensor::from_vec(rows.concat(), (rows.len(), rows[0].len()), &Device::Cpu)
}

#[test]
fn the_age_network_matches_onnx_runtime() -> Result<()> {
    let network = age_network();
    let logits = network.logits(&reference_pictures(64)?)?;
    assert_close(&logits, &expected(&golden().logits)?, 1e-4)?;
    let ages = network.expected_age(&logits)?.to_vec1::<f32>()?;
    for (age, wanted) in ages.iter().zip(golden().expected_age) {
        assert!((age - wanted).abs() < 0.01, "{age} {wanted}");
    }
    Ok(())
}

#[test]
fn the_identity_network_matches_onnx_runtime() -> Result<()> {
    let network = identity_network();
    let descriptors = network.descriptors(&reference_pictures(150)?)?;
    assert_close(&descriptors, &expected(&golden().descriptors)?, 1e-4)?;
    let (one, other) = (descriptors.narrow(0, 0, 1)?, descriptors.narrow(0, 1, 1)?);
    let naive: f32 =
        golden().descriptors[0].iter().zip(&golden().descriptors[1]).map(|(a, b)| (a - b).powi(2)).sum();
    let distance = IdentityNetwork::distance(&one, &other)?.to_vec1::<f32>()?[0];
    assert!((distance - naive.sqrt()).abs() < 1e-3, "{distance} {naive}");
    Ok(())
}

/// Compares the directional derivative from the gradient with a central difference. The networks are
/// piecewise linear, so a small step in a smooth direction crosses few kinks.
fn check_slope(x: &Tensor, f: impl Fn(&Tensor) -> Result<Tensor>) -> Result<()> {
    let variable = Var::from_tensor(x)?;
    let grads = f(&variable)?.backward()?;
    let Some(grad) = grads.get(&variable) else { panic!("the picture has no gradient") };
    let length = grad.sqr()?.sum_all()?.sqrt()?.to_scalar::<f32>()?;
    assert!(length > 0.0);
    for direction in [(grad / f64::from(length))?, (tensor(x.dims(), 5)? * 0.01)?] {
        let step = 0.004;
        let at = |step: f64| f(&(x + (&direction * step)?)?)?.to_scalar::<f32>();
        let difference = (at(step)? - at(-step)?) / (2.0 * step as f32);
        let slope = (grad * &direction)?.sum_all()?.to_scalar::<f32>()?;
        assert!((difference - slope).abs() < 0.03 * length, "{difference} {slope} {length}");
    }
    Ok(())
}

#[test]
fn the_expected_age_has_a_gradient_through_the_cut() -> Result<()> {
    let network = age_network();
    let window = CropWindow { left: 0.1, top: 0.2, right: 0.9, bottom: 1.0 };
    let crop = reference_pictures(80)?.narrow(0, 0, 1)?.contiguous()?;
    check_slope(&crop, |crop| network.expected_age(&network.logits(&window.cut(crop, 64)?)?)?.sum_all())
}

#[test]
fn the_distance_has_a_gradient() -> Result<()> {
    let network = identity_network();
    let pictures = reference_pictures(150)?;
    let other = network.descriptors(&pictures.narrow(0, 1, 1)?.contiguous()?)?;
    let one = pictures.narrow(0, 0, 1)?.contiguous()?;
    check_slope(&one, |one| IdentityNetwork::distance(&network.descriptors(one)?, &other)?.sum_all())
}

/// The bundled model's crop contains both networks' chips except for a sliver, so training sees what they
/// judge.
#[test]
fn the_chips_are_inside_the_bundled_models_crop() {
    let age = CropWindow::between(&TEMPLATE, &AgeNetwork::TEMPLATE);
    for (found, wanted) in [(age.left, 0.085), (age.top, 0.1918), (age.right, 0.915), (age.bottom, 1.0218)] {
        assert!((found - wanted).abs() < 1e-3, "{age:?}");
    }
    let identity = CropWindow::between(&TEMPLATE, &IdentityNetwork::TEMPLATE);
    assert!(identity.left > 0.0 && identity.top > 0.0 && identity.right < 1.0, "{identity:?}");
    assert!(identity.bottom < 1.06, "{identity:?}");
}

#[test]
fn wrong_files_and_shapes_are_reported() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.safetensors");
    let message = |path: &std::path::Path| AgeNetwork::load(path, &Device::Cpu).err().unwrap().to_string();
    assert!(message(&path).contains("other.safetensors"), "{}", message(&path));
    std::fs::write(&path, b"no weights").unwrap();
    assert!(message(&path).contains("other.safetensors"), "{}", message(&path));
    candle_core::safetensors::save(&[("a", tensor(&[2], 1)?)].into(), &path)?;
    assert!(message(&path).contains("no tensor `layer_52_weights`"), "{}", message(&path));

    let network = age_network();
    assert!(network.logits(&tensor(&[1, 3, 32, 64], 1)?).is_err());
    Ok(())
}
