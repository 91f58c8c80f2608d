//! Cuts a face out upright by resampling the frame.
//!
//! Coordinates are continuous: a picture of width `w` spans `0..w`, pixel `i` covers `i..i + 1` and has its
//! centre at `i + 0.5`, in frames and crops alike. The fraction `f` of a template is at `side * f`.

use image::RgbImage;

use super::Similarity;
use agemirror_kernels::simd::Quad;
use agemirror_kernels::widest;

/// Shrink factor above which the frame is averaged down first, so that fine texture does not alias.
const SHRINK_WITHOUT_FILTER: f32 = 1.5;

/// Cuts out the square of `side` pixels that `frame_to_crop` describes.
///
/// Samples bilinearly and repeats the frame's edge pixels beyond it. If the frame shrinks by more than a
/// factor of one and a half, the region is averaged down by an integer factor first. An empty frame gives a
/// black crop.
pub fn align(frame: &RgbImage, frame_to_crop: &Similarity, side: u32) -> RgbImage {
    let mut crop = RgbImage::new(side, side);
    if frame.width() == 0 || frame.height() == 0 || side == 0 {
        return crop;
    }
    let crop_to_frame = frame_to_crop.inverse();
    let shrink = crop_to_frame.scale();
    if shrink > SHRINK_WITHOUT_FILTER {
        let factor = (shrink.round() as u32).clamp(2, frame.width().max(frame.height()).max(2));
        let region = Region::under(&crop_to_frame, side, factor, frame);
        let reduced = region.reduce(frame);
        let mut crop_to_reduced = crop_to_frame.magnified(1.0 / factor as f32);
        crop_to_reduced.tx -= region.left as f32;
        crop_to_reduced.ty -= region.top as f32;
        sample(&reduced, &crop_to_reduced, &mut crop);
    } else {
        sample(frame, &crop_to_frame, &mut crop);
    }
    crop
}

/// Scales a picture by its width to `side` pixels; what is below its upper left square is left out.
pub fn scaled(picture: &RgbImage, side: u32) -> RgbImage {
    let scale = side as f32 / picture.width().max(1) as f32;
    align(picture, &Similarity { a: scale, b: 0.0, tx: 0.0, ty: 0.0 }, side)
}

