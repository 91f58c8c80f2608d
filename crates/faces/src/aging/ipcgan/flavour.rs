//! The differences between the systems that share IPCGAN's network.

use candle_core::Result;
use image::{RgbImage, imageops};

use crate::aging::model::AgedCrop;
use crate::aging::picture::{Resampling, replacing, resized};
use crate::face::AlignmentTemplate;
use crate::interpolation::smooth_step;

/// One of the systems that share the network.
#[derive(Clone, Copy, Debug)]
pub struct Flavour {
    /// Name on the command line.
    pub name: &'static str,
    /// Name in the window.
    pub title: &'static str,
    /// Years of classes 1 to 4; the last has no upper end.
    pub groups: [(u8, u8); 4],
    /// Positions of the landmarks in the square crop.
    pub template: AlignmentTemplate,
    /// Central fraction of the crop's width that the network sees, at full height.
    pub width: f32,
}

impl Flavour {
    /// First column that the network sees, and their number.
    fn columns(&self, width: u32) -> (u32, u32) {
        let beside = (width as f32 * (1.0 - self.width) / 2.0).round() as u32;
        let beside = beside.min(width.saturating_sub(1) / 2);
        (beside, width - 2 * beside)
    }

    /// The part of a crop that the network sees.
    pub fn cut(&self, crop: &RgbImage) -> RgbImage {
        let (left, width) = self.columns(crop.width());
        imageops::crop_imm(crop, left, 0, width, crop.height()).to_image()
    }

    /// Pastes an aged face back into the crop; the rest stays unchanged.
    pub(super) fn put_back(&self, crop: &RgbImage, face: &RgbImage) -> Result<AgedCrop> {
        let (left, width) = self.columns(crop.width());
        if left == 0 {
            return replacing(crop, face);
        }
        let face = resized(face, width, crop.height(), Resampling::Antialiased)?;
        let mut aged =
            AgedCrop { picture: crop.clone(), mask: image::GrayImage::new(crop.width(), crop.height()) };
        for (x, y, new) in face.enumerate_pixels() {
            let share = edge_weight(x.min(width - 1 - x), width);
            let pixel = aged.picture.get_pixel_mut(left + x, y);
            for (old, new) in pixel.0.iter_mut().zip(new.0) {
                let mixed = f32::from(*old) + share * (f32::from(new) - f32::from(*old));
                *old = (mixed + 0.5) as u8;
            }
            aged.mask.put_pixel(left + x, y, image::Luma([(share * 255.0).ceil() as u8]));
        }
        Ok(aged)
    }
}

/// Weight of the aged face `inside` columns from its edge, which is inside the crop, where nothing else would
/// hide the seam.
fn edge_weight(inside: u32, width: u32) -> f32 {
    smooth_step(inside as f32 + 0.5, 0.08 * width as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aging::cgan::CGAN;
    use crate::aging::ipcgan::IPCGAN;
    use crate::aging::testing::picture;

    #[test]
    fn a_flavour_that_sees_everything_replaces_everything() {
        let (crop, face) = (picture(200), picture(128));
        assert_eq!(IPCGAN.cut(&crop), crop);
        let aged = IPCGAN.put_back(&crop, &face).unwrap();
        assert!(aged.mask.iter().all(|mask| *mask == 255));
    }

    #[test]
    fn a_narrow_flavour_keeps_the_sides_and_fades_in() {
        let (crop, face) = (picture(120), RgbImage::from_pixel(128, 128, image::Rgb([255, 0, 0])));
        assert_eq!(CGAN.cut(&crop).dimensions(), (100, 120));
        let aged = CGAN.put_back(&crop, &face).unwrap();
        for (x, y, mask) in aged.mask.enumerate_pixels() {
            let same = aged.picture.get_pixel(x, y) == crop.get_pixel(x, y);
            assert!(mask.0[0] > 0 || same);
            assert_eq!(mask.0[0] > 0, (10..110).contains(&x), "{x}");
        }
        assert_eq!(aged.picture.get_pixel(60, 60).0, [255, 0, 0]);
        let edge = aged.mask.get_pixel(10, 5).0[0];
        assert!(edge > 0 && edge < 20);
    }

    #[test]
    fn a_crop_of_one_pixel_is_accepted() {
        let crop = picture(1);
        assert_eq!(CGAN.put_back(&crop, &picture(128)).unwrap().picture.dimensions(), (1, 1));
    }
}
