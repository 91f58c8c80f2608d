//! Converts the samples of a TIFF to pixels.

use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};

use super::layout::{ColourModel, Layout, tag};
use super::pixels::{YCbCr, lab_to_rgb};
use crate::color::Raster;
use crate::decoded::DecodeError;

impl Layout<'_> {
    /// Converts the samples of all pixels to RGB, grey or CMYK.
    pub(super) fn raster(&self, mut samples: Vec<u8>) -> Result<Raster, DecodeError> {
        let (width, height) = (self.width as u32, self.height as u32);
        let alpha = self.used_samples > self.colours.channels();
        let channels = self.colours.channels();
        match self.colours {
            ColourModel::WhiteIsZero => {
                samples.chunks_exact_mut(self.used_samples).for_each(|pixel| pixel[0] = 255 - pixel[0]);
            }
            ColourModel::Lab { signed } => samples.chunks_exact_mut(self.used_samples).for_each(|pixel| {
                let difference =
                    |value: u8| if signed { f32::from(value as i8) } else { f32::from(value) - 128.0 };
                let rgb = lab_to_rgb(f32::from(pixel[0]) / 2.55, difference(pixel[1]), difference(pixel[2]));
                pixel[..3].copy_from_slice(&rgb);
            }),
            ColourModel::YCbCr if self.planar => {
                samples.chunks_exact_mut(self.used_samples).for_each(|pixel| {
                    let rgb = YCbCr { subsampling: [1, 1], ..self.ycbcr }.chunk_to_rgb(&pixel[..3], 1, 1);
                    pixel[..3].copy_from_slice(&rgb);
                })
            }
            ColourModel::Palette => return self.palette(&samples),
            ColourModel::Cmyk => {
                let cmyk = samples
                    .chunks_exact(self.used_samples)
                    .flat_map(|pixel| pixel[..4].iter().copied())
                    .collect();
                return Ok(Raster::Cmyk { width, height, cmyk });
            }
            ColourModel::BlackIsZero | ColourModel::Rgb | ColourModel::YCbCr => {}
        }
        let premultiplied =
            self.directory.numbers(tag::EXTRA_SAMPLES).is_some_and(|kinds| kinds.first() == Some(&1));
        if alpha && premultiplied {
            samples.chunks_exact_mut(self.used_samples).for_each(|pixel| unpremultiply(pixel, channels));
        }
        let picture = match (channels, alpha) {
            (1, false) => GrayImage::from_raw(width, height, samples).map(DynamicImage::from),
            (1, true) => GrayAlphaImage::from_raw(width, height, samples).map(DynamicImage::from),
            (_, false) => RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
            (_, true) => RgbaImage::from_raw(width, height, samples).map(DynamicImage::from),
        };
        picture.map(Raster::Picture).ok_or_else(|| DecodeError::damaged("its pixel data has the wrong size"))
    }

    fn palette(&self, samples: &[u8]) -> Result<Raster, DecodeError> {
        let map = self
            .directory
            .numbers(tag::COLOUR_MAP)
            .ok_or_else(|| DecodeError::damaged("it lacks its palette"))?;
        let entries = map.len() / 3;
        // Some programs write 8-bit values instead of 16-bit values.
        let shift = if map.iter().all(|&value| value < 256) { 0 } else { 8 };
        let colour = |index: u8, channel: usize| {
            let at = usize::from(index).min(entries.saturating_sub(1)) + channel * entries;
            map.get(at).map_or(0, |&value| (value >> shift) as u8)
        };
        let rgb = |pixel: &[u8]| [0, 1, 2].map(|channel| colour(pixel[0], channel));
        let (width, height) = (self.width as u32, self.height as u32);
        let pixels = samples.chunks_exact(self.used_samples);
        let picture = if self.used_samples > 1 {
            // Indices are not scaled to bytes, and the alpha beside them is not either.
            let opaque = (1_u32 << self.kind.bits()) - 1;
            let alpha = |pixel: &[u8]| (u32::from(pixel[1]) * 255 / opaque) as u8;
            let rgba = pixels.flat_map(|pixel| rgb(pixel).into_iter().chain([alpha(pixel)])).collect();
            RgbaImage::from_raw(width, height, rgba).map(DynamicImage::from)
        } else {
            RgbImage::from_raw(width, height, pixels.flat_map(rgb).collect()).map(DynamicImage::from)
        };
        picture.map(Raster::Picture).ok_or_else(|| DecodeError::damaged("its pixel data has the wrong size"))
    }
}

/// Undoes the multiplication of colours by alpha.
fn unpremultiply(pixel: &mut [u8], channels: usize) {
    let alpha = u32::from(pixel[channels]);
    for value in &mut pixel[..channels] {
        let divided = (u32::from(*value) * 255 + alpha / 2).checked_div(alpha);
        *value = divided.unwrap_or(255).min(255) as u8;
    }
}
