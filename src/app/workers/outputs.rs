//! The recording and the virtual camera behind the window.

use super::backend::Report;
use super::reporter::Reporter;
use crate::video::{
    Recorder, RecorderSettings, RecordingStatus, ViewSource, VirtualCamera, VirtualCameraSettings,
    VirtualCameraStatus,
};

/// The running recording and virtual camera, if any.
pub(super) struct Outputs {
    view: ViewSource,
    reporter: Reporter,
    recorder: Option<Recorder>,
    camera: Option<VirtualCamera>,
}

impl Outputs {
    /// Starts with neither running.
    pub(super) fn new(view: ViewSource, reporter: Reporter) -> Self {
        Self { view, reporter, recorder: None, camera: None }
    }

    /// Starts a recording unless one is running.
    pub(super) fn record(&mut self, settings: RecorderSettings) {
        if self.recorder.is_some() {
            return;
        }
        match Recorder::start(settings, self.view.clone()) {
            Ok(recorder) => self.recorder = Some(recorder),
            Err(error) => self.reporter.report(Report::Failed(error.message())),
        }
    }

    /// Requests the end of the recording, without waiting.
    pub(super) fn stop_recording(&self) {
        self.recorder.iter().for_each(Recorder::stop);
    }

    /// Status of the recording. One that has ended is returned once.
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

    /// Starts or stops the virtual camera.
    pub(super) fn serve_camera(&mut self, settings: Option<VirtualCameraSettings>) {
        // The old one must release the device first.
        self.camera = None;
        match settings.map(|settings| VirtualCamera::start(settings, self.view.clone())) {
            Some(Ok(camera)) => self.camera = Some(camera),
            Some(Err(error)) => self.reporter.report(Report::Failed(error.message())),
            None => {}
        }
    }

    /// Shows this age on the virtual camera, in years.
    pub(super) fn show_on_camera(&self, age: f32) {
        self.camera.iter().for_each(|camera| camera.show_age(Some(age)));
    }

    /// Status of the virtual camera.
    pub(super) fn camera(&self) -> Option<VirtualCameraStatus> {
        self.camera.as_ref().map(VirtualCamera::status)
    }
}
