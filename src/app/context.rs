//! What a panel draws itself from, and where it puts the user's commands.

use std::time::Instant;

use super::commands::UiCommand;
use super::state::UiState;
use super::widgets::empty_state;
use super::widgets::textures::Textures;
use crate::camera::SourceState;
use crate::pipeline::LiveView;

/// What a panel draws itself from. A panel changes nothing; it only emits commands.
pub(crate) struct PanelContext<'a> {
    /// The latest results of the pipeline.
    pub view: &'a LiveView,
    /// The state of the window.
    pub state: &'a UiState,
    /// The pictures on the graphics card.
    pub textures: &'a mut Textures,
    /// The commands of this frame, in order.
    pub commands: &'a mut Vec<UiCommand>,
    /// The current time, from which the ages of pictures are computed.
    pub now: Instant,
}

impl PanelContext<'_> {
    /// Adds a command.
    pub(crate) fn emit(&mut self, command: UiCommand) {
        self.commands.push(command);
    }

    /// Whether the source streams, so that the latency of its pictures means something.
    pub(crate) fn is_live(&self) -> bool {
        let streaming = matches!(self.view.status.state, SourceState::Streaming { .. });
        streaming && !self.view.status.frozen && !self.state.shows_picture()
    }

    /// Whether the tiles are made from a held frame, whatever the input shows now.
    pub(crate) fn works_on_held_frame(&self) -> bool {
        self.view.tiles.as_ref().is_some_and(|set| set.progress.is_some())
    }

    /// Whether the source has a problem.
    pub(crate) fn has_source_problem(&self) -> bool {
        empty_state::source_problem(self.view, self.state).is_some()
    }

    /// Whether the tiles are outdated: the input has no face to age, the source has a problem, or another
    /// model was chosen.
    pub(crate) fn tiles_are_outdated(&self) -> bool {
        let status = &self.view.status;
        let made_by = self.view.tiles.as_ref().map(|set| set.model.name);
        let running = status.model.as_ref().map(|model| model.name);
        (self.view.faces.problem.is_some() && !self.works_on_held_frame())
            || self.has_source_problem()
            || status.opening.is_some()
            || (made_by.is_some() && made_by != running)
    }
}
