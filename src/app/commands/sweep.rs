//! What is done about pictures that are captured: for a sweep, or for the tiles of a slow model.

use super::{Doer, UiCommand};
use crate::app::state::Layout;
use crate::app::state::notifications::Tone;
use crate::app::state::sweep;
use crate::app::state::sweep::Shot;
use crate::app::workers::backend::Request;
use agemirror_faces::crop::FaceChoice;

impl Doer<'_> {
    /// Commands about pictures that are captured.
    pub(crate) fn sweep(&mut self, command: UiCommand) {
        let shot = self.state.shot.as_mut();
        match command {
            UiCommand::Capture if self.state.layout != Layout::Sweep && self.state.slow => {
                self.state.captures += 1;
            }
            UiCommand::Capture => {
                self.go_to_sweep();
                self.state.captures += 1;
                self.state.shot = Some(Shot::new(self.state.captures, self.state.sweep_ages()));
            }
            UiCommand::CancelTiles => self.state.cancels += 1,
            UiCommand::Sweep(true) => self.go_to_sweep(),
            UiCommand::Sweep(false) => self.show_tiles(),
            UiCommand::SweepPictures(count) => self.state.settings.sweep_pictures = count,
            UiCommand::SweepPlay(true) => shot.into_iter().for_each(Shot::resume),
            UiCommand::SweepPlay(false) => shot.into_iter().for_each(Shot::pause),
            UiCommand::SweepStep(steps) => {
                let whole = self.state.settings.whole_frame;
                if let Some(shot) = shot {
                    let made = sweep::made(shot, self.view, whole).filter(|made| made.complete);
                    made.into_iter().for_each(|made| shot.step(steps, made.pictures.len()));
                }
            }
            _ => {}
        }
    }

    fn go_to_sweep(&mut self) {
        self.state.layout = Layout::Sweep;
        self.state.playing = None;
        // Many pictures of many faces would take for ever; one face is shown.
        if self.state.faces == FaceChoice::All {
            self.state.faces = FaceChoice::Largest;
        }
    }

    /// Hands the pictures of the sweep over to be written.
    pub(crate) fn save_sweep(&mut self) {
        let whole = self.state.settings.whole_frame;
        let shot = self.state.shot.as_ref();
        let made = shot.and_then(|shot| sweep::made(shot, self.view, whole)).filter(|made| made.complete);
        let (Some(made), Some(set)) = (made.filter(|made| !made.pictures.is_empty()), &self.view.tiles)
        else {
            let text = "There is no sweep to save yet; press C, and save when it plays.";
            self.tell(Tone::Bad, text.to_owned(), None);
            return;
        };
        let scale = self.state.scale();
        let pictures = made.pictures.into_iter().map(|tile| (scale.label(tile.age), tile.age, tile.picture));
        self.state.saving = true;
        self.backend.request(Request::SaveSweep {
            folder: self.state.settings.save_folder(),
            pictures: pictures.collect(),
            input: made.input,
            edge: made.edge,
            model: set.model.clone(),
            source: self.view.status.source.clone(),
        });
    }
}
