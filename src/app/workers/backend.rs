//! The boundary between the window and everything else: the program puts the pipeline and the workers behind
//! this trait, a test a fixed view that records the requests.

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
use crate::text::{Message, SystemFont};
use crate::video::{Playback, RecorderSettings, RecordingStatus, VirtualCameraSettings, VirtualCameraStatus};
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::face::FrameEdge;

/// What is copied to the clipboard.
#[derive(Clone)]
pub enum CopiedView {
    /// The input and every tile.
    Tiles {
        /// The tiles.
        tiles: Arc<TileSet>,
        /// The caption for each age, in years.
        labels: Vec<(f32, String)>,
    },
    /// One picture, with a divider between before and after.
    Large {
        /// The picture left of the divider.
        before: Arc<RgbImage>,
        /// The picture right of it.
        after: Arc<RgbImage>,
        /// The part of both that is beyond the frame.
        edge: Option<Arc<FrameEdge>>,
        /// The divider: 0 is the left edge, 1 the right edge.
        divider: f32,
        /// The caption of the aged picture.
        label: String,
    },
}

/// Work that would block the window and therefore runs elsewhere.
#[derive(Clone)]
pub enum Request {
    /// Let the user choose picture files.
    ChooseFiles,
    /// Let the user choose a folder of pictures.
    ChooseFolder,
    /// Let the user choose the folder to save in; the current one is given.
    ChooseSaveFolder(PathBuf),
    /// Open the picture or the files in the clipboard.
    Paste,
    /// Read the bundled portrait.
    Sample,
    /// Open these files and folders: list their pictures, import their weight files.
    Open(Vec<PathBuf>),
    /// Read a picture to show it. An earlier one that is still waiting is dropped.
    LoadPicture {
        /// Its id in the gallery.
        id: u64,
        /// Its file.
        path: PathBuf,
    },
    /// Read a picture for its thumbnail.
    LoadThumbnail {
        /// Its id in the gallery.
        id: u64,
        /// Its file.
        path: PathBuf,
    },
    /// Save every tile.
    Save {
        /// The folder in which a new one is created.
        folder: PathBuf,
        /// The tiles.
        tiles: Arc<TileSet>,
        /// The caption for each age, in years.
        labels: Vec<(f32, String)>,
        /// The name of the source.
        source: String,
    },
    /// Save the pictures of a sweep, and an animation of them.
    SaveSweep {
        /// The folder in which a new one is created.
        folder: PathBuf,
        /// Each picture with its caption and its age in years, in playback order.
        pictures: Vec<(String, f32, Arc<RgbImage>)>,
        /// The picture that they were made from.
        input: Arc<RgbImage>,
        /// The part of all these pictures that is beyond the frame.
        edge: Option<Arc<FrameEdge>>,
        /// The model that made them.
        model: ModelInfo,
        /// The name of the source.
        source: String,
    },
    /// Copy a picture to the clipboard.
    Copy(CopiedView),
    /// Open a folder in the system's file manager.
    ShowFolder(PathBuf),
    /// Open an address in the web browser.
    OpenAddress(String),
    /// Let the user choose weight files.
    ChooseWeights,
    /// Cancel the import of weight files.
    CancelImport,
    /// Check which models' weights are present.
    RefreshWeights,
    /// Read tiles with other networks, instead of a set that is still waiting.
    ReadTiles(Arc<TileSet>),
    /// Let the user choose the folder of a training run; the current one is given.
    ChooseRun(Option<PathBuf>),
    /// Watch the training run in this folder, or none.
    WatchRun(Option<PathBuf>),
    /// Record what is shown.
    Record(Box<RecorderSettings>),
    /// Stop the recording.
    StopRecording,
    /// Send the aged picture to a virtual camera, or stop.
    VirtualCamera(Option<VirtualCameraSettings>),
    /// Show this age on the virtual camera, in years, or the nearest one that has a tile.
    VirtualCameraAge(f32),
    /// List the cameras.
    ListCameras,
    /// Find fonts of the system for languages that the bundled font lacks.
    FindFonts,
    /// Store the settings.
    StoreSettings {
        /// The settings.
        settings: Box<Settings>,
        /// Their file.
        path: PathBuf,
    },
}

