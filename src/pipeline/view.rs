//! What the pipeline shows: the newest input, the faces in it, the tiles, and the status.

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::camera::{SourceCounters, SourceState};
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::face::{FaceProblem, FrameEdge, TrackedFace};
use agemirror_kernels::DeviceDescription;
use agemirror_pictures::Frame;

/// One aged picture.
#[derive(Clone)]
pub struct Tile {
    /// The requested age, in years.
    pub age: f32,
    /// The aged crop, or the whole frame with the aged face pasted back.
    pub picture: Arc<RgbImage>,
    /// When its frame was captured.
    pub captured: Instant,
    /// When it was finished.
    pub finished: Instant,
}

/// One face with its tiles.
#[derive(Clone)]
pub struct AgedFace {
    /// The face in the frame.
    pub face: TrackedFace,
    /// The part of the input crop that tiles show.
    pub crop: Arc<RgbImage>,
    /// The part of the crop and its tiles beyond the frame; `None` if they are inside it.
    pub edge: Option<Arc<FrameEdge>>,
    /// The current age as estimated by the model, in years.
    pub current_age: Option<f32>,
    /// One aged crop for each requested age, in that order; for a held frame, the finished ones.
    pub tiles: Vec<Tile>,
}

/// Progress of a held frame, whose tiles are made one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Number of finished tiles, over all faces.
    pub made: usize,
    /// Number of requested tiles, over all faces.
    pub wanted: usize,
    /// The age being made, in years.
    pub making: Option<f32>,
    /// Whether the encoder, which all ages share, is running.
    pub encoding: bool,
    /// Whether the rest was cancelled, by the user or because the model failed.
    pub cancelled: bool,
    /// Approximate time per tile; zero if not known yet.
    pub time_per_tile: Duration,
    /// Number of [`Command::Capture`](super::Command::Capture)s sent before this frame was taken.
    pub capture: u64,
}

impl Progress {
    /// Whether a tile is being made.
    pub fn is_working(&self) -> bool {
        self.encoding || self.making.is_some()
    }
}

/// Everything made from one frame.
#[derive(Clone)]
pub struct TileSet {
    /// The frame.
    pub frame: Frame,
    /// The requested ages, in years.
    pub ages: Vec<f32>,
    /// The aged faces, the chosen one first.
    pub faces: Vec<AgedFace>,
    /// Whole frames with every aged face pasted back, one for each finished age; empty unless requested.
    pub whole: Vec<Tile>,
    /// The model that made them.
    pub model: ModelInfo,
    /// Progress, if the frame is held.
    pub progress: Option<Progress>,
}

impl TileSet {
    /// Whether at least one tile is finished.
    pub fn has_tiles(&self) -> bool {
        self.faces.iter().any(|face| !face.tiles.is_empty())
    }
}

/// The faces found in the newest processed frame.
#[derive(Clone, Default)]
pub struct FaceReport {
    /// All tracked faces.
    pub faces: Vec<TrackedFace>,
    /// [`TrackedFace::id`] of the faces that are aged.
    pub chosen: Vec<u64>,
    /// Why nothing is aged.
    pub problem: Option<FaceProblem>,
}

/// Median and 95th percentile of a duration over the statistics window, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Spread {
    /// Median.
    pub median: f32,
    /// 95th percentile.
    pub percentile_95: f32,
}

/// Rates and latencies over the statistics window.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Statistics {
    /// Input frames per second.
    pub input_rate: f32,
    /// Tile sets per second.
    pub tile_rate: f32,
    /// From capture to display of the input frame.
    pub input: Spread,
    /// Finding faces and landmarks in one frame.
    pub face: Spread,
    /// The encoder, which all ages share.
    pub encode: Spread,
    /// The decoder, for all requested ages.
    pub decode: Spread,
    /// Cropping and pasting back.
    pub compose: Spread,
    /// From capture to display of the tiles.
    pub camera_to_tile: Spread,
}

/// One second of the history, for a plot. Stages that did not run in that second are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct HistoryPoint {
    /// Seconds since the start of the pipeline.
    pub second: u64,
    /// Input frames in that second.
    pub input_rate: f32,
    /// Tile sets in that second.
    pub tile_rate: f32,
    /// Median from capture to display of the input frame, in milliseconds.
    pub input: f32,
    /// Median of finding faces, in milliseconds.
    pub face: f32,
    /// Median of the encoder, in milliseconds.
    pub encode: f32,
    /// Median of the decoder for all ages, in milliseconds.
    pub decode: f32,
    /// Median of cropping and pasting back, in milliseconds.
    pub compose: f32,
    /// Median from capture to display of the tiles, in milliseconds.
    pub camera_to_tile: f32,
}

/// A failure of a thread, for the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Name of the thread, such as `inference`.
    pub thread: &'static str,
    /// The message.
    pub message: String,
    /// Number of restarts so far.
    pub restarts: u32,
}

/// Why tiles are made less often than the computer could make them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Restraint {
    /// The computer runs on its battery.
    Battery,
    /// The computer is so busy that the input is late.
    Load,
}

/// The state of the pipeline.
#[derive(Clone)]
pub struct Status {
    /// Name of the source.
    pub source: String,
    /// State of the source.
    pub state: SourceState,
    /// Counters of the source.
    pub counters: SourceCounters,
    /// The device that runs the networks and why, such as `CPU, 2 threads (built without CUDA)`.
    pub device: Option<DeviceDescription>,
    /// The model in use.
    pub model: Option<ModelInfo>,
    /// Name of the model being opened; meanwhile the model in use is idle.
    pub opening: Option<String>,
    /// Name of the model that was requested last and could not be opened; the fault says why.
    pub refused: Option<String>,
    /// Whether the model in use is too slow on this device to run live.
    pub slow: bool,
    /// Why tiles are made less often than the computer could make them; `None` if they are not.
    pub restraint: Option<Restraint>,
    /// Whether the input is frozen.
    pub frozen: bool,
    /// Rates and latencies.
    pub statistics: Statistics,
    /// One point per second of the last minute, oldest first, without the current second.
    pub history: Arc<[HistoryPoint]>,
    /// The last fault; dropped after ten seconds if a model is open.
    pub fault: Option<Fault>,
}

/// A snapshot of the pipeline. Cheap: all parts are shared pointers.
#[derive(Clone)]
pub struct LiveView {
    /// The newest input frame.
    pub input: Option<Frame>,
    /// The faces in it.
    pub faces: Arc<FaceReport>,
    /// The newest tiles.
    pub tiles: Option<Arc<TileSet>>,
    /// The state of the pipeline.
    pub status: Arc<Status>,
}
