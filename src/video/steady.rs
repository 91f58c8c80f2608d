//! Temporal smoothing: turns sudden changes of a model's output, such as hair that is grey in one frame and brown in
//! the next, into fades.
//!
//! Crops of one face are aligned, so the coarse part of the change can be compared between frames. Fine detail is not
//! smoothed.

use image::{Luma, RgbImage};

use agemirror_faces::aging::AgedCrop;

/// Number of cells along each side of a crop.
const GRID: usize = 24;
/// Time constant of a fade, in seconds.
const FADE_SECONDS: f32 = 0.15;
/// Largest change of a cell's mean, in levels of 255, that is not smoothed.
const CALM_LEVELS: f32 = 5.0;

/// The coarse change of one face at one age, as it was last shown.
#[derive(Default)]
pub(super) struct Steady {
    shown: Vec<[f32; 3]>,
}

impl Steady {
    /// Smooths `aged`, which was made from `crop`, towards what was shown `seconds` ago; without an earlier frame
    /// (`None`) it stays unchanged.
    pub(super) fn apply(&mut self, crop: &RgbImage, aged: &mut AgedCrop, seconds: Option<f32>) {
        if crop.dimensions() != aged.picture.dimensions() || crop.width() < GRID as u32 {
            return;
        }
        let change = cells(crop, &aged.picture);
        let Some(seconds) = seconds.filter(|_| self.shown.len() == change.len()) else {
            self.shown = change;
            return;
        };
        let left = (-seconds.max(0.0) / FADE_SECONDS).exp();
        let mut correction = vec![[0.0; 3]; change.len()];
        let mut is_calm = true;
        for ((shown, new), correction) in self.shown.iter_mut().zip(&change).zip(&mut correction) {
            for channel in 0..3 {
                let jump = shown[channel] - new[channel];
                let rest = jump.signum() * (jump.abs() * left - CALM_LEVELS).max(0.0);
                correction[channel] = rest;
                shown[channel] = new[channel] + rest;
                is_calm &= rest == 0.0;
            }
        }
        if !is_calm {
            add(&correction, aged);
        }
    }
}

/// The mean difference of each cell, in levels.
fn cells(crop: &RgbImage, aged: &RgbImage) -> Vec<[f32; 3]> {
    let (width, height) = (crop.width() as usize, crop.height() as usize);
    let mut sums = vec![[0i32; 3]; GRID * GRID];
    let mut counts = vec![0i32; GRID * GRID];
    let rows = crop.as_raw().chunks_exact(3 * width).zip(aged.as_raw().chunks_exact(3 * width));
    for (y, (old, new)) in rows.enumerate() {
        let row = y * GRID / height * GRID;
        for (x, (old, new)) in old.chunks_exact(3).zip(new.chunks_exact(3)).enumerate() {
            let cell = row + x * GRID / width;
            counts[cell] += 1;
            for channel in 0..3 {
                sums[cell][channel] += i32::from(new[channel]) - i32::from(old[channel]);
            }
        }
    }
    let mean = |(sum, count): ([i32; 3], i32)| sum.map(|sum| sum as f32 / count.max(1) as f32);
    sums.into_iter().zip(counts).map(mean).collect()
}

/// Adds the cells' values to the picture, interpolated bilinearly.
fn add(correction: &[[f32; 3]], aged: &mut AgedCrop) {
    let (width, height) = aged.picture.dimensions();
    let locate = |pixel: u32, side: u32| {
        let at = ((pixel as f32 + 0.5) / side as f32 * GRID as f32 - 0.5).clamp(0.0, (GRID - 1) as f32);
        let first = (at as usize).min(GRID - 2);
        (first, at - first as f32)
    };
    let columns: Vec<_> = (0..width).map(|x| locate(x, width)).collect();
    for y in 0..height {
        let (row, down) = locate(y, height);
        for (x, &(column, across)) in (0..width).zip(&columns) {
            let first = row * GRID + column;
            let four = [first, first + 1, first + GRID, first + GRID + 1].map(|cell| correction[cell]);
            let weights =
                [(1.0 - across) * (1.0 - down), across * (1.0 - down), (1.0 - across) * down, across * down];
            let pixel = aged.picture.get_pixel_mut(x, y);
            let mut is_changed = false;
            for channel in 0..3 {
                let value: f32 = four.iter().zip(weights).map(|(cell, weight)| weight * cell[channel]).sum();
                is_changed |= value.abs() >= 0.5;
                pixel.0[channel] = (f32::from(pixel.0[channel]) + value).round().clamp(0.0, 255.0) as u8;
            }
            if is_changed {
                aged.mask.put_pixel(x, y, Luma([255]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Rgb};

    fn aged(level: u8, mask: u8) -> AgedCrop {
        AgedCrop {
            picture: RgbImage::from_pixel(96, 96, Rgb([level; 3])),
            mask: GrayImage::from_pixel(96, 96, Luma([mask])),
        }
    }

    /// Hair that was grey is brown in the next frame.
    #[test]
    fn a_jump_becomes_a_fade() {
        let crop = RgbImage::from_pixel(96, 96, Rgb([80; 3]));
        let mut steady = Steady::default();
        let mut show = |mut picture: AgedCrop, seconds| {
            steady.apply(&crop, &mut picture, seconds);
            (picture.picture.get_pixel(40, 50).0[1], picture.mask.get_pixel(40, 50).0[0])
        };
        assert_eq!(show(aged(160, 255), None), (160, 255));
        let levels: Vec<u8> = (0..20).map(|_| show(aged(80, 0), Some(0.033)).0).collect();
        assert!(levels[0] > 130 && levels.is_sorted_by(|a, b| a >= b), "{levels:?}");
        assert_eq!(levels[19], 80, "{levels:?}");
        assert_eq!(show(aged(84, 0), Some(0.033)), (84, 0), "small changes pass");
    }

    #[test]
    fn another_face_starts_without_a_fade() {
        let crop = RgbImage::from_pixel(96, 96, Rgb([80; 3]));
        let mut steady = Steady::default();
        steady.apply(&crop, &mut aged(160, 255), None);
        let mut later = aged(80, 0);
        steady.apply(&crop, &mut later, None);
        assert_eq!(later.picture.get_pixel(3, 3).0, [80; 3]);
    }
}
