//! The state of the window: plain data, so that a test can build any state.

pub mod age_scale;
pub(crate) mod comparison;
pub mod gallery;
pub mod notifications;
pub mod pipeline_request;
pub mod readings;
pub mod settings;
pub mod sweep;
pub mod training_run;
pub mod weights;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;

use super::language::WindowFonts;
use super::state::age_scale::AgeScale;
use super::state::gallery::Gallery;
use super::state::notifications::Notifications;
use super::state::readings::Readings;
use super::state::settings::{GroupChoice, Settings, SidePanel};
use super::state::sweep::SweepRun;
use super::state::training_run::TrainingRun;
use super::state::weights::{ModelWeights, WeightState};
use crate::camera::CameraDevice;
use crate::text::{Choice, Language};
use crate::video::{
    Playback, RecordingStatus, VirtualCameraDevice, VirtualCameraSettings, VirtualCameraStatus,
};
use agemirror_faces::age::{AgeTarget, FOUR_GROUPS, TEN_GROUPS};
use agemirror_faces::aging::{ModelInfo, ModelSummary};
use agemirror_faces::crop::FaceChoice;

/// What fills the space beside the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// A tile for every age.
    #[default]
    Tiles,
    /// One large picture at one age.
    Large,
    /// One captured picture in many small age steps.
    Sweep,
    /// A training run, in the whole window.
    Training,
}

/// A dialog on top of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modal {
    /// The settings.
    Settings,
    /// The list of shortcuts.
    Shortcuts,
    /// The weights that the model of this name requires.
    Weights(&'static str),
}

/// The source of the input.
#[derive(Clone, Default)]
pub enum Source {
    /// The camera of the settings.
    #[default]
    Camera,
    /// A picture instead of the camera.
    Picture {
        /// Its name.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
    },
    /// A video instead of the camera.
    Video(Playback),
}

/// The state of the window. The results of the pipeline are in [`crate::pipeline::LiveView`].
pub struct UiState {
    /// What is stored between two runs.
    pub settings: Settings,
    /// Ages from the command line, shown instead of the age groups.
    pub custom_ages: Option<Vec<AgeTarget>>,
    /// What fills the space beside the input.
    pub layout: Layout,
    /// The age of the slider, in years.
    pub age: f32,
    /// The divider of the large view: 0 is its left edge, 1 its right edge.
    pub divider: f32,
    /// The direction of the playing slider: 1 towards old age, -1 back; `None` while it does not play.
    pub playing: Option<f32>,
    /// The sweep, once its picture was captured.
    pub sweep_run: Option<SweepRun>,
    /// The number of captures so far.
    pub captures: u64,
    /// The number of times that the remaining tiles were cancelled.
    pub cancels: u64,
    /// Whether the running model is too slow to follow the camera.
    pub slow: bool,
    /// Whether the input is frozen.
    pub frozen: bool,
    /// Which faces are aged.
    pub faces: FaceChoice,
    /// The source of the input.
    pub source: Source,
    /// The pictures that were opened.
    pub gallery: Gallery,
    /// The number of pictures being loaded.
    pub loading: usize,
    /// Whether files are being saved.
    pub saving: bool,
    /// How the recording in progress is doing.
    pub recording: Option<RecordingStatus>,
    /// The virtual camera that the aged picture is sent to, if any.
    pub virtual_camera: Option<VirtualCameraDevice>,
    /// The v4l2loopback device that was named at the start; `None` uses the first one.
    pub loopback_device: Option<PathBuf>,
    /// How the virtual camera is doing.
    pub virtual_camera_status: Option<VirtualCameraStatus>,
    /// The open modal.
    pub modal: Option<Modal>,
    /// The messages that are shown.
    pub notifications: Notifications,
    /// The cameras of this computer.
    pub cameras: Vec<CameraDevice>,
    /// The models.
    pub models: &'static [ModelSummary],
    /// A weight file that was named at the start; it can be chosen like a model.
    pub model_file: Option<String>,
    /// Which models' weights are present; empty until they were checked.
    pub weights: Vec<ModelWeights>,
    /// The name of the weight file being imported, and the fraction that is done, 0 to 1.
    pub importing: Option<(String, f32)>,
    /// The number of times that the model must be opened again because its weights have changed.
    pub model_reloads: u64,
    /// The description of the running model, once it runs.
    pub model_info: Option<ModelInfo>,
    /// What other networks read off the tiles.
    pub readings: Option<Readings>,
    /// The training run that is watched.
    pub training: Option<Arc<TrainingRun>>,
    /// Whether the window receives dropped files.
    pub accepts_drops: bool,
    /// The number of files that hover over the window.
    pub hovering_files: usize,
    /// The file of the settings; `None` keeps them in memory.
    pub settings_file: Option<PathBuf>,
    /// The language of the system.
    pub system_language: Choice,
    /// The language in which the window is drawn: the chosen one, unless no font can draw it.
    pub shown_language: Language,
    /// The fonts of the window.
    pub fonts: WindowFonts,
}

