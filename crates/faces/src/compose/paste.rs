//! Pastes aged faces back into the frame they came from.
//!
//! It warps back not the aged crop but the *change*, `aged - crop`. The frame keeps its own sharpness and
//! grain, there is no seam, and where nothing changed the frame stays bit-identical. A model's picture
//! already includes its mask (0 means the crop itself), so the mask only gates: multiplying by it again would
//! weaken soft edges. Coordinates are those of `face`: pixel `i` has its centre at `i + 0.5`.

use image::RgbImage;

use crate::aging::AgedCrop;
use crate::face::Similarity;
use crate::interpolation::smooth_step;

/// Width of the fade towards the crop's border, as a fraction of its side.
const FEATHER: f32 = 0.08;
/// Shrink factor from which a change is averaged down first.
const SHRINK_WITHOUT_FILTER: f32 = 1.5;

/// One aged face and its transform.
#[derive(Clone, Copy)]
pub struct Patch<'a> {
    /// The transform from pixels of the frame to pixels of the crop.
    pub frame_to_crop: &'a Similarity,
    /// The crop that was aged.
    pub crop: &'a RgbImage,
    /// Its aged version, with the size of `crop`.
    pub aged: &'a AgedCrop,
}

/// Pastes every aged face into the frame: `frame + warp(feather * (aged - crop))`, bit-identical to the frame
/// wherever no changed pixel reaches. Where two crops overlap, both changes are added.
///
/// A patch whose aged crop or mask has another size than its crop, or whose transform is not finite or has
/// zero scale, changes nothing.
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
    // If the face is smaller than its crop, the change is averaged down first, so that fine changes do not
    // alias.
    while scale >= SHRINK_WITHOUT_FILTER && change.width.min(change.height) > 1 {
        change = change.halved();
        scale /= 2.0;
        shrink /= 2.0;
    }
    change.add_to(picture, &to_crop.magnified(shrink));
}

/// A picture of differences with a border of one empty pixel on every side, which spares the bilinear lookup
/// every edge test. The fourth channel is empty, because four channels fill a vector register.
struct Change {
    width: usize,
    height: usize,
    pixels: Vec<[f32; 4]>,
}

impl Change {
    fn empty(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![[0.0; 4]; (width + 2) * (height + 2)] }
    }

    /// The change made by aging, faded towards the border; `None` if the sizes differ or are empty.
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

    /// Downsamples by 2, averaging blocks of four pixels.
    fn halved(&self) -> Self {
        let mut half = Self::empty(self.width.div_ceil(2), self.height.div_ceil(2));
        let (stride, half_stride) = (self.width + 2, half.width + 2);
        for y in 0..half.height {
            for x in 0..half.width {
                // With an odd size the last block includes the empty border, where nothing changes.
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

    /// The columns and rows that hold a change, as half-open ranges that count the border.
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

    /// Adds the change to the picture; `to_change` maps pixels of the picture to pixels of the change.
    fn add_to(&self, picture: &mut RgbImage, to_change: &Similarity) {
        let Some(extent) = self.extent() else { return };
        // Bilinear sampling reaches one pixel beyond the extent.
        let [columns, rows] = extent.map(|[first, end]| [first as f32 - 1.0, end as f32]);
        let width = picture.width() as usize;
        if width == 0 {
            return;
        }
        for (y, row) in picture.chunks_exact_mut(width * 3).enumerate() {
            // In coordinates of the bordered grid whose integers are pixel centres.
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

    /// Adds the change at one position of the bordered grid to a pixel.
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

/// Weights along one side, rising smoothly from the border to 1.
fn feather(length: usize) -> Vec<f32> {
    let reach = (length as f32 * FEATHER).max(1.0);
    let rise = |i: usize| smooth_step(i.min(length - 1 - i) as f32 + 0.5, reach);
    (0..length).map(rise).collect()
}

/// The half-open range of integers `x` in `0..length` for which `start + step * x` is inside `range`; may
/// include one more at either end.
fn inside(start: f32, step: f32, range: [f32; 2], length: usize) -> [usize; 2] {
    let [low, high] = range.map(|limit| limit - start);
    if step.abs() < 1e-6 {
        return if low < 1e-2 && high > -1e-2 { [0, length] } else { [0, 0] };
    }
    let (near, far) = if step > 0.0 { (low / step, high / step) } else { (high / step, low / step) };
    // A float cast saturates: positions left of the picture become 0.
    [near.floor() as usize, (far.ceil() as usize).saturating_add(1).min(length)]
}

#[cfg(test)]
#[path = "paste_tests.rs"]
mod tests;
