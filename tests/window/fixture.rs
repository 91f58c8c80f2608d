//! Handmade views and states, and a backend that shows a view and records requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agemirror::app::state::UiState;
use agemirror::app::state::settings::{Settings, ThemeChoice};
use agemirror::app::window::Window;
use agemirror::app::workers::backend::{Backend, Report, Request};
use agemirror::camera::{CameraDevice, SourceCounters, SourceState};
use agemirror::pipeline::{
    AgedFace, Command, CpuReason, DeviceDescription, FaceReport, HistoryPoint, LiveView, Spread, Statistics,
    Status, Tile, TileSet,
};
use agemirror::video::{RecordingStatus, VirtualCameraStatus};
use agemirror_faces::aging;
use agemirror_faces::aging::{AgeChoice, ModelInfo};
use agemirror_faces::face::{AlignmentTemplate, FaceBox, FaceProblem, TrackedFace};
use agemirror_pictures::Frame;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};

mod models;
mod portrait;

pub(crate) use models::*;
pub(crate) use portrait::portrait;

/// The time base of the tests.
pub(crate) fn noon() -> Instant {
    static NOON: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *NOON.get_or_init(Instant::now)
}

/// A backend that shows a fixed view and records requests.
pub(crate) struct Fixed {
    pub view: LiveView,
    pub sent: Vec<Command>,
    pub requests: Vec<Request>,
    pub reports: Vec<Report>,
    pub recording: Option<RecordingStatus>,
    pub virtual_camera: Option<VirtualCameraStatus>,
}

impl Backend for Fixed {
    fn view(&self) -> LiveView {
        self.view.clone()
    }

    fn now(&self) -> Instant {
        noon() + Duration::from_millis(84)
    }

    fn send(&mut self, command: Command) {
        self.sent.push(command);
    }

    fn request(&mut self, request: Request) {
        self.requests.push(request);
    }

    fn reports(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.reports)
    }

    fn recording(&mut self) -> Option<RecordingStatus> {
        self.recording.clone()
    }

    fn virtual_camera(&self) -> Option<VirtualCameraStatus> {
        self.virtual_camera.clone()
    }
}

pub(crate) type App = Window<Fixed>;

/// Collects the differences of several snapshots, so that one test reports all of them.
#[derive(Default)]
pub(crate) struct Album(SnapshotResults);

impl Album {
    pub(crate) fn look(&mut self, name: &str, state: UiState, view: LiveView) {
        self.keep(window(state, view), name);
    }

    pub(crate) fn keep(&mut self, mut harness: Harness<'static, App>, name: &str) {
        harness.snapshot(name);
        self.0.extend_harness(&mut harness);
    }
}

/// A dark window of 1280 x 720 points that shows `view` in `state`.
pub(crate) fn window(state: UiState, view: LiveView) -> Harness<'static, App> {
    window_of(state, view, [1280.0, 720.0])
}

/// Like [`window`], of another size.
pub(crate) fn window_of(state: UiState, view: LiveView, size: [f32; 2]) -> Harness<'static, App> {
    let options = SnapshotOptions::new().threshold(1.2).max_failed_pixels(40);
    let theme = match state.settings.theme {
        ThemeChoice::Light => eframe::egui::Theme::Light,
        _ => eframe::egui::Theme::Dark,
    };
    let mut harness = Harness::builder()
        .with_theme(theme)
        .with_size(size)
        .with_pixels_per_point(1.0)
        .with_step_dt(1.0 / 30.0)
        .with_options(options)
        .wgpu()
        .build_eframe(|cc| {
            let backend = Fixed {
                view,
                sent: Vec::new(),
                requests: Vec::new(),
                reports: Vec::new(),
                recording: None,
                virtual_camera: None,
            };
            Window::new(&cc.egui_ctx, state, backend)
        });
    harness.run_steps(4);
    harness
}

/// A dark state with two cameras.
pub(crate) fn state() -> UiState {
    let settings = Settings {
        theme: ThemeChoice::Dark,
        save_folder: Some("/home/ada/Pictures/agemirror".into()),
        introduction: false,
        ..Settings::default()
    };
    let mut state = UiState::new(settings, aging::models());
    state.cameras = vec![device("Integrated Camera", 0), device("Desk Camera", 2)];
    state
}

fn device(name: &str, index: u32) -> CameraDevice {
    CameraDevice { name: name.to_owned(), path: format!("/dev/video{index}"), index }
}

const HEADS: [[f32; 3]; 3] = [[320.0, 230.0, 92.0], [110.0, 250.0, 58.0], [535.0, 240.0, 64.0]];

pub(crate) fn face(id: u64) -> TrackedFace {
    let [x, y, radius] = HEADS[id as usize];
    let bounds =
        FaceBox { x: x - radius, y: y - radius * 1.1, width: 2.0 * radius, height: 2.3 * radius, score: 9.0 };
    TrackedFace { id, bounds, points: [[x, y]; 5], mesh: Vec::new(), yaw: 0.0 }
}

fn frame(faces: usize) -> Frame {
    let picture = portrait(640, 480, &HEADS[..faces], 0.0);
    Frame { picture: Arc::new(picture), captured: noon(), number: 1, mirrored: false }
}

