//! Detects face boxes with the SeetaFace cascade.
//!
//! Wu et al., "Funnel-structured cascade for multi-view face detection with alignment awareness", 2016
//! (<https://arxiv.org/abs/1609.07304>), through the crate rustface. The minimum face size is fixed at 40
//! pixels, so the size of the grey copy determines both the cost and the smallest face found.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{GrayImage, Luma, RgbImage, imageops};
use rustface::{ImageData, Model};

use super::{FaceBox, FaceError};

static MODEL: &[u8] = include_bytes!("../../../../weights/seeta_fd_frontal_v1.0.bin");

/// The cascade's window size in pixels; smaller copies contain no window.
const WINDOW: u32 = 40;

/// Minimum score of a box that may be a face, and of one that certainly is: between them, only the mesh can tell a face
/// from its likeness. The latter is rustface's usual value, with which it overlooks men with large beards.
const MIN_SCORE: f64 = 0.5;
pub(super) const SURE_SCORE: f32 = 2.0;

/// Search parameters. The smallest face found is 40 pixels of the copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectorSettings {
    /// Longer side of the grey copy, in pixels. Pictures are never enlarged.
    pub longer_side: u32,
    /// Stride between windows, in pixels: 4 is thorough, 8 twice as fast and half as reliable.
    pub window_step: u32,
    /// Grey border around the picture as a fraction of its longer side, so that a face that fills the picture
    /// is found too.
    pub border: f32,
    /// Standard deviation of the blur of the copy, in pixels; 0 for none.
    pub blur: f32,
}

impl DetectorSettings {
    /// For consecutive camera frames: faces from an eighth of the width.
    pub const LIVE: Self = Self { longer_side: 320, window_step: 4, border: 0.0, blur: 0.0 };
    /// For a camera when [`DetectorSettings::LIVE`] finds nobody: faces from a sixteenth, also at the edge.
    pub const SEARCH: Self = Self { longer_side: 640, window_step: 4, border: 0.06, blur: 0.0 };
    /// For a camera while somebody is tracked, to find people farther away who join.
    pub const JOIN: Self = Self { longer_side: 640, window_step: 8, border: 0.0, blur: 0.0 };
    /// For stills: faces from a twenty-fifth of the width.
    pub const STILL: Self = Self { longer_side: 1024, window_step: 4, border: 0.0, blur: 0.0 };
    /// For a still without a face so far: a face that fills the picture.
    pub const CLOSE_UP: Self = Self { longer_side: 240, window_step: 4, border: 0.25, blur: 0.0 };
    /// Where no face was found: faces from an eighth of the width whose deep wrinkles hide them from the cascade, which
    /// was trained on smoother ones. Of ten portraits, most of old people, in which nothing was found, these find five.
    pub const SOFT: [Self; 2] = [
        Self { longer_side: 340, window_step: 4, border: 0.12, blur: 1.2 },
        Self { longer_side: 240, window_step: 4, border: 0.12, blur: 1.6 },
    ];
    /// For a camera while nobody is tracked, in turn.
    pub(super) const LOOKS: [Self; 4] = [Self::LIVE, Self::SEARCH, Self::LIVE, Self::SOFT[0]];
}

/// The cascade with the bundled model.
pub struct FaceDetector {
    model: Model,
}

