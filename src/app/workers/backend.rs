//! Everything outside the window that it talks to, behind one trait: the program puts the pipeline
//! and the worker threads there, a test a fixed view and a notebook.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use image::RgbImage;

use crate::app::state::readings::Readings;
use crate::app::state::settings::Settings;
use crate::app::state::training_run::TrainingRun;
use crate::app::state::weights::ModelWeights;
use crate::camera::CameraDevice;
use crate::pipeline::{Command, LiveView, TileSet};
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::face::FrameEdge;

/// Work that would hold up the window and is therefore done elsewhere.
#[derive(Clone)]
pub enum Request {
    /// Asks the user for picture files.
    ChooseFiles,
    /// Asks the user for a folder of pictures.
    ChooseFolder,
    /// Asks the user where Save shall write.
    ChooseSaveFolder(PathBuf),
    /// Takes the picture, or the files, that lie in the clipboard.
    Paste,
    /// Reads the bundled portrait.
    Sample,
    /// Looks for pictures among these files and folders.
    Collect(Vec<PathBuf>),
    /// Reads a picture to show it; one asked for before that is not yet read is dropped.
    Read {
        /// Its identity in the film.
        id: u64,
        /// Its file.
        path: PathBuf,
    },
    /// Reads a picture for its small copy.
    Thumbnail {
        /// Its identity in the film.
        id: u64,
        /// Its file.
        path: PathBuf,
    },
    /// Writes every tile.
    Save {
        /// The folder in which a new one is made.
        folder: PathBuf,
        /// What to write.
        tiles: Arc<TileSet>,
        /// What stands under the tiles of each age.
        labels: Vec<(f32, String)>,
        /// What the source is called.
        source: String,
    },
    /// Writes the pictures of a sweep, and an animation of them.
    SaveSweep {
        /// The folder in which a new one is made.
        folder: PathBuf,
        /// What stands on each picture, its age in years, and the picture, in the order of play.
        pictures: Vec<(String, f32, Arc<RgbImage>)>,
        /// The picture that they were made from.
        input: Arc<RgbImage>,
        /// What of all these pictures lies beyond the frame.
        edge: Option<Arc<FrameEdge>>,
        /// The model that made them.
        model: ModelInfo,
        /// What the source is called.
        source: String,
    },
    /// Opens a folder in the system's file manager.
    ShowFolder(PathBuf),
    /// Opens an address in the web browser.
    OpenAddress(String),
    /// Asks the user for weight files.
    ChooseWeights,
    /// Takes these weight files in.
    Install(Vec<PathBuf>),
    /// Gives up taking weight files in.
    StopInstalling,
    /// Looks which models' weights are there.
    LookAtWeights,
    /// Has tiles read by other networks, in place of those that were not begun yet.
    ReadTiles(Arc<TileSet>),
    /// Asks the user for the folder of a training run; the present one is given.
    ChooseRun(Option<PathBuf>),
    /// Watches the training run in this folder, or none any more.
    WatchRun(Option<PathBuf>),
    /// Looks for cameras.
    ListCameras,
    /// Stores the settings.
    Store {
        /// The settings.
        settings: Box<Settings>,
        /// Their file.
        path: PathBuf,
    },
}

/// What came of a [`Request`].
#[derive(Clone)]
pub enum Report {
    /// Pictures were found among files and folders; the second part says what was left out, and why.
    Collected(Vec<PathBuf>, Vec<String>),
    /// A picture of the film is read.
    Read {
        /// Its identity in the film.
        id: u64,
        /// The picture, upright.
        picture: Arc<RgbImage>,
        /// A small copy.
        thumbnail: Arc<RgbImage>,
    },
    /// The small copy of a picture of the film.
    Thumbnail {
        /// Its identity in the film.
        id: u64,
        /// The small copy.
        picture: Arc<RgbImage>,
    },
    /// A picture of the film cannot be read.
    Unreadable {
        /// Its identity in the film.
        id: u64,
        /// What is wrong, for the user; `None` where it was only read for its small copy.
        message: Option<String>,
    },
    /// A picture that has no file.
    Picture {
        /// What to call it.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
        /// A small copy.
        thumbnail: Arc<RgbImage>,
    },
    /// There is no picture to show after all; the reason, unless the user has gone on to another one.
    NoPicture(Option<String>),
    /// The tiles lie in this folder.
    Saved {
        /// The folder.
        folder: PathBuf,
        /// How many files were written.
        files: usize,
    },
    /// The tiles could not be written.
    NotSaved(String),
    /// Where Save shall write from now on.
    SaveFolder(PathBuf),
    /// Files or folders that the user chose.
    Chosen(Vec<PathBuf>),
    /// Among what was dropped there are these weight files.
    WeightFiles(Vec<PathBuf>),
    /// A weight file is being taken in.
    Installing {
        /// What it is called.
        name: String,
        /// The share that is done, 0 to 1.
        share: f32,
    },
    /// Weight files were taken in, or not.
    Installed {
        /// The models that the files taken in are for.
        models: Vec<&'static str>,
        /// Why others were not taken in.
        problems: Vec<String>,
        /// Whether the user has stopped it.
        stopped: bool,
    },
    /// What is known of the models' weights.
    Weights(Vec<ModelWeights>),
    /// Other networks have read the tiles.
    Readings(Readings),
    /// The tiles could not be read.
    NoReadings(String),
    /// The folder of a training run that the user chose.
    RunFolder(PathBuf),
    /// News of the training run that is watched.
    Training(Arc<TrainingRun>),
    /// The cameras there are.
    Cameras(Vec<CameraDevice>),
    /// Something else failed.
    Failed(String),
}

/// Everything outside the window that it talks to. Nothing here may wait.
pub trait Backend {
    /// What there is to see.
    fn view(&self) -> LiveView;

    /// The time by which the age of a picture is told.
    fn now(&self) -> Instant;

    /// Asks something of the pipeline.
    fn send(&mut self, command: Command);

    /// Has work done elsewhere.
    fn request(&mut self, request: Request);

    /// What has come of the work since the last call.
    fn reports(&mut self) -> Vec<Report>;
}
