//! Draws random occluders in front of a head: hands, microphones, masks, scarves, cards and other shapes.

use image::RgbImage;
use rand::Rng;
use rand::rngs::StdRng;

use super::canvas::{Canvas, SmoothNoise, Texture, any_colour, between, happens, skin_colour, to_segment};
use agemirror_faces::face::regions::Region;

/// Draws a random occluder; its surface may be a part of the picture `other`.
pub(super) fn put_in_front(canvas: &mut Canvas, other: &RgbImage, random: &mut StdRng) {
    match random.random_range(0..10) {
        0..=4 => hand(canvas, random),
        5 => microphone(canvas, random),
        6 => face_mask(canvas, other, random),
        7 => scarf(canvas, other, random),
        _ => shape(canvas, other, random),
    }
}

/// One rounded bar of a hand: start, end, and the radius at both.
type Bar = ([f32; 2], [f32; 2], [f32; 2]);

/// A hand with a forearm, from any side except above.
fn hand(canvas: &mut Canvas, random: &mut StdRng) {
    let own = canvas.mean_colour(Region::Skin).filter(|_| happens(random, 0.6));
    let level = between(random, 0.75, 1.15);
    let skin = own.unwrap_or_else(|| skin_colour(random)).map(|value| value * level);
    let size = between(random, 0.7, 1.25);
    let palm = [between(random, 0.25, 0.75), between(random, 0.3, 0.85)];
    let angle = between(random, -0.4, 3.54);
    // The direction from the wrist to the fingers; angles are measured from the right, downwards.
    let (up_x, up_y) = (-angle.cos(), -angle.sin());
    let at = |along: f32, across: f32| {
        [palm[0] + (up_x * along - up_y * across) * size, palm[1] + (up_y * along + up_x * across) * size]
    };
    let mut bars: Vec<Bar> = vec![
        (at(-0.06, 0.0), at(-0.7, between(random, -0.2, 0.2)), [0.055 * size, 0.075 * size]),
        (at(-0.04, -0.02), at(0.03, -0.02), [0.065 * size, 0.06 * size]),
        (at(-0.04, 0.03), at(0.03, 0.03), [0.06 * size, 0.06 * size]),
    ];
    let spread = between(random, 0.0, 0.5);
    let curl = between(random, 0.35, 1.0);
    for finger in 0..4 {
        let across = (finger as f32 - 1.5) * 0.042;
        let length = [0.13, 0.16, 0.15, 0.11][finger] * curl * between(random, 0.85, 1.1);
        let tip = at(0.05 + length, across * (1.0 + spread * 3.0 * length / 0.15));
        bars.push((at(0.04, across), tip, [0.023 * size, 0.019 * size]));
    }
    let side = if happens(random, 0.5) { 1.0 } else { -1.0 };
    let thumb = at(between(random, 0.0, 0.08), side * between(random, 0.09, 0.16));
    bars.push((at(-0.05, side * 0.05), thumb, [0.028 * size, 0.022 * size]));
    let sleeve = happens(random, 0.6).then(|| any_colour(random));
    let (noise, light) = (SmoothNoise::new(random, 6.0), between(random, -0.25, 0.25));
    for (index, bar) in bars.into_iter().enumerate() {
        let sleeve = sleeve.filter(|_| index == 0);
        paint_bar(canvas, bar, &Limb { skin, sleeve, noise: &noise, light });
    }
}

/// The surface of a part of a hand.
struct Limb<'a> {
    skin: [f32; 3],
    /// Colour of the sleeve that covers it from a little above the wrist.
    sleeve: Option<[f32; 3]>,
    noise: &'a SmoothNoise,
    /// Brightness added from left to right.
    light: f32,
}

fn paint_bar(canvas: &mut Canvas, (from, to, radii): Bar, limb: &Limb) {
    let pixels = canvas.side as f32;
    let radius = |along: f32| radii[0] + (radii[1] - radii[0]) * along;
    let paint = |point: [f32; 2]| {
        let (distance, along) = to_segment(point, from, to);
        let rim = (distance / radius(along)).min(1.0);
        let side = (point[0] - from[0]) * limb.light / radius(along);
        let shade = 1.02 - 0.38 * rim.powi(3) + 0.05 * limb.noise.at(point) + side.clamp(-0.3, 0.3);
        let colour = limb.sleeve.filter(|_| along > 0.18).unwrap_or(limb.skin);
        colour.map(|value| value * shade)
    };
    let distance = |point: [f32; 2]| {
        let (distance, along) = to_segment(point, from, to);
        (distance - radius(along)) * pixels
    };
    canvas.paint(distance, &paint, 1.0, Some(Region::Front));
}

