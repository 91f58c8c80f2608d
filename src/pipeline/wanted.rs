//! What the user currently wants, with revision numbers that tell outdated work from current work.

use std::sync::Arc;

use super::command::Command;
use super::settings::{PipelineSettings, SourceChoice};
use agemirror_faces::age::Gender;
use agemirror_faces::crop::FaceChoice;
use agemirror_kernels::DeviceChoice;

/// What the user wants. Immutable: every command replaces it.
#[derive(Clone)]
pub(super) struct Wanted {
    pub source: SourceChoice,
    pub frozen: bool,
    /// Ages, in years.
    pub ages: Arc<[f32]>,
    pub gender: Gender,
    /// Name of the model.
    pub model: String,
    pub device: DeviceChoice,
    pub faces: FaceChoice,
    pub whole_frames: bool,
    /// Whether to work on a held frame even if the model is fast enough to run live.
    pub held: bool,
    /// Number of [`Command::Capture`]s so far.
    pub captures: u64,
    /// Whether to skip the remaining tiles of the held frame.
    pub cancelled: bool,
    /// Increases with every change that invalidates tiles in progress.
    pub revision: u64,
    /// Revision at which the model was last requested.
    pub model_revision: u64,
    /// Revision at which the source was last requested.
    pub source_revision: u64,
    /// Revision at which the choice of faces last changed.
    pub faces_revision: u64,
}

/// Identifies the frame to hold; a different key requests a new frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeldFrameKey {
    /// [`Wanted::captures`].
    pub captures: u64,
    source_revision: u64,
    faces_revision: u64,
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

    /// What is wanted after `command`. A command that changes nothing invalidates nothing, except that
    /// requesting the current source or model opens it again.
    pub(super) fn after(&self, command: Command) -> Self {
        let mut next = self.clone();
        let invalidates = match command {
            Command::Freeze(frozen) => {
                next.frozen = frozen;
                false
            }
            Command::Camera(settings) => next.set_source(SourceChoice::Camera(settings)),
            Command::Picture { name, picture } => next.set_source(SourceChoice::Picture { name, picture }),
            Command::Source(factory) => next.set_source(SourceChoice::Custom(factory)),
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
        if invalidates {
            next.revision += 1;
            next.cancelled = false;
        }
        if next.faces != self.faces || next.source_revision != self.source_revision {
            next.faces_revision = next.revision;
        }
        next
    }

    /// The key of the frame to hold.
    pub(super) fn held_frame_key(&self) -> HeldFrameKey {
        HeldFrameKey {
            captures: self.captures,
            source_revision: self.source_revision,
            faces_revision: self.faces_revision,
        }
    }

    /// A new source starts unfrozen. A point chosen in the old picture means nothing in the new one.
    fn set_source(&mut self, source: SourceChoice) -> bool {
        self.source = source;
        self.source_revision = self.revision + 1;
        self.frozen = false;
        if matches!(self.faces, FaceChoice::At(_)) {
            self.faces = FaceChoice::Largest;
        }
        true
    }
}

/// Sets `target` to `value` and returns whether that changed it.
fn replace<T: PartialEq>(target: &mut T, value: T) -> bool {
    let changed = *target != value;
    *target = value;
    changed
}
