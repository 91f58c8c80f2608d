//! Searches a still of any size: in several scales, each in overlapping parts, and rotated.
//!
//! The detector sees faces from 40 pixels of the copy it is given. A single small copy of a large picture
//! hides small faces, so finer copies follow, each in parts on all cores, until the smallest face that can be
//! aged is large enough in the copy.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use image::{GrayImage, RgbImage, imageops};
use rayon::prelude::*;

use super::detector::{shrink_to_grey, with_border};
use super::landmarks::intersection_over_union;
use super::problem::MIN_EYE_DISTANCE;
use super::turn::Turn;
use super::{DetectorSettings, FaceBox, FaceDetector, FaceError, FaceRegion};

/// Width of the detector's box of the smallest face that can be aged, in pixels of the picture.
const MIN_BOX: f32 = 2.2 * MIN_EYE_DISTANCE;
/// Box width from which the detector is reliable, in pixels of a copy; it sees nothing below 40.
const RELIABLE_BOX: f32 = 42.0;
/// Width of the grey border around a copy, in pixels, so that faces slightly cut by the edge are found.
const BORDER: u32 = 40;
/// Side of a part, in pixels of the copy.
const PART: u32 = 1536;
/// Overlap of neighbouring parts, in pixels of a copy; larger faces are found in the previous, coarser copy.
const OVERLAP: u32 = 128;
/// Maximum ratio between the sizes of consecutive copies.
const MAX_STEP: f32 = 2.6;
/// Overlap above which two boxes are one face.
const SAME_FACE: f32 = 0.3;

/// Progress of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchStep {
    /// Number of parts searched, over all scales so far.
    pub done: usize,
    /// Number of parts known so far; more may follow if these contain no face.
    pub of: usize,
    /// Whether the picture is being searched rotated, because no upright face was found.
    pub turned: bool,
}

/// Where a face may be, and the score of the detector's box.
pub(super) type Candidate = (FaceRegion, f32);

/// Called after every part; returning `false` stops the search.
pub(super) type Watch<'a> = &'a (dyn Fn(SearchStep) -> bool + Sync);

/// The search of one picture.
pub(super) struct Search<'a> {
    detector: &'a FaceDetector,
    picture: &'a RgbImage,
    watch: Watch<'a>,
    done: AtomicUsize,
    planned: AtomicUsize,
    stopped: AtomicBool,
}