/// A microphone on a stand, or held by a hand outside the picture.
fn microphone(canvas: &mut Canvas, random: &mut StdRng) {
    let head = [between(random, 0.3, 0.7), between(random, 0.55, 0.8)];
    let foot = [head[0] + between(random, -0.3, 0.3), 1.1];
    let (thick, round) = (between(random, 0.015, 0.03), between(random, 0.035, 0.075));
    let level = between(random, 0.02, 0.35);
    let grid = between(random, 150.0, 500.0);
    let pixels = canvas.side as f32;
    let bar = |point: [f32; 2]| {
        let rim = (to_segment(point, head, foot).0 / thick).min(1.0);
        [level * (1.5 - rim); 3]
    };
    canvas.paint(|p| (to_segment(p, head, foot).0 - thick) * pixels, &bar, 1.0, Some(Region::Front));
    let ball = |point: [f32; 2]| {
        let rim = ((point[0] - head[0]).hypot(point[1] - head[1]) / round).min(1.0);
        let mesh = (point[0] * grid).sin() * (point[1] * grid).sin();
        [level * (1.6 - rim) * (1.0 + 0.4 * mesh) + 0.05; 3]
    };
    let distance = |p: [f32; 2]| ((p[0] - head[0]).hypot(p[1] - head[1]) - round) * pixels;
    canvas.paint(distance, &ball, 1.0, Some(Region::Front));
}

/// A mask over mouth and nose.
fn face_mask(canvas: &mut Canvas, other: &RgbImage, random: &mut StdRng) {
    let top = between(random, 0.46, 0.52);
    let (half, bottom) = (between(random, 0.12, 0.17), between(random, 0.66, 0.72));
    let plain = [[0.65, 0.8, 0.9], [0.92, 0.92, 0.92], [0.08, 0.08, 0.09]][random.random_range(0..3)];
    let texture = happens(random, 0.3).then(|| Texture::any(random, other));
    let folds = between(random, 60.0, 140.0);
    let pixels = canvas.side as f32;
    let paint = |point: [f32; 2]| match &texture {
        Some(texture) => texture.at(point),
        None => {
            plain.map(|v: f32| v * (1.0 + 0.08 * (point[1] * folds).sin() - 1.5 * (point[0] - 0.5).powi(2)))
        }
    };
    let middle = [0.5, (top + bottom) / 2.0];
    let high = (bottom - top) / 2.0;
    let distance = |p: [f32; 2]| {
        let (x, y) = (((p[0] - middle[0]) / half).abs(), ((p[1] - middle[1]) / high).abs());
        ((x.powi(4) + y.powi(4)).powf(0.25) - 1.0) * half.min(high) * pixels
    };
    canvas.paint(distance, &paint, 1.0, Some(Region::Front));
}

/// A scarf or a collar over chin and mouth.
fn scarf(canvas: &mut Canvas, other: &RgbImage, random: &mut StdRng) {
    let texture = Texture::any(random, other);
    let (top, bow) = (between(random, 0.53, 0.66), between(random, -0.4, 0.8));
    let (noise, half) = (SmoothNoise::new(random, 3.0), between(random, 0.2, 0.45));
    let folds = between(random, 10.0, 60.0);
    let pixels = canvas.side as f32;
    let edge = |x: f32| top + bow * (x - 0.5).powi(2) + 0.015 * noise.at([x, 0.0]);
    let paint = |point: [f32; 2]| {
        let fold = 0.85 + 0.15 * (folds * (point[1] - edge(point[0])) + 3.0 * noise.at(point)).sin();
        texture.at(point).map(|value| value * fold)
    };
    let distance = |p: [f32; 2]| (edge(p[0]) - p[1]).max((p[0] - 0.5).abs() - half) * pixels;
    canvas.paint(distance, &paint, 1.0, Some(Region::Front));
}

/// A polygon or rounded rectangle with a random surface, like a card, a cup, a phone or a book.
fn shape(canvas: &mut Canvas, other: &RgbImage, random: &mut StdRng) {
    let texture = Texture::any(random, other);
    let middle = [between(random, 0.15, 0.85), between(random, 0.3, 0.9)];
    let (wide, high) = (between(random, 0.04, 0.2), between(random, 0.04, 0.25));
    let angle = between(random, -1.6, 1.6);
    let (sin, cos) = angle.sin_cos();
    let power = between(random, 2.0, 12.0);
    let wobble = if happens(random, 0.5) { between(random, 0.0, 0.3) } else { 0.0 };
    let noise = SmoothNoise::new(random, 2.5);
    let pixels = canvas.side as f32;
    let distance = |p: [f32; 2]| {
        let (dx, dy) = (p[0] - middle[0], p[1] - middle[1]);
        let (x, y) = (((cos * dx + sin * dy) / wide).abs(), ((cos * dy - sin * dx) / high).abs());
        let radius = (x.powf(power) + y.powf(power)).powf(1.0 / power);
        (radius - 1.0 - wobble * noise.at(p)) * wide.min(high) * pixels
    };
    canvas.paint(distance, &|p| texture.at(p), 1.0, Some(Region::Front));
}