/// The result of a [`Request`], or an update.
#[derive(Clone)]
pub enum Report {
    /// The pictures among the opened files and folders, and why others were left out.
    PicturesFound(Vec<PathBuf>, Vec<Message>),
    /// A picture of the gallery was read.
    PictureLoaded {
        /// Its id in the gallery.
        id: u64,
        /// The picture, upright.
        picture: Arc<RgbImage>,
        /// Its thumbnail.
        thumbnail: Arc<RgbImage>,
    },
    /// The thumbnail of a picture of the gallery.
    Thumbnail {
        /// Its id in the gallery.
        id: u64,
        /// The thumbnail.
        picture: Arc<RgbImage>,
    },
    /// A picture of the gallery cannot be read.
    Unreadable {
        /// Its id in the gallery.
        id: u64,
        /// The reason, for the user; `None` if the picture was only read for its thumbnail.
        message: Option<Message>,
    },
    /// A picture that has no file.
    Picture {
        /// Its name.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
        /// Its thumbnail.
        thumbnail: Arc<RgbImage>,
    },
    /// There is no picture to show; the reason, unless the user has moved on to another picture.
    NoPicture(Option<Message>),
    /// Files were saved.
    Saved {
        /// The folder that was created.
        folder: PathBuf,
        /// The number of files.
        files: usize,
    },
    /// A picture was copied to the clipboard.
    Copied {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// Files could not be saved, or a picture could not be copied, for this reason.
    NotSaved(Message),
    /// The user chose a folder to save in.
    SaveFolder(PathBuf),
    /// The user chose these files or folders.
    PathsChosen(Vec<PathBuf>),
    /// An import of weight files has started.
    ImportStarted,
    /// A weight file is being imported.
    ImportProgress {
        /// Its name.
        name: String,
        /// The fraction that is done, 0 to 1.
        fraction: f32,
    },
    /// An import of weight files has ended.
    WeightsImported {
        /// The models of the imported files.
        models: Vec<&'static str>,
        /// Why other files were not imported.
        problems: Vec<Message>,
        /// Whether the user cancelled it.
        cancelled: bool,
    },
    /// Which models' weights are present.
    Weights(Vec<ModelWeights>),
    /// Other networks have read the tiles.
    Readings(Readings),
    /// The tiles could not be read, for this reason.
    NoReadings(Message),
    /// The user chose the folder of a training run.
    RunFolder(PathBuf),
    /// The watched training run has changed.
    Training(Arc<TrainingRun>),
    /// A video that was opened.
    Video(Box<Playback>),
    /// A video was rotated, because its faces do not stand upright.
    VideoRotated(Box<Playback>),
    /// A recording has ended.
    Recorded {
        /// The file.
        file: Option<PathBuf>,
        /// Why it stopped by itself.
        problem: Option<Message>,
    },
    /// The cameras of this computer.
    Cameras(Vec<CameraDevice>),
    /// The fonts of the system for languages that the bundled font lacks.
    Fonts(&'static [SystemFont]),
    /// Something else failed, for this reason.
    Failed(Message),
}

/// The pipeline and the workers. No method may block.
pub trait Backend {
    /// The latest results of the pipeline.
    fn view(&self) -> LiveView;

    /// The current time, from which the ages of pictures are computed.
    fn now(&self) -> Instant;

    /// Sends a command to the pipeline.
    fn send(&mut self, command: Command);

    /// Starts work; its result arrives in [`Backend::reports`].
    fn request(&mut self, request: Request);

    /// The reports since the last call.
    fn reports(&mut self) -> Vec<Report>;

    /// How the recording in progress is doing.
    fn recording(&mut self) -> Option<RecordingStatus> {
        None
    }

    /// How the virtual camera is doing, if there is one.
    fn virtual_camera(&self) -> Option<VirtualCameraStatus> {
        None
    }
}
