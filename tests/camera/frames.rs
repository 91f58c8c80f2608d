//! The frames of the virtual camera: noisy, left half red, right half blue.

use std::fs;
use std::path::Path;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

/// Width of all frames, in pixels.
pub(crate) const WIDTH: u32 = 640;
/// Height of all frames, in pixels.
pub(crate) const HEIGHT: u32 = 480;
/// Number of frames in the loop.
const FRAMES: u32 = 40;

/// Sensor noise, so that no two frames are equal.
fn noise(state: &mut u32) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    *state % 24
}

/// Writes a folder of frames for the virtual camera: Motion JPEG and YUYV at 30 frames per second.
pub(crate) fn write_frames(folder: &Path) {
    fs::create_dir_all(folder.join("frames")).unwrap();
    let (mut jpegs, mut yuyv) = (Vec::new(), Vec::new());
    for frame in 0..FRAMES {
        jpegs.extend(jpeg(frame));
        yuyv.extend(yuyv_frame(frame));
    }
    fs::write(folder.join("frames/640x480.mjpg"), jpegs).unwrap();
    fs::write(folder.join("frames/640x480.yuyv"), yuyv).unwrap();
    fs::write(folder.join("modes"), "MJPG 640 480 30\nYUYV 640 480 30\n").unwrap();
}

/// Like [`write_frames`], but every other JPEG claims to be 30000 x 30000 pixels.
pub(crate) fn write_lying_frames(folder: &Path) {
    fs::create_dir_all(folder.join("frames")).unwrap();
    let mut jpegs = Vec::new();
    for frame in 0..FRAMES {
        let mut bytes = jpeg(frame);
        if frame % 2 == 1 {
            let header = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
            for side in [header + 5, header + 7] {
                bytes[side..side + 2].copy_from_slice(&30_000u16.to_be_bytes());
            }
        }
        jpegs.extend(bytes);
    }
    fs::write(folder.join("frames/640x480.mjpg"), jpegs).unwrap();
    fs::write(folder.join("modes"), "MJPG 640 480 30\n").unwrap();
}

fn jpeg(frame: u32) -> Vec<u8> {
    let mut state = frame * 2 + 1;
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, _| {
        let light = 200 + noise(&mut state) as u8;
        if x < WIDTH / 2 { image::Rgb([light, 20, 20]) } else { image::Rgb([20, 20, light]) }
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 70).encode_image(&picture).unwrap();
    bytes
}

fn yuyv_frame(frame: u32) -> Vec<u8> {
    let mut state = frame * 2 + 1;
    let pairs = (0..HEIGHT).flat_map(|_| 0..WIDTH / 2).flat_map(|pair| {
        let light = noise(&mut state) as u8;
        if pair < WIDTH / 4 { [70 + light, 90, 70 + light, 240] } else { [30 + light, 240, 30 + light, 110] }
    });
    pairs.collect()
}

/// Which side of a picture is red.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RedSide {
    Left,
    Right,
    Neither,
}

/// The red side of a decoded frame.
pub(crate) fn red_side(picture: &RgbImage) -> RedSide {
    let is = |x: u32, red: bool| {
        (0..picture.height()).step_by(20).all(|y| {
            let [r, _, b] = picture.get_pixel(x, y).0.map(i32::from);
            if red { r > b + 60 } else { b > r + 60 }
        })
    };
    let (left, right) = (picture.width() / 4, picture.width() / 4 * 3);
    match () {
        () if is(left, true) && is(right, false) => RedSide::Left,
        () if is(left, false) && is(right, true) => RedSide::Right,
        () => RedSide::Neither,
    }
}