impl UiState {
    /// The state at the start.
    pub fn new(settings: Settings, models: &'static [ModelSummary]) -> Self {
        let listed = |name: &String| models.iter().any(|model| model.name == name);
        Self {
            model_file: settings.model.clone().filter(|name| !listed(name)),
            settings,
            custom_ages: None,
            layout: Layout::Tiles,
            age: 60.0,
            divider: 0.5,
            playing: None,
            sweep_run: None,
            captures: 0,
            cancels: 0,
            slow: false,
            frozen: false,
            faces: FaceChoice::Largest,
            source: Source::Camera,
            gallery: Gallery::default(),
            loading: 0,
            saving: false,
            recording: None,
            virtual_camera: None,
            loopback_device: None,
            virtual_camera_status: None,
            modal: None,
            notifications: Notifications::default(),
            cameras: Vec::new(),
            models,
            weights: Vec::new(),
            importing: None,
            model_reloads: 0,
            model_info: None,
            readings: None,
            training: None,
            accepts_drops: true,
            hovering_files: 0,
            settings_file: None,
            system_language: Choice::default(),
            shown_language: Language::default(),
            fonts: WindowFonts::default(),
        }
    }

    /// The chosen language.
    pub fn language(&self) -> Choice {
        match &self.settings.language {
            Some(tag) => Choice::of_locales([tag.clone()]),
            None => self.system_language.clone(),
        }
    }

    /// The ages of the tiles and their captions.
    pub fn columns(&self) -> Vec<AgeTarget> {
        if let Some(own) = &self.custom_ages {
            return own.clone();
        }
        match (self.scale().groups(), self.settings.groups) {
            (Some(groups), _) => groups.to_vec(),
            (None, GroupChoice::Ten) => TEN_GROUPS.iter().map(AgeTarget::from).collect(),
            (None, GroupChoice::Four) => FOUR_GROUPS.iter().map(AgeTarget::from).collect(),
        }
    }

    /// The caption of each age in years, as pictures that are saved, copied or recorded carry it.
    pub fn labels(&self) -> Vec<(f32, String)> {
        self.columns().into_iter().map(|column| (column.age, column.label)).collect()
    }

    /// What to send to the virtual camera, if it is on.
    pub fn virtual_camera_settings(&self) -> Option<VirtualCameraSettings> {
        let device = self.virtual_camera.clone()?;
        Some(VirtualCameraSettings {
            device,
            labels: self.labels(),
            age: Some(self.age),
            ..VirtualCameraSettings::default()
        })
    }

    /// The ages to request from the pipeline, the visible one first. A slow model continues with the tiles
    /// after it.
    pub fn requested_ages(&self) -> Vec<f32> {
        let columns = || self.columns().into_iter().map(|column| column.age);
        match (self.layout, &self.sweep_run) {
            (Layout::Tiles, _) => columns().collect(),
            (Layout::Large, _) if self.slow => {
                let shown = self.shown_age();
                std::iter::once(shown).chain(columns().filter(|age| *age != shown)).collect()
            }
            (Layout::Large, _) => vec![self.shown_age()],
            (Layout::Sweep, Some(shot)) => shot.ages.clone(),
            (Layout::Sweep, None) | (Layout::Training, _) => Vec::new(),
        }
    }

    /// Whether other networks read the tiles: only while the readings are shown.
    pub fn reads_tiles(&self) -> bool {
        let shown = matches!(self.layout, Layout::Tiles | Layout::Large);
        shown && self.settings.side_panel == SidePanel::Readings
    }

    /// The ages of a sweep with the current model.
    pub fn sweep_ages(&self) -> Vec<f32> {
        self.scale().sweep(self.settings.sweep_pictures)
    }

    /// The chosen model; `None` if a weight file is chosen.
    pub fn model(&self) -> Option<&'static ModelSummary> {
        match &self.settings.model {
            Some(name) => self.listed(name),
            None => self.models.first(),
        }
    }

    /// The model called `name`, if there is one.
    pub fn listed(&self, name: &str) -> Option<&'static ModelSummary> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The name of the chosen model, or the path of the chosen weight file.
    pub fn requested_model(&self) -> Option<&str> {
        self.settings.model.as_deref().or_else(|| self.models.first().map(|model| model.name))
    }

    /// The title of a model, or the file name of a weight file.
    pub fn title_of<'a>(&self, name: &'a str) -> &'a str {
        let listed = self.listed(name).map(|model| model.title);
        let file = || Path::new(name).file_name()?.to_str();
        listed.or_else(file).unwrap_or(name)
    }

    /// The weights of the model called `name`, once they were checked.
    pub fn weights_of(&self, name: &str) -> Option<&ModelWeights> {
        self.weights.iter().find(|weights| weights.model == name)
    }

    /// Whether the model called `name` can be opened, as far as is known.
    pub fn can_open(&self, name: &str) -> bool {
        self.weights_of(name).is_none_or(|weights| weights.state == WeightState::Ready)
    }

    /// The age scale of the running model.
    pub fn scale(&self) -> AgeScale {
        AgeScale::of(self.model_info.as_ref().map(|model| &model.ages))
    }

    /// The age of the slider, or the nearest one that the model can show, in years.
    pub fn shown_age(&self) -> f32 {
        self.scale().snap(self.age)
    }

    /// Whether the introduction is shown.
    pub fn shows_introduction(&self) -> bool {
        self.settings.introduction && matches!(self.layout, Layout::Tiles | Layout::Large)
    }

    /// Whether a picture is shown instead of the camera.
    pub fn shows_picture(&self) -> bool {
        matches!(self.source, Source::Picture { .. })
    }

    /// Whether a video replaces the camera.
    pub fn shows_video(&self) -> bool {
        matches!(self.source, Source::Video(_))
    }

    /// Whether the user holds the input: a frozen camera, a paused video.
    pub fn is_held(&self) -> bool {
        match &self.source {
            Source::Video(playback) => playback.is_paused(),
            _ => self.frozen,
        }
    }
}
