use super::*;
use crate::aging::cgan::CGAN;
use crate::aging::testing::{hashed, largest_difference, picture, tensorflow_checkpoint, tensorflow_golden};

/// Allowed difference in a range of 2; TensorFlow sums in another order.
const TOLERANCE: f32 = 2e-4;
const WEIGHTS: &str = "ipcgan/acgan.model-399999.index";

fn network() -> Network {
    let weights = Weights::open(NAME, &tensorflow_checkpoint(WEIGHTS)).unwrap();
    Network::new(&weights.tensors(&Device::Cpu)).unwrap()
}

/// The four pictures of the reference script, with class 3.
fn input() -> Tensor {
    with_class(&hashed("input", &[4, 3, 128, 128], 137.5, 13.5).unwrap(), 3).unwrap()
}

#[test]
fn normalised_by_the_batch_it_matches_tensorflow() {
    tensorflow_golden(NAME)["batch"].check(&network().run_by_batch(&input()).unwrap().0, TOLERANCE);
}

#[test]
fn normalised_by_moving_averages_it_matches_tensorflow() {
    let network = network().by_moving_averages().unwrap();
    tensorflow_golden(NAME)["moving"].check(&network.run(&input()).unwrap(), TOLERANCE);
}

/// Frozen at the moments of a batch, the network treats the pictures of that batch as the batch did.
#[test]
fn frozen_moments_reproduce_the_batch_they_were_measured_on() {
    let network = network();
    let input = input();
    let (expected, moments) = network.run_by_batch(&input).unwrap();
    let alone = network.frozen(&moments).unwrap().run(&input.narrow(0, 2, 1).unwrap()).unwrap();
    let off = largest_difference(&alone, &expected.narrow(0, 2, 1).unwrap()).unwrap();
    assert!(off < TOLERANCE, "off by {off}");
}

#[test]
fn all_three_kinds_of_statistics_age_a_crop_of_any_size() {
    let path = tensorflow_checkpoint(WEIGHTS);
    let companions = vec![picture(150), picture(90)];
    let crop = picture(170);
    let mut seen = Vec::new();
    for flavour in [IPCGAN, CGAN] {
        for statistics in [
            Statistics::MovingAverages,
            Statistics::Frozen(companions.clone()),
            Statistics::Batch(companions.clone()),
        ] {
            let model = Ipcgan::open(flavour, &path, &statistics, &Device::Cpu).unwrap();
            let face = model.encode(&crop).unwrap();
            let aged = model.decode(&crop, &face, &[25.0, 80.0], Gender::default()).unwrap();
            assert_eq!(aged.len(), 2);
            for aged in aged {
                assert_eq!(aged.picture.dimensions(), (170, 170));
                assert!(!seen.contains(&aged.picture));
                seen.push(aged.picture);
            }
        }
    }
}

#[test]
fn required_companions_and_unknown_classes_are_checked() {
    let path = tensorflow_checkpoint(WEIGHTS);
    assert!(Ipcgan::open(IPCGAN, &path, &Statistics::Frozen(Vec::new()), &Device::Cpu).is_err());
    let model = Ipcgan::open(IPCGAN, &path, &Statistics::MovingAverages, &Device::Cpu).unwrap();
    let face = model.prepare(&picture(128), Resampling::Plain).unwrap();
    assert!(model.age_face(&face, &[5]).unwrap_err().to_string().contains("no age class 5"));
    assert_eq!(model.age_face(&face, &[0, 4]).unwrap().dims(), [2, 3, 128, 128]);
}
