//! Random changes to a crop that do not affect the age: position, colour, sharpness, noise, compression.

use image::RgbImage;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use rand::Rng;
use rand::rngs::StdRng;

use super::{PackedFace, ValidWindow};
use agemirror_faces::face::{Similarity, align};
use agemirror_faces::pixels::luma;

/// Strength of each change; every value is the largest deviation in either direction. The default is mild.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Augmentation {
    /// Whether half of the crops are mirrored.
    pub flip: bool,
    /// Shift, as a fraction of the side.
    pub shift: f32,
    /// Change of size, as a fraction.
    pub zoom: f32,
    /// Rotation in radians.
    pub rotation: f32,
    /// Brightness offset, in a range of 2.
    pub brightness: f32,
    /// Contrast around middle grey, as a fraction.
    pub contrast: f32,
    /// Saturation, as a fraction.
    pub saturation: f32,
    /// Offset of each colour channel, in a range of 2.
    pub tint: f32,
    /// Largest standard deviation of the blur, in thousandths of the side; half of the crops are blurred.
    pub blur: f32,
    /// Largest standard deviation of the noise, in a range of 2; half of the crops get noise.
    pub noise: f32,
    /// Probability of JPEG compression, at a quality of 30..=90.
    pub jpeg: f32,
}

impl Augmentation {
    /// No change.
    #[cfg(test)]
    pub(crate) const NONE: Self = Self {
        flip: false,
        shift: 0.0,
        zoom: 0.0,
        rotation: 0.0,
        brightness: 0.0,
        contrast: 0.0,
        saturation: 0.0,
        tint: 0.0,
        blur: 0.0,
        noise: 0.0,
        jpeg: 0.0,
    };
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            flip: true,
            shift: 0.02,
            zoom: 0.04,
            rotation: 0.05,
            brightness: 0.1,
            contrast: 0.15,
            saturation: 0.25,
            tint: 0.05,
            blur: 8.0,
            noise: 0.03,
            jpeg: 0.25,
        }
    }
}

/// An augmented crop.
pub(crate) struct Augmented {
    /// Red, green and blue planes of `side * side` values in [-1, 1].
    pub pixels: Vec<f32>,
    /// `side * side` values: 0 outside the source picture, 1 well inside it.
    pub mask: Vec<f32>,
    /// Placement of the packed crop in it.
    pub placement: Placement,
}

/// Placement of a packed crop in a picture cut from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    /// From pixels of the packed crop to pixels of the picture, before mirroring.
    pub to_picture: Similarity,
    /// Whether the picture is mirrored after that.
    pub flipped: bool,
}

impl Augmentation {
    /// Cuts a picture of `side` pixels from the packed crop `packed`, changed as `random` determines.
    /// `feather` is the width of the mask's soft edge in pixels.
    pub(crate) fn apply(
        &self,
        packed: &RgbImage,
        face: &PackedFace,
        side: u32,
        feather: f32,
        random: &mut StdRng,
    ) -> Augmented {
        let flip = self.flip && random.random_bool(0.5);
        let to_crop = self.placement(packed.width(), side, random);
        let mut pixels = planes(&align(packed, &to_crop, side));
        let mut mask = mask(&face.window, &to_crop, packed.width(), side, feather);
        if flip {
            let width = side as usize;
            pixels.chunks_exact_mut(width).for_each(<[f32]>::reverse);
            mask.chunks_exact_mut(width).for_each(<[f32]>::reverse);
        }
        if self.blur > 0.0 && random.random_bool(0.5) {
            let sigma = random.random_range(0.0..=self.blur) / 1000.0 * side as f32;
            blur(&mut pixels, side as usize, sigma);
        }
        self.recolour(&mut pixels, random);
        if self.noise > 0.0 && random.random_bool(0.5) {
            let strength = random.random_range(0.0..=self.noise);
            pixels.iter_mut().for_each(|value| *value += strength * approximate_normal(random));
        }
        pixels.iter_mut().for_each(|value| *value = value.clamp(-1.0, 1.0));
        if self.jpeg > 0.0 && random.random_bool(f64::from(self.jpeg.min(1.0))) {
            let quality = random.random_range(30..=90);
            // Without compression if the encoder fails.
            pixels = through_jpeg(&pixels, side, quality).unwrap_or(pixels);
        }
        Augmented { pixels, mask, placement: Placement { to_picture: to_crop, flipped: flip } }
    }

