//! One palette for all pictures of an animation.
//!
//! Separate palettes would make flat areas flicker from picture to picture. The dither is ordered and fixed
//! to the pixel position, so that still areas stay still.

use color_quant::NeuQuant;
use image::{Rgb, RgbImage};

/// Number of palette colours; the last index of a GIF is reserved for "unchanged".
const COLOURS: usize = 255;
/// Approximate number of pixels, over all pictures, from which the palette is learned.
const MAX_SAMPLES: usize = 1 << 16;
/// Amplitude of the dither, about half the distance between neighbouring colours.
const DITHER: f32 = 3.0;
/// Colours are looked up in cells of four levels per channel.
const CELL_BITS: u32 = 2;
const CELLS_A_SIDE: usize = 256 >> CELL_BITS;

/// Collects pixels of all pictures for learning the palette.
pub(crate) struct Samples {
    pixels: Vec<u8>,
    a_picture: usize,
}

impl Samples {
    /// For an animation of `pictures` pictures.
    pub(crate) fn new(pictures: usize) -> Self {
        Self { pixels: Vec::new(), a_picture: (MAX_SAMPLES / pictures.max(1)).max(64) }
    }

    /// Samples a picture's pixels evenly.
    pub(crate) fn take(&mut self, picture: &RgbImage) {
        let count = picture.width() as usize * picture.height() as usize;
        let taken = count.min(self.a_picture);
        for number in 0..taken {
            // Spread over rows and columns alike: the fractional part of the golden ratio visits a row
            // unevenly.
            let position = (number as f64 + (number as f64 * 0.618_033_988_75).fract()) / taken as f64;
            let first = ((position * count as f64) as usize).min(count - 1) * 3;
            self.pixels.extend_from_slice(&picture.as_raw()[first..first + 3]);
            self.pixels.push(255);
        }
    }

    /// Learns the palette from the samples.
    pub(crate) fn palette(self) -> Palette {
        let network = NeuQuant::new(1, COLOURS, &self.pixels);
        let cells = vec![None; CELLS_A_SIDE * CELLS_A_SIDE * CELLS_A_SIDE];
        Palette { network, cells }
    }
}

/// A palette with nearest-colour lookup.
pub(crate) struct Palette {
    network: NeuQuant,
    cells: Vec<Option<u8>>,
}

impl Palette {
    /// The index reserved for "unchanged".
    pub(crate) const UNCHANGED: u8 = 255;

    /// The colours, three bytes each.
    pub(crate) fn colours(&self) -> Vec<u8> {
        self.network.color_map_rgb()
    }

    /// The dithered index for a colour at a pixel position.
    pub(crate) fn index(&mut self, x: u32, y: u32, Rgb(colour): Rgb<u8>) -> u8 {
        let shift = (bayer(x, y) - 0.5) * 2.0 * DITHER;
        let levels = colour.map(|value| (f32::from(value) + shift + 0.5) as u8);
        let [red, green, blue] = levels.map(|value| usize::from(value >> CELL_BITS));
        let cell = &mut self.cells[(red * CELLS_A_SIDE + green) * CELLS_A_SIDE + blue];
        *cell.get_or_insert_with(|| {
            let [red, green, blue] = levels.map(|value| (value >> CELL_BITS << CELL_BITS) + 2);
            self.network.index_of(&[red, green, blue, 255]) as u8
        })
    }
}

/// The ordered threshold of an 8 x 8 Bayer matrix, between 0 and 1.
fn bayer(x: u32, y: u32) -> f32 {
    let (x, mixed) = (x & 7, (x ^ y) & 7);
    let mut value = 0;
    for bit in 0..3 {
        value = value << 2 | (mixed >> bit & 1) << 1 | (x >> bit & 1);
    }
    (value as f32 + 0.5) / 64.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_threshold_occurs_once() {
        let mut seen: Vec<_> = (0..64).map(|i| (bayer(i % 8, i / 8) * 64.0) as u32).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..64).collect::<Vec<_>>());
    }

    #[test]
    fn a_smooth_picture_keeps_its_colours_on_average() {
        let picture = RgbImage::from_fn(128, 128, |x, y| {
            Rgb([(90 + x) as u8, (60 + y) as u8, (50 + (x + y) / 3) as u8])
        });
        let mut samples = Samples::new(2);
        samples.take(&picture);
        samples.take(&picture);
        let mut palette = samples.palette();
        let colours = palette.colours();
        assert_eq!(colours.len(), 3 * COLOURS);
        let (mut sum, mut worst) = (0.0, 0.0_f32);
        for (x, y, pixel) in picture.enumerate_pixels() {
            let index = usize::from(palette.index(x, y, *pixel));
            assert!(index < COLOURS);
            let found = &colours[3 * index..3 * index + 3];
            let error = pixel.0.iter().zip(found).map(|(a, b)| f32::from(*a) - f32::from(*b));
            let square: f32 = error.map(|difference| difference * difference).sum();
            sum += square;
            worst = worst.max(square);
        }
        let mean = (sum / (3.0 * 128.0 * 128.0)).sqrt();
        assert!(mean < 5.0 && worst.sqrt() < 40.0, "root mean square {mean}, worst {}", worst.sqrt());
    }

    #[test]
    fn few_pixels_are_enough() {
        let mut samples = Samples::new(100);
        samples.take(&RgbImage::from_pixel(1, 1, Rgb([10, 200, 30])));
        let mut palette = samples.palette();
        let index = usize::from(palette.index(0, 0, Rgb([10, 200, 30])));
        assert!(index < COLOURS);
    }
}
