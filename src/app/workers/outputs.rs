//! The recording and the virtual camera behind the window.

use super::backend::Report;
use super::reporter::Reporter;
use crate::video::{
    Recorder, RecorderSettings, RecordingStatus, ViewSource, VirtualCamera, VirtualCameraSettings,
    VirtualCameraStatus,
};

/// The recording and the virtual camera, of which each may be under way or not.
pub(super) struct Outputs {
    view: ViewSource,
    reporter: Reporter,
    recorder: Option<Recorder>,
    camera: Option<VirtualCamera>,
}

impl Outputs {
    /// Nothing is under way.
    pub(super) fn new(view: ViewSource, reporter: Reporter) -> Self {
        Self { view, reporter, recorder: None, camera: None }
    }

    /// Starts a recording, unless one is under way.
    pub(super) fn record(&mut self, settings: RecorderSettings) {
        if self.recorder.is_some() {
            return;
        }
        match Recorder::start(settings, self.view.clone()) {
            Ok(recorder) => self.recorder = Some(recorder),
            Err(error) => self.reporter.report(Report::Failed(error.message())),
        }
    }

    /// Asks the recording to end, without waiting.
    pub(super) fn stop_recording(&self) {
        self.recorder.iter().for_each(Recorder::stop);
    }

    /// How the recording is doing. One that has ended is reported once.
    pub(super) fn recording(&mut self) -> Option<RecordingStatus> {
        let status = self.recorder.as_ref()?.status();
        if !status.ended {
            return Some(status);
        }
        self.recorder = None;
        let RecordingStatus { file, problem, .. } = status;
        self.reporter.report(Report::Recorded { file, problem });
        None
    }

    /// Starts the virtual camera, or ends it.
    pub(super) fn serve_camera(&mut self, settings: Option<VirtualCameraSettings>) {
        // The old one must let the device go first.
        self.camera = None;
        match settings.map(|settings| VirtualCamera::start(settings, self.view.clone())) {
            Some(Ok(camera)) => self.camera = Some(camera),
            Some(Err(error)) => self.reporter.report(Report::Failed(error.message())),
            None => {}
        }
    }

    /// How the virtual camera is doing.
    pub(super) fn camera(&self) -> Option<VirtualCameraStatus> {
        self.camera.as_ref().map(VirtualCamera::status)
    }
}
