//! Pasting back is exact where nothing changed, and at full strength where something did.

use super::*;
use crate::face::align;
use image::{GrayImage, Luma, Rgb};
use proptest::prelude::*;

fn paste_back(frame: &RgbImage, frame_to_crop: &Similarity, crop: &RgbImage, aged: &AgedCrop) -> RgbImage {
    paste_faces(frame, [Patch { frame_to_crop, crop, aged }])
}

fn noise(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let value = (x * 7919 + y * 104_729 + x * y * 31 + seed * 977) % 251;
        Rgb([value as u8, (value * 3 % 256) as u8, (255 - value) as u8])
    })
}

fn aged(picture: RgbImage, mask: u8) -> AgedCrop {
    let mask = GrayImage::from_pixel(picture.width(), picture.height(), Luma([mask]));
    AgedCrop { picture, mask }
}

fn turned(scale: f32, angle: f32, centre: [f32; 2], side: u32) -> Similarity {
    let (a, b) = (scale * angle.cos(), scale * angle.sin());
    let half = side as f32 / 2.0;
    let [x, y] = centre;
    Similarity { a, b, tx: half - (a * x - b * y), ty: half - (b * x + a * y) }
}

#[test]
fn an_unchanged_crop_reproduces_the_frame() {
    let frame = noise(97, 71, 1);
    for angle in [0.0, 0.4, 2.0, -3.0] {
        let way = turned(0.9, angle, [40.0, 30.0], 48);
        let crop = align(&frame, &way, 48);
        assert_eq!(paste_back(&frame, &way, &crop, &aged(crop.clone(), 255)), frame);
    }
}

#[test]
fn without_scaling_the_inner_part_is_the_aged_crop() {
    let frame = noise(100, 90, 2);
    let way = Similarity { tx: -20.0, ty: -10.0, ..Similarity::IDENTITY };
    let crop = align(&frame, &way, 64);
    // A soft mask must not weaken the change a second time.
    let after = aged(noise(64, 64, 3), 40);
    let out = paste_back(&frame, &way, &crop, &after);
    for (x, y) in [(6, 6), (57, 57), (30, 12), (32, 32)] {
        assert_eq!(out.get_pixel(x + 20, y + 10), after.picture.get_pixel(x, y), "{x} {y}");
    }
    assert_ne!(out.get_pixel(20, 10), after.picture.get_pixel(0, 0), "the border is feathered");
}

#[test]
fn an_empty_mask_keeps_the_frame() {
    let frame = noise(64, 64, 4);
    let out = paste_back(&frame, &Similarity::IDENTITY, &frame, &aged(noise(64, 64, 5), 0));
    assert_eq!(out, frame);
}

/// A flat change reaches its full strength at every scale and rotation, and the frame's grain stays.
#[test]
fn the_grain_of_the_frame_is_kept() {
    let frame = noise(240, 240, 6);
    let calm = RgbImage::from_fn(240, 240, |x, y| Rgb(frame.get_pixel(x, y).0.map(|v| v / 2 + 50)));
    for (scale, angle) in [(1.0, 0.0), (0.5, 0.3), (1.4, 1.0), (2.5, -0.5), (5.0, 3.0)] {
        let side = 96;
        let way = turned(scale, angle, [120.0, 120.0], side);
        let crop = align(&calm, &way, side);
        let lighter = RgbImage::from_fn(side, side, |x, y| Rgb(crop.get_pixel(x, y).0.map(|v| v + 20)));
        let out = paste_back(&calm, &way, &crop, &aged(lighter, 255));
        for (x, y) in [(119, 119), (121, 118), (118, 122)] {
            assert_eq!(out.get_pixel(x, y).0, calm.get_pixel(x, y).0.map(|v| v + 20), "{scale} {angle}");
        }
    }
}

#[test]
fn each_of_several_faces_changes_only_its_own_area() {
    let frame = RgbImage::from_pixel(120, 60, Rgb([100; 3]));
    let crop = RgbImage::from_pixel(32, 32, Rgb([100; 3]));
    let (lighter, darker) = (
        aged(RgbImage::from_pixel(32, 32, Rgb([150; 3])), 255),
        aged(RgbImage::from_pixel(32, 32, Rgb([20; 3])), 255),
    );
    let (left, right) = (turned(1.0, 0.0, [30.0, 30.0], 32), turned(1.0, 0.0, [90.0, 30.0], 32));
    let out = paste_faces(
        &frame,
        [
            Patch { frame_to_crop: &left, crop: &crop, aged: &lighter },
            Patch { frame_to_crop: &right, crop: &crop, aged: &darker },
        ],
    );
    assert_eq!([30, 60, 90].map(|x| out.get_pixel(x, 30).0[0]), [150, 100, 20]);
}

#[test]
fn mismatched_patches_change_nothing() {
    let frame = noise(40, 40, 8);
    let crop = noise(16, 16, 9);
    let other = aged(noise(16, 16, 10), 255);
    let ways = [
        Similarity { a: 0.0, ..Similarity::IDENTITY },
        Similarity { a: f32::NAN, ..Similarity::IDENTITY },
        Similarity { tx: f32::INFINITY, ..Similarity::IDENTITY },
        Similarity { tx: 1e30, ..Similarity::IDENTITY },
    ];
    for way in ways {
        assert_eq!(paste_back(&frame, &way, &crop, &other), frame, "{way:?}");
    }
    assert_eq!(paste_back(&frame, &Similarity::IDENTITY, &noise(15, 16, 1), &other), frame);
    let empty = RgbImage::new(0, 0);
    assert_eq!(paste_back(&empty, &Similarity::IDENTITY, &crop, &other), empty);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A pixel changes only where the mask, warped back, can reach it.
    #[test]
    fn outside_the_mask_the_frame_is_kept(
        scale in 0.2_f32..6.0,
        angle in -3.2_f32..3.2,
        x in -20.0_f32..100.0,
        y in -20.0_f32..80.0,
        mask_left in 0_u32..32, mask_top in 0_u32..32, mask_size in 1_u32..32,
    ) {
        let side = 32;
        let frame = noise(80, 60, 11);
        let way = turned(scale, angle, [x, y], side);
        let crop = align(&frame, &way, side);
        let mask = GrayImage::from_fn(side, side, |u, v| {
            let is_in = (mask_left..mask_left + mask_size).contains(&u) && (mask_top..mask_top + mask_size).contains(&v);
            Luma([if is_in { 200 } else { 0 }])
        });
        let after = AgedCrop { picture: noise(side, side, 12), mask };
        let out = paste_back(&frame, &way, &crop, &after);
        // Half a pixel of the crop beyond the mask; if it was averaged down, one and a half blocks, and a
        // block is at most 4/3 of a pixel of the frame.
        let reach = if scale < 1.5 { 0.51 } else { 2.0 * scale };
        for (u, v, pixel) in frame.enumerate_pixels() {
            let [cu, cv] = way.apply([u as f32 + 0.5, v as f32 + 0.5]);
            let is_outside = |value: f32, first: u32| {
                let last = (first + mask_size).min(side);
                value < first as f32 - reach || value > last as f32 + reach
            };
            if is_outside(cu, mask_left) || is_outside(cv, mask_top) {
                prop_assert_eq!(out.get_pixel(u, v), pixel);
            }
        }
    }
}