impl<'a> Search<'a> {
    pub(super) fn new(detector: &'a FaceDetector, picture: &'a RgbImage, watch: Watch<'a>) -> Self {
        Self {
            detector,
            picture,
            watch,
            done: AtomicUsize::new(0),
            planned: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    /// Whether the search was stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Adds the parts of these scales, each in `turns` rotations, to the planned work.
    pub(super) fn plan(&self, scales: &[f32], turns: usize) {
        let parts = scales.iter().map(|&shrink| {
            let (width, height) = self.copy_size(shrink);
            parts(width + 2 * BORDER).len() * parts(height + 2 * BORDER).len()
        });
        self.planned.fetch_add(turns * parts.sum::<usize>(), Ordering::Relaxed);
    }

    fn copy_size(&self, shrink: f32) -> (u32, u32) {
        let side = |length: u32| (length as f32 / shrink) as u32;
        (side(self.picture.width()), side(self.picture.height()))
    }

    /// Finds faces in the picture shrunk by `shrink` and rotated by `turn`, most confident first.
    pub(super) fn look(&self, shrink: f32, turn: Turn) -> Result<Vec<Candidate>, FaceError> {
        let (width, height) = self.copy_size(shrink);
        if width == 0 || height == 0 || self.is_stopped() {
            return Ok(Vec::new());
        }
        let copy = turn.apply(with_border(&shrink_to_grey(self.picture, width, height), BORDER));
        let corners: Vec<(u32, u32)> = parts(copy.height())
            .into_iter()
            .flat_map(|(top, _)| parts(copy.width()).into_iter().map(move |(left, _)| (left, top)))
            .collect();
        let found: Result<Vec<Vec<FaceBox>>, FaceError> =
            corners.par_iter().map(|&corner| self.look_at_part(&copy, corner, turn)).collect();
        let size = [width, height].map(|length| (length + 2 * BORDER) as f32);
        let to_region = |found: FaceBox| {
            let centre = [found.x + found.width / 2.0, found.y + found.height / 2.0];
            let centre = turn.back(centre, size).map(|value| (value - BORDER as f32) * shrink);
            let side = found.width.max(found.height) * shrink;
            (FaceRegion::around_turned_box(centre, side, turn.roll()), found.score)
        };
        Ok(without_doubles(found?.into_iter().flatten().collect()).into_iter().map(to_region).collect())
    }

    fn look_at_part(
        &self,
        copy: &GrayImage,
        (left, top): (u32, u32),
        turn: Turn,
    ) -> Result<Vec<FaceBox>, FaceError> {
        if self.is_stopped() {
            return Ok(Vec::new());
        }
        let (width, height) = (part_length(copy.width()), part_length(copy.height()));
        let mut found = match (width, height) == copy.dimensions() {
            true => self.detector.detect_grey(copy, DetectorSettings::STILL)?,
            false => {
                let part = imageops::crop_imm(copy, left, top, width, height).to_image();
                self.detector.detect_grey(&part, DetectorSettings::STILL)?
            }
        };
        for face in &mut found {
            face.x += left as f32;
            face.y += top as f32;
        }
        self.step(turn);
        Ok(found)
    }

    fn step(&self, turn: Turn) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let of = self.planned.load(Ordering::Relaxed).max(done);
        if !(self.watch)(SearchStep { done, of, turned: turn != Turn::NONE }) {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }
}

/// The shrink factors of the copies in which a picture with this longer side is searched, smallest copy
/// first.
pub(super) fn scales(longer_side: u32) -> Vec<f32> {
    let finest = MIN_BOX / RELIABLE_BOX;
    let first = (longer_side as f32 / DetectorSettings::STILL.longer_side as f32).max(1.0);
    let steps = (first / finest).ln().max(0.0) / MAX_STEP.ln();
    // A twentieth of a step is not worth another copy.
    let steps = (steps - 0.05).ceil().max(0.0) as u32;
    (0..=steps).map(|step| first * (finest / first).powf(step as f32 / steps.max(1) as f32)).collect()
}

/// Start and end of the parts of a copy along a side of `length` pixels.
fn parts(length: u32) -> Vec<(u32, u32)> {
    let part = part_length(length);
    if part == length {
        return vec![(0, length)];
    }
    let count = (length - OVERLAP).div_ceil(PART - OVERLAP).max(2);
    let begin = |number: u32| (u64::from(number) * u64::from(length - part) / u64::from(count - 1)) as u32;
    (0..count).map(|number| (begin(number), begin(number) + part)).collect()
}

/// Length of every part of a side of `length` pixels; slightly longer sides than [`PART`] are not divided.
fn part_length(length: u32) -> u32 {
    if length <= PART + PART / 4 { length } else { PART }
}

/// Drops boxes that overlap a more confident one; most confident first.
fn without_doubles(mut boxes: Vec<FaceBox>) -> Vec<FaceBox> {
    boxes.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<FaceBox> = Vec::new();
    for face in boxes {
        if kept.iter().all(|other| intersection_over_union(other, &face) <= SAME_FACE) {
            kept.push(face);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minimum box width that the detector finds at all, in pixels of a copy.
    const DETECTOR_BOX: f32 = 40.0;

    /// For any picture size, the smallest face that can be aged is large enough in the finest copy, and no
    /// copy is much larger than the previous one.
    #[test]
    fn the_scales_leave_no_gap() {
        for side in [1, 500, 1024, 1200, 1500, 2000, 4000, 6000, 12_000, 65_000] {
            let scales = scales(side);
            assert_eq!(scales[0], (side as f32 / 1024.0).max(1.0), "{side}");
            assert!(MIN_BOX / scales[scales.len() - 1] >= DETECTOR_BOX, "{side}");
            assert!(
                scales.windows(2).all(|pair| pair[1] < pair[0] && pair[0] < 1.06 * MAX_STEP * pair[1]),
                "{side}"
            );
        }
        assert_eq!(scales(900), [1.0]);
        assert_eq!(scales(6000).len(), 3);
    }

    /// A face too small for the previous copy is completely inside one part, wherever it is.
    #[test]
    fn the_parts_leave_no_gap() {
        for length in [1, 1024, 1920, 1921, 2500, 3333, 10_000] {
            let parts = parts(length);
            assert_eq!((parts[0].0, parts[parts.len() - 1].1), (0, length));
            assert!(parts.iter().all(|part| part.1 - part.0 == part_length(length)));
            assert!(parts.windows(2).all(|pair| pair[1].0 + OVERLAP <= pair[0].1), "{length}: {parts:?}");
        }
        assert!(OVERLAP as f32 >= 1.06 * MAX_STEP * RELIABLE_BOX);
    }
}
