//! Saving and copying the tiles, a sweep, and the settings.

use std::sync::Arc;

use super::CommandHandler;
use crate::app::state::Layout;
use crate::app::state::comparison::Comparison;
use crate::app::state::notifications::Severity;
use crate::app::state::settings::Settings;
use crate::app::state::sweep::sweep_result;
use crate::app::workers::backend::{CopiedView, Request};
use crate::text::message;

impl CommandHandler<'_> {
    /// Saves the tiles, or the sweep if it is open.
    pub(super) fn save(&mut self) {
        match self.state.layout {
            Layout::Sweep => self.save_sweep(),
            Layout::Tiles | Layout::Large => self.save_tiles(),
            Layout::Training => {
                self.notify(Severity::Error, message!("cannot-save-training"), None);
            }
        }
    }

    fn save_tiles(&mut self) {
        let Some(tiles) = self.view.tiles.as_ref().filter(|tiles| tiles.has_tiles()) else {
            return self.notify(Severity::Error, message!("nothing-to-save"), None);
        };
        self.state.saving = true;
        self.backend.request(Request::Save {
            folder: self.state.settings.save_folder(),
            labels: self.state.labels(),
            tiles: tiles.clone(),
            source: self.view.status.source.clone(),
        });
    }

    /// Copies the large view if it is open, the shown picture of a sweep, or else the tiles.
    pub(super) fn copy(&mut self) {
        let Some(view) = self.shown_view() else {
            return self.notify(Severity::Error, message!("nothing-to-copy"), None);
        };
        self.state.saving = true;
        self.backend.request(Request::Copy(view));
    }

    fn shown_view(&self) -> Option<CopiedView> {
        let scale = self.state.scale();
        match self.state.layout {
            Layout::Training => None,
            Layout::Tiles => {
                let tiles = self.view.tiles.as_ref().filter(|tiles| tiles.has_tiles())?;
                Some(CopiedView::Tiles { tiles: Arc::clone(tiles), labels: self.state.labels() })
            }
            Layout::Large => {
                let Comparison { before, after, edge, age } = Comparison::of(self.view, self.state)?;
                let (divider, label) = (self.state.divider, scale.label(age));
                Some(CopiedView::Large { before, after, edge, divider, label })
            }
            Layout::Sweep => {
                let run = self.state.sweep_run.as_ref()?;
                let result = sweep_result(run, self.view, self.state.settings.whole_frame)?;
                let tile = result.shown(run)?;
                let (after, label) = (Arc::clone(&tile.picture), scale.label(tile.age));
                let (before, edge) = (Arc::clone(&after), result.edge);
                Some(CopiedView::Large { before, after, edge, divider: 0.0, label })
            }
        }
    }

    fn save_sweep(&mut self) {
        let whole = self.state.settings.whole_frame;
        let result = self.state.sweep_run.as_ref().and_then(|run| sweep_result(run, self.view, whole));
        let result = result.filter(|result| result.complete && !result.pictures.is_empty());
        let (Some(result), Some(set)) = (result, &self.view.tiles) else {
            return self.notify(Severity::Error, message!("no-sweep-to-save"), None);
        };
        let scale = self.state.scale();
        let labelled =
            result.pictures.into_iter().map(|tile| (scale.label(tile.age), tile.age, tile.picture));
        self.state.saving = true;
        self.backend.request(Request::SaveSweep {
            folder: self.state.settings.save_folder(),
            pictures: labelled.collect(),
            input: result.input,
            edge: result.edge,
            model: set.model.clone(),
            source: self.view.status.source.clone(),
        });
    }

    /// Stores the settings if they differ from `previous`.
    pub(crate) fn store_settings(&mut self, previous: &Settings) {
        let changed = *previous != self.state.settings;
        if let Some(path) = self.state.settings_file.clone().filter(|_| changed) {
            let settings = Box::new(self.state.settings.clone());
            self.backend.request(Request::StoreSettings { settings, path });
        }
    }
}
