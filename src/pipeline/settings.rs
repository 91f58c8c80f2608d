//! The settings of a pipeline, and the factories of its parts.

use std::sync::Arc;
use std::time::Duration;

use candle_core::Device;
use image::RgbImage;

use super::detector::{DetectorError, FaceDetector, bundled_detector};
use crate::camera::{CameraSettings, FrameSource, NokhwaSource, StillSource};
use agemirror_faces::age::{FOUR_GROUPS, Gender};
use agemirror_faces::aging::{AgingError, AgingModel, models, open_model};
use agemirror_faces::crop::FaceChoice;
use agemirror_kernels::DeviceChoice;

/// Creates a source; called again when the capture thread restarts.
pub type SourceFactory = Arc<dyn Fn() -> Box<dyn FrameSource> + Send + Sync>;

/// Creates a face detector; called for every new source and when the face thread restarts.
pub type DetectorFactory = Arc<dyn Fn() -> Result<Box<dyn FaceDetector>, DetectorError> + Send + Sync>;

/// Opens a model by name on a device.
pub type ModelOpener = Arc<dyn Fn(&str, &Device) -> Result<Box<dyn AgingModel>, AgingError> + Send + Sync>;

/// Where the frames come from.
#[derive(Clone)]
pub enum SourceChoice {
    /// A camera.
    Camera(CameraSettings),
    /// A still picture.
    Picture {
        /// Name to show.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
    },
    /// The source that this factory creates.
    Custom(SourceFactory),
}

impl SourceChoice {
    /// Creates the source.
    pub(super) fn open(&self) -> Box<dyn FrameSource> {
        match self {
            Self::Camera(settings) => Box::new(NokhwaSource::open(settings.clone())),
            Self::Picture { name, picture } => {
                Box::new(StillSource::shared(name.clone(), Arc::clone(picture)))
            }
            Self::Custom(factory) => factory(),
        }
    }
}

/// Initial settings of a pipeline. [`Default`] is the first camera, four ages and the first model.
#[derive(Clone)]
pub struct PipelineSettings {
    /// The first source.
    pub source: SourceChoice,
    /// Ages, in years.
    pub ages: Vec<f32>,
    /// Gender to age faces as, for models that use it.
    pub gender: Gender,
    /// Name of the model.
    pub model: String,
    /// Device for the networks.
    pub device: DeviceChoice,
    /// Which faces are aged.
    pub faces: FaceChoice,
    /// Whether to make whole frames too, with the aged faces pasted back.
    pub whole_frames: bool,
    /// Models slower than this per age and face (encoder and decoder together) run on a held frame, tile
    /// by tile, instead of live. With `None` every model runs live.
    pub slow_after: Option<Duration>,
    /// Length of the window over which the statistics are computed.
    pub statistics_window: Duration,
    /// Creates the face detector.
    pub detector_factory: DetectorFactory,
    /// Opens the aging models.
    pub open_model: ModelOpener,
}

impl Default for PipelineSettings {
    fn default() -> Self {
        Self {
            source: SourceChoice::Camera(CameraSettings::default()),
            ages: FOUR_GROUPS.map(|group| group.age).to_vec(),
            gender: Gender::default(),
            model: models().first().map_or("", |model| model.name).to_owned(),
            device: DeviceChoice::default(),
            faces: FaceChoice::default(),
            whole_frames: false,
            slow_after: None,
            statistics_window: Duration::from_secs(5),
            detector_factory: Arc::new(bundled_detector),
            open_model: Arc::new(open_model),
        }
    }
}
