//! What a panel is given to draw itself from, and where it puts what the user wants.

use std::time::Instant;

use super::commands::UiCommand;
use super::message;
use super::state::UiState;
use super::textures::Textures;
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

    /// Whether the tiles are of the past: nothing to age is in the input, or no input comes.
    pub fn tiles_are_past(&self) -> bool {
        self.view.faces.problem.is_some() || message::source(self.view, self.state).is_some()
    }
}
