//! The input part of the shared state: the newest frame and the state of its source.

use std::mem::discriminant;
use std::sync::atomic::Ordering;

use super::Shared;
use crate::camera::{SourceCounters, SourceState};
use crate::pipeline::statistics::Stage;
use agemirror_pictures::Frame;

/// A frame on its way through the pipeline.
#[derive(Clone)]
pub(in crate::pipeline) struct SourceFrame {
    pub frame: Frame,
    /// Increases with every frame of the pipeline, across sources.
    pub order: u64,
    /// [`Wanted::source_revision`](crate::pipeline::wanted::Wanted::source_revision) of its source.
    pub source_revision: u64,
    /// Whether a camera captured it just now, so that its latency means something.
    pub live: bool,
}

/// The newest frame and the state of its source.
pub(super) struct InputState {
    newest: Option<SourceFrame>,
    /// Name of the source.
    pub source: String,
    pub source_state: SourceState,
    pub counters: SourceCounters,
}

impl Default for InputState {
    fn default() -> Self {
        Self {
            newest: None,
            source: String::new(),
            source_state: SourceState::Opening,
            counters: SourceCounters::default(),
        }
    }
}

impl InputState {
    pub(super) fn clear(&mut self) {
        self.newest = None;
    }

    pub(super) fn frame(&self) -> Option<Frame> {
        self.newest.as_ref().map(|newest| newest.frame.clone())
    }
}

impl Shared {
    /// Shows an input frame and passes it to the face thread.
    pub(in crate::pipeline) fn show_input(&self, frame: Frame, source_revision: u64, live: bool) {
        let order = self.order.fetch_add(1, Ordering::Relaxed) + 1;
        let captured = frame.captured;
        let frame = SourceFrame { frame, order, source_revision, live };
        self.state.lock().input.newest = Some(frame.clone());
        if live {
            self.record(Stage::Input, captured.elapsed());
        }
        self.frames.put(frame);
        self.notify();
    }

    /// The input frame on show.
    pub(in crate::pipeline) fn newest_frame(&self) -> Option<SourceFrame> {
        self.state.lock().input.newest.clone()
    }

    /// Shows the state of the source. Notifies only of a new name or kind of state: the numbers within a
    /// state change with every frame.
    pub(in crate::pipeline) fn show_source(
        &self,
        name: String,
        state: SourceState,
        counters: SourceCounters,
    ) {
        let mut shared = self.state.lock();
        let input = &mut shared.input;
        let has_changed = input.source != name || discriminant(&input.source_state) != discriminant(&state);
        (input.source, input.source_state, input.counters) = (name, state, counters);
        drop(shared);
        if has_changed {
            self.update_status(|_| ());
        }
    }
}
