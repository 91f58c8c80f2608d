use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::{Rgb, RgbImage};

use super::layers::multiplications;
use super::*;
use crate::aging::mirror::TEMPLATE;
use crate::aging::testing::{Summary, hashed, hashed_weights};

fn masks(side: usize, f: impl Fn(Region, usize, usize) -> f32) -> RegionMasks {
    let plane = |region| (0..side * side).map(move |i| (region, i % side, i / side));
    let planes = Region::ALL.into_iter().flat_map(plane).map(|(region, x, y)| f(region, x, y)).collect();
    RegionMasks::from_planes(side, planes).unwrap()
}

#[test]
fn the_template_is_mirrors_zoomed_out_by_two() {
    for (head, face) in HEAD_TEMPLATE.points.iter().zip(TEMPLATE.points) {
        for ((head, face), centre) in head.iter().zip(face).zip([0.5, 0.42]) {
            assert!((head - (centre + (face - centre) * 0.5)).abs() < 1e-6);
        }
    }
}

/// Golden numbers from numpy, on weights hashed from the layers' names (`tests/reference/regions.py`).
#[test]
fn the_network_computes_what_numpy_computes() {
    let golden: Summary =
        serde_json::from_str(include_str!("../../../../../tests/reference/regions.json")).unwrap();
    let network = RegionNetwork::new(&hashed_weights(&[]), &Device::Cpu).unwrap();
    let x = hashed("input", &[1, 3, 64, 64], 1.0, 0.0).unwrap();
    golden.check(&network.probabilities(&x).unwrap(), 1e-4);
}

#[test]
fn in_bf16_masks_hardly_change() {
    let x = hashed("input", &[1, 3, 64, 64], 1.0, 0.0).unwrap();
    let masks = |network: RegionNetwork| network.probabilities(&x).unwrap();
    let network = || RegionNetwork::bundled(&Device::Cpu).unwrap();
    let off = (masks(network()) - masks(network().in_bf16())).unwrap().abs().unwrap().flatten_all().unwrap();
    let [mean, most] = [off.mean(0), off.max(0)].map(|off| off.unwrap().to_scalar::<f32>().unwrap());
    assert!(mean < 2e-3 && most < 0.1, "{mean} in the mean, {most} at most");
}

#[test]
fn the_bundled_network_is_small_and_its_masks_add_up_to_one() {
    assert!(multiplications(REGIONS_SIDE) < 150_000_000, "{}", multiplications(REGIONS_SIDE));
    let network = RegionNetwork::bundled(&Device::Cpu).unwrap();
    let crop = RgbImage::from_fn(213, 213, |x, y| Rgb([(x * 7 % 256) as u8, (y * 3 % 256) as u8, 90]));
    let masks = network.masks(&crop).unwrap();
    assert_eq!(masks.side(), REGIONS_SIDE);
    for sum in masks.sum(&Region::ALL) {
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }
    assert!(masks.planes().iter().all(|value| (0.0..=1.0).contains(value)));
    let likely = masks.most_likely();
    let first = masks.plane(likely[0])[0];
    assert!(Region::ALL.iter().all(|region| masks.plane(*region)[0] <= first));
}

#[test]
fn crops_that_are_not_square_and_foreign_weights_are_refused() {
    let network = RegionNetwork::bundled(&Device::Cpu).unwrap();
    assert!(network.masks(&RgbImage::new(20, 30)).is_err());
    assert!(network.masks(&RgbImage::new(0, 0)).is_err());
    let other = VarBuilder::from_tensors(
        [("stem.weight".to_owned(), Tensor::zeros(3, DType::F32, &Device::Cpu).unwrap())].into(),
        DType::F32,
        &Device::Cpu,
    );
    assert!(RegionNetwork::new(&other, &Device::Cpu).is_err());
}

#[test]
fn a_constant_mask_stays_constant_whatever_the_picture() {
    let crop = RgbImage::from_fn(300, 300, |x, y| {
        Rgb([(x * y % 251) as u8, (x * 31 % 256) as u8, (y % 7 * 30) as u8])
    });
    let guide = EdgeGuide::new(&crop);
    for value in [0.0, 0.3, 1.0] {
        let refined = guide.refine(&vec![value; REGIONS_SIDE * REGIONS_SIDE]).unwrap();
        assert_eq!(refined.len(), 300 * 300);
        assert!(refined.iter().all(|found| (found - value).abs() < 2e-3), "{value}");
    }
    assert!(guide.refine(&[0.0; 5]).is_err());
}

