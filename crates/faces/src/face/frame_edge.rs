//! Separates what a crop shows of the frame from what is beyond the frame's edge.
//!
//! [`super::align`] repeats the frame's edge pixels, because the networks were trained on that. To a person
//! these would look like streaks, so a picture that is shown or saved fades to a plain fill there.

use image::{GrayImage, Luma, Rgb, RgbImage};

use super::Similarity;
use crate::interpolation::smooth_step;

/// Width of the fade inside the frame's edge, as a fraction of the crop's side.
const FADE: f32 = 0.05;

/// Opacity of each pixel of a crop: 255 inside the frame, 0 beyond its edge, decreasing over a short fade
/// inside the edge.
///
/// Computed once per crop and used for the crop and every picture derived from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameEdge {
    opacity: GrayImage,
}

impl FrameEdge {
    /// Computes the edge for the crop of `side` pixels that `frame_to_crop` cuts out of a frame of `width`
    /// and `height` pixels; `None` if the whole crop is inside the frame.
    ///
    /// If a crop extends beyond the edge by less than the width of the fade, the fade is only that wide, so
    /// nothing jumps when a face moves towards the edge. An empty frame or a transform that is not finite
    /// gives `None`.
    pub fn of(frame_to_crop: &Similarity, side: u32, (width, height): (u32, u32)) -> Option<Self> {
        let scale = frame_to_crop.scale();
        let to_frame = frame_to_crop.inverse();
        let finite = [to_frame.a, to_frame.b, to_frame.tx, to_frame.ty].iter().all(|value| value.is_finite());
        if !scale.is_normal() || !finite || width == 0 || height == 0 {
            return None;
        }
        let axes = [(to_frame.a, -to_frame.b, to_frame.tx), (to_frame.b, to_frame.a, to_frame.ty)];
        let fades: Vec<Fade> = axes
            .into_iter()
            .zip([width as f32, height as f32])
            .flat_map(|((x, y, at), length)| {
                let low = Fade { x: x * scale, y: y * scale, at: at * scale, width: 0.0 };
                let high = Fade { x: -low.x, y: -low.y, at: length * scale - low.at, width: 0.0 };
                [low, high]
            })
            .filter_map(|fade| fade.over(side))
            .collect();
        (!fades.is_empty()).then(|| Self { opacity: opacity(&fades, side) })
    }

    /// Opacity of each pixel, with the size of the crop.
    pub fn opacity(&self) -> &GrayImage {
        &self.opacity
    }

    /// Blends `picture` over a plain `fill`. Pixels inside the frame stay bit-identical; a picture whose size
    /// differs from the crop's is returned unchanged.
    pub fn filled(&self, picture: &RgbImage, fill: Rgb<u8>) -> RgbImage {
        let mut filled = picture.clone();
        if picture.dimensions() != self.opacity.dimensions() {
            return filled;
        }
        for (pixel, Luma([opacity])) in filled.pixels_mut().zip(self.opacity.pixels()) {
            match opacity {
                255 => {}
                0 => *pixel = fill,
                _ => blend(pixel, fill, u32::from(*opacity)),
            }
        }
        filled
    }
}

fn blend(pixel: &mut Rgb<u8>, fill: Rgb<u8>, opacity: u32) {
    for (value, fill) in pixel.0.iter_mut().zip(fill.0) {
        let mixed = u32::from(*value) * opacity + u32::from(fill) * (255 - opacity);
        *value = ((mixed + 127) / 255) as u8;
    }
}

/// One edge of the frame. The distance from it, in pixels of the crop, is `x * column + y * row + at`,
/// positive inside the frame.
struct Fade {
    x: f32,
    y: f32,
    at: f32,
    /// Width of the fade, in pixels of the crop.
    width: f32,
}

