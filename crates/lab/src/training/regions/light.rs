//! Augments light and camera: exposure, colour, blur, noise and compression.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, RgbImage};
use rand::Rng;
use rand::rngs::StdRng;

use super::canvas::{Canvas, any_colour, between, happens};
use agemirror_faces::face::regions::Region;
use agemirror_faces::face::scaled;

/// Applies random changes of the light, then of the camera.
pub(super) fn relight(canvas: &mut Canvas, random: &mut StdRng) {
    if happens(random, 0.15) {
        gradient(canvas, random);
    }
    if happens(random, 0.05) {
        backlight(canvas, random);
    }
    colours(canvas, random);
    if happens(random, 0.15) {
        low_resolution(canvas, random);
    } else if happens(random, 0.3) {
        blur(canvas, between(random, 0.3, 1.0));
    }
    if happens(random, 0.35) {
        noise(canvas, random);
    }
    if happens(random, 0.2) {
        compress(canvas, random.random_range(30..90));
    }
}

/// Light from one side, possibly coloured.
fn gradient(canvas: &mut Canvas, random: &mut StdRng) {
    let angle = between(random, 0.0, std::f32::consts::TAU);
    let colour = if happens(random, 0.5) { [1.0; 3] } else { any_colour(random) };
    let [dark, bright] = [between(random, 0.25, 1.0), between(random, 1.0, 1.8)];
    let (sin, cos) = angle.sin_cos();
    let steep = between(random, 1.0, 4.0);
    for index in 0..canvas.pixels.len() {
        let [x, y] = [index % canvas.side, index / canvas.side].map(|i| i as f32 / canvas.side as f32 - 0.5);
        let share = (0.5 + steep * (x * cos + y * sin)).clamp(0.0, 1.0);
        for (value, colour) in canvas.pixels[index].iter_mut().zip(colour) {
            *value *= dark + (bright * (0.4 + 0.6 * colour) - dark) * share;
        }
    }
}

/// A bright background behind a dark head, with light that spills over.
fn backlight(canvas: &mut Canvas, random: &mut StdRng) {
    let [head, behind, spill] =
        [between(random, 0.3, 0.8), between(random, 1.1, 2.2), between(random, 0.0, 0.15)];
    let background = Region::Background.index() as u8;
    for (pixel, label) in canvas.pixels.iter_mut().zip(&canvas.labels) {
        let factor = if *label == background { behind } else { head };
        pixel.iter_mut().for_each(|value| *value = *value * factor + spill);
    }
}

/// Gamma, gain of each colour, saturation and contrast.
fn colours(canvas: &mut Canvas, random: &mut StdRng) {
    let gamma = between(random, -0.35, 0.35).exp();
    let strange = if happens(random, 0.08) { 0.5 } else { 0.1 };
    let level = between(random, -0.3, 0.3).exp();
    let gains = [0; 3].map(|_: i32| level * between(random, -strange, strange).exp());
    let saturation = if happens(random, 0.04) { 0.0 } else { between(random, 0.5, 1.35) };
    let contrast = between(random, 0.7, 1.25);
    let middle = between(random, 0.3, 0.6);
    for pixel in &mut canvas.pixels {
        let lit: [f32; 3] = std::array::from_fn(|c| pixel[c].max(0.0).powf(gamma) * gains[c]);
        let grey = 0.3 * lit[0] + 0.59 * lit[1] + 0.11 * lit[2];
        *pixel = lit.map(|value| {
            let value = grey + (value - grey) * saturation;
            ((value - middle) * contrast + middle).clamp(0.0, 1.0)
        });
    }
}

/// Scales the picture down and up again.
fn low_resolution(canvas: &mut Canvas, random: &mut StdRng) {
    let side = (canvas.side as f32 / between(random, 1.3, 2.4)) as u32;
    take(canvas, &scaled(&scaled(&canvas.picture(), side), canvas.side as u32));
}

fn take(canvas: &mut Canvas, picture: &RgbImage) {
    for (pixel, new) in canvas.pixels.iter_mut().zip(picture.pixels()) {
        *pixel = new.0.map(|value| f32::from(value) / 255.0);
    }
}

/// A Gaussian blur of `sigma` pixels.
fn blur(canvas: &mut Canvas, sigma: f32) {
    let radius = (2.5 * sigma).ceil() as usize;
    let tap = |i: usize| (-0.5 * ((i as f32 - radius as f32) / sigma).powi(2)).exp();
    let taps: Vec<f32> = (0..=2 * radius).map(tap).collect();
    let total: f32 = taps.iter().sum();
    let side = canvas.side;
    for step in [1, side] {
        let before = canvas.pixels.clone();
        for index in 0..before.len() {
            let along = if step == 1 { index % side } else { index / side };
            let mut sum = [0f32; 3];
            for (offset, tap) in taps.iter().enumerate() {
                let to = (along + offset).saturating_sub(radius).min(side - 1);
                let pixel = &before[index - along * step + to * step];
                sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += tap * value);
            }
            canvas.pixels[index] = sum.map(|sum| sum / total);
        }
    }
}

/// Noise in brightness and in colours.
fn noise(canvas: &mut Canvas, random: &mut StdRng) {
    let strength = between(random, 0.005, 0.05);
    let colour = strength * random.random::<f32>();
    for pixel in &mut canvas.pixels {
        // The sum of two uniform variables approximates a normal one.
        let grey = (random.random::<f32>() + random.random::<f32>() - 1.0) * strength * 2.0;
        for value in pixel.iter_mut() {
            *value += grey + (random.random::<f32>() - 0.5) * 2.0 * colour;
        }
    }
}

/// Compresses as JPEG. A picture that cannot be encoded stays unchanged.
fn compress(canvas: &mut Canvas, quality: u8) {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&canvas.picture());
    let read = encoded.and_then(|()| image::load(Cursor::new(bytes), ImageFormat::Jpeg));
    if let Ok(picture) = read {
        take(canvas, &picture.to_rgb8());
    }
}
