//! A pipeline on a scripted camera, face detector and model.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agemirror::pipeline::{LiveView, Pipeline, PipelineSettings, SourceChoice};
use agemirror_faces::crop::FaceChoice;
use image::{Rgb, RgbImage};

use crate::camera::Camera;
use crate::faces::Faces;
use crate::model::Model;

/// Longest wait of any test, even on a busy computer.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A running pipeline with everything that it is connected to.
pub(crate) struct Rig {
    pub camera: Camera,
    pub faces: Faces,
    pub model: Model,
    pub pipeline: Pipeline,
}

impl Rig {
    pub(crate) fn with(change: impl FnOnce(&mut PipelineSettings, &Model)) -> Self {
        let (camera, faces, model) = (Camera::default(), Faces::default(), Model::default());
        let mut settings = PipelineSettings {
            source: SourceChoice::Custom(camera.maker()),
            ages: vec![10.0, 70.0],
            gender: agemirror_faces::age::Gender::default(),
            device: agemirror::pipeline::DeviceChoice::Cpu,
            model: "scripted".to_owned(),
            faces: FaceChoice::Largest,
            whole_frames: false,
            slow_after: None,
            statistics_window: Duration::from_secs(5),
            detector_factory: faces.maker(),
            open_model: model.opener(),
        };
        change(&mut settings, &model);
        let pipeline = Pipeline::start(settings, Arc::new(|| {}));
        Self { camera, faces, model, pipeline }
    }

    pub(crate) fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// Waits until the view fulfils `wanted`.
    pub(crate) fn wait(&self, what: &str, mut wanted: impl FnMut(&LiveView) -> bool) -> LiveView {
        let deadline = Instant::now() + LONG;
        loop {
            let view = self.pipeline.view();
            if wanted(&view) {
                return view;
            }
            assert!(Instant::now() < deadline, "timed out waiting for {what}: {:?}", view.status.fault);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for tiles of a frame that has not been sent yet.
    pub(crate) fn wait_for_new_tiles(&self) -> LiveView {
        let shown = self.camera.sent();
        self.wait("new tiles", |view| {
            view.tiles.as_ref().is_some_and(|set| set.frame.number > shown && !set.faces.is_empty())
        })
    }
}

/// A grey-brown picture of this size.
pub(crate) fn picture(width: u32, height: u32) -> Arc<RgbImage> {
    Arc::new(RgbImage::from_pixel(width, height, Rgb([90, 80, 70])))
}
