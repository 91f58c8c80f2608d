use super::*;
use crate::aging::testing::{
    Summary, hashed, hashed_weights, largest_difference, picture, tensorflow_checkpoint, tensorflow_golden,
};

/// Allowed difference in a range of 2; TensorFlow sums in another order.
const TOLERANCE: f32 = 2e-4;

fn opened(name: &str) -> Caae {
    Caae::open(&tensorflow_checkpoint(name), &Device::Cpu).unwrap()
}

/// Ten ages as male, then ten as female, from the network run in TensorFlow.
fn check_against_tensorflow(model: &Caae) {
    let golden = tensorflow_golden(NAME);
    let code = model.encode_faces(&hashed("input", &[1, 3, 128, 128], 1.0, 0.0).unwrap()).unwrap();
    golden["code"].check(&code, TOLERANCE);
    let classes: Vec<usize> = (0..10).collect();
    let faces =
        [Gender::Male, Gender::Female].map(|gender| model.decode_face(&code, &classes, gender).unwrap());
    golden["faces"].check(&Tensor::cat(&faces, 0).unwrap(), TOLERANCE);
}

#[test]
fn a_version_2_bundle_matches_tensorflow() {
    for name in ["caae", "caae/model-236.index"] {
        check_against_tensorflow(&opened(name));
    }
}

#[test]
fn a_version_1_file_matches_tensorflow() {
    check_against_tensorflow(&opened("caae_v1/model-236"));
}

#[test]
fn a_crop_of_any_size_ages_and_the_gender_matters() {
    let model = opened("caae");
    let crop = picture(150);
    let face = model.encode(&crop).unwrap();
    let aged = |gender| model.decode(&crop, &face, &[3.0, 80.0], gender).unwrap();
    let (male, female) = (aged(Gender::Male), aged(Gender::Female));
    assert_eq!(male.len(), 2);
    assert!(male.iter().all(|aged| aged.picture.dimensions() == (150, 150)));
    assert!(male[0].picture != male[1].picture && male[0].picture != female[0].picture);
    assert!(model.decode(&crop, &face, &[], Gender::Male).unwrap().is_empty());
    let foreign = EncodedFace(Box::new(7u8));
    assert!(matches!(
        model.decode(&crop, &foreign, &[5.0], Gender::Male),
        Err(AgingError::ForeignFace(NAME))
    ));
}

#[test]
fn a_grid_has_a_row_for_each_age_and_a_column_for_each_person() {
    let model = opened("caae");
    let pictures = [picture(128), RgbImage::from_pixel(128, 128, image::Rgb([200, 120, 90]))];
    let code =
        |picture| model.encode_faces(&model.prepare(picture, Preparation::AsPublished).unwrap()).unwrap();
    let codes = [code(&pictures[0]), code(&pictures[1])];
    let rows = model.age_rows(&codes, Gender::Male).unwrap();
    assert_eq!(rows.dims(), [20, 3, 128, 128]);
    let alone = model.decode_face(&codes[1], &[3], Gender::Male).unwrap();
    assert!(largest_difference(&rows.narrow(0, 2 * 3 + 1, 1).unwrap(), &alone).unwrap() < 1e-5);
    assert!(model.age_rows(&[], Gender::Male).is_err());
}

#[test]
fn weights_of_another_system_are_named_in_the_error() {
    let path = tensorflow_checkpoint("ipcgan/acgan.model-399999.index");
    let error = Caae::open(&path, &Device::Cpu).err().unwrap().to_string();
    assert!(error.contains("acgan.model-399999") && error.contains("E_conv0/w"), "{error}");
}

/// Golden numbers of the PyTorch variant from ONNX Runtime; see `tests/reference/caae_pytorch.py`.
#[derive(serde::Deserialize)]
struct Golden {
    code: Summary,
    faces: Summary,
}

#[test]
fn the_pytorch_variant_matches_onnx_runtime() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../../tests/reference/caae_pytorch.json")).unwrap();
    let widths = [3, 4, 8, 16, 32, 64];
    let mut shapes = vec![
        ("fc_layer.e_fc_1.weight".to_owned(), vec![10, 64]),
        ("fc.0.weight".to_owned(), vec![64 * 16, 30]),
        ("deconv_layers.g_deconv_6.0.weight".to_owned(), vec![16, 12, 5, 5]),
        ("deconv_layers.g_deconv_7.0.weight".to_owned(), vec![12, 3, 1, 1]),
    ];
    let doubling = [64, 48, 40, 32, 24, 16];
    for i in 1..=5 {
        shapes.push((format!("conv_layers.e_conv_{i}.0.weight"), vec![widths[i], widths[i - 1], 5, 5]));
        shapes
            .push((format!("deconv_layers.g_deconv_{i}.0.weight"), vec![doubling[i - 1], doubling[i], 5, 5]));
    }
    let weights = hashed_weights(&shapes);
    let network = PyTorchNetwork::new(&weights, &weights).unwrap();
    let code = network.encode(&hashed("input", &[1, 3, 128, 128], 1.0, 0.0).unwrap()).unwrap();
    golden.code.check(&code, 1e-5);
    let labels = network.tiles().labels(&[0, 7], Gender::Female, &Device::Cpu).unwrap();
    let codes = Tensor::cat(&[&code, &code], 0).unwrap();
    golden.faces.check(&network.decode(&codes, &labels).unwrap(), 1e-5);
}
