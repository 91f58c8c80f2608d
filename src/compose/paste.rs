//! Putting aged faces back into the frame they came from.
//!
//! What is warped back is not the aged crop but what aging *changed*: `aged - crop`. The frame keeps its
//! own sharpness and grain, there is no seam, and where nothing changed the frame stays, bit for bit. A
//! model's picture already holds its mask (0 there means the crop itself), so the mask only gates: it is
//! not multiplied in again, which would weaken soft edges. Coordinates are those of `face`: pixel `i`
//! has its centre at `i + 0.5`.

use image::RgbImage;

use crate::aging::AgedCrop;
use crate::face::Similarity;

/// The part of the crop's side along which a change fades out towards the crop's border.
const FEATHER: f32 = 0.08;

/// One aged face with the way from the frame to its crop.
#[derive(Clone, Copy)]
pub struct Patch<'a> {
    /// From pixels of the frame to pixels of the crop.
    pub frame_to_crop: &'a Similarity,
    /// The crop that was aged.
    pub crop: &'a RgbImage,
    /// What became of it, the size of `crop`.
    pub aged: &'a AgedCrop,
}

/// The frame with one aged face in it; see [`paste_faces`].
pub fn paste_back(
    frame: &RgbImage,
    frame_to_crop: &Similarity,
    crop: &RgbImage,
    aged: &AgedCrop,
) -> RgbImage {
    paste_faces(frame, [Patch { frame_to_crop, crop, aged }])
}

/// The frame with every aged face in it: `frame + warp(feather * (aged - crop))`, bit for bit the frame
/// wherever no changed pixel reaches. Where two crops overlap, both changes are added.
///
/// A patch whose aged crop or mask has another size than its crop, or whose transform is not finite or
/// has no scale, changes nothing.
pub fn paste_faces<'a>(frame: &RgbImage, patches: impl IntoIterator<Item = Patch<'a>>) -> RgbImage {
    let mut picture = frame.clone();
    for patch in patches {
        add_change(&mut picture, &patch);
    }
    picture
}

fn add_change(picture: &mut RgbImage, patch: &Patch) {
    let to_crop = patch.frame_to_crop;
    let mut scale = to_crop.scale();
    if !(scale.is_normal() && to_crop.tx.is_finite() && to_crop.ty.is_finite()) {
        return;
    }
    let Some(mut change) = Change::between(patch.crop, patch.aged) else { return };
    let mut shrink = 1.0;
    // A face smaller than its crop: averaged down first, so that fine changes do not alias.
    while scale >= 1.5 && change.width.min(change.height) > 1 {
        change = change.halved();
        scale /= 2.0;
        shrink /= 2.0;
    }
    change.add_to(picture, &to_crop.magnified(shrink));
}

/// A picture of differences with a border of one empty pixel on every side, which spares the bilinear
/// lookup every test at the edge. The fourth channel is empty: four fill a vector register.
struct Change {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 4]>,
}

