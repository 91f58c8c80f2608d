//! Outputs of `agemirror live` besides the window: a recording and a virtual camera.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::pipeline::Pipeline;
use crate::text::Message;
use crate::video::{
    LiveLayout, MIN_FREE_BYTES, Recorder, RecorderSettings, RecordingStatus, VideoCodec, VideoError,
    VirtualCamera, VirtualCameraDevice, VirtualCameraSettings, VirtualCameraStatus,
};
use agemirror_console::output::print_error;

/// The options for recordings and the virtual camera.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct OutputArgs {
    /// Records the run as MP4; a number is added if the name is taken
    #[arg(long, value_name = "FILE", requires = "headless", group = "outputs")]
    pub record: Option<PathBuf>,
    /// What the recording shows
    #[arg(long, value_enum, default_value_t, value_name = "LAYOUT")]
    pub record_layout: LiveLayout,
    /// Sends the aged picture to a virtual camera: `pipewire`, or a v4l2loopback device, by default the first
    #[arg(long, value_name = "DEVICE", group = "outputs")]
    virtual_camera: Option<Option<PathBuf>>,
}

impl OutputArgs {
    /// The virtual camera, if there is to be one.
    pub(super) fn virtual_camera(&self) -> Option<VirtualCameraDevice> {
        let device = self.virtual_camera.as_ref()?;
        Some(device.clone().map_or_else(VirtualCameraDevice::default, VirtualCameraDevice::from))
    }
}

/// The running recording and virtual camera.
pub(super) struct Outputs {
    recorder: Option<Recorder>,
    camera: Option<VirtualCamera>,
    /// A problem of the virtual camera that was printed.
    printed: Option<Message>,
}

/// Results of recording and virtual camera, for the report.
#[derive(Default, Serialize)]
pub(super) struct OutputReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<RecordingReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    virtual_camera: Option<CameraReport>,
}

#[derive(Serialize)]
struct RecordingReport {
    file: Option<PathBuf>,
    seconds: f64,
    bytes: u64,
    frames: u64,
    dropped: u64,
    problem: Option<String>,
}

#[derive(Serialize)]
struct CameraReport {
    device: Option<String>,
    frames: u64,
    dropped: u64,
    problem: Option<String>,
}

impl Outputs {
    /// Starts the requested outputs.
    ///
    /// # Errors
    /// When a recording cannot be started.
    pub(super) fn start(
        arguments: &OutputArgs,
        labels: Vec<(f32, String)>,
        pipeline: &Pipeline,
    ) -> Result<Self, VideoError> {
        let recorder = match &arguments.record {
            Some(path) => {
                let settings = RecorderSettings {
                    path: path.clone(),
                    layout: arguments.record_layout,
                    labels: labels.clone(),
                    codec: VideoCodec::default(),
                    quality: None,
                    min_free_bytes: MIN_FREE_BYTES,
                };
                Some(Recorder::start(settings, pipeline.viewer())?)
            }
            None => None,
        };
        let camera = match arguments.virtual_camera() {
            Some(device) => {
                let settings = VirtualCameraSettings { device, labels, ..Default::default() };
                Some(VirtualCamera::start(settings, pipeline.viewer())?)
            }
            None => None,
        };
        Ok(Self { recorder, camera, printed: None })
    }

    /// Prints new problems of the virtual camera. Returns whether a recording has ended by itself.
    pub(super) fn look(&mut self) -> bool {
        let problem = self.camera.as_ref().and_then(|camera| camera.status().problem);
        if problem != self.printed {
            problem.iter().for_each(|problem| print_error(&problem.to_string()));
            self.printed = problem;
        }
        self.recorder.as_ref().is_some_and(|recorder| recorder.status().ended)
    }

    /// The current results.
    pub(super) fn report(&self) -> OutputReport {
        let recording = self.recorder.as_ref().map(|recorder| recorder.status().into());
        let virtual_camera = self.camera.as_ref().map(|camera| camera.status().into());
        OutputReport { recording, virtual_camera }
    }

    /// Stops everything. Returns the report and the error of the recording, if any.
    pub(super) fn finish(self) -> (OutputReport, Option<Message>) {
        let virtual_camera = self.camera.as_ref().map(|camera| camera.status().into());
        let status = self.recorder.map(Recorder::finish);
        let problem = status.as_ref().and_then(|status| status.problem.clone());
        (OutputReport { recording: status.map(Into::into), virtual_camera }, problem)
    }
}

impl From<RecordingStatus> for RecordingReport {
    fn from(status: RecordingStatus) -> Self {
        let RecordingStatus { elapsed, bytes, frames, dropped, file, problem, .. } = status;
        Self {
            file,
            seconds: elapsed.as_secs_f64(),
            bytes,
            frames,
            dropped,
            problem: problem.map(|problem| problem.to_string()),
        }
    }
}

impl From<VirtualCameraStatus> for CameraReport {
    fn from(status: VirtualCameraStatus) -> Self {
        let VirtualCameraStatus { device, frames, dropped, problem } = status;
        Self { device, frames, dropped, problem: problem.map(|problem| problem.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{ArgGroup, Parser};

    #[derive(Parser)]
    #[command(group(ArgGroup::new("outputs").multiple(true)))]
    struct Line {
        #[arg(long)]
        headless: bool,
        #[command(flatten)]
        outputs: OutputArgs,
    }

    #[test]
    fn the_device_of_the_virtual_camera_may_be_left_out() {
        let of = |arguments: &[&str]| {
            let line = Line::try_parse_from([&["agemirror"], arguments].concat()).unwrap();
            line.outputs.virtual_camera()
        };
        let path = |path: &str| Some(VirtualCameraDevice::Path(Some(path.into())));
        assert_eq!(of(&["--headless"]), None);
        assert_eq!(of(&["--virtual-camera"]), Some(VirtualCameraDevice::Path(None)));
        assert_eq!(of(&["--virtual-camera", "--headless"]), Some(VirtualCameraDevice::Path(None)));
        assert_eq!(of(&["--virtual-camera", "/dev/video9"]), path("/dev/video9"));
        assert_eq!(of(&["--virtual-camera", "pipewire"]), Some(VirtualCameraDevice::PipeWire));
        assert_eq!(of(&["--virtual-camera", "./pipewire"]), path("./pipewire"));
    }
}
