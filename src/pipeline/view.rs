//! What the pipeline shows: the newest input, the faces in it, the tiles, and how it is doing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use image::RgbImage;

use crate::camera::{SourceCounters, SourceState};
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::face::{FaceProblem, FrameEdge, TrackedFace};
use agemirror_pictures::Frame;

/// One aged picture.
#[derive(Clone)]
pub struct Tile {
    /// The age asked for, in years.
    pub age: f32,
    /// The aged crop, or the whole frame with the aged face pasted back.
    pub picture: Arc<RgbImage>,
    /// When the camera captured the frame it was made from.
    pub captured: Instant,
    /// When it was ready.
    pub finished: Instant,
}

/// One face with its tiles.
#[derive(Clone)]
pub struct AgedFace {
    /// The face in the frame.
    pub face: TrackedFace,
    /// What tiles show of the crop that was aged.
    pub crop: Arc<RgbImage>,
    /// What of the crop and of its tiles lies beyond the frame; none where they lie inside it.
    pub edge: Option<Arc<FrameEdge>>,
    /// The age the model reads off the face, in years.
    pub present_age: Option<f32>,
    /// One aged crop for each age asked for, in that order; of a held frame those that are made.
    pub tiles: Vec<Tile>,
}

/// How far the work on a held frame has come, of which the tiles are made one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// How many tiles are made, of all faces.
    pub made: usize,
    /// How many are wanted.
    pub wanted: usize,
    /// The age in the making, in years.
    pub making: Option<f32>,
    /// Whether the part of the network that all ages share is at work.
    pub encoding: bool,
    /// Whether the rest was given up, by the user or because the model failed.
    pub cancelled: bool,
    /// About how long one tile takes; zero where that is not known yet.
    pub one_tile: Duration,
    /// How many captures had been asked for when this frame was taken.
    pub capture: u64,
}

impl Progress {
    /// Whether a tile is in the making.
    pub fn is_working(&self) -> bool {
        self.encoding || self.making.is_some()
    }
}

/// Everything made from one frame.
#[derive(Clone)]
pub struct TileSet {
    /// The frame.
    pub frame: Frame,
    /// The ages asked for, in years.
    pub ages: Vec<f32>,
    /// The aged faces, the chosen one first.
    pub faces: Vec<AgedFace>,
    /// Whole frames with every aged face pasted back, one for each age that is made; empty unless asked
    /// for.
    pub whole: Vec<Tile>,
    /// The model that made them.
    pub model: ModelInfo,
    /// How far the work has come, where the frame is held and the tiles are made one by one.
    pub progress: Option<Progress>,
}

impl TileSet {
    /// Whether at least one tile is made.
    pub fn shows_something(&self) -> bool {
        self.faces.iter().any(|face| !face.tiles.is_empty())
    }
}

/// The faces found in the newest frame that was looked at.
#[derive(Clone, Default)]
pub struct FaceReport {
    /// Every face that is followed.
    pub faces: Vec<TrackedFace>,
    /// The identities of the faces that are aged.
    pub chosen: Vec<u64>,
    /// Why nothing is aged.
    pub problem: Option<FaceProblem>,
}

/// A middle and an upper value of a duration over the last seconds, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Spread {
    /// Half of the values lie below it.
    pub median: f32,
    /// Nineteen in twenty lie below it.
    pub percentile_95: f32,
}

/// Rates and latencies over the last seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Statistics {
    /// Input pictures a second.
    pub input_rate: f32,
    /// Whole tile sets a second.
    pub tile_rate: f32,
    /// From capture until the input picture could be shown.
    pub input: Spread,
    /// Looking for faces and landmarks in one frame.
    pub face: Spread,
    /// The part of the network that all ages share.
    pub encode: Spread,
    /// The part for all ages asked for.
    pub decode: Spread,
    /// Cutting out, pasting back.
    pub compose: Spread,
    /// From capture until the tiles could be shown.
    pub camera_to_tile: Spread,
}

/// One second of the past, for a plot. A stage that did not run in that second is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct HistoryPoint {
    /// The second, counted from the start of the pipeline.
    pub second: u64,
    /// Input pictures in that second.
    pub input_rate: f32,
    /// Tile sets in that second.
    pub tile_rate: f32,
    /// Median from capture until the input picture could be shown, in milliseconds.
    pub input: f32,
    /// Median of looking for faces, in milliseconds.
    pub face: f32,
    /// Median of the encoder, in milliseconds.
    pub encode: f32,
    /// Median of the decoder for all ages, in milliseconds.
    pub decode: f32,
    /// Median of cutting out and pasting back, in milliseconds.
    pub compose: f32,
    /// Median from capture until the tiles could be shown, in milliseconds.
    pub camera_to_tile: f32,
}

/// A thread that failed, in words for the user.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The thread, such as `inference`.
    pub thread: &'static str,
    /// What it said.
    pub message: String,
    /// How often it was started again.
    pub restarts: u32,
}

/// How the pipeline is doing.
#[derive(Clone)]
pub struct Status {
    /// The name of the source.
    pub source: String,
    /// What the source is doing.
    pub state: SourceState,
    /// What it has counted.
    pub counters: SourceCounters,
    /// The device that runs the network and why, such as `CPU, 2 threads (built without CUDA)`.
    pub device: String,
    /// The model in use.
    pub model: Option<ModelInfo>,
    /// The name of the model that is being opened; the one in use rests meanwhile.
    pub opening: Option<String>,
    /// The name of the model that was asked for last and could not be opened; the fault says why.
    pub refused: Option<String>,
    /// Whether the model in use was found too slow on this device to follow a camera.
    pub slow: bool,
    /// Whether the input is frozen.
    pub frozen: bool,
    /// Rates and latencies.
    pub statistics: Statistics,
    /// The last minute, one point a second, oldest first; the second that runs is not in it.
    pub history: Arc<[HistoryPoint]>,
    /// The last fault, until it is a while ago.
    pub fault: Option<Fault>,
}

/// One look at the pipeline; all parts are shared, so that taking it costs nothing.
#[derive(Clone)]
pub struct LiveView {
    /// The newest input picture.
    pub input: Option<Frame>,
    /// The faces in it.
    pub faces: Arc<FaceReport>,
    /// The newest tiles.
    pub tiles: Option<Arc<TileSet>>,
    /// How it is doing.
    pub status: Arc<Status>,
}
