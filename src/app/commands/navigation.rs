//! Commands that change what the window shows: layouts, modals, panels, the source.

use super::CommandHandler;
use crate::app::state::notifications::Severity;
use crate::app::state::settings::{GroupChoice, SidePanel};
use crate::app::state::{Layout, Modal, Source, UiState};
use crate::app::workers::backend::Request;
use crate::text::message;
use agemirror_faces::crop::FaceChoice;

/// Time for the slider to play from one end to the other, in seconds.
const PLAY_SECONDS: f32 = 6.0;

impl CommandHandler<'_> {
    pub(super) fn show_groups(&mut self, groups: GroupChoice) {
        self.state.settings.groups = groups;
        self.state.custom_ages = None;
        self.show_tiles();
    }

    pub(super) fn show_tiles(&mut self) {
        self.leave_for(Layout::Tiles);
    }

    pub(super) fn show_age(&mut self, age: f32) {
        self.state.age = self.state.scale().snap(age);
        self.leave_for(Layout::Large);
    }

    pub(super) fn show_training(&mut self) {
        self.state.modal = None;
        self.leave_for(Layout::Training);
    }

    /// Switches to `layout`, which ends the sweep and stops the slider.
    fn leave_for(&mut self, layout: Layout) {
        self.state.layout = layout;
        self.state.sweep_run = None;
        self.state.playing = None;
    }

    pub(super) fn start_playing(&mut self) {
        if self.state.slow {
            self.notify(Severity::Error, message!("too-slow-to-play"), None);
            return;
        }
        self.show_age(self.state.age);
        self.state.playing = Some(1.0);
    }

    /// Switches to a model whose weights are present; for any other, opens the modal about its weights and
    /// keeps the current model.
    pub(super) fn choose_model(&mut self, name: String) {
        match self.state.listed(&name).filter(|model| !self.state.can_open(model.name)) {
            Some(model) => self.state.modal = Some(Modal::Weights(model.name)),
            None => {
                self.state.settings.model = Some(name);
                self.state.sweep_run = None;
            }
        }
    }

    pub(super) fn show_side_panel(&mut self, panel: SidePanel) {
        self.state.settings.side_panel = panel;
        self.state.readings = None;
    }

    pub(super) fn open_modal(&mut self, modal: Option<Modal>) {
        if modal == Some(Modal::Settings) {
            self.backend.request(Request::ListCameras);
        }
        self.state.modal = modal;
    }

    pub(super) fn back(&mut self) {
        if self.state.modal.is_some() {
            self.state.modal = None;
        } else if self.state.shows_introduction() {
            self.state.settings.introduction = false;
        } else if self.state.layout != Layout::Tiles {
            self.show_tiles();
        } else if self.state.shows_picture()
            || self.state.shows_video()
            || self.state.gallery.current.is_some()
        {
            self.back_to_live();
        }
    }

    pub(super) fn back_to_live(&mut self) {
        if self.state.shows_picture() || self.state.shows_video() {
            self.show_source(Source::Camera);
        }
        self.state.gallery.current = None;
    }

    /// Switches the source. A chosen point, a sweep and a frozen frame belong to the previous source, so they
    /// are reset.
    pub(super) fn show_source(&mut self, source: Source) {
        if matches!(source, Source::Camera) {
            self.state.gallery.current = None;
        }
        self.state.source = source;
        self.state.frozen = false;
        self.state.sweep_run = None;
        if matches!(self.state.faces, FaceChoice::At(_)) {
            self.state.faces = FaceChoice::Largest;
        }
        self.state.readings = None;
        self.textures.drop_source_textures();
    }
}

/// Moves the playing slider by `seconds`; it reverses at both ends.
pub(crate) fn play(state: &mut UiState, seconds: f32) {
    let Some(direction) = state.playing else { return };
    let scale = state.scale();
    let position = scale.position(state.age) + direction * seconds / PLAY_SECONDS;
    state.age = scale.age_at(position);
    if position >= 1.0 {
        state.playing = Some(-1.0);
    } else if position <= 0.0 {
        state.playing = Some(1.0);
    }
}
