//! Keeps the tone of black-and-white and toned pictures, such as sepia prints: in them the colour depends on the
//! brightness alone, but the network and the recolouring add colours of their own.

use image::{Rgb, RgbImage};

use crate::interpolation::interpolate;
use crate::pixels::luma;

/// Pixels that are sampled along each side of a crop.
const SAMPLES: u32 = 64;
/// Levels of brightness whose colours are measured.
const LEVELS: usize = 16;
/// Maximum standard deviation of a channel, of 255, from the colour of its level in a toned picture.
const MAX_DEVIATION: f32 = 1.5;

/// The colours of a toned picture.
pub(super) struct Toning {
    /// What red, green and blue exceed the luma by, for each luma.
    offsets: [[f32; 3]; 256],
}

/// Sums over the samples of one level of brightness.
#[derive(Clone, Copy, Default)]
struct Level {
    count: f32,
    luma: f32,
    offsets: [f32; 3],
    squares: f32,
}

impl Level {
    fn add(&mut self, Rgb(pixel): &Rgb<u8>) {
        let colour = pixel.map(f32::from);
        let luma = luma(colour);
        self.count += 1.0;
        self.luma += luma;
        for (sum, value) in self.offsets.iter_mut().zip(colour) {
            *sum += value - luma;
            self.squares += (value - luma).powi(2);
        }
    }

    /// Sum of the squared deviations from the level's colour.
    fn deviation(&self) -> f32 {
        self.squares - self.offsets.iter().map(|sum| sum * sum).sum::<f32>() / self.count.max(1.0)
    }
}

impl Toning {
    /// The toning of a crop; `None` if it has colours.
    pub(super) fn of(crop: &RgbImage) -> Option<Self> {
        let mut levels = [Level::default(); LEVELS];
        let step = (crop.width().min(crop.height()) / SAMPLES).max(1) as usize;
        for y in (0..crop.height()).step_by(step) {
            for x in (0..crop.width()).step_by(step) {
                let pixel = crop.get_pixel(x, y);
                let level = luma(pixel.0.map(f32::from)) * LEVELS as f32 / 256.0;
                levels[(level as usize).min(LEVELS - 1)].add(pixel);
            }
        }
        let count: f32 = levels.iter().map(|level| level.count).sum();
        let squares: f32 = levels.iter().map(Level::deviation).sum();
        let is_toned = squares <= 3.0 * count * MAX_DEVIATION * MAX_DEVIATION;
        is_toned.then(|| Self { offsets: offsets(&levels) })
    }

    /// Gives the pixels of `aged` that differ from those of `crop` the colours of the toning.
    pub(super) fn apply(&self, aged: &mut RgbImage, crop: &RgbImage) {
        for (aged, crop) in aged.pixels_mut().zip(crop.pixels()) {
            if aged != crop {
                let luma = luma(aged.0.map(f32::from));
                let offsets = self.offsets[luma as usize];
                aged.0 = offsets.map(|offset| (luma + offset).round().clamp(0.0, 255.0) as u8);
            }
        }
    }
}

/// What red, green and blue exceed each luma by: interpolated between the means of the levels.
fn offsets(levels: &[Level; LEVELS]) -> [[f32; 3]; 256] {
    let tables: [Vec<(f32, f32)>; 3] = std::array::from_fn(|channel| {
        let found = levels.iter().filter(|level| level.count > 0.0);
        found.map(|level| (level.luma / level.count, level.offsets[channel] / level.count)).collect()
    });
    std::array::from_fn(|luma| tables.each_ref().map(|table| interpolate(luma as f32, table)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of many brightnesses whose channels are those of grey plus `tint`, and some pixels of `colour`.
    fn picture(tint: [i16; 3], colour: Option<[u8; 3]>) -> RgbImage {
        RgbImage::from_fn(128, 128, |x, y| {
            let grey = 40 + x as i16 + (y % 8) as i16;
            match colour {
                Some(colour) if y > 100 => Rgb(colour),
                _ => Rgb(tint.map(|tint| (grey + tint) as u8)),
            }
        })
    }

    #[test]
    fn colours_in_a_black_and_white_or_sepia_picture_take_its_tone() {
        for tint in [[0; 3], [24, 2, -28]] {
            let crop = picture(tint, None);
            let toning = Toning::of(&crop).unwrap();
            let mut aged = crop.clone();
            aged.put_pixel(9, 9, Rgb([180, 90, 60]));
            toning.apply(&mut aged, &crop);
            let [red, green, blue] = aged.get_pixel(9, 9).0.map(i16::from);
            assert!((red - green - (tint[0] - tint[1])).abs() <= 2, "{red} {green}");
            assert!((green - blue - (tint[1] - tint[2])).abs() <= 2, "{green} {blue}");
            aged.put_pixel(9, 9, *crop.get_pixel(9, 9));
            assert_eq!(aged, crop, "what did not change stays");
        }
    }

    #[test]
    fn pictures_with_colours_have_no_toning() {
        assert!(Toning::of(&picture([24, 2, -28], Some([90, 120, 160]))).is_none());
        assert!(Toning::of(&picture([0; 3], Some([110, 100, 94]))).is_none());
    }
}
