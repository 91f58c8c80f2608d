//! Ages one frame of a video to several ages.

use std::sync::Arc;

use image::RgbImage;

use super::steady::Steady;
use crate::pipeline::AGES_PER_BATCH;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgedCrop, AgingError, AgingModel, EncodedFace, FaceMemory};
use agemirror_faces::compose::paste_faces;
use agemirror_faces::crop::{FaceChoice, FaceChooser, FaceCrop, RecentFaces, SideLimits};
use agemirror_faces::face::{FrameFace, TrackedFace};

/// A face that was not shown for longer than this, in seconds, is no longer smoothed with earlier frames.
const MAX_GAP_SECONDS: f32 = 0.5;

/// Ages the frames of one video, in order.
pub(super) struct FrameAger<'a> {
    model: &'a dyn AgingModel,
    choice: FaceChoice,
    gender: Gender,
    chooser: FaceChooser,
    remembered: RecentFaces<Remembered>,
}

/// What is kept of a face between frames.
#[derive(Default)]
struct Remembered {
    memory: FaceMemory,
    /// Side of its crop, in pixels.
    side: Option<u32>,
    /// The temporal smoothing of each age.
    steady: Vec<Steady>,
    /// When it was last shown, in nanoseconds.
    shown_ns: Option<u64>,
}

/// An encoded face.
struct Encoded {
    id: u64,
    crop: FaceCrop,
    code: EncodedFace,
    strength: f32,
}

impl<'a> FrameAger<'a> {
    pub(super) fn new(model: &'a dyn AgingModel, choice: FaceChoice, gender: Gender) -> Self {
        Self { model, choice, gender, chooser: FaceChooser::default(), remembered: RecentFaces::default() }
    }

    /// Ages the frame with the timestamp `time_ns` (nanoseconds) to each of `ages` (years), in their order. A frame
    /// without faces is returned unchanged.
    pub(super) fn age(
        &mut self,
        frame: &Arc<RgbImage>,
        faces: &[FrameFace],
        ages: &[f32],
        time_ns: u64,
    ) -> Result<Vec<Arc<RgbImage>>, AgingError> {
        let encoded = self.encode(frame, faces)?;
        if encoded.is_empty() {
            return Ok(vec![Arc::clone(frame); ages.len()]);
        }
        let mut pictures = Vec::with_capacity(ages.len());
        for (first, ages) in (0..).step_by(AGES_PER_BATCH).zip(ages.chunks(AGES_PER_BATCH)) {
            let mut aged: Vec<Vec<AgedCrop>> = Vec::with_capacity(encoded.len());
            for face in &encoded {
                let decoded = self.model.decode(&face.crop.picture, &face.code, ages, self.gender)?;
                let remembered = self.remembered.of(face.id);
                aged.push(remembered.smooth(face, decoded, first, time_ns));
            }
            for index in 0..ages.len() {
                let pairs = encoded.iter().zip(&aged);
                let patches = pairs.filter_map(|(face, aged)| Some(face.crop.patch(aged.get(index)?)));
                pictures.push(Arc::new(paste_faces(frame, patches)));
            }
        }
        encoded.iter().for_each(|face| self.remembered.of(face.id).shown_ns = Some(time_ns));
        Ok(pictures)
    }

    /// Encodes the faces without decoding, so that the model remembers them in the next frame.
    pub(super) fn warm_up(&mut self, frame: &RgbImage, faces: &[FrameFace]) -> Result<(), AgingError> {
        self.encode(frame, faces).map(drop)
    }

    fn encode(&mut self, frame: &RgbImage, faces: &[FrameFace]) -> Result<Vec<Encoded>, AgingError> {
        let tracked: Vec<TrackedFace> = faces.iter().map(|face| face.face.clone()).collect();
        let chosen = self.chooser.choose(self.choice, &tracked);
        let mut encoded = Vec::with_capacity(chosen.len());
        for face in &chosen {
            let model = self.model;
            let remembered = self.remembered.of(face.id);
            let limits = SideLimits::STILL;
            let crop = FaceCrop::cut_for(model.info(), frame, face, limits, remembered.side);
            remembered.side = Some(crop.picture.width());
            let code = model.encode_next(&crop.picture, &mut remembered.memory)?;
            let strength = faces.iter().find(|known| known.face.id == face.id);
            encoded.push(Encoded {
                id: face.id,
                crop,
                code,
                strength: strength.map_or(1.0, |face| face.strength),
            });
        }
        Ok(encoded)
    }
}

impl Remembered {
    /// Smooths the decoded crops, whose ages start at index `first`, with what was shown before.
    fn smooth(
        &mut self,
        face: &Encoded,
        decoded: Vec<AgedCrop>,
        first: usize,
        time_ns: u64,
    ) -> Vec<AgedCrop> {
        let seconds = self.shown_ns.map(|shown| time_ns.saturating_sub(shown) as f32 / 1e9);
        let seconds = seconds.filter(|seconds| *seconds < MAX_GAP_SECONDS);
        let last = first + decoded.len();
        self.steady.resize_with(self.steady.len().max(last), Steady::default);
        let pairs = decoded.into_iter().zip(&mut self.steady[first..last]);
        pairs
            .map(|(mut aged, steady)| {
                steady.apply(&face.crop.picture, &mut aged, seconds);
                face.blend(aged)
            })
            .collect()
    }
}

impl Encoded {
    /// Blends the change in or out while a face appears or vanishes.
    fn blend(&self, mut aged: AgedCrop) -> AgedCrop {
        if self.strength >= 1.0 {
            return aged;
        }
        let share = (self.strength.max(0.0) * 256.0).round() as i32;
        for (new, old) in aged.picture.iter_mut().zip(self.crop.picture.iter()) {
            let change = i32::from(*new) - i32::from(*old);
            *new = (i32::from(*old) + change * share / 256).clamp(0, 255) as u8;
        }
        aged
    }
}