/// A box of blocks of `factor` x `factor` pixels of a frame, in units of blocks.
struct Region {
    factor: u32,
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Region {
    /// The blocks that bilinear sampling of the crop can touch.
    fn under(crop_to_frame: &Similarity, side: u32, factor: u32, frame: &RgbImage) -> Self {
        let far = side as f32;
        let corners = [[0.0, 0.0], [far, 0.0], [0.0, far], [far, far]].map(|c| crop_to_frame.apply(c));
        let span = |axis: usize, length: u32| {
            let blocks = length.div_ceil(factor);
            let block = |value: f32| value / factor as f32;
            let low = corners.iter().map(|c| block(c[axis])).fold(f32::INFINITY, f32::min);
            let high = corners.iter().map(|c| block(c[axis])).fold(f32::NEG_INFINITY, f32::max);
            let first = ((low - 1.0).floor().max(0.0) as u32).min(blocks - 1);
            let last = ((high + 1.0).ceil().max(0.0) as u32).clamp(first, blocks - 1);
            (first, last - first + 1)
        };
        let (left, width) = span(0, frame.width());
        let (top, height) = span(1, frame.height());
        Self { factor, left, top, width, height }
    }

    /// Mean colour of each block; a block cut by the frame's edge has the mean of its existing pixels.
    fn reduce(&self, frame: &RgbImage) -> RgbImage {
        let stride = frame.width() as usize * 3;
        let factor = self.factor as usize;
        let x0 = self.left as usize * factor;
        let x1 = (x0 + self.width as usize * factor).min(frame.width() as usize);
        let mut reduced = RgbImage::new(self.width, self.height);
        let mut columns = vec![0_u32; (x1 - x0) * 3];
        for (block_y, out) in reduced.chunks_exact_mut(self.width as usize * 3).enumerate() {
            let y0 = (self.top as usize + block_y) * factor;
            let y1 = (y0 + factor).min(frame.height() as usize);
            columns.fill(0);
            for row in frame.as_raw()[y0 * stride..y1 * stride].chunks_exact(stride) {
                add_bytes(&mut columns, &row[x0 * 3..x1 * 3]);
            }
            for (out, block) in out.chunks_exact_mut(3).zip(columns.chunks(factor * 3)) {
                let count = (block.len() / 3 * (y1 - y0)) as u32;
                let mut sums = [0_u32; 3];
                for pixel in block.chunks_exact(3) {
                    (0..3).for_each(|channel| sums[channel] += pixel[channel]);
                }
                (0..3).for_each(|channel| out[channel] = ((sums[channel] + count / 2) / count) as u8);
            }
        }
        reduced
    }
}

widest! {
    fn add_bytes(sums: &mut [u32], bytes: &[u8]) {
        sums.iter_mut().zip(bytes).for_each(|(sum, byte)| *sum += u32::from(*byte));
    }
}

/// Fills `crop` by bilinear sampling of `picture`.
fn sample(picture: &RgbImage, crop_to_picture: &Similarity, crop: &mut RgbImage) {
    let width = crop.width() as usize;
    let last = [picture.width() - 1, picture.height() - 1].map(|last| last as f32);
    let step = [crop_to_picture.a, crop_to_picture.b];
    for (y, row) in crop.chunks_exact_mut(width * 3).enumerate() {
        // The centre of the row's first pixel, in coordinates whose integers are pixel centres.
        let start = crop_to_picture.apply([0.5, y as f32 + 0.5]).map(|value| value - 0.5);
        sample_row(row, picture.as_raw(), picture.width() as usize, [start, step, last]);
    }
}

widest! {
    /// Samples a row of pixels from `bytes`, pixels in rows of `width`. `line` has the first position, the step from
    /// pixel to pixel, and the last position, each as x and y.
    fn sample_row(row: &mut [u8], bytes: &[u8], width: usize, line: [[f32; 2]; 3]) {
        let [start, step, last] = line;
        let (start, step) =
            (Quad::new(&[start[0], start[1], 0.0, 0.0]), Quad::new(&[step[0], step[1], 0.0, 0.0]));
        let end = Quad::new(&[last[0], last[1], 0.0, 0.0]);
        for (x, out) in row.chunks_exact_mut(3).enumerate() {
            let at = (start + step * Quad::splat(x as f32)).max(Quad::splat(0.0)).min(end);
            let ([left, top, ..], share) = at.split();
            let here = 3 * (top as usize * width + left as usize);
            let right = if (left as f32) < last[0] { 3 } else { 0 };
            let below = if (top as f32) < last[1] { 3 * width } else { 0 };
            let texel = |off: usize| texel(bytes, here + off);
            let across = share.lane::<0>();
            let upper = texel(0).mix(texel(right), across);
            let lower = texel(below).mix(texel(below + right), across);
            out.copy_from_slice(&upper.mix(lower, share.lane::<1>()).to_bytes()[..3]);
        }
    }
}

/// The pixel that starts at byte `at`, which must be inside the picture; the fourth value is meaningless.
#[inline(always)]
fn texel(bytes: &[u8], at: usize) -> Quad {
    match bytes.get(at..).and_then(|bytes| bytes.first_chunk()) {
        Some(bytes) => Quad::from_bytes(*bytes),
        // The picture's last pixel has no byte after it.
        None => bytes.get(at..at + 3).map_or(Quad::splat(0.0), |p| Quad::from_bytes([p[0], p[1], p[2], 0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn noise(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let value = (x * 7919 + y * 104_729 + x * y * 31) % 251;
            Rgb([value as u8, (value * 3 % 256) as u8, (255 - value) as u8])
        })
    }

    #[test]
    fn the_identity_copies_and_whole_shifts_move_exactly() {
        let frame = noise(16, 16);
        assert_eq!(align(&frame, &Similarity::IDENTITY, 16), frame);
        let shifted = align(&frame, &Similarity { tx: -3.0, ty: -2.0, ..Similarity::IDENTITY }, 8);
        assert_eq!(shifted.get_pixel(4, 5), frame.get_pixel(7, 7));
        let before = align(&frame, &Similarity { tx: 20.0, ty: 20.0, ..Similarity::IDENTITY }, 8);
        assert!(before.pixels().all(|pixel| pixel == frame.get_pixel(0, 0)), "edges are repeated");
    }

    /// Bilinear sampling and box averages reproduce a linear ramp exactly, so it shows every shift of a
    /// fraction of a pixel.
    #[test]
    fn a_ramp_is_sampled_where_the_transform_says() {
        let frame = RgbImage::from_fn(400, 400, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 0]));
        for (scale, turn) in [(1.7_f32, 0.2_f32), (0.9, -0.3), (0.45, 0.1), (0.3, 0.5), (0.21, -0.1)] {
            let (a, b) = (scale * turn.cos(), scale * turn.sin());
            let centre = 20.0;
            let to_crop = Similarity {
                a,
                b,
                tx: centre - (a * 200.0 - b * 200.0),
                ty: centre - (b * 200.0 + a * 200.0),
            };
            let crop = align(&frame, &to_crop, 40);
            for (x, y) in [(20, 20), (12, 25), (27, 14), (31, 31)] {
                let [u, v] = to_crop.inverse().apply([x as f32 + 0.5, y as f32 + 0.5]);
                // The value increases by one every two pixels, so its mean at u is (u - 0.5) / 2 - 0.25.
                let wanted = [u, v].map(|value| (value - 0.5) / 2.0 - 0.25);
                let found = crop.get_pixel(x, y).0;
                assert!((f32::from(found[0]) - wanted[0]).abs() < 1.1, "{scale}: {found:?} {wanted:?}");
                assert!((f32::from(found[1]) - wanted[1]).abs() < 1.1, "{scale}: {found:?} {wanted:?}");
            }
        }
    }

    #[test]
    fn shrinking_does_not_alias() {
        let stripes = RgbImage::from_fn(256, 256, |x, _| Rgb([if x % 2 == 0 { 0 } else { 255 }; 3]));
        for scale in [0.5, 0.4, 0.25, 0.1] {
            let crop = align(&stripes, &Similarity { a: scale, ..Similarity::IDENTITY }, 20);
            let worst = crop.pixels().map(|pixel| (i32::from(pixel.0[0]) - 128).abs()).max().unwrap();
            assert!(worst <= 52, "contrast {worst} is left at {scale}");
        }
    }

    #[test]
    fn hostile_transforms_and_empty_frames_do_not_panic() {
        let zero = Similarity { a: 0.0, b: 0.0, tx: 0.0, ty: 0.0 };
        let tiny = Similarity { a: 1e-20, b: 0.0, tx: 1e20, ty: f32::NAN };
        for similarity in [zero, tiny, Similarity { a: f32::NAN, ..zero }, Similarity { a: 1e20, ..zero }] {
            assert_eq!(align(&noise(9, 7), &similarity, 4).dimensions(), (4, 4));
        }
        assert!(
            align(&RgbImage::new(0, 0), &Similarity::IDENTITY, 4).pixels().all(|pixel| pixel.0 == [0; 3])
        );
    }
}
