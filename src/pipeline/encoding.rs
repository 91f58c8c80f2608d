//! The faces of one frame, cut out and through the encoder.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use image::RgbImage;

use super::shared::{CropJob, Shared};
use super::statistics::Stage;
use agemirror_faces::aging::{AgingError, AgingModel, EncodedFace, FaceMemory};
use agemirror_faces::crop::{FaceCrop, SideLimits, shown};
use agemirror_faces::face::{FrameEdge, TrackedFace};

/// Most faces that the model remembers; the one that was not seen for longest is forgotten.
const MAX_MEMORIES: usize = 8;

/// A crop that went through the encoder.
pub(super) struct Encoded {
    /// The order of its frame.
    order: u64,
    pub(super) face: TrackedFace,
    pub(super) crop: FaceCrop,
    /// What tiles show of the crop.
    pub(super) shown: Arc<RgbImage>,
    /// What of that lies beyond the frame.
    pub(super) edge: Option<Arc<FrameEdge>>,
    pub(super) code: EncodedFace,
}

/// The faces of one frame that went through the encoder, in the order of their job.
#[derive(Default)]
pub(super) struct Encodings {
    pub(super) faces: Vec<Encoded>,
    /// What the encoder took for one face the last time it ran.
    pub(super) one_face: Duration,
    /// What the model remembers of the faces that are followed, by their identity, the latest last.
    memories: VecDeque<(u64, FaceMemory)>,
}

impl Encodings {
    /// Forgets every face: another model cannot read them.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether every face of `job` is here.
    pub(super) fn covers(&self, job: &CropJob) -> bool {
        self.faces.len() == job.faces.len()
            && self.faces.iter().zip(&job.faces).all(|(known, face)| known.is(job, face))
    }

    /// Brings the faces to those of `job`, in their order, with crops within `limits`; a face that went
    /// through the encoder before, because the picture stands still, does not go through it again.
    /// Returns the time spent on cutting them out.
    pub(super) fn renew(
        &mut self,
        shared: &Shared,
        model: &dyn AgingModel,
        job: &CropJob,
        limits: SideLimits,
    ) -> Result<Duration, AgingError> {
        let mut before = std::mem::take(&mut self.faces);
        let mut cutting = Duration::ZERO;
        let mut encoding = Duration::ZERO;
        for face in &job.faces {
            if let Some(place) = before.iter().position(|known| known.is(job, face)) {
                self.faces.push(before.swap_remove(place));
                continue;
            }
            let began = Instant::now();
            let known = before.iter().find(|known| known.face.id == face.id);
            let side = known.map(|known| known.crop.picture.width());
            let crop = FaceCrop::cut_for(model.info(), &job.seen.frame.picture, face, limits, side);
            let part = Arc::new(shown(RgbImage::clone(&crop.picture), model.info().view));
            let edge = crop.edge(&job.seen.frame.picture, model.info().view).map(Arc::new);
            cutting += began.elapsed();
            let began = Instant::now();
            let code = match job.seen.live {
                true => model.encode_next(&crop.picture, self.memory(face.id))?,
                false => model.encode(&crop.picture)?,
            };
            self.one_face = began.elapsed();
            encoding += self.one_face;
            let (order, face) = (job.seen.order, face.clone());
            self.faces.push(Encoded { order, face, crop, shown: part, edge, code });
        }
        if !encoding.is_zero() {
            shared.note(Stage::Encode, encoding);
        }
        Ok(cutting)
    }

    /// What the model remembers of the face `id`.
    fn memory(&mut self, id: u64) -> &mut FaceMemory {
        let known = self.memories.iter().position(|(known, _)| *known == id);
        let memory = known.and_then(|index| self.memories.remove(index));
        if self.memories.len() >= MAX_MEMORIES {
            self.memories.pop_front();
        }
        self.memories.push_back(memory.unwrap_or((id, FaceMemory::default())));
        let latest = self.memories.len() - 1;
        &mut self.memories[latest].1
    }
}

impl Encoded {
    fn is(&self, job: &CropJob, face: &TrackedFace) -> bool {
        self.order == job.seen.order && self.face == *face
    }
}