impl Fade {
    /// The fade for a crop of `side` pixels; `None` if the crop does not extend beyond this edge.
    fn over(self, side: u32) -> Option<Self> {
        let far = side as f32;
        let nearest = self.at + (self.x * far).min(0.0) + (self.y * far).min(0.0);
        (nearest < 0.0).then(|| Self { width: (-nearest).min(FADE * far), ..self })
    }

    /// Opacity in 0..=1 at a distance from the edge.
    fn opacity(&self, distance: f32) -> f32 {
        smooth_step(distance, self.width)
    }
}

fn opacity(fades: &[Fade], side: u32) -> GrayImage {
    let mut picture = GrayImage::from_pixel(side, side, Luma([255]));
    let mut row_opacity = vec![1.0_f32; side as usize];
    for (y, row) in picture.chunks_exact_mut(side.max(1) as usize).enumerate() {
        row_opacity.fill(1.0);
        for fade in fades {
            // The distance at the centre of the row's first pixel.
            let start = fade.at + 0.5 * fade.x + (y as f32 + 0.5) * fade.y;
            let end = start + fade.x * (side - 1) as f32;
            if start.min(end) >= fade.width {
                continue;
            }
            for (x, value) in row_opacity.iter_mut().enumerate() {
                *value *= fade.opacity(start + fade.x * x as f32);
            }
        }
        for (to, value) in row.iter_mut().zip(&row_opacity) {
            *to = (value * 255.0 + 0.5) as u8;
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: (u32, u32) = (200, 100);
    const FILL: Rgb<u8> = Rgb([20, 21, 24]);

    fn shifted(x: f32, y: f32) -> Similarity {
        Similarity { tx: x, ty: y, ..Similarity::IDENTITY }
    }

    fn at(edge: &FrameEdge, x: u32, y: u32) -> u8 {
        edge.opacity().get_pixel(x, y).0[0]
    }

    #[test]
    fn a_crop_inside_the_frame_needs_nothing() {
        assert_eq!(FrameEdge::of(&shifted(-20.0, -10.0), 80, FRAME), None);
        assert_eq!(FrameEdge::of(&Similarity::IDENTITY, 100, FRAME), None, "the edge itself is inside");
        let turned = Similarity { a: 0.6, b: 0.8, tx: -60.0 + 40.0, ty: -80.0 - 20.0 };
        assert_eq!(FrameEdge::of(&turned, 20, FRAME), None);
    }

    #[test]
    fn beyond_the_edge_nothing_is_shown_and_a_short_fade_leads_to_it() {
        // The crop begins forty pixels to the left of the frame.
        let edge = FrameEdge::of(&shifted(40.0, 0.0), 100, FRAME).unwrap();
        for y in [0, 50, 99] {
            assert!((0..40).all(|x| at(&edge, x, y) == 0), "beyond the edge");
            assert!((45..100).all(|x| at(&edge, x, y) == 255), "behind the fade");
            assert!((40..45).all(|x| (1..255).contains(&at(&edge, x, y))), "in the fade");
            assert!((40..45).all(|x| at(&edge, x, y) < at(&edge, x + 1, y)), "it rises");
        }
    }

    #[test]
    fn every_edge_and_every_corner_is_handled() {
        for (tx, ty) in [(30.0, 0.0), (-130.0, 0.0), (-50.0, 30.0), (-50.0, -30.0)] {
            let edge = FrameEdge::of(&shifted(tx, ty), 100, FRAME).unwrap();
            let shown = edge.opacity().pixels().filter(|pixel| pixel.0[0] > 0).count();
            assert_eq!(shown, 70 * 100, "{tx} {ty}");
        }
        let corner = FrameEdge::of(&shifted(30.0, 40.0), 100, FRAME).unwrap();
        assert_eq!(corner.opacity().pixels().filter(|pixel| pixel.0[0] > 0).count(), 70 * 60 - 1);
        assert!(at(&corner, 31, 41) < at(&corner, 31, 80), "two fades meet in a corner");
    }

    #[test]
    fn a_rotated_and_magnified_crop_fades_along_the_rotated_edge() {
        let (scale, turn) = (2.0_f32, 0.5_f32);
        let (a, b) = (scale * turn.cos(), scale * turn.sin());
        let to_crop = Similarity { a, b, tx: 60.0, ty: 10.0 };
        let edge = FrameEdge::of(&to_crop, 160, FRAME).unwrap();
        let back = to_crop.inverse();
        for (x, y, pixel) in edge.opacity().enumerate_pixels() {
            let [u, v] = back.apply([x as f32 + 0.5, y as f32 + 0.5]);
            let inside = u.min(v).min(200.0 - u).min(100.0 - v) * scale;
            match inside {
                ..-0.01 => assert_eq!(pixel.0[0], 0, "{x} {y}"),
                8.01.. => assert_eq!(pixel.0[0], 255, "{x} {y}"),
                _ => {}
            }
        }
    }

    /// Tiles must not jump when a face moves out of the picture.
    #[test]
    fn nothing_jumps_when_a_crop_starts_to_extend_beyond_the_edge() {
        let mut before: Option<FrameEdge> = None;
        for step in 0..60 {
            let edge = FrameEdge::of(&shifted(step as f32 * 0.25, 0.0), 80, FRAME);
            let value = |edge: &Option<FrameEdge>, x| edge.as_ref().map_or(255, |edge| at(edge, x, 40));
            for x in 6..80 {
                let change = i32::from(value(&before, x)) - i32::from(value(&edge, x));
                assert!(change.abs() < 64, "step {step}, column {x}: {change}");
            }
            before = edge;
        }
    }

    #[test]
    fn pixels_inside_the_frame_stay_bit_identical() {
        let edge = FrameEdge::of(&shifted(40.0, 0.0), 100, FRAME).unwrap();
        let picture = RgbImage::from_fn(100, 100, |x, y| Rgb([x as u8, y as u8, 200]));
        let filled = edge.filled(&picture, FILL);
        for (x, y, pixel) in filled.enumerate_pixels() {
            match x {
                0..40 => assert_eq!(*pixel, FILL),
                45.. => assert_eq!(pixel, picture.get_pixel(x, y)),
                _ => assert!((24..200).contains(&pixel.0[2])),
            }
        }
        let other = RgbImage::new(50, 50);
        assert_eq!(edge.filled(&other, FILL), other, "another size stays as it is");
    }

    #[test]
    fn hostile_transforms_and_empty_frames_do_not_panic() {
        let zero = Similarity { a: 0.0, b: 0.0, tx: 0.0, ty: 0.0 };
        for similarity in [zero, Similarity { a: f32::NAN, ..zero }, shifted(f32::INFINITY, 0.0)] {
            assert_eq!(FrameEdge::of(&similarity, 10, FRAME), None);
        }
        assert_eq!(FrameEdge::of(&Similarity::IDENTITY, 10, (0, 0)), None);
        assert!(FrameEdge::of(&shifted(1.0, 0.0), 0, FRAME).is_none_or(|edge| edge.opacity().is_empty()));
        let far = FrameEdge::of(&shifted(5000.0, 0.0), 10, FRAME).unwrap();
        assert!(far.opacity().pixels().all(|pixel| pixel.0[0] == 0), "wholly outside");
    }

    /// `cargo test --release -p agemirror-faces face::frame_edge::tests::duration -- --ignored --nocapture`
    #[test]
    #[ignore = "prints a duration, asserts nothing about it"]
    fn duration() {
        let turned = Similarity { a: 2.5, b: 0.4, tx: 90.0, ty: 60.0 };
        for side in [256, 512] {
            let times = (0..50).map(|_| {
                let start = std::time::Instant::now();
                std::hint::black_box(FrameEdge::of(&turned, side, FRAME));
                start.elapsed()
            });
            println!("{side} px: {:?}", times.min().unwrap());
        }
    }
}
