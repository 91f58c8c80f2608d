//! A head crop with labels, on which augmentations draw.

use image::RgbImage;
use rand::Rng;
use rand::rngs::StdRng;

use super::loss::IGNORED;
use agemirror_faces::face::regions::Region;

/// A square crop with its labels.
#[derive(Clone)]
pub(super) struct Canvas {
    /// Side in pixels.
    pub side: usize,
    /// Red, green and blue of every pixel, in 0..1.
    pub pixels: Vec<[f32; 3]>,
    /// The region of every pixel, or [`IGNORED`].
    pub labels: Vec<u8>,
}

/// A colour as a function of the position in fractions of the side.
pub(super) type Paint<'a> = dyn Fn([f32; 2]) -> [f32; 3] + 'a;

impl Canvas {
    /// A canvas from a picture and the region of each of its pixels.
    pub(super) fn from_picture(picture: &RgbImage, labels: Vec<u8>) -> Self {
        let pixels = picture.pixels().map(|pixel| pixel.0.map(|value| f32::from(value) / 255.0)).collect();
        Self { side: picture.width() as usize, pixels, labels }
    }

    /// The pixels as a picture.
    pub(super) fn picture(&self) -> RgbImage {
        let side = self.side as u32;
        let byte = |value: &f32| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let bytes = self.pixels.iter().flatten().map(byte).collect();
        RgbImage::from_raw(side, side, bytes).unwrap_or_else(|| RgbImage::new(side, side))
    }

    /// The pixels as planes in -1..1.
    pub(super) fn planes(&self) -> Vec<f32> {
        (0..3)
            .flat_map(|c| self.pixels.iter().map(move |pixel| pixel[c].clamp(0.0, 1.0) * 2.0 - 1.0))
            .collect()
    }

    /// Paints a shape given by its signed `distance` in pixels, negative inside. `strength` is its opacity; pixels at
    /// least half covered get the label.
    pub(super) fn paint(
        &mut self,
        distance: impl Fn([f32; 2]) -> f32,
        paint: &Paint<'_>,
        strength: f32,
        label: Option<Region>,
    ) {
        let scale = 1.0 / self.side as f32;
        for index in 0..self.pixels.len() {
            let at = [index % self.side, index / self.side].map(|i| (i as f32 + 0.5) * scale);
            let covered = (0.5 - distance(at)).clamp(0.0, 1.0);
            if covered > 0.0 {
                self.cover(index, paint(at), covered * strength);
                self.mark(index, covered, label);
            }
        }
    }

    /// Blends a colour into a pixel.
    pub(super) fn cover(&mut self, index: usize, colour: [f32; 3], share: f32) {
        for (value, colour) in self.pixels[index].iter_mut().zip(colour) {
            *value += (colour - *value) * share;
        }
    }

    /// Sets the label of a pixel if more than half of it is covered.
    pub(super) fn mark(&mut self, index: usize, covered: f32, label: Option<Region>) {
        if let (true, Some(label)) = (covered > 0.5, label) {
            self.labels[index] = label.index() as u8;
        }
    }

    /// The mean colour of a region; `None` if it has too few pixels.
    pub(super) fn mean_colour(&self, region: Region) -> Option<[f32; 3]> {
        let (mut sum, mut count) = ([0f32; 3], 0);
        for (pixel, label) in self.pixels.iter().zip(&self.labels) {
            if usize::from(*label) == region.index() {
                sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
                count += 1;
            }
        }
        (count > 20).then(|| sum.map(|sum| sum / count as f32))
    }

    /// The fraction of the labelled pixels that belong to a region.
    pub(super) fn share(&self, region: Region) -> f32 {
        let labelled = self.labels.iter().filter(|label| **label != IGNORED).count().max(1);
        self.labels.iter().filter(|label| usize::from(**label) == region.index()).count() as f32
            / labelled as f32
    }
}

/// A uniform random number between two others.
pub(super) fn between(random: &mut StdRng, low: f32, high: f32) -> f32 {
    low + (high - low) * random.random::<f32>()
}

/// `true` with this probability.
pub(super) fn happens(random: &mut StdRng, probability: f32) -> bool {
    random.random::<f32>() < probability
}

/// A random colour, more often a dull one.
pub(super) fn any_colour(random: &mut StdRng) -> [f32; 3] {
    let (level, vividness) = (random.random::<f32>(), random.random::<f32>().powi(2));
    [0; 3].map(|_: i32| (level + vividness * (random.random::<f32>() - 0.5) * 1.4).clamp(0.0, 1.0))
}

/// A random skin colour, from very dark to very light.
pub(super) fn skin_colour(random: &mut StdRng) -> [f32; 3] {
    let level = between(random, 0.25, 0.9);
    let (green, blue) = (between(random, 0.68, 0.82), between(random, 0.5, 0.72));
    [level, level * green, level * blue]
}

