//! The tiles part of the shared state: the newest tiles and the model that makes them.

use std::sync::Arc;
use std::time::Instant;

use super::{Shared, SourceFrame};
use crate::pipeline::view::{Restraint, TileSet};
use agemirror_faces::aging::ModelInfo;
use agemirror_kernels::DeviceDescription;

/// The newest tiles and the model that makes them.
#[derive(Default)]
pub(super) struct TileState {
    /// With [`SourceFrame::order`] of their frame.
    newest: Option<(u64, Arc<TileSet>)>,
    /// Description of the device that runs the model.
    pub device: Option<DeviceDescription>,
    pub model: Option<ModelInfo>,
    /// Name of the model that is being opened.
    pub opening: Option<String>,
    /// Name of the model that could not be opened.
    pub refused: Option<String>,
    /// Whether the model is too slow to run live.
    pub slow: bool,
    /// Why tiles are made less often than the computer could make them.
    pub restraint: Option<Restraint>,
}

impl TileState {
    pub(super) fn clear(&mut self) {
        self.newest = None;
    }

    pub(super) fn newest(&self) -> Option<Arc<TileSet>> {
        self.newest.as_ref().map(|(_, set)| Arc::clone(set))
    }
}

impl Shared {
    /// Shows tiles, unless newer ones are on show or something else is wanted by now. Returns whether they
    /// are shown.
    pub(in crate::pipeline) fn show_tiles(&self, set: TileSet, frame: &SourceFrame, revision: u64) -> bool {
        let mut state = self.state.lock();
        let newest = &mut state.tiles.newest;
        if self.is_outdated(revision) || newest.as_ref().is_some_and(|(order, _)| *order > frame.order) {
            return false;
        }
        let is_live = set.progress.is_none();
        *newest = Some((frame.order, Arc::new(set)));
        drop(state);
        if is_live {
            self.recorder.lock().record_tile_set(Instant::now());
        }
        self.notify();
        true
    }

    /// Shows the model in use, and the name of the model that could not be opened instead.
    pub(in crate::pipeline) fn show_model(
        &self,
        device: &DeviceDescription,
        model: Option<ModelInfo>,
        refused: Option<&str>,
    ) {
        self.update_status(|state| {
            state.tiles.opening = None;
            state.tiles.refused = refused.map(str::to_owned);
            state.tiles.device = Some(device.clone());
            state.tiles.model = model;
        });
    }

    /// Shows which model is being opened.
    pub(in crate::pipeline) fn show_opening(&self, model: &str) {
        self.update_status(|state| state.tiles.opening = Some(model.to_owned()));
    }

    /// Shows why tiles are made less often than the computer could make them.
    pub(in crate::pipeline) fn show_restraint(&self, restraint: Option<Restraint>) {
        if self.state.lock().tiles.restraint != restraint {
            self.update_status(|state| state.tiles.restraint = restraint);
        }
    }

    /// Shows whether the model is too slow to run live.
    pub(in crate::pipeline) fn show_pace(&self, slow: bool) {
        if self.state.lock().tiles.slow != slow {
            self.update_status(|state| state.tiles.slow = slow);
        }
    }
}