impl Change {
    fn empty(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[0.0; 4]; (width + 2) * (height + 2)] }
    }

    /// What aging changed, faded towards the border; `None` where the sizes differ or are empty.
    fn between(crop: &RgbImage, aged: &AgedCrop) -> Option<Self> {
        let size = crop.dimensions();
        if size != aged.picture.dimensions() || size != aged.mask.dimensions() || size.0 == 0 || size.1 == 0 {
            return None;
        }
        let mut change = Self::empty(size.0 as usize, size.1 as usize);
        let stride = change.width + 2;
        let (across, down) = (feather(change.width), feather(change.height));
        let rows = change.pixels.chunks_exact_mut(stride).skip(1);
        let old_rows = crop.as_raw().chunks_exact(change.width * 3);
        let new_rows = aged.picture.as_raw().chunks_exact(change.width * 3);
        let mask_rows = aged.mask.as_raw().chunks_exact(change.width);
        for ((((row, old), new), mask), down) in rows.zip(old_rows).zip(new_rows).zip(mask_rows).zip(&down) {
            let pixels = row[1..].iter_mut().zip(old.chunks_exact(3)).zip(new.chunks_exact(3));
            for (((pixel, old), new), (mask, across)) in pixels.zip(mask.iter().zip(&across)) {
                let weight = if *mask == 0 { 0.0 } else { across * down };
                for channel in 0..3 {
                    pixel[channel] = weight * (f32::from(new[channel]) - f32::from(old[channel]));
                }
            }
        }
        Some(change)
    }

    /// Half as many pixels each way, each the mean of four.
    fn halved(&self) -> Self {
        let mut half = Self::empty(self.width.div_ceil(2), self.height.div_ceil(2));
        let (stride, half_stride) = (self.width + 2, half.width + 2);
        for y in 0..half.height {
            for x in 0..half.width {
                // In an odd size the last block reaches into the empty border, where nothing changes.
                let first = (2 * y + 1) * stride + 2 * x + 1;
                let four = [first, first + 1, first + stride, first + stride + 1].map(|i| self.pixels[i]);
                let mean = &mut half.pixels[(y + 1) * half_stride + x + 1];
                for (channel, mean) in mean.iter_mut().enumerate() {
                    *mean = 0.25 * four.iter().map(|pixel| pixel[channel]).sum::<f32>();
                }
            }
        }
        half
    }

    /// The columns and rows (border included in the counting) that hold a change, as half-open ranges.
    fn extent(&self) -> Option<[[usize; 2]; 2]> {
        let mut extent: Option<[[usize; 2]; 2]> = None;
        for (y, row) in self.pixels.chunks_exact(self.width + 2).enumerate() {
            let changed = |pixel: &[f32; 4]| *pixel != [0.0; 4];
            let Some(first) = row.iter().position(changed) else { continue };
            let last = row.iter().rposition(changed).unwrap_or(first);
            let [columns, rows] = extent.unwrap_or([[first, last + 1], [y, y + 1]]);
            extent = Some([[columns[0].min(first), columns[1].max(last + 1)], [rows[0], y + 1]]);
        }
        extent
    }

    /// Adds the change to the picture; `to_change` leads from pixels of the picture to pixels of the change.
    fn add_to(&self, picture: &mut RgbImage, to_change: &Similarity) {
        let Some(extent) = self.extent() else { return };
        // Bilinear sampling reaches one pixel beyond the extent.
        let [columns, rows] = extent.map(|[first, end]| [first as f32 - 1.0, end as f32]);
        let width = picture.width() as usize;
        if width == 0 {
            return;
        }
        for (y, row) in picture.chunks_exact_mut(width * 3).enumerate() {
            // In coordinates of the bordered grid whose whole numbers are pixel centres.
            let [start_u, start_v] = to_change.apply([0.5, y as f32 + 0.5]).map(|value| value + 0.5);
            let [u, v] =
                [inside(start_u, to_change.a, columns, width), inside(start_v, to_change.b, rows, width)];
            let (first, end) = (u[0].max(v[0]), u[1].min(v[1]));
            if first >= end {
                continue;
            }
            for (x, pixel) in row[first * 3..end * 3].chunks_exact_mut(3).enumerate() {
                let step = (first + x) as f32;
                self.add_at(start_u + to_change.a * step, start_v + to_change.b * step, pixel);
            }
        }
    }

    /// Adds the change at one place of the bordered grid to a pixel.
    #[inline(always)]
    fn add_at(&self, u: f32, v: f32, pixel: &mut [u8]) {
        if !(u >= 0.0 && v >= 0.0 && u < (self.width + 1) as f32 && v < (self.height + 1) as f32) {
            return;
        }
        let (left, top) = (u as usize, v as usize);
        let (right_weight, lower_weight) = (u - left as f32, v - top as f32);
        let here = top * (self.width + 2) + left;
        let below = here + self.width + 2;
        let (upper, lower) = (&self.pixels[here..here + 2], &self.pixels[below..below + 2]);
        let mut change = [0.5; 4];
        for (channel, change) in change.iter_mut().enumerate() {
            let mix =
                |pair: &[[f32; 4]]| pair[0][channel] + right_weight * (pair[1][channel] - pair[0][channel]);
            *change += mix(upper) + lower_weight * (mix(lower) - mix(upper));
        }
        for (value, change) in pixel.iter_mut().zip(change) {
            *value = (f32::from(*value) + change) as u8;
        }
    }
}