    /// From the packed crop to the picture of `side` pixels: plain scaling with jitter around the middle.
    fn placement(&self, packed_side: u32, side: u32, random: &mut StdRng) -> Similarity {
        let ratio = side as f32 / packed_side as f32;
        let scale = ratio * (1.0 + uniform(random, self.zoom));
        let rotation = uniform(random, self.rotation);
        let shift = [uniform(random, self.shift), uniform(random, self.shift)].map(|part| part * side as f32);
        let (a, b) = (scale * rotation.cos(), scale * rotation.sin());
        let (from, to) = (packed_side as f32 / 2.0, side as f32 / 2.0);
        Similarity { a, b, tx: to + shift[0] - (a - b) * from, ty: to + shift[1] - (a + b) * from }
    }

    fn recolour(&self, pixels: &mut [f32], random: &mut StdRng) {
        let brightness = uniform(random, self.brightness);
        let contrast = 1.0 + uniform(random, self.contrast);
        let saturation = 1.0 + uniform(random, self.saturation);
        let tint = [uniform(random, self.tint), uniform(random, self.tint), uniform(random, self.tint)];
        let plane = pixels.len() / 3;
        let (red, rest) = pixels.split_at_mut(plane);
        let (green, blue) = rest.split_at_mut(plane);
        for ((red, green), blue) in red.iter_mut().zip(green).zip(blue) {
            let grey = luma([*red, *green, *blue]);
            for (value, tint) in [red, green, blue].into_iter().zip(tint) {
                *value = (grey + (*value - grey) * saturation) * contrast + brightness + tint;
            }
        }
    }
}

fn mask(window: &ValidWindow, to_crop: &Similarity, packed_side: u32, side: u32, feather: f32) -> Vec<f32> {
    window.mask(&to_crop.inverse(), packed_side, side, feather)
}

/// A uniform value in `-most..=most`. It draws even if `most` is zero, so that disabling one change leaves
/// the others as they were.
fn uniform(random: &mut StdRng, most: f32) -> f32 {
    random.random_range(-1.0_f32..=1.0) * most
}

/// A nearly normal value with standard deviation 1: the sum of twelve uniform ones.
fn approximate_normal(random: &mut StdRng) -> f32 {
    let bits: [u32; 6] = random.random();
    let sum: u32 = bits.iter().map(|bits| (bits & 0xffff) + (bits >> 16)).sum();
    (sum as f32 + 6.0) / 65_536.0 - 6.0
}

/// Converts RGB bytes to planes in [-1, 1].
pub(crate) fn planes(picture: &RgbImage) -> Vec<f32> {
    let plane = picture.as_raw().len() / 3;
    let mut planes = vec![0.0; plane * 3];
    for (index, pixel) in picture.as_raw().chunks_exact(3).enumerate() {
        for channel in 0..3 {
            planes[channel * plane + index] = f32::from(pixel[channel]) / 127.5 - 1.0;
        }
    }
    planes
}

/// Converts planes of `side * side` values in [-1, 1] to RGB bytes.
pub(crate) fn picture_of(planes: &[f32], side: u32) -> RgbImage {
    let plane = planes.len() / 3;
    RgbImage::from_fn(side, side, |x, y| {
        let index = (y * side + x) as usize;
        image::Rgb([0, 1, 2].map(|channel| ((planes[channel * plane + index] + 1.0) * 127.5).round() as u8))
    })
}

/// Compresses planes of values in [-1, 1] as JPEG and decodes them; `None` if that fails.
pub(crate) fn through_jpeg(pixels: &[f32], side: u32, quality: u8) -> Option<Vec<f32>> {
    let picture = picture_of(pixels, side);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(&picture).ok()?;
    let decoder = JpegDecoder::new(std::io::Cursor::new(bytes.as_slice())).ok()?;
    Some(planes(&image::DynamicImage::from_decoder(decoder).ok()?.into_rgb8()))
}