impl FaceDetector {
    /// Loads the bundled model.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn bundled() -> Result<Self, FaceError> {
        let model = rustface::read_model(Cursor::new(MODEL)).map_err(FaceError::DetectorModel)?;
        Ok(Self { model })
    }

    /// Detects faces, in pixels of the picture, most confident first. Boxes may extend beyond the edge. Those with a
    /// low score may be no faces.
    ///
    /// # Errors
    /// When rustface panics; the panic is caught.
    pub fn detect(&self, picture: &RgbImage, settings: DetectorSettings) -> Result<Vec<FaceBox>, FaceError> {
        let Some(copy) = GreyCopy::of(picture, settings) else {
            return Ok(Vec::new());
        };
        let found = self.detect_grey(&copy.grey, settings)?;
        let mut boxes: Vec<FaceBox> = found.iter().map(|face| copy.to_picture(face)).collect();
        boxes.retain(|face| face.width >= 1.0 && overlaps(face, picture));
        boxes.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(boxes)
    }

    /// Detects faces in a grey picture as it is, in its own pixels and in no particular order. Of `settings`,
    /// only the window step applies.
    ///
    /// # Errors
    /// When rustface panics; the panic is caught.
    pub(super) fn detect_grey(
        &self,
        grey: &GrayImage,
        settings: DetectorSettings,
    ) -> Result<Vec<FaceBox>, FaceError> {
        if grey.width().min(grey.height()) <= WINDOW {
            return Ok(Vec::new());
        }
        let found = catch_unwind(AssertUnwindSafe(|| {
            let mut detector = rustface::create_detector_with_model(self.model.clone());
            detector.set_score_thresh(MIN_SCORE);
            detector.set_slide_window_step(settings.window_step.max(1), settings.window_step.max(1));
            detector.detect(&ImageData::new(grey.as_raw(), grey.width(), grey.height()))
        }))
        .map_err(|_| FaceError::DetectorFailed)?;
        let to_box = |face: &rustface::FaceInfo| {
            let bounds = face.bbox();
            FaceBox {
                x: bounds.x() as f32,
                y: bounds.y() as f32,
                width: bounds.width() as f32,
                height: bounds.height() as f32,
                score: face.score() as f32,
            }
        };
        Ok(found.iter().map(to_box).collect())
    }
}

fn overlaps(face: &FaceBox, picture: &RgbImage) -> bool {
    face.x < picture.width() as f32
        && face.y < picture.height() as f32
        && face.x + face.width > 0.0
        && face.y + face.height > 0.0
}

/// The shrunk grey picture with its border.
struct GreyCopy {
    grey: GrayImage,
    /// Pixels of the picture per pixel of the copy.
    shrink: f32,
    /// Width of the border, in pixels of the copy.
    border: u32,
}

impl GreyCopy {
    /// `None` if the copy would have no pixels.
    fn of(picture: &RgbImage, settings: DetectorSettings) -> Option<Self> {
        let longer = picture.width().max(picture.height());
        let shrink = (longer as f32 / settings.longer_side.max(1) as f32).max(1.0);
        let width = (picture.width() as f32 / shrink) as u32;
        let height = (picture.height() as f32 / shrink) as u32;
        if width == 0 || height == 0 {
            return None;
        }
        let border = (width.max(height) as f32 * settings.border) as u32;
        let small = shrink_to_grey(picture, width, height);
        let small = if settings.blur > 0.0 { imageops::blur(&small, settings.blur) } else { small };
        let grey = if border == 0 { small } else { with_border(&small, border) };
        Some(Self { grey, shrink, border })
    }

    fn to_picture(&self, face: &FaceBox) -> FaceBox {
        let border = self.border as f32;
        FaceBox {
            x: (face.x - border) * self.shrink,
            y: (face.y - border) * self.shrink,
            width: face.width * self.shrink,
            height: face.height * self.shrink,
            score: face.score,
        }
    }
}

/// Averages the luma of the pixels under each pixel of the copy.
pub(super) fn shrink_to_grey(picture: &RgbImage, width: u32, height: u32) -> GrayImage {
    let stride = picture.width() as usize * 3;
    let columns = cuts(picture.width(), width);
    let rows = cuts(picture.height(), height);
    let mut copy = GrayImage::new(width, height);
    let mut sums = vec![[0u32; 3]; width as usize];
    for (out, row) in copy.chunks_exact_mut(width as usize).zip(rows.windows(2)) {
        sums.fill([0; 3]);
        for line in picture.as_raw()[row[0] * stride..row[1] * stride].chunks_exact(stride) {
            for (sum, column) in sums.iter_mut().zip(columns.windows(2)) {
                for pixel in line[column[0] * 3..column[1] * 3].chunks_exact(3) {
                    (0..3).for_each(|channel| sum[channel] += u32::from(pixel[channel]));
                }
            }
        }
        for ((value, sum), column) in out.iter_mut().zip(&sums).zip(columns.windows(2)) {
            let pixels = ((row[1] - row[0]) * (column[1] - column[0])).max(1) as u64;
            *value = (luma_256ths(sum.map(u64::from)) / (256 * pixels)) as u8;
        }
    }
    copy
}

/// Luma of a colour in 256ths of its units, with rounded BT.601 weights.
pub(super) fn luma_256ths([red, green, blue]: [u64; 3]) -> u64 {
    77 * red + 150 * green + 29 * blue
}

/// Boundaries when `length` pixels are divided into `parts`, at most `length` of them.
fn cuts(length: u32, parts: u32) -> Vec<usize> {
    (0..=u64::from(parts)).map(|part| (part * u64::from(length) / u64::from(parts)) as usize).collect()
}

