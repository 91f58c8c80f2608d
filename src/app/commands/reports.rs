//! What the window does with the answers of the worker threads.

use super::{Doer, UiCommand};
use crate::app::state::Source;
use crate::app::state::gallery::{LONGEST_FILM, Origin};
use crate::app::state::notifications::Tone;
use crate::app::state::readings::Readings;
use crate::app::state::settings::SidePanel;
use crate::app::workers::backend::{Report, Request};

impl Doer<'_> {
    /// Takes in what has come of the work done elsewhere.
    pub fn receive(&mut self, report: Report) {
        match report {
            Report::Collected(paths, problems) => {
                self.read_one();
                self.collected(paths, problems);
            }
            Report::Read { id, picture, thumbnail } => {
                self.read_one();
                self.read(id, picture, thumbnail);
            }
            Report::Thumbnail { id, picture } => {
                if let Some(entry) = self.state.film.by_id(id) {
                    entry.thumbnail = Some(picture);
                }
            }
            Report::Unreadable { id, message } => self.unreadable(id, message),
            Report::Picture { name, picture, thumbnail } => {
                self.read_one();
                if let Some(place) = self.state.film.add(name, Origin::Memory(picture), Some(thumbnail)) {
                    self.show_picture(place);
                }
            }
            Report::NoPicture(reason) => {
                self.read_one();
                reason.into_iter().for_each(|reason| self.tell(Tone::Bad, reason, None));
            }
            Report::Saved { folder, files } => {
                self.state.saving = false;
                let text = format!("Saved {files} files in {}", folder.display());
                self.tell(Tone::Good, text, Some(folder));
            }
            Report::NotSaved(reason) => {
                self.state.saving = false;
                self.tell(Tone::Bad, reason, None);
            }
            Report::SaveFolder(folder) => self.state.settings.save_folder = Some(folder),
            Report::Chosen(paths) => self.execute(UiCommand::Drop(paths)),
            Report::WeightFiles(paths) => {
                self.state.installing = Some((String::new(), 0.0));
                self.backend.request(Request::Install(paths));
            }
            Report::Installing { name, share } => {
                if let Some(installing) = &mut self.state.installing {
                    *installing = (name, share);
                }
            }
            Report::Installed { models, problems, stopped } => self.installed(&models, problems, stopped),
            Report::Weights(weights) => self.weights(weights),
            Report::Readings(readings) => self.readings(readings),
            Report::NoReadings(reason) => {
                self.execute(UiCommand::SidePanel(SidePanel::Pictures));
                self.tell(Tone::Bad, reason, None);
            }
            Report::RunFolder(folder) => {
                self.state.training = None;
                self.state.settings.training_run = Some(folder);
                self.execute(UiCommand::Training(true));
            }
            Report::Training(run) => {
                let present = self.state.settings.training_run.as_ref() == Some(&run.folder);
                self.state.training = Some(run).filter(|_| present);
            }
            Report::Cameras(cameras) => self.state.cameras = cameras,
            Report::Failed(reason) => self.tell(Tone::Bad, reason, None),
        }
    }

    /// Readings that come after they were switched off are dropped.
    fn readings(&mut self, readings: Readings) {
        if self.state.settings.side_panel == SidePanel::Readings {
            self.state.readings = Some(readings);
        }
    }

    fn read_one(&mut self) {
        self.state.loading = self.state.loading.saturating_sub(1);
    }

    /// Shows a message.
    pub fn tell(&mut self, tone: Tone, text: String, folder: Option<std::path::PathBuf>) {
        let now = self.ctx.input(|input| input.time);
        self.state.notices.add(now, tone, text, folder);
    }

    fn collected(&mut self, paths: Vec<std::path::PathBuf>, problems: Vec<String>) {
        let mut first = None;
        let mut left_out = 0;
        for path in paths {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            match self.state.film.add(name, Origin::File(path), None) {
                Some(place) => first = first.or(Some(place)),
                None => left_out += 1,
            }
        }
        if left_out > 0 {
            let text = format!("Only {LONGEST_FILM} pictures are listed; {left_out} more were left out.");
            self.tell(Tone::Bad, text, None);
        }
        problems.into_iter().for_each(|problem| self.tell(Tone::Bad, problem, None));
        if let Some(place) = first {
            self.show_picture(place);
        }
    }

    /// Shows a picture that was read, unless the user has gone on to another one.
    fn read(
        &mut self,
        id: u64,
        picture: std::sync::Arc<image::RgbImage>,
        thumbnail: std::sync::Arc<image::RgbImage>,
    ) {
        let Some(entry) = self.state.film.by_id(id) else { return };
        entry.thumbnail = Some(thumbnail);
        entry.asked = true;
        let name = entry.name.clone();
        if self.state.film.shown().is_some_and(|shown| shown.id == id) {
            self.look_at(Source::Picture { name, picture });
        }
    }

    fn unreadable(&mut self, id: u64, message: Option<String>) {
        if let Some(entry) = self.state.film.by_id(id) {
            entry.failed = true;
            entry.asked = true;
        }
        let Some(message) = message else { return };
        self.read_one();
        if self.state.film.shown().is_some_and(|shown| shown.id == id) && !self.state.shows_picture() {
            self.state.film.current = None;
        }
        self.tell(Tone::Bad, message, None);
    }

    /// Stores the settings when they have changed.
    pub fn store_settings(&mut self, before: &crate::app::state::settings::Settings) {
        let changed = *before != self.state.settings;
        if let Some(path) = self.state.settings_file.clone().filter(|_| changed) {
            self.backend.request(Request::Store { settings: Box::new(self.state.settings.clone()), path });
        }
    }
}