/// Weights along one side that rise smoothly from the border to 1.
fn feather(length: usize) -> Vec<f32> {
    let reach = (length as f32 * FEATHER).max(1.0);
    let rise = |i: usize| {
        let t = ((i.min(length - 1 - i) as f32 + 0.5) / reach).min(1.0);
        t * t * (3.0 - 2.0 * t)
    };
    (0..length).map(rise).collect()
}

/// The half-open range of whole numbers `x` in `0..length` that holds every one with
/// `start + step * x` inside `range`; up to one more at either end.
fn inside(start: f32, step: f32, range: [f32; 2], length: usize) -> [usize; 2] {
    let [low, high] = range.map(|limit| limit - start);
    if step.abs() < 1e-6 {
        return if low < 1e-2 && high > -1e-2 { [0, length] } else { [0, 0] };
    }
    let (near, far) = if step > 0.0 { (low / step, high / step) } else { (high / step, low / step) };
    // A float cast saturates: what lies left of the picture becomes 0.
    [near.floor() as usize, (far.ceil() as usize).saturating_add(1).min(length)]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::face::align;
    use image::{GrayImage, Luma, Rgb};
    use proptest::prelude::*;

    fn noise(width: u32, height: u32, seed: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let value = (x * 7919 + y * 104_729 + x * y * 31 + seed * 977) % 251;
            Rgb([value as u8, (value * 3 % 256) as u8, (255 - value) as u8])
        })
    }

    fn aged(picture: RgbImage, mask: u8) -> AgedCrop {
        let mask = GrayImage::from_pixel(picture.width(), picture.height(), Luma([mask]));
        AgedCrop { picture, mask }
    }

    fn turned(scale: f32, angle: f32, centre: [f32; 2], side: u32) -> Similarity {
        let (a, b) = (scale * angle.cos(), scale * angle.sin());
        let half = side as f32 / 2.0;
        let [x, y] = centre;
        Similarity { a, b, tx: half - (a * x - b * y), ty: half - (b * x + a * y) }
    }

    #[test]
    fn an_unchanged_crop_gives_the_frame() {
        let frame = noise(97, 71, 1);
        for angle in [0.0, 0.4, 2.0, -3.0] {
            let way = turned(0.9, angle, [40.0, 30.0], 48);
            let crop = align(&frame, &way, 48);
            assert_eq!(paste_back(&frame, &way, &crop, &aged(crop.clone(), 255)), frame);
        }
    }

    #[test]
    fn without_scaling_the_inner_part_is_the_aged_crop() {
        let frame = noise(100, 90, 2);
        let way = Similarity { tx: -20.0, ty: -10.0, ..Similarity::IDENTITY };
        let crop = align(&frame, &way, 64);
        // A soft mask must not weaken the change a second time.
        let after = aged(noise(64, 64, 3), 40);
        let out = paste_back(&frame, &way, &crop, &after);
        for (x, y) in [(6, 6), (57, 57), (30, 12), (32, 32)] {
            assert_eq!(out.get_pixel(x + 20, y + 10), after.picture.get_pixel(x, y), "{x} {y}");
        }
        assert_ne!(out.get_pixel(20, 10), after.picture.get_pixel(0, 0), "the border is feathered");
    }

    #[test]
    fn an_empty_mask_keeps_the_frame() {
        let frame = noise(64, 64, 4);
        let out = paste_back(&frame, &Similarity::IDENTITY, &frame, &aged(noise(64, 64, 5), 0));
        assert_eq!(out, frame);
    }

    /// A flat change reaches its full strength at every scale and turn, and the frame's grain stays.
    #[test]
    fn the_grain_of_the_frame_stays() {
        let frame = noise(240, 240, 6).clone();
        let calm = RgbImage::from_fn(240, 240, |x, y| Rgb(frame.get_pixel(x, y).0.map(|v| v / 2 + 50)));
        for (scale, angle) in [(1.0, 0.0), (0.5, 0.3), (1.4, 1.0), (2.5, -0.5), (5.0, 3.0)] {
            let side = 96;
            let way = turned(scale, angle, [120.0, 120.0], side);
            let crop = align(&calm, &way, side);
            let lighter = RgbImage::from_fn(side, side, |x, y| Rgb(crop.get_pixel(x, y).0.map(|v| v + 20)));
            let out = paste_back(&calm, &way, &crop, &aged(lighter, 255));
            for (x, y) in [(119, 119), (121, 118), (118, 122)] {
                assert_eq!(out.get_pixel(x, y).0, calm.get_pixel(x, y).0.map(|v| v + 20), "{scale} {angle}");
            }
        }
    }

    #[test]
    fn several_faces_change_each_their_own_place() {
        let frame = RgbImage::from_pixel(120, 60, Rgb([100; 3]));
        let crop = RgbImage::from_pixel(32, 32, Rgb([100; 3]));
        let (lighter, darker) = (
            aged(RgbImage::from_pixel(32, 32, Rgb([150; 3])), 255),
            aged(RgbImage::from_pixel(32, 32, Rgb([20; 3])), 255),
        );
        let (left, right) = (turned(1.0, 0.0, [30.0, 30.0], 32), turned(1.0, 0.0, [90.0, 30.0], 32));
        let out = paste_faces(
            &frame,
            [
                Patch { frame_to_crop: &left, crop: &crop, aged: &lighter },
                Patch { frame_to_crop: &right, crop: &crop, aged: &darker },
            ],
        );
        assert_eq!([30, 60, 90].map(|x| out.get_pixel(x, 30).0[0]), [150, 100, 20]);
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let frame = noise(40, 40, 8);
        let crop = noise(16, 16, 9);
        let other = aged(noise(16, 16, 10), 255);
        let ways = [
            Similarity { a: 0.0, ..Similarity::IDENTITY },
            Similarity { a: f32::NAN, ..Similarity::IDENTITY },
            Similarity { tx: f32::INFINITY, ..Similarity::IDENTITY },
            Similarity { tx: 1e30, ..Similarity::IDENTITY },
        ];
        for way in ways {
            assert_eq!(paste_back(&frame, &way, &crop, &other), frame, "{way:?}");
        }
        assert_eq!(paste_back(&frame, &Similarity::IDENTITY, &noise(15, 16, 1), &other), frame);
        let empty = RgbImage::new(0, 0);
        assert_eq!(paste_back(&empty, &Similarity::IDENTITY, &crop, &other), empty);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A pixel changes only where the mask, warped back, can reach it.
        #[test]
        fn outside_the_mask_the_frame_is_kept(
            scale in 0.2_f32..6.0,
            angle in -3.2_f32..3.2,
            x in -20.0_f32..100.0,
            y in -20.0_f32..80.0,
            mask_left in 0_u32..32, mask_top in 0_u32..32, mask_size in 1_u32..32,
        ) {
            let side = 32;
            let frame = noise(80, 60, 11);
            let way = turned(scale, angle, [x, y], side);
            let crop = align(&frame, &way, side);
            let mask = GrayImage::from_fn(side, side, |u, v| {
                let is_in = (mask_left..mask_left + mask_size).contains(&u) && (mask_top..mask_top + mask_size).contains(&v);
                Luma([if is_in { 200 } else { 0 }])
            });
            let after = AgedCrop { picture: noise(side, side, 12), mask };
            let out = paste_back(&frame, &way, &crop, &after);
            // Half a pixel of the crop beyond the mask; where it was averaged down, one and a half blocks,
            // and a block is at most 4/3 of a pixel of the frame.
            let reach = if scale < 1.5 { 0.51 } else { 2.0 * scale };
            for (u, v, pixel) in frame.enumerate_pixels() {
                let [cu, cv] = way.apply([u as f32 + 0.5, v as f32 + 0.5]);
                let is_outside = |value: f32, first: u32| {
                    let last = (first + mask_size).min(side);
                    value < first as f32 - reach || value > last as f32 + reach
                };
                if is_outside(cu, mask_left) || is_outside(cv, mask_top) {
                    prop_assert_eq!(out.get_pixel(u, v), pixel);
                }
            }
        }
    }
}
