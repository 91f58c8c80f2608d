//! Handles the reports of the workers.

use super::{CommandHandler, UiCommand};
use crate::app::state::notifications::Severity;
use crate::app::state::readings::Readings;
use crate::app::state::settings::SidePanel;
use crate::app::workers::backend::Report;
use crate::text::message;

impl CommandHandler<'_> {
    /// Updates the state with a worker's report.
    pub(crate) fn receive(&mut self, report: Report) {
        match report {
            Report::PicturesFound(paths, problems) => {
                self.finish_loading();
                self.add_pictures(paths, problems);
            }
            Report::PictureLoaded { id, picture, thumbnail } => {
                self.finish_loading();
                self.picture_loaded(id, picture, thumbnail);
            }
            Report::Thumbnail { id, picture } => {
                if let Some(item) = self.state.gallery.by_id(id) {
                    item.thumbnail = Some(picture);
                }
            }
            Report::Unreadable { id, message } => self.picture_unreadable(id, message),
            Report::Picture { name, picture, thumbnail } => {
                self.finish_loading();
                self.add_picture(name, picture, thumbnail);
            }
            Report::NoPicture(reason) => {
                self.finish_loading();
                reason.into_iter().for_each(|reason| self.notify(Severity::Error, reason, None));
            }
            Report::Saved { folder, files } => {
                self.state.saving = false;
                let text = message!("saved", count = files, folder = folder.display());
                self.notify(Severity::Success, text, Some(folder));
            }
            Report::Copied { width, height } => {
                self.state.saving = false;
                let text = message!("copied", size = format!("{width} x {height}"));
                self.notify(Severity::Success, text, None);
            }
            Report::NotSaved(reason) => {
                self.state.saving = false;
                self.notify(Severity::Error, reason, None);
            }
            Report::SaveFolder(folder) => self.state.settings.save_folder = Some(folder),
            Report::PathsChosen(paths) => self.execute(UiCommand::OpenPaths(paths)),
            Report::ImportStarted => self.state.importing = Some((String::new(), 0.0)),
            Report::ImportProgress { name, fraction } => {
                if let Some(importing) = &mut self.state.importing {
                    *importing = (name, fraction);
                }
            }
            Report::WeightsImported { models, problems, cancelled } => {
                self.weights_imported(&models, problems, cancelled);
            }
            Report::Weights(weights) => self.weights_checked(weights),
            Report::Readings(readings) => self.readings_made(readings),
            Report::NoReadings(reason) => {
                self.execute(UiCommand::SidePanel(SidePanel::Pictures));
                self.notify(Severity::Error, reason, None);
            }
            Report::RunFolder(folder) => {
                self.state.training = None;
                self.state.settings.training_run = Some(folder);
                self.execute(UiCommand::ShowTraining(true));
            }
            Report::Training(run) => {
                let is_current = self.state.settings.training_run.as_ref() == Some(&run.folder);
                self.state.training = Some(run).filter(|_| is_current);
            }
            Report::Video(playback) => self.play_video(*playback),
            Report::VideoRotated(rotated) => self.video_rotated(&rotated),
            Report::Recorded { file, problem } => self.recorded(file, problem),
            Report::Fonts(fonts) => {
                self.state.fonts.receive(fonts);
                self.ctx.request_repaint();
            }
            Report::Cameras(cameras) => self.state.cameras = cameras,
            Report::Failed(reason) => self.notify(Severity::Error, reason, None),
        }
    }

    /// Drops readings that arrive after their panel was closed.
    fn readings_made(&mut self, readings: Readings) {
        if self.state.settings.side_panel == SidePanel::Readings {
            self.state.readings = Some(readings);
        }
    }
}