/// Gaussian blur of each plane; edge pixels are repeated.
fn blur(planes: &mut [f32], side: usize, sigma: f32) {
    if sigma < 0.1 {
        return;
    }
    let reach = (sigma * 3.0).ceil() as usize;
    let kernel: Vec<f32> =
        (0..=2 * reach).map(|tap| (-0.5 * ((tap as f32 - reach as f32) / sigma).powi(2)).exp()).collect();
    let total: f32 = kernel.iter().sum();
    let kernel: Vec<f32> = kernel.iter().map(|weight| weight / total).collect();
    let mut line = vec![0.0; side + 2 * reach];
    for plane in planes.chunks_exact_mut(side * side) {
        for (step, next) in [(1, side), (side, 1)] {
            for start in (0..side).map(|index| index * next) {
                for (index, slot) in line.iter_mut().enumerate() {
                    *slot = plane[start + index.saturating_sub(reach).min(side - 1) * step];
                }
                for index in 0..side {
                    let window = &line[index..index + kernel.len()];
                    plane[start + index * step] = window.iter().zip(&kernel).map(|(v, w)| v * w).sum();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Gender, seeded};

    fn face() -> PackedFace {
        let window = ValidWindow { picture_to_crop: [1.0, 0.0, 8.0, 0.0], bounds: [0.0, 0.0, 100.0, 100.0] };
        let (file, dataset, ethnicity) = (String::new(), String::new(), String::new());
        PackedFace { file, dataset, age_low: 1.0, age_high: 1.0, gender: Gender::Male, ethnicity, window }
    }

    fn ramp(side: u32) -> RgbImage {
        RgbImage::from_fn(side, side, |x, y| image::Rgb([(x * 4) as u8, (y * 4) as u8, 128]))
    }

    #[test]
    fn without_changes_the_crop_stays_the_same() {
        let crop = ramp(32);
        let same = Augmentation::NONE.apply(&crop, &face(), 32, 2.0, &mut seeded(1, 2, 3));
        assert!(
            same.pixels.iter().zip(planes(&crop)).all(|(found, expected)| (found - expected).abs() < 1e-6)
        );
        assert_eq!((same.mask[7], same.mask[10 * 32 + 7], same.mask[10 * 32 + 31]), (0.0, 0.0, 1.0));

        let half = Augmentation::NONE.apply(&crop, &face(), 16, 2.0, &mut seeded(1, 2, 3));
        // The mean of columns 6 and 7 is 26.
        assert!((half.pixels[3] - (26.0 / 127.5 - 1.0)).abs() < 1e-5);
    }

    #[test]
    fn the_same_seed_gives_the_same_crop() {
        let all = Augmentation { jpeg: 1.0, ..Augmentation::default() };
        let draw = |rng_stream| all.apply(&ramp(32), &face(), 32, 2.0, &mut seeded(1, 2, rng_stream)).pixels;
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        assert!((0..20).flat_map(draw).all(|value| (-1.0..=1.0).contains(&value)));
    }

    #[test]
    fn pixels_and_mask_are_mirrored_together() {
        let flip = Augmentation { flip: true, ..Augmentation::NONE };
        let mut seen = [false; 2];
        for rng_stream in 0..20 {
            let augmented = flip.apply(&ramp(32), &face(), 32, 2.0, &mut seeded(0, 0, rng_stream));
            let row = 20 * 32;
            let mirrored = augmented.pixels[row] > augmented.pixels[row + 31];
            assert_eq!(augmented.mask[row] == 1.0, mirrored);
            assert_eq!(augmented.mask[row + 31] == 1.0, !mirrored);
            seen[usize::from(mirrored)] = true;
        }
        assert_eq!(seen, [true, true]);
    }

    #[test]
    fn jitter_moves_pixels_and_mask_equally() {
        let shift = Augmentation { shift: 0.2, ..Augmentation::NONE };
        for rng_stream in 0..10 {
            let augmented = shift.apply(&ramp(32), &face(), 32, 0.01, &mut seeded(0, 7, rng_stream));
            let row = &augmented.pixels[16 * 32..17 * 32];
            // Column 8 of the crop, where the picture begins, has the value 32.
            let first = augmented.mask[16 * 32..17 * 32].iter().position(|value| *value > 0.5);
            let first = first.unwrap_or(0);
            assert!(((row[first] + 1.0) * 127.5 - 32.0).abs() <= 4.1, "{}", (row[first] + 1.0) * 127.5);
        }
    }

    #[test]
    fn a_blur_keeps_the_mean_and_removes_the_contrast() {
        let mut planes: Vec<f32> =
            (0..3 * 256).map(|index| if index % 2 == 0 { 1.0 } else { -1.0 }).collect();
        blur(&mut planes, 16, 1.5);
        let inner = planes.iter().enumerate().filter(|(index, _)| (5..11).contains(&(index % 16)));
        assert!(inner.into_iter().all(|(_, value)| value.abs() < 0.05));
        let mut flat = vec![0.5; 3 * 256];
        blur(&mut flat, 16, 1.5);
        assert!(flat.iter().all(|value| (value - 0.5).abs() < 1e-5));
    }

    #[test]
    fn the_noise_has_standard_deviation_one() {
        let mut random = seeded(3, 1, 4);
        let draws: Vec<f32> = (0..20_000).map(|_| approximate_normal(&mut random)).collect();
        let mean = draws.iter().sum::<f32>() / draws.len() as f32;
        let variance = draws.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / draws.len() as f32;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
