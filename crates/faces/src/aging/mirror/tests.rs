use std::collections::HashMap;

use image::Rgb;

use super::*;
use crate::aging::testing::{Summary, hashed, hashed_weights};
use crate::pixels::{luma, signed_planes};

/// A picture in which every pixel differs from its neighbours.
fn crop(side: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| Rgb([(x * 7 + y * 3) as u8, (x * y) as u8, (x + 2 * y) as u8]))
}

fn aged(model: &Mirror, crop: &RgbImage, ages: &[f32]) -> Vec<AgedCrop> {
    model.decode(crop, &model.encode(crop).unwrap(), ages, Gender::default()).unwrap()
}

#[test]
fn the_bundled_weights_age_a_crop_of_any_size_and_leave_the_outside_alone() {
    let model = Mirror::bundled(&Device::Cpu).unwrap();
    for side in [128, 200, 513] {
        let crop = crop(side);
        for aged in aged(&model, &crop, &[2.0, 80.0]) {
            assert_eq!(aged.picture.dimensions(), crop.dimensions());
            let outside = aged.mask.pixels().zip(aged.picture.pixels().zip(crop.pixels()));
            assert!(outside.clone().any(|(mask, _)| mask.0[0] == 0));
            assert!(outside.filter(|(mask, _)| mask.0[0] == 0).all(|(_, (a, b))| a == b));
            assert!(aged.picture != crop, "a distant age must change the crop");
        }
    }
}

#[test]
fn every_age_is_the_same_alone_and_in_a_batch() {
    let model = Mirror::bundled(&Device::Cpu).unwrap();
    let crop = crop(160);
    let together = aged(&model, &crop, &[5.0, 30.0, 70.0]);
    let alone = aged(&model, &crop, &[30.0]);
    // Matrix products of one row and of many sum in different order, which may flip a rounding.
    let mut pairs = together[1].picture.iter().zip(alone[0].picture.iter());
    assert!(pairs.all(|(a, b)| a.abs_diff(*b) <= 1));
    assert!(together[0].picture != together[2].picture);
}

#[test]
fn the_view_is_that_part_of_the_whole() {
    let model = Mirror::bundled(&Device::Cpu).unwrap();
    for side in [1, 160, 331] {
        let crop = crop(side);
        let ages = [5.0, 30.0, 80.0];
        let views =
            model.decode_view(&crop, &model.encode(&crop).unwrap(), &ages, Gender::default()).unwrap();
        for (view, whole) in views.iter().zip(aged(&model, &crop, &ages)) {
            let part = VIEW.part_of(&whole.picture);
            assert_eq!(view.dimensions(), part.dimensions());
            // Positions count from another corner, which may flip a rounding.
            assert!(view.iter().zip(part.iter()).all(|(a, b)| a.abs_diff(*b) <= 1));
        }
    }
}

#[test]
fn a_small_change_of_age_is_a_small_change_of_picture() {
    let model = Mirror::bundled(&Device::Cpu).unwrap();
    let crop = crop(128);
    let ages: Vec<f32> = (0..60).map(|i| 20.0 + i as f32).collect();
    let pictures = aged(&model, &crop, &ages);
    for pair in pictures.windows(2) {
        let off: u64 =
            pair[0].picture.iter().zip(pair[1].picture.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!((off as f32) < 6.0 * (128 * 128 * 3) as f32, "a year changes the picture by {off} in total");
    }
}

#[test]
fn at_the_networks_size_the_program_matches_the_training_code() {
    let network = Mirror::bundled(&Device::Cpu).unwrap().network;
    // Smooth, because the two interpolate the coarse part at different knots.
    let wave = |x: u32, y: u32| (128.0 + 100.0 * (0.11 * x as f32).sin() * (0.07 * y as f32).cos()) as u8;
    let crop = RgbImage::from_fn(SIDE, SIDE, |x, y| Rgb([wave(x, y), wave(y, x), wave(x + y, y)]));
    let side = SIDE as usize;
    let x = Tensor::from_vec(signed_planes(&crop), (1, 3, side, side), &Device::Cpu).unwrap();
    let features = network.encode(&x).unwrap();
    let change = network.decode(&features, &[30.0], &[75.0]).unwrap();
    let window = window(side, &Device::Cpu).unwrap();
    let weight = change.mask.broadcast_mul(&window).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let expected = apply_change(&x, &change, &window).unwrap();
    let expected: Vec<f32> = expected.flatten_all().unwrap().to_vec1().unwrap();
    let whole = FaceWindow { left: 0.0, top: 0.0, side: SIDE as f32 };
    let coarse = Coarse::of(&x, None).unwrap();
    let canvas = Canvas { part: CropPart::whole(&crop), window: whole, coarse: &coarse, appearance: None };
    let (outputs, strengths) = network.outputs(&features, 30.0, &[75.0]).unwrap();
    let pixels = ChangePixels::of(outputs, &strengths).unwrap();
    let ours = signed_planes(&apply_to_crop(&canvas, &[75.0], &pixels)[0]);
    // Where the weight rounds to zero the crop is kept.
    let changed = |i: &usize| weight[i % (side * side)] >= 1.0 / 510.0;
    for i in (0..ours.len()).filter(changed) {
        let (a, b) = (ours[i], expected[i].clamp(-1.0, 1.0));
        assert!((a - b).abs() < 2.0 / 127.5, "{a} against {b}");
    }
}

#[test]
fn the_fused_last_step_computes_the_change() {
    let network = Network::new(hashed_weights(&[])).unwrap();
    let features = network.encode(&hashed("input", &[1, 3, 64, 64], 1.0, 0.0).unwrap()).unwrap();
    let ages = [5.0, 33.0, 70.0];
    let change = network.decode(&features, &[31.0], &ages).unwrap();
    let (outputs, strengths) = network.outputs(&features, 31.0, &ages).unwrap();
    let fused = ChangePixels::of(outputs, &strengths).unwrap();
    let all = Tensor::cat(&[&change.residual, &change.mask, &change.gain, &change.flow], 1).unwrap();
    for (age, fused) in fused.iter().enumerate() {
        let planes = all.get(age).unwrap().flatten_from(1).unwrap().to_vec2::<f32>().unwrap();
        for (i, pixel) in fused.pixels.iter().enumerate() {
            let light = luma([planes[0][i], planes[1][i], planes[2][i]]);
            let expected = [light, planes[3][i], planes[4][i] - 1.0, planes[5][i], planes[6][i]];
            assert!(
                pixel[3..].iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5),
                "{pixel:?} {expected:?}"
            );
        }
    }
}

