//! What a pipeline is started with, and where its parts come from.

use std::sync::Arc;
use std::time::Duration;

use candle_core::Device;
use image::RgbImage;

use super::watcher::{FaceWatcher, WatcherError, bundled_watcher};
use crate::camera::{CameraSettings, FrameSource, NokhwaSource, StillSource};
use agemirror_faces::age::FOUR_GROUPS;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{AgingError, AgingModel, models, open_model};
use agemirror_faces::crop::FaceChoice;
use agemirror_kernels::DeviceChoice;

/// Makes a source; called again when its thread has to be restarted.
pub type SourceMaker = Arc<dyn Fn() -> Box<dyn FrameSource> + Send + Sync>;

/// Makes a face watcher; called for every new source and when its thread has to be restarted.
pub type WatcherMaker = Arc<dyn Fn() -> Result<Box<dyn FaceWatcher>, WatcherError> + Send + Sync>;

/// Opens a model by name on a device.
pub type ModelOpener = Arc<dyn Fn(&str, &Device) -> Result<Box<dyn AgingModel>, AgingError> + Send + Sync>;

/// Where the frames come from.
#[derive(Clone)]
pub enum SourceChoice {
    /// A camera.
    Camera(CameraSettings),
    /// A still picture.
    Picture {
        /// What to call it.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
    },
    /// Whatever this makes.
    Made(SourceMaker),
}

impl SourceChoice {
    /// Makes the source.
    pub(super) fn open(&self) -> Box<dyn FrameSource> {
        match self {
            Self::Camera(settings) => Box::new(NokhwaSource::open(settings.clone())),
            Self::Picture { name, picture } => {
                Box::new(StillSource::shared(name.clone(), Arc::clone(picture)))
            }
            Self::Made(maker) => maker(),
        }
    }
}

/// What a pipeline is started with. [`Default`] is the first camera, four ages, the first model.
#[derive(Clone)]
pub struct PipelineSettings {
    /// The first source.
    pub source: SourceChoice,
    /// The ages wanted, in years.
    pub ages: Vec<f32>,
    /// The gender wanted, for models that know of it.
    pub gender: Gender,
    /// The model wanted, by name.
    pub model: String,
    /// The device wanted.
    pub device: DeviceChoice,
    /// The faces wanted.
    pub faces: FaceChoice,
    /// Whether whole frames with the aged faces pasted back are wanted too.
    pub whole_frames: bool,
    /// A model whose one age takes longer than this, encoder and decoder together, does not follow the
    /// camera: a frame is held and its tiles are made one by one. `None` lets every model follow.
    pub slow_after: Option<Duration>,
    /// How far back the statistics reach.
    pub statistics_window: Duration,
    /// Makes what finds and follows faces.
    pub watcher: WatcherMaker,
    /// Opens the aging models.
    pub models: ModelOpener,
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
            watcher: Arc::new(bundled_watcher),
            models: Arc::new(open_model),
        }
    }
}