pub(super) fn with_border(grey: &GrayImage, border: u32) -> GrayImage {
    let mut framed =
        GrayImage::from_pixel(grey.width() + 2 * border, grey.height() + 2 * border, Luma([128]));
    imageops::replace(&mut framed, grey, i64::from(border), i64::from(border));
    framed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::testing::astronaut;
    use image::Rgb;

    #[test]
    fn finds_only_the_astronaut_at_the_right_position() {
        let detector = FaceDetector::bundled().unwrap();
        for settings in [DetectorSettings::LIVE, DetectorSettings::SEARCH, DetectorSettings::STILL] {
            let mut faces = detector.detect(&astronaut(), settings).unwrap();
            // Of a round shape on the space suit it is not sure.
            faces.retain(|face| face.score >= SURE_SCORE);
            assert_eq!(faces.len(), 1, "{settings:?} {faces:?}");
            let centre = [faces[0].x + faces[0].width / 2., faces[0].y + faces[0].height / 2.];
            assert!((centre[0] - 224.).abs() < 15. && (centre[1] - 118.).abs() < 20., "{faces:?}");
            assert!((80. ..180.).contains(&faces[0].width), "{faces:?}");
        }
    }

    #[test]
    fn a_small_face_is_found_only_in_a_still() {
        let detector = FaceDetector::bundled().unwrap();
        let mut wide = RgbImage::from_pixel(1000, 700, Rgb([90, 100, 110]));
        let small = imageops::resize(&astronaut(), 260, 260, imageops::FilterType::Triangle);
        imageops::replace(&mut wide, &small, 500, 300);
        assert!(detector.detect(&wide, DetectorSettings::LIVE).unwrap().is_empty());
        let faces = detector.detect(&wide, DetectorSettings::STILL).unwrap();
        assert_eq!(faces.len(), 1);
        assert!((faces[0].x + faces[0].width / 2. - 614.).abs() < 10., "{faces:?}");
    }

    #[test]
    fn a_face_that_fills_the_picture_needs_the_border() {
        let detector = FaceDetector::bundled().unwrap();
        let tight = imageops::crop_imm(&astronaut(), 174, 70, 100, 110).to_image();
        let faces = detector.detect(&tight, DetectorSettings::CLOSE_UP).unwrap();
        assert_eq!(faces.len(), 1, "{faces:?}");
        assert!((faces[0].x + faces[0].width / 2. - 50.).abs() < 12., "{faces:?}");
    }

    #[test]
    fn pictures_without_room_for_a_face_give_no_faces() {
        let detector = FaceDetector::bundled().unwrap();
        for (width, height) in [(0, 0), (1, 1), (39, 500), (500, 3), (41, 41), (3000, 30)] {
            let picture = RgbImage::new(width, height);
            for settings in [DetectorSettings::LIVE, DetectorSettings::STILL, DetectorSettings::CLOSE_UP] {
                assert!(detector.detect(&picture, settings).unwrap().is_empty(), "{width}x{height}");
            }
        }
    }

    #[test]
    fn grey_is_the_mean_luma() {
        let picture = RgbImage::from_fn(7, 5, |x, _| Rgb([if x < 4 { 255 } else { 0 }, 0, 0]));
        let grey = shrink_to_grey(&picture, 2, 1);
        assert_eq!(grey.get_pixel(0, 0).0[0], 76);
        assert_eq!(grey.get_pixel(1, 0).0[0], 19);
    }

    /// `cargo test --release -p agemirror-faces face::detector::tests::duration -- --ignored --nocapture`
    #[test]
    #[ignore = "prints durations, asserts nothing about them"]
    fn duration() {
        let detector = FaceDetector::bundled().unwrap();
        let mut frame = RgbImage::from_pixel(640, 480, Rgb([120, 110, 100]));
        imageops::replace(&mut frame, &astronaut(), 60, 0);
        for (step, side) in [(4, 1024), (4, 640), (8, 640), (4, 480), (4, 320), (8, 320), (4, 240)] {
            let settings =
                DetectorSettings { longer_side: side, window_step: step, ..DetectorSettings::LIVE };
            let start = std::time::Instant::now();
            let faces = detector.detect(&frame, settings).unwrap();
            println!("{side} px, step {step}: {:?} {faces:?}", start.elapsed());
        }
    }
}