/// Compares the bundled network in bf16 with f32; a step of a byte is 2 / 255 of the residual.
#[test]
fn in_bf16_colours_change_by_a_fraction_of_a_step() {
    let network = || {
        Network::new(VarBuilder::from_slice_safetensors(WEIGHTS, DType::F32, &Device::Cpu).unwrap()).unwrap()
    };
    let x = Tensor::from_vec(signed_planes(&crop(SIDE)), (1, 3, 128, 128), &Device::Cpu).unwrap();
    let change = |network: Network| {
        let change = network.decode(&network.encode(&x).unwrap(), &[30.0], &[5.0, 40.0, 75.0]).unwrap();
        [change.residual, change.mask, change.gain, change.flow]
    };
    for (exact, rounded) in change(network()).iter().zip(&change(network().in_bf16())) {
        let off = (exact - rounded).unwrap().abs().unwrap().flatten_all().unwrap();
        let [mean, most] = [off.mean(0), off.max(0)].map(|off| off.unwrap().to_scalar::<f32>().unwrap());
        assert!(mean < 1e-3 && most < 2e-2, "{mean} in the mean, {most} at most");
    }
}

#[test]
fn tiny_crops_are_accepted() {
    let model = Mirror::bundled(&Device::Cpu).unwrap();
    for side in [1, 2, 7, 20] {
        let crop = crop(side);
        assert!(
            aged(&model, &crop, &[5.0, 80.0]).iter().all(|aged| aged.picture.dimensions() == (side, side))
        );
    }
}

#[test]
fn the_network_sees_the_part_of_a_head_crop_that_its_template_describes() {
    let [left, top, side] = FACE_IN_HEAD;
    for (head, face) in HEAD_TEMPLATE.points.iter().zip(TEMPLATE.points) {
        let seen = [(head[0] - left) / side, (head[1] - top) / side];
        assert!((seen[0] - face[0]).abs() < 1e-3 && (seen[1] - face[1]).abs() < 1e-3, "{seen:?} {face:?}");
    }
}

#[test]
fn a_tracked_face_in_a_still_picture_is_steady_and_unchanged_at_its_own_age() {
    let model = Mirror::bundled(&Device::Cpu).unwrap();
    let crop = crop(200);
    let mut memory = FaceMemory::default();
    let mut frame = || {
        let code = model.encode_next(&crop, &mut memory).unwrap();
        let own = model.current_age(&code).unwrap();
        model.decode(&crop, &code, &[own, 3.0, 80.0], Gender::default()).unwrap()
    };
    let first = frame();
    assert!(first[0].picture == crop && first[0].mask.iter().all(|mask| *mask == 0));
    assert!(first[1].picture != crop && first[2].picture != crop);
    for _ in 0..3 {
        assert!(frame().iter().zip(&first).all(|(now, first)| now.picture == first.picture));
    }
}

/// Reference values from ONNX Runtime with the same weights, derived from the layers' names
/// (`tests/reference/mirror.py`).
#[test]
fn the_network_matches_onnx_runtime() {
    let golden: Summary =
        serde_json::from_str(include_str!("../../../../../tests/reference/mirror.json")).unwrap();
    let network = Network::new(hashed_weights(&[])).unwrap();
    let x = hashed("input", &[1, 3, 64, 64], 1.0, 0.0).unwrap();
    let features = network.encode(&x).unwrap();
    let change = network.change(&features, &[31.0; 2], &[5.0, 70.0], None).unwrap();
    let all = Tensor::cat(&[&change.residual, &change.mask, &change.flow, &change.gain], 1).unwrap();
    golden.check(&all, 1e-4);
}

#[test]
fn its_file_opens_and_wrong_weights_and_foreign_faces_are_refused() {
    let tensor = Tensor::zeros(3, DType::F32, &Device::Cpu).unwrap();
    let bytes = safetensors::serialize(HashMap::from([("other", &tensor)]), None).unwrap();
    assert!(matches!(
        Mirror::from_bytes(&bytes, "other.safetensors", &Device::Cpu),
        Err(AgingError::Weights { .. })
    ));
    assert!(Mirror::from_bytes(b"no weights", "x", &Device::Cpu).is_err());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights/mirror.safetensors");
    let opened = crate::aging::open_model_file(file.as_ref(), &Device::Cpu).unwrap();
    assert_eq!(opened.info().weights_hash, Mirror::bundled(&Device::Cpu).unwrap().info().weights_hash);
    let model = Mirror::bundled(&Device::Cpu).unwrap();
    let foreign = EncodedFace(Box::new(7u8));
    assert!(matches!(
        model.decode(&crop(64), &foreign, &[5.0], Gender::default()),
        Err(AgingError::ForeignFace(NAME))
    ));
}
