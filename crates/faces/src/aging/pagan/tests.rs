use std::collections::HashMap;
use std::path::PathBuf;

use super::*;
use crate::aging::testing::{Summary, hashed, hashed_weights, picture};

fn network(base: usize) -> Network {
    Network::new(&hashed_weights(&[("encoder.0.weight".to_owned(), vec![base, 3, 9, 9])])).unwrap()
}

#[test]
fn it_matches_onnx_runtime() {
    let golden: Summary =
        serde_json::from_str(include_str!("../../../../../tests/reference/pagan.json")).unwrap();
    let x = hashed("input", &[2, 3, 48, 48], 1.0, 0.0).unwrap();
    golden.check(&network(32).run(&x).unwrap(), 1e-4);
}

#[test]
fn every_picture_is_normalised_on_its_own() {
    let network = network(4);
    let x = hashed("input", &[2, 3, 32, 32], 1.0, 0.0).unwrap();
    let both = network.run(&x).unwrap();
    let alone = network.run(&x.narrow(0, 1, 1).unwrap()).unwrap();
    let off = crate::aging::testing::largest_difference(&both.narrow(0, 1, 1).unwrap(), &alone).unwrap();
    assert!(off < 1e-4, "off by {off}");
    assert!(network.run(&x.narrow(3, 0, 30).unwrap()).is_err());
}

/// Writes the weights of a narrow generator, with `shift` added to its first bias, and returns the file.
fn write_weights(folder: &Path, name: &str, shift: f64) -> PathBuf {
    let vb = hashed_weights(&[]);
    let named = |(name, shape): (String, Vec<usize>)| {
        let tensor = vb.get(shape, &name).unwrap();
        (name, tensor)
    };
    let mut tensors: HashMap<_, _> = parameters(4).into_iter().map(named).collect();
    let bias = tensors.get_mut("decoder.2.bias").unwrap();
    *bias = (&*bias + shift).unwrap();
    let path = folder.join(name);
    candle_core::safetensors::save(&tensors, &path).unwrap();
    path
}

#[test]
fn three_files_form_the_model_and_each_age_uses_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let files = [1, 2, 3].map(|i| write_weights(folder.path(), &format!("{i}.safetensors"), f64::from(i)));
    let model = Pagan::open(files.each_ref().map(PathBuf::as_path), &Device::Cpu).unwrap();
    let crop = picture(100);
    let face = model.encode(&crop).unwrap();
    let aged = model.decode(&crop, &face, &[35.0, 60.0, 38.0, 20.0], Gender::default()).unwrap();
    assert!(aged.iter().all(|aged| aged.picture.dimensions() == (100, 100)));
    assert_eq!(aged[0].picture, aged[2].picture);
    assert_eq!(aged[0].picture, aged[3].picture, "the youngest cluster covers all younger ages");
    assert!(aged[0].picture != aged[1].picture);
    assert_eq!(model.info().weights_hash.len(), 64);
    for opened in [
        crate::aging::open_model_file(&files[0], &Device::Cpu),
        crate::aging::open_model_from(NAME, &files[0], &Device::Cpu),
    ] {
        let error = opened.err().unwrap().to_string();
        assert!(error.contains("1.safetensors") && error.contains("--cluster 1"), "{error}");
    }
    let missing = folder.path().join("4.safetensors");
    assert!(Pagan::open([&files[0], &files[1], &missing], &Device::Cpu).is_err());
}

#[test]
fn the_central_square_of_a_picture_is_used() {
    let wide =
        RgbImage::from_fn(300, 224, |x, _| image::Rgb([if (38..262).contains(&x) { 255 } else { 0 }; 3]));
    let x = prepare(&wide, &Device::Cpu).unwrap();
    assert_eq!(x.dims(), [1, 3, 224, 224]);
    assert_eq!(x.min_all().unwrap().to_scalar::<f32>().unwrap(), 1.0);
}
