//! The capture thread: shows every frame of the source at once and hands it on.

use std::time::Duration;

use super::shared::Shared;
use super::wanted::Wanted;
use crate::camera::{FrameSource, SourceState};

/// How long one look for a frame may take, and so how late a command may be heard.
const PATIENCE: Duration = Duration::from_millis(30);

/// Runs until the pipeline stops.
pub(super) fn work(shared: &Shared) {
    while !shared.stopped() {
        let wanted = shared.wanted();
        shared.clear();
        let source = wanted.source.open();
        // The old source is dropped here before the next one is opened: a device must be let go first.
        show(shared, source, wanted.source_revision);
    }
}

/// Shows the frames of one source until another is wanted.
fn show(shared: &Shared, mut source: Box<dyn FrameSource>, source_revision: u64) {
    let mut still_shown = false;
    tell(shared, source.as_ref());
    loop {
        if gone(shared, source_revision) {
            return;
        }
        let frame = source.next_frame(PATIENCE);
        let state = source.state();
        tell(shared, source.as_ref());
        let still = matches!(state, SourceState::Still);
        let idle = frame.is_none() || (still && still_shown);
        if let Some(frame) = frame.filter(|_| !idle) {
            let wanted = shared.wanted();
            if wanted.source_revision == source_revision && (still || !wanted.frozen) {
                still_shown = still;
                shared.show_input(frame, source_revision, !still);
            }
        } else if still {
            // A still picture may answer at once, again and again.
            shared.pause(PATIENCE);
        }
    }
}

fn gone(shared: &Shared, source_revision: u64) -> bool {
    let wanted: &Wanted = &shared.wanted();
    shared.stopped() || wanted.source_revision != source_revision
}

fn tell(shared: &Shared, source: &dyn FrameSource) {
    shared.show_source(source.name(), source.state(), source.counters());
}
