//! What the user wants at the moment, with the numbers that tell stale work from fresh.

use std::sync::Arc;

use super::command::{Command, FaceChoice};
use super::settings::{PipelineSettings, SourceChoice};
use crate::aging::Gender;
use crate::tensor::DeviceChoice;

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
    /// Rises with every change that makes tiles in the making worthless.
    pub revision: u64,
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
            revision: 1,
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
            Command::Model(name) => replace(&mut next.model, name),
            Command::Device(device) => replace(&mut next.device, device),
            Command::Faces(faces) => replace(&mut next.faces, faces),
            Command::WholeFrames(whole) => replace(&mut next.whole_frames, whole),
        };
        if stale {
            next.revision += 1;
        }
        if next.faces != self.faces {
            next.faces_revision = next.revision;
        }
        if next.source_revision != self.source_revision {
            next.faces_revision = next.revision;
        }
        next
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
