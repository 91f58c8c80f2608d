//! What the window requests from the pipeline follows from its state: after each frame it is compared with
//! the last request and the difference is sent, so that no command can forget to inform the pipeline.

use std::sync::Arc;

use super::{Layout, Source, UiState};
use crate::pipeline::{Command, DeviceChoice, LiveView};
use agemirror_faces::age::Gender;
use agemirror_faces::crop::FaceChoice;

/// Longest time that a moving age waits for the picture of its previous age, in seconds.
pub(crate) const MAX_WAIT_SECONDS: f64 = 1.0;

/// Whether `view` answers a request for `ages` that is `seconds` old: a moving age waits for this, because a new
/// age makes the work on the previous one useless.
pub(crate) fn is_answered(view: &LiveView, ages: &[f32], seconds: f64) -> bool {
    view.faces.problem.is_some()
        || view.tiles.as_ref().is_none_or(|tiles| tiles.ages == ages)
        || seconds > MAX_WAIT_SECONDS
}

/// Everything that the window requests from the pipeline.
#[derive(Clone)]
pub struct PipelineRequest {
    source: Option<Source>,
    camera: crate::camera::CameraSettings,
    pub(crate) ages: Vec<f32>,
    gender: Gender,
    model: Option<String>,
    device: DeviceChoice,
    faces: FaceChoice,
    whole: bool,
    frozen: bool,
    held: bool,
    captures: u64,
    cancels: u64,
    model_reloads: u64,
}

impl PipelineRequest {
    /// The request that follows from the state.
    pub fn from_state(state: &UiState) -> Self {
        Self {
            source: Some(state.source.clone()),
            camera: state.settings.camera.clone(),
            ages: state.requested_ages(),
            gender: state.settings.gender,
            model: state.requested_model().map(str::to_owned),
            device: state.settings.device,
            faces: state.faces,
            whole: state.settings.whole_frame,
            frozen: state.frozen,
            held: state.layout == Layout::Sweep && state.sweep_run.is_some(),
            captures: state.captures,
            cancels: state.cancels,
            model_reloads: state.model_reloads,
        }
    }

    /// Whether the two requests differ in the age of the slider.
    pub fn is_slider_move_from(&self, before: &Self) -> bool {
        self.ages.len() == 1 && before.ages.len() == 1 && self.ages != before.ages
    }

    /// The commands that change the request `before` into this one.
    pub fn commands_since(&self, before: &Self) -> Vec<Command> {
        let mut commands = Vec::new();
        let other = self.model != before.model || self.model_reloads != before.model_reloads;
        if let Some(model) = self.model.as_ref().filter(|_| other) {
            commands.push(Command::Model(model.clone()));
        }
        if self.gender != before.gender {
            commands.push(Command::Gender(self.gender));
        }
        // The frame is captured before other ages are requested, because it is the frame that the user saw.
        if self.held != before.held {
            commands.push(Command::Hold(self.held));
        }
        if self.captures != before.captures {
            commands.push(Command::Capture);
        }
        if self.device != before.device {
            commands.push(Command::Device(self.device));
        }
        if self.ages != before.ages {
            commands.push(Command::Ages(self.ages.clone()));
        }
        if self.whole != before.whole {
            commands.push(Command::WholeFrames(self.whole));
        }
        let source_changed = self.source_changed(before);
        if source_changed {
            commands.extend(self.show_source());
        }
        if self.faces != before.faces {
            commands.push(Command::Faces(self.faces));
        }
        // A new source starts unfrozen by itself.
        if self.frozen != (before.frozen && !source_changed) {
            commands.push(Command::Freeze(self.frozen));
        }
        if self.cancels != before.cancels {
            commands.push(Command::Cancel);
        }
        commands
    }

    fn show_source(&self) -> Option<Command> {
        Some(match self.source.as_ref()? {
            Source::Camera => Command::Camera(self.camera.clone()),
            Source::Picture { name, picture } => {
                Command::Picture { name: name.clone(), picture: Arc::clone(picture) }
            }
            Source::Video(playback) => {
                let playback = playback.clone();
                Command::Source(Arc::new(move || playback.source()))
            }
        })
    }

    fn source_changed(&self, before: &Self) -> bool {
        match (&self.source, &before.source) {
            (Some(Source::Camera), Some(Source::Camera)) => self.camera != before.camera,
            (Some(Source::Picture { picture, .. }), Some(Source::Picture { picture: other, .. })) => {
                !Arc::ptr_eq(picture, other)
            }
            (Some(Source::Video(playback)), Some(Source::Video(other))) => !playback.is(other),
            _ => true,
        }
    }
}
