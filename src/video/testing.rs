//! Small videos, made by FFmpeg's own filters.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use crate::camera::SourceState;
use crate::pipeline::{AgedFace, LiveView, Statistics, Status, Tile, TileSet};
use agemirror_faces::aging::{AgeChoice, ModelInfo};
use agemirror_faces::face::dlib::CropWindow;
use agemirror_faces::face::{AlignmentTemplate, FaceBox, TrackedFace};
use agemirror_pictures::Frame;
use image::{Rgb, RgbImage};

/// A view of a pipeline without faces; its input is 64 x 48 pixels of this grey level.
pub(crate) fn live_view(level: u8) -> LiveView {
    let status = Status {
        source: "test".to_owned(),
        state: SourceState::Still,
        counters: Default::default(),
        device: None,
        model: None,
        opening: None,
        refused: None,
        slow: false,
        restraint: None,
        frozen: false,
        statistics: Statistics::default(),
        history: Arc::new([]),
        fault: None,
    };
    // The same frame is the same picture, as in a pipeline.
    static PICTURES: LazyLock<Vec<Arc<RgbImage>>> = LazyLock::new(|| {
        (0..=255).map(|level| Arc::new(RgbImage::from_pixel(64, 48, Rgb([level; 3])))).collect()
    });
    let picture = Arc::clone(&PICTURES[usize::from(level)]);
    let input = Some(Frame { picture, captured: Instant::now(), number: u64::from(level), mirrored: false });
    LiveView { input, faces: Arc::default(), tiles: None, status: Arc::new(status) }
}

/// Tiles of one face, made from the frame.
pub(crate) fn tile_set(frame: Option<Frame>, tiles: Vec<(f32, Arc<RgbImage>)>) -> TileSet {
    let picture = Arc::new(RgbImage::new(64, 64));
    let frame = frame.unwrap_or(Frame { picture, captured: Instant::now(), number: 0, mirrored: false });
    let bounds = FaceBox { x: 0.0, y: 0.0, width: 8.0, height: 8.0, score: 1.0 };
    let face = TrackedFace { id: 0, bounds, points: [[0.0; 2]; 5], mesh: Vec::new(), yaw: 0.0 };
    let crop = Arc::clone(&frame.picture);
    let ages = tiles.iter().map(|(age, _)| *age).collect();
    let tile = |(age, picture)| Tile { age, picture, captured: frame.captured, finished: frame.captured };
    let tiles = tiles.into_iter().map(tile).collect();
    let model = ModelInfo {
        name: "test",
        title: "Test",
        ages: AgeChoice::Groups(Vec::new()),
        knows_gender: false,
        templates: vec![AlignmentTemplate { points: [[0.5; 2]; 5] }],
        view: CropWindow::WHOLE,
        side: 64,
        weights_hash: String::new(),
    };
    let faces = vec![AgedFace { face, crop, edge: None, current_age: None, tiles }];
    TileSet { frame, ages, faces, whole: Vec::new(), model, progress: None }
}

/// Runs a program to its end and returns its output.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs `ffmpeg` with these options.
pub(crate) fn ffmpeg(words: &str, path: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]).args(words.split_whitespace()).arg(path);
    run(&mut command);
}

/// A second of moving bars with a tone, 96 x 64 pixels at 25 frames a second.
pub(crate) fn bars(folder: &Path, name: &str, options: &str) -> PathBuf {
    let path = folder.join(name);
    let words = format!(
        "-f lavfi -i testsrc2=size=96x64:rate=25:duration=1 -f lavfi -i sine=duration=1 {options} -shortest"
    );
    ffmpeg(&words, &path);
    path
}

/// One answer of `ffprobe`, line by line.
pub(crate) fn probe(path: &Path, options: &str) -> Vec<String> {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-of", "csv=p=0"]).args(options.split_whitespace()).arg(path);
    run(&mut command).lines().map(|line| line.trim_end_matches(',').to_owned()).collect()
}

/// The times of the frames in seconds.
pub(crate) fn times(path: &Path) -> Vec<f64> {
    let lines = probe(path, "-select_streams v:0 -show_entries frame=best_effort_timestamp_time");
    lines.iter().filter_map(|line| line.split(',').next()?.parse().ok()).collect()
}
