//! The capture thread: shows every frame of the source at once and passes it to the face thread.

use std::time::Duration;

use super::shared::Shared;
use super::wanted::Wanted;
use crate::camera::{FrameSource, SourceState};

/// Longest wait for a frame, and so the longest delay of a command.
const POLL_TIMEOUT: Duration = Duration::from_millis(30);

/// Runs until the pipeline stops.
pub(super) fn run(shared: &Shared) {
    while !shared.stopped() {
        let wanted = shared.wanted();
        shared.clear();
        let source = wanted.source.open();
        // `show_source` drops the source before the next one is opened: the device must be released first.
        show_source(shared, source, wanted.source_revision);
    }
}

/// Shows the frames of one source until another source is wanted.
fn show_source(shared: &Shared, mut source: Box<dyn FrameSource>, source_revision: u64) {
    let mut still_shown = false;
    publish_state(shared, source.as_ref());
    loop {
        if is_outdated(shared, source_revision) {
            return;
        }
        let frame = source.next_frame(POLL_TIMEOUT);
        let state = source.state();
        publish_state(shared, source.as_ref());
        let still = matches!(state, SourceState::Still);
        let idle = frame.is_none() || (still && still_shown);
        if let Some(frame) = frame.filter(|_| !idle) {
            let wanted = shared.wanted();
            if wanted.source_revision == source_revision && (still || !wanted.frozen) {
                still_shown = still;
                shared.show_input(frame, source_revision, !still);
            }
        } else if still {
            // A still source may return at once every time; do not spin.
            shared.pause(POLL_TIMEOUT);
        }
    }
}

fn is_outdated(shared: &Shared, source_revision: u64) -> bool {
    let wanted: &Wanted = &shared.wanted();
    shared.stopped() || wanted.source_revision != source_revision
}

fn publish_state(shared: &Shared, source: &dyn FrameSource) {
    shared.show_source(source.name(), source.state(), source.counters());
}