/// The distance from a point to a line segment, and the position of the nearest point on the segment, in 0..=1.
pub(super) fn to_segment(point: [f32; 2], from: [f32; 2], to: [f32; 2]) -> (f32, f32) {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let square = (dx * dx + dy * dy).max(1e-9);
    let along = (((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / square).clamp(0.0, 1.0);
    let near = [from[0] + along * dx, from[1] + along * dy];
    ((point[0] - near[0]).hypot(point[1] - near[1]), along)
}

/// Smooth noise in -1..=1.
pub(super) struct SmoothNoise {
    /// Frequency in x and y, and phase, of each wave.
    waves: Vec<[f32; 3]>,
}

impl SmoothNoise {
    /// Noise with about `frequency` waves along a side.
    pub(super) fn new(random: &mut StdRng, frequency: f32) -> Self {
        let wave = |_| {
            let angle = between(random, 0.0, std::f32::consts::TAU);
            let length = frequency * between(random, 0.5, 1.5) * std::f32::consts::TAU;
            [length * angle.cos(), length * angle.sin(), between(random, 0.0, std::f32::consts::TAU)]
        };
        Self { waves: (0..4).map(wave).collect() }
    }

    /// The value at a position.
    pub(super) fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let sum: f32 = self.waves.iter().map(|[fx, fy, phase]| (fx * x + fy * y + phase).sin()).sum();
        sum / self.waves.len() as f32
    }
}

/// A surface: plain, striped, checked, cloudy, or a part of another picture.
pub(super) struct Texture {
    colours: [[f32; 3]; 2],
    kind: Kind,
    noise: SmoothNoise,
    grain: f32,
}

enum Kind {
    Plain,
    Stripes([f32; 2]),
    Checks([f32; 2]),
    Clouds,
    Piece { picture: RgbImage, from: [f32; 2], scale: f32 },
}

impl Texture {
    /// A random surface, which may be a part of the picture `other`.
    pub(super) fn any(random: &mut StdRng, other: &RgbImage) -> Self {
        let first = any_colour(random);
        let second = if happens(random, 0.5) { any_colour(random) } else { first.map(|value| value * 0.7) };
        let direction = |random: &mut StdRng| {
            let (angle, count) = (between(random, 0.0, 6.3), between(random, 10.0, 160.0));
            [angle.cos() * count, angle.sin() * count]
        };
        let kind = match random.random_range(0..8) {
            0 | 1 => Kind::Plain,
            2 => Kind::Stripes(direction(random)),
            3 => Kind::Checks(direction(random)),
            4 => Kind::Clouds,
            _ => Kind::Piece {
                picture: other.clone(),
                from: [random.random(), random.random()],
                scale: between(random, 0.3, 1.2),
            },
        };
        let frequency = between(random, 1.0, 12.0);
        Self {
            colours: [first, second],
            kind,
            noise: SmoothNoise::new(random, frequency),
            grain: between(random, 0.0, 0.25),
        }
    }

    /// The colour at a position.
    pub(super) fn at(&self, at: [f32; 2]) -> [f32; 3] {
        let shade = 1.0 + self.grain * self.noise.at(at);
        let wave = |direction: &[f32; 2]| (at[0] * direction[0] + at[1] * direction[1]).sin();
        let across = |direction: &[f32; 2]| (at[1] * direction[0] - at[0] * direction[1]).sin();
        let share = match &self.kind {
            Kind::Plain => 0.0,
            Kind::Stripes(direction) => f32::from(u8::from(wave(direction) > 0.0)),
            Kind::Checks(direction) => f32::from(u8::from(wave(direction) * across(direction) > 0.0)),
            Kind::Clouds => 0.5 + 0.5 * self.noise.at(at),
            Kind::Piece { picture, from, scale } => {
                return piece(picture, *from, *scale, at).map(|v| v * shade);
            }
        };
        std::array::from_fn(|c| {
            (self.colours[0][c] + (self.colours[1][c] - self.colours[0][c]) * share) * shade
        })
    }
}

/// A pixel of a picture that is repeated and mirrored endlessly.
fn piece(picture: &RgbImage, from: [f32; 2], scale: f32, at: [f32; 2]) -> [f32; 3] {
    let fold = |value: f32, side: u32| {
        let value = value.rem_euclid(2.0);
        let value = if value > 1.0 { 2.0 - value } else { value };
        ((value * side as f32) as u32).min(side.saturating_sub(1))
    };
    let (x, y) = (from[0] + at[0] * scale, from[1] + at[1] * scale);
    let pixel = picture.get_pixel(fold(x, picture.width()), fold(y, picture.height()));
    pixel.0.map(|value| f32::from(value) / 255.0)
}
