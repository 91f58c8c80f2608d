//! Commands about captured pictures: for a sweep, or for the tiles of a slow model.

use super::CommandHandler;
use crate::app::state::Layout;
use crate::app::state::sweep::{SweepRun, sweep_result};
use agemirror_faces::crop::FaceChoice;

impl CommandHandler<'_> {
    /// Captures the current picture: for the tiles of a slow model, otherwise for a new sweep.
    pub(super) fn capture(&mut self) {
        let for_tiles = self.state.slow && self.state.layout != Layout::Sweep;
        if !for_tiles {
            self.show_sweep();
        }
        self.state.captures += 1;
        if !for_tiles {
            self.state.sweep_run = Some(SweepRun::new(self.state.captures, self.state.sweep_ages()));
        }
    }

    pub(super) fn show_sweep(&mut self) {
        self.state.layout = Layout::Sweep;
        self.state.playing = None;
        // A sweep of several faces would take too long; it shows one.
        if self.state.faces == FaceChoice::All {
            self.state.faces = FaceChoice::Largest;
        }
    }

    pub(super) fn play_or_pause_sweep(&mut self, playing: bool) {
        match &mut self.state.sweep_run {
            Some(run) if playing => run.resume(),
            Some(run) => run.pause(),
            None => {}
        }
    }

    /// Moves a complete sweep by `steps` pictures.
    pub(super) fn step_sweep(&mut self, steps: isize) {
        let whole = self.state.settings.whole_frame;
        let Some(run) = &mut self.state.sweep_run else { return };
        if let Some(result) = sweep_result(run, self.view, whole).filter(|result| result.complete) {
            run.step(steps, result.pictures.len());
        }
    }
}
