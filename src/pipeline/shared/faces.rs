//! The faces part of the shared state: the faces on show, and the faces to age.

use std::sync::Arc;
use std::time::Duration;

use super::{Shared, SourceFrame};
use crate::pipeline::view::FaceReport;
use crate::pipeline::wanted::Wanted;
use agemirror_faces::face::TrackedFace;

/// A frame with the faces to age in it, possibly none.
#[derive(Clone)]
pub(in crate::pipeline) struct FaceJob {
    pub frame: SourceFrame,
    /// The chosen face first.
    pub faces: Vec<TrackedFace>,
    /// [`Wanted::faces_revision`] of the choice.
    pub faces_revision: u64,
}

impl FaceJob {
    /// Whether it is of the wanted source with the wanted choice of faces.
    pub(in crate::pipeline) fn suits(&self, wanted: &Wanted) -> bool {
        self.frame.source_revision == wanted.source_revision && self.faces_revision == wanted.faces_revision
    }

    /// Whether this job has more faces of the same frame than `other`, because they were found later.
    pub(in crate::pipeline) fn adds_to(&self, other: &Self) -> bool {
        self.frame.order == other.frame.order && self.faces.len() > other.faces.len()
    }
}

/// The faces on show, and the faces to age.
#[derive(Default)]
pub(super) struct FaceState {
    report: Arc<FaceReport>,
    newest: Option<FaceJob>,
    /// The newest job at the time of the last [`Command::Capture`](crate::pipeline::Command::Capture).
    requested: Option<FaceJob>,
}

impl FaceState {
    pub(super) fn report(&self) -> Arc<FaceReport> {
        Arc::clone(&self.report)
    }
}

impl Shared {
    /// Shows the faces found in a frame, unless another source is wanted by now.
    pub(in crate::pipeline) fn show_faces(&self, report: FaceReport, source_revision: u64) {
        if self.wanted().source_revision != source_revision {
            return;
        }
        self.state.lock().faces.report = Arc::new(report);
        self.notify();
    }

    /// Passes faces to the inference thread.
    pub(in crate::pipeline) fn submit_faces(&self, job: FaceJob) {
        self.state.lock().faces.newest = Some(job.clone());
        self.jobs.put(job);
    }

    /// Waits for submitted faces, and wakes the face thread once they are taken.
    pub(in crate::pipeline) fn wait_for_faces(&self, timeout: Duration) -> Option<FaceJob> {
        let job = self.jobs.wait(timeout);
        if job.is_some() {
            self.frames.nudge();
        }
        job
    }

    /// The job submitted last.
    pub(in crate::pipeline) fn newest_job(&self) -> Option<FaceJob> {
        self.state.lock().faces.newest.clone()
    }

    /// Marks the newest job as the one to hold.
    pub(super) fn request_job(&self) {
        let mut state = self.state.lock();
        state.faces.requested = state.faces.newest.clone();
    }

    /// Takes the job that the user asked to hold.
    pub(in crate::pipeline) fn take_requested_job(&self) -> Option<FaceJob> {
        self.state.lock().faces.requested.take()
    }
}
