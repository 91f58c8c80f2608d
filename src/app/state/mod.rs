//! All that the window itself knows: plain data, so that a test can build any state.

pub mod age_scale;
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

use super::state::age_scale::AgeScale;
use super::state::gallery::Gallery;
use super::state::notifications::Notifications;
use super::state::readings::Readings;
use super::state::settings::{GroupChoice, Settings, SidePanel};
use super::state::sweep::SweepRun;
use super::state::training_run::TrainingRun;
use super::state::weights::{ModelWeights, WeightState};
use crate::camera::CameraDevice;
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
    /// One picture that was captured, in many small steps.
    Sweep,
    /// A training run, in the whole window.
    Training,
}

/// A sheet that lies over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modal {
    /// The settings.
    Settings,
    /// The list of shortcuts.
    Shortcuts,
    /// Which weights the model of this name wants.
    Weights(&'static str),
}

/// What is looked at.
#[derive(Clone, Default)]
pub enum Source {
    /// The camera of the settings.
    #[default]
    Camera,
    /// A picture in its place.
    Picture {
        /// What it is called.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
    },
}

/// All that the window itself knows; what the pipeline knows is in [`crate::pipeline::LiveView`].
pub struct UiState {
    /// What outlives the run.
    pub settings: Settings,
    /// Ages from the command line that take the place of the groups.
    pub custom_ages: Option<Vec<AgeTarget>>,
    /// What fills the space beside the input.
    pub layout: Layout,
    /// The age of the slider, in years.
    pub age: f32,
    /// Where the large view is divided: 0 at its left edge, 1 at its right.
    pub divider: f32,
    /// While the slider plays: 1 towards old age, -1 back.
    pub playing: Option<f32>,
    /// The picture that was captured for a sweep.
    pub sweep_run: Option<SweepRun>,
    /// How many captures were asked for.
    pub captures: u64,
    /// How often the rest of the tiles was given up.
    pub cancels: u64,
    /// Whether the model that runs is too slow to follow the camera.
    pub slow: bool,
    /// Whether the input is held.
    pub frozen: bool,
    /// Which faces are aged.
    pub faces: FaceChoice,
    /// What is looked at.
    pub source: Source,
    /// The pictures that were opened.
    pub gallery: Gallery,
    /// How many pictures are being read.
    pub loading: usize,
    /// Whether tiles are being written.
    pub saving: bool,
    /// The sheet that is open.
    pub modal: Option<Modal>,
    /// The messages on show.
    pub notifications: Notifications,
    /// The cameras there are.
    pub cameras: Vec<CameraDevice>,
    /// The models there are.
    pub models: &'static [ModelSummary],
    /// A file of weights that was named at the start, which can be chosen beside the models.
    pub model_file: Option<String>,
    /// What is known of the models' weights; empty until it was looked at.
    pub weights: Vec<ModelWeights>,
    /// The weight file that is being taken in, and the share that is done, 0 to 1.
    pub importing: Option<(String, f32)>,
    /// How often models were to be opened anew because their weights have changed.
    pub model_reloads: u64,
    /// What the model that runs says of itself, once it runs.
    pub model_info: Option<ModelInfo>,
    /// What other networks read off the tiles.
    pub readings: Option<Readings>,
    /// What is known of the training run that is watched.
    pub training: Option<Arc<TrainingRun>>,
    /// Whether files that are dropped on the window arrive.
    pub accepts_drops: bool,
    /// How many files hang over the window, about to be dropped.
    pub hovering_files: usize,
    /// Where the settings are stored; `None` keeps them in memory.
    pub settings_file: Option<PathBuf>,
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
        }
    }

    /// The ages of the tiles, with what is written under them.
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

    /// The ages that the pipeline is to make now, the one that is looked at first. A slow model goes on
    /// with the tiles when it has made that one.
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

    /// Whether other networks read the tiles: only while that is shown.
    pub fn reads_tiles(&self) -> bool {
        let shown = matches!(self.layout, Layout::Tiles | Layout::Large);
        shown && self.settings.side_panel == SidePanel::Readings
    }

    /// The ages of a sweep with the present model.
    pub fn sweep_ages(&self) -> Vec<f32> {
        self.scale().sweep(self.settings.sweep_pictures)
    }

    /// The model that is wanted; nothing where a file of weights is.
    pub fn model(&self) -> Option<&'static ModelSummary> {
        match &self.settings.model {
            Some(wanted) => self.listed(wanted),
            None => self.models.first(),
        }
    }

    /// The model called `name`, where there is one.
    pub fn listed(&self, name: &str) -> Option<&'static ModelSummary> {
        self.models.iter().find(|model| model.name == name)
    }

    /// What is to run: the name of a model, or the path of a file of weights.
    pub fn requested_model(&self) -> Option<&str> {
        self.settings.model.as_deref().or_else(|| self.models.first().map(|model| model.name))
    }

    /// The title of a model, or the name of a file of weights.
    pub fn title_of<'a>(&self, wanted: &'a str) -> &'a str {
        let listed = self.listed(wanted).map(|model| model.title);
        let file = || Path::new(wanted).file_name()?.to_str();
        listed.or_else(file).unwrap_or(wanted)
    }

    /// What is known of the weights of the model called `name`.
    pub fn weights_of(&self, name: &str) -> Option<&ModelWeights> {
        self.weights.iter().find(|weights| weights.model == name)
    }

    /// Whether the model called `name` can be opened, as far as is known.
    pub fn can_open(&self, name: &str) -> bool {
        self.weights_of(name).is_none_or(|weights| weights.state == WeightState::Ready)
    }

    /// The ages that the model knows, laid out along the slider.
    pub fn scale(&self) -> AgeScale {
        AgeScale::of(self.model_info.as_ref().map(|model| &model.ages))
    }

    /// The age of the slider, or the nearest one that the model can show, in years.
    pub fn shown_age(&self) -> f32 {
        self.scale().snap(self.age)
    }

    /// Whether a picture stands in the camera's place.
    pub fn shows_picture(&self) -> bool {
        matches!(self.source, Source::Picture { .. })
    }
}
