//! What the user wants at the moment, with the numbers that tell stale work from fresh.

use std::sync::Arc;

use super::captured::CaptureKey;
use super::command::Command;
use super::settings::{PipelineSettings, SourceChoice};
use agemirror_faces::age::Gender;
use agemirror_faces::crop::FaceChoice;
use agemirror_kernels::DeviceChoice;

/// What the user wants; a new one replaces the old one with every command.
#[derive(Clone)]
pub(super) struct Wanted {
    pub source: SourceChoice,
    pub frozen: bool,
    pub ages: Arc<[f32]>,
    pub gender: Gender,
    pub model: String,
    pub device: DeviceChoice,
    pub faces: FaceChoice,
    pub whole_frames: bool,
    /// Whether the frame that is worked on is held whatever the model can do.
    pub held: bool,
    /// How many captures were asked for.
    pub captures: u64,
    /// Whether the rest of the work on a held frame is given up.
    pub cancelled: bool,
    /// Rises with every change that makes tiles in the making worthless.
    pub revision: u64,
    /// The revision that brought the present model.
    pub model_revision: u64,
    /// The revision that brought the present source.
    pub source_revision: u64,
    /// The revision that brought the present choice of faces.
    pub faces_revision: u64,
}

impl Wanted {
    pub(super) fn new(settings: &PipelineSettings) -> Self {
        Self {
            source: settings.source.clone(),
            frozen: false,
            ages: settings.ages.as_slice().into(),
            gender: settings.gender,
            model: settings.model.clone(),
            device: settings.device,
            faces: settings.faces,
            whole_frames: settings.whole_frames,
            held: false,
            captures: 0,
            cancelled: false,
            revision: 1,
            model_revision: 1,
            source_revision: 1,
            faces_revision: 1,
        }
    }

    /// What is wanted after `command`. A command that changes nothing makes nothing stale, except
    /// that a source asked for again is opened again.
    pub(super) fn after(&self, command: Command) -> Self {
        let mut next = self.clone();
        let stale = match command {
            Command::Freeze(frozen) => {
                next.frozen = frozen;
                false
            }
            Command::Camera(settings) => next.show(SourceChoice::Camera(settings)),
            Command::Picture { name, picture } => next.show(SourceChoice::Picture { name, picture }),
            Command::Ages(ages) => replace(&mut next.ages, ages.into()),
            Command::Gender(gender) => replace(&mut next.gender, gender),
            Command::Model(name) => {
                next.model = name;
                next.model_revision = self.revision + 1;
                true
            }
            Command::Capture => {
                next.captures += 1;
                true
            }
            Command::Hold(held) => replace(&mut next.held, held),
            Command::Cancel => {
                next.cancelled = true;
                false
            }
            Command::Device(device) => replace(&mut next.device, device),
            Command::Faces(faces) => replace(&mut next.faces, faces),
            Command::WholeFrames(whole) => replace(&mut next.whole_frames, whole),
        };
        if stale {
            next.revision += 1;
            next.cancelled = false;
        }
        if next.faces != self.faces {
            next.faces_revision = next.revision;
        }
        if next.source_revision != self.source_revision {
            next.faces_revision = next.revision;
        }
        next
    }

    /// Tells the frame that is to be held from every other one.
    pub(super) fn capture_key(&self) -> CaptureKey {
        (self.captures, self.source_revision, self.faces_revision)
    }

    /// A new source starts unfrozen, and a point chosen in the old picture means nothing in it.
    fn show(&mut self, source: SourceChoice) -> bool {
        self.source = source;
        self.source_revision = self.revision + 1;
        self.frozen = false;
        if matches!(self.faces, FaceChoice::At(_)) {
            self.faces = FaceChoice::Largest;
        }
        true
    }
}

/// Puts `value` in `place` and says whether it differs from what was there.
fn replace<T: PartialEq>(place: &mut T, value: T) -> bool {
    let differs = *place != value;
    *place = value;
    differs
}
