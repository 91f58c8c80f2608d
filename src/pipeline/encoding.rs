//! The faces of one frame, cropped and encoded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::RgbImage;

use super::shared::{FaceJob, Shared};
use super::statistics::Stage;
use agemirror_faces::aging::{AgingError, AgingModel, EncodedFace, FaceMemory};
use agemirror_faces::crop::{FaceCrop, RecentFaces, SideLimits};
use agemirror_faces::face::{FrameEdge, TrackedFace};

/// A cropped and encoded face.
pub(super) struct PreparedFace {
    /// [`super::shared::SourceFrame::order`] of its frame.
    order: u64,
    pub(super) face: TrackedFace,
    pub(super) crop: FaceCrop,
    /// The part of the crop that tiles show.
    pub(super) shown: Arc<RgbImage>,
    /// The part of `shown` beyond the frame, if any.
    pub(super) edge: Option<Arc<FrameEdge>>,
    pub(super) code: EncodedFace,
}

impl PreparedFace {
    fn is(&self, job: &FaceJob, face: &TrackedFace) -> bool {
        self.order == job.frame.order && self.face == *face
    }
}

/// The cropped and encoded faces of one frame, in the order of their job.
#[derive(Default)]
pub(super) struct PreparedFaces {
    pub(super) faces: Vec<PreparedFace>,
    /// Duration of the last run of the encoder, for one face.
    pub(super) encoder_time: Duration,
    /// The model's memory of each tracked face.
    memories: RecentFaces<FaceMemory>,
}

impl PreparedFaces {
    /// Drops everything: another model cannot use it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether these are exactly the faces of `job`.
    pub(super) fn covers(&self, job: &FaceJob) -> bool {
        self.faces.len() == job.faces.len()
            && self.faces.iter().zip(&job.faces).all(|(known, face)| known.is(job, face))
    }

    /// Updates to the faces of `job`, in their order, with crops within `limits`. Faces that were encoded
    /// before (the frame has not changed) are reused. Returns the time spent on cropping.
    pub(super) fn update(
        &mut self,
        shared: &Shared,
        model: &dyn AgingModel,
        job: &FaceJob,
        limits: SideLimits,
    ) -> Result<Duration, AgingError> {
        let mut before = std::mem::take(&mut self.faces);
        let (mut crop_time, mut encode_time) = (Duration::ZERO, Duration::ZERO);
        for face in &job.faces {
            if let Some(index) = before.iter().position(|known| known.is(job, face)) {
                self.faces.push(before.swap_remove(index));
                continue;
            }
            let started = Instant::now();
            let picture = &job.frame.frame.picture;
            let known = before.iter().find(|known| known.face.id == face.id);
            let side = known.map(|known| known.crop.picture.width());
            let crop = FaceCrop::cut_for(model.info(), picture, face, limits, side);
            let shown = Arc::new(model.info().view.part_of(&crop.picture));
            let edge = crop.edge(picture, model.info().view).map(Arc::new);
            crop_time += started.elapsed();
            let started = Instant::now();
            let code = match job.frame.live {
                true => model.encode_next(&crop.picture, self.memories.of(face.id))?,
                false => model.encode(&crop.picture)?,
            };
            self.encoder_time = started.elapsed();
            encode_time += self.encoder_time;
            let (order, face) = (job.frame.order, face.clone());
            self.faces.push(PreparedFace { order, face, crop, shown, edge, code });
        }
        if !encode_time.is_zero() {
            shared.record(Stage::Encode, encode_time);
        }
        Ok(crop_time)
    }
}