/// A blurred mask whose edge is two mask pixels beside that of the picture.
#[test]
fn a_mask_follows_the_edge_of_the_picture() {
    let side = 3 * REGIONS_SIDE as u32;
    let crop =
        RgbImage::from_fn(side, side, |x, _| if x < 200 { Rgb([40, 30, 30]) } else { Rgb([210, 170, 150]) });
    let mask: Vec<f32> = (0..REGIONS_SIDE * REGIONS_SIDE)
        .map(|i| (0.5 - ((i % REGIONS_SIDE) as f32 - 68.0) / 8.0).clamp(0.0, 1.0))
        .collect();
    let refined = EdgeGuide::new(&crop).refine(&mask).unwrap();
    let at = |x: usize| refined[160 * side as usize + x];
    assert!(at(197) > 0.8 && at(203) < 0.5, "{} {}", at(197), at(203));
    assert!(at(197) - at(203) > 0.45, "the step is as sharp as the picture's");
    assert!(at(120) > 0.95 && at(280) < 0.05);
}

/// Dark strands, one pixel wide, on a bright background; the mask only has a blurred area of hair.
#[test]
fn strands_are_told_from_what_is_between_them() {
    let side = 3 * REGIONS_SIDE as u32;
    let strand = |x: u32| x.is_multiple_of(9) && x < 240;
    let crop = RgbImage::from_fn(side, side, |x, _| match x {
        _ if strand(x) || x >= 240 => Rgb([30, 20, 20]),
        _ => Rgb([200, 200, 220]),
    });
    // Half in the strip beside the hair, none further away.
    let value = |x: usize| match x {
        80.. => 1.0,
        66..80 => 0.5,
        _ => 0.0,
    };
    let mask: Vec<f32> = (0..REGIONS_SIDE * REGIONS_SIDE).map(|i| value(i % REGIONS_SIDE)).collect();
    let refined = EdgeGuide::new(&crop).refine(&mask).unwrap();
    let row = &refined[190 * side as usize..][..side as usize];
    let (on, beside) = (row[234], row[230]);
    assert!(on > beside + 0.15, "a strand has {on}, what is beside it {beside}");
}

#[test]
fn still_pictures_keep_their_masks_to_the_bit() {
    let still = RgbImage::from_fn(200, 200, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 7]));
    let first =
        masks(REGIONS_SIDE, |region, x, _| if region == Region::Hair { x as f32 / 160.0 } else { 0.1 });
    let other = masks(REGIONS_SIDE, |_, _, y| y as f32 / 320.0);
    let mut smoother = MaskSmoother::new();
    assert_eq!(smoother.smooth(SmallHead::of(&still).unwrap(), first.clone()), first);
    assert_eq!(
        smoother.smooth(SmallHead::of(&still).unwrap(), other.clone()),
        first,
        "the same picture has the same masks"
    );
    smoother.reset();
    assert_eq!(smoother.smooth(SmallHead::of(&still).unwrap(), other.clone()), other);
}

#[test]
fn motion_is_followed_at_once_and_noise_is_smoothed() {
    let picture = |level: u8| RgbImage::from_pixel(160, 160, Rgb([level; 3]));
    let full = |value: f32| {
        masks(
            REGIONS_SIDE,
            move |region, _, _| if region == Region::Skin { value } else { (1.0 - value) / 10.0 },
        )
    };
    let mut smoother = MaskSmoother::new();
    smoother.smooth(SmallHead::of(&picture(100)).unwrap(), full(0.2));
    let noisy = smoother.smooth(SmallHead::of(&picture(101)).unwrap(), full(0.7));
    let value = noisy.plane(Region::Skin)[777];
    assert!(value > 0.25 && value < 0.45, "{value}");
    assert!(noisy.sum(&Region::ALL).iter().all(|sum| (sum - 1.0).abs() < 1e-4));
    assert_eq!(smoother.smooth(SmallHead::of(&picture(160)).unwrap(), full(0.9)), full(0.9));
    // Only where the picture moves.
    let mut half = picture(160);
    for pixel in half.enumerate_pixels_mut().filter(|(x, _, _)| *x < 80) {
        pixel.2.0 = [20; 3];
    }
    let mixed = smoother.smooth(SmallHead::of(&half).unwrap(), full(0.1));
    let row = REGIONS_SIDE / 2 * REGIONS_SIDE;
    assert_eq!(mixed.plane(Region::Skin)[row + REGIONS_SIDE / 8], 0.1);
    assert!(mixed.plane(Region::Skin)[row + REGIONS_SIDE * 7 / 8] > 0.7);
}
