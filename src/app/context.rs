//! What a panel is given to draw itself from, and where it puts what the user wants.

use std::time::Instant;

use super::commands::UiCommand;
use super::state::UiState;
use super::widgets::empty_state;
use super::widgets::textures::Textures;
use crate::camera::SourceState;
use crate::pipeline::LiveView;

/// What a panel draws itself from. A panel changes nothing; it only emits commands.
pub struct Scene<'a> {
    /// What the pipeline shows.
    pub view: &'a LiveView,
    /// What the window knows.
    pub state: &'a UiState,
    /// The pictures on the graphics card.
    pub textures: &'a mut Textures,
    /// What the user wants, in order.
    pub commands: &'a mut Vec<UiCommand>,
    /// The time by which the age of a picture is told.
    pub now: Instant,
}

impl Scene<'_> {
    /// Notes that the user wants something.
    pub fn emit(&mut self, command: UiCommand) {
        self.commands.push(command);
    }

    /// Whether pictures come in live, so that their age means something.
    pub fn is_live(&self) -> bool {
        let streaming = matches!(self.view.status.state, SourceState::Streaming { .. });
        streaming && !self.view.status.frozen && !self.state.shows_picture()
    }

    /// Whether the tiles are made from a frame that is held, whatever the input shows by now.
    pub fn holds_a_frame(&self) -> bool {
        self.view.tiles.as_ref().is_some_and(|set| set.progress.is_some())
    }

    /// Whether something is wrong with the source.
    pub fn lacks_input(&self) -> bool {
        empty_state::source(self.view, self.state).is_some()
    }

    /// Whether the tiles are of the past: nothing to age is in the input, no input comes, or another model
    /// is to go on.
    pub fn tiles_are_past(&self) -> bool {
        let status = &self.view.status;
        let made_by = self.view.tiles.as_ref().map(|set| set.model.name);
        let runs = status.model.as_ref().map(|model| model.name);
        (self.view.faces.problem.is_some() && !self.holds_a_frame())
            || self.lacks_input()
            || status.opening.is_some()
            || (made_by.is_some() && made_by != runs)
    }
}