pub(crate) fn model() -> ModelInfo {
    ModelInfo {
        name: "mirror",
        title: "Mirror",
        ages: AgeChoice::Years { youngest: 1.0, oldest: 85.0 },
        knows_gender: false,
        templates: vec![AlignmentTemplate { points: [[0.5; 2]; 5] }],
        view: agemirror_faces::face::dlib::CropWindow::WHOLE,
        side: 128,
        weights_hash: "5f3c9a1e77d0b2468ace13579bdf02468ace13579bdf02468ace13579bdf0246".to_owned(),
    }
}

fn tile(age: f32) -> Tile {
    let picture = portrait(160, 160, &[[80.0, 76.0, 46.0]], age / 85.0);
    Tile { age, picture: Arc::new(picture), captured: noon(), finished: noon() }
}

fn aged(id: u64, ages: &[f32]) -> AgedFace {
    AgedFace {
        face: face(id),
        crop: Arc::new(portrait(160, 160, &[[80.0, 76.0, 46.0]], 0.0)),
        edge: None,
        current_age: Some(33.0 + id as f32 * 9.0),
        tiles: ages.iter().map(|age| tile(*age)).collect(),
    }
}

/// A camera that streams `faces` faces, of which `chosen` are aged to `ages`.
pub(crate) fn live(faces: usize, chosen: &[u64], ages: &[f32]) -> LiveView {
    let frame = frame(faces);
    let set = TileSet {
        frame: frame.clone(),
        ages: ages.to_vec(),
        faces: chosen.iter().map(|id| aged(*id, ages)).collect(),
        whole: Vec::new(),
        model: model(),
        progress: None,
    };
    let report =
        FaceReport { faces: (0..faces as u64).map(face).collect(), chosen: chosen.to_vec(), problem: None };
    LiveView {
        input: Some(frame),
        faces: Arc::new(report),
        tiles: Some(Arc::new(set)),
        status: Arc::new(status(streaming())),
    }
}

/// Like [`live`] with one face, with whole frames.
pub(crate) fn live_whole(ages: &[f32]) -> LiveView {
    let mut view = live(1, &[0], ages);
    let Some(made) = &view.tiles else { return view };
    let mut set = TileSet::clone(made);
    let whole = |age: &f32| Tile {
        age: *age,
        picture: Arc::new(portrait(640, 480, &HEADS[..1], age / 85.0)),
        captured: noon(),
        finished: noon(),
    };
    set.whole = ages.iter().map(whole).collect();
    view.tiles = Some(Arc::new(set));
    view
}

/// A camera in this state, with nothing to show.
pub(crate) fn nothing(state: SourceState) -> LiveView {
    LiveView { input: None, faces: Arc::default(), tiles: None, status: Arc::new(status(state)) }
}

/// A camera whose newest frame has no face to age, after one that had.
pub(crate) fn problem(problem: FaceProblem, ages: &[f32]) -> LiveView {
    let report = FaceReport { faces: Vec::new(), chosen: Vec::new(), problem: Some(problem) };
    LiveView { input: Some(frame(0)), faces: Arc::new(report), ..live(1, &[0], ages) }
}

/// The view with a changed status.
pub(crate) fn with_status(mut view: LiveView, change: impl FnOnce(&mut Status)) -> LiveView {
    let mut status = (*view.status).clone();
    change(&mut status);
    view.status = Arc::new(status);
    view
}

pub(crate) fn streaming() -> SourceState {
    SourceState::Streaming { width: 640, height: 480, format: "MJPEG".to_owned(), measured_rate: 29.9 }
}

pub(crate) fn status(state: SourceState) -> Status {
    let spread = |median: f32| Spread { median, percentile_95: median * 1.5 };
    let running = matches!(state, SourceState::Streaming { .. });
    let statistics = Statistics {
        input_rate: 29.9,
        tile_rate: 9.6,
        input: spread(12.0),
        face: spread(21.0),
        encode: spread(24.0),
        decode: spread(62.0),
        compose: spread(7.0),
        camera_to_tile: spread(108.0),
    };
    Status {
        source: if state == SourceState::NoCamera { String::new() } else { "Integrated Camera".to_owned() },
        state,
        counters: SourceCounters { frames: 900, ..SourceCounters::default() },
        device: Some(DeviceDescription::Cpu { threads: 2, reason: CpuReason::NoGpuBuild }),
        model: Some(model()),
        opening: None,
        refused: None,
        slow: false,
        restraint: None,
        frozen: false,
        statistics: if running { statistics } else { Statistics::default() },
        history: if running { history() } else { Arc::new([]) },
        fault: None,
    }
}

/// A minute of varying times.
fn history() -> Arc<[HistoryPoint]> {
    let point = |second: u64| {
        let wave = (second as f32 / 6.0).sin();
        HistoryPoint {
            second,
            input_rate: 29.9,
            tile_rate: 9.6,
            input: 12.0 + wave,
            face: 21.0 + 3.0 * wave,
            encode: 24.0 + 2.0 * (second as f32 / 3.0).cos(),
            decode: 62.0 + 9.0 * wave,
            compose: 7.0,
            camera_to_tile: 108.0 + 16.0 * wave,
        }
    };
    (0..60).map(point).collect()
}
