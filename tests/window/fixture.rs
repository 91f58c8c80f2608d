//! Handmade views and states, and a backend that shows a view and records requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agemirror::app::state::UiState;
use agemirror::app::state::settings::{Settings, ThemeChoice};
use agemirror::app::state::weights::{ModelWeights, PublishedFile, WeightState};
use agemirror::app::window::Window;
use agemirror::app::workers::backend::{Backend, Report, Request};
use agemirror::camera::{CameraDevice, SourceCounters, SourceState};
use agemirror::pipeline::{
    AgedFace, Command, CpuReason, DeviceDescription, FaceReport, HistoryPoint, LiveView, Progress, Spread,
    Statistics, Status, Tile, TileSet,
};
use agemirror::video::{RecordingStatus, VirtualCameraStatus};
use agemirror_faces::aging;
use agemirror_faces::aging::{AgeChoice, ModelId, ModelInfo, ModelSummary};
use agemirror_faces::face::{AlignmentTemplate, FaceBox, FaceProblem, TrackedFace};
use agemirror_pictures::Frame;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use image::{Rgb, RgbImage};

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

/// A flat drawing of heads before a wall, with hair from brown (`grey` 0) to grey (1).
pub(crate) fn portrait(width: u32, height: u32, heads: &[[f32; 3]], grey: f32) -> RgbImage {
    let mut picture = RgbImage::from_pixel(width, height, Rgb([98, 116, 136]));
    for &[centre_x, centre_y, radius] in heads {
        draw_head(&mut picture, [centre_x, centre_y], radius, grey);
    }
    picture
}

fn draw_head(picture: &mut RgbImage, [centre_x, centre_y]: [f32; 2], radius: f32, grey: f32) {
    let mix = |from: f32, to: f32| (from + (to - from) * grey) as u8;
    let hair = Rgb([mix(60.0, 205.0), mix(42.0, 205.0), mix(32.0, 208.0)]);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (dx, dy) = ((x as f32 - centre_x) / radius, (y as f32 - centre_y) / radius);
        let inside = |x: f32, y: f32, across: f32, down: f32| {
            ((dx - x) / across).powi(2) + ((dy - y) / down).powi(2) < 1.0
        };
        if inside(0.0, 2.6, 1.7, 1.5) {
            *pixel = Rgb([52, 104, 132]);
        }
        if inside(0.0, -0.2, 1.02, 1.2) {
            *pixel = hair;
        }
        if inside(0.0, 0.1, 0.82, 1.05) {
            *pixel = Rgb([226, 178, 148]);
        }
        if inside(-0.3, -0.05, 0.1, 0.08) || inside(0.3, -0.05, 0.1, 0.08) {
            *pixel = Rgb([44, 40, 44]);
        }
        if inside(0.0, 0.55, 0.28, 0.07) {
            *pixel = Rgb([178, 92, 92]);
        }
    }
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

pub(crate) const TEN: [f32; 10] = [1.5, 4.5, 8.0, 12.0, 17.0, 25.0, 35.0, 45.0, 59.0, 75.0];
pub(crate) const FOUR: [f32; 4] = [22.0, 35.0, 45.0, 60.0];

/// A model of ten groups that distinguishes gender, like CAAE.
pub(crate) fn caae() -> ModelInfo {
    let groups =
        [(0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 40), (41, 50), (51, 60), (61, 70), (71, 80)];
    let ages = AgeChoice::Groups(groups.to_vec());
    ModelInfo { name: "caae", title: "CAAE", ages, knows_gender: true, ..model() }
}

/// A model of three groups, like PAGAN.
pub(crate) fn pagan() -> ModelInfo {
    let ages = AgeChoice::Groups(vec![(31, 40), (41, 50), (51, 255)]);
    ModelInfo { name: "pagan", title: "PAGAN", ages, ..model() }
}

/// A model of four groups that can interpolate, like AgeTransGAN.
pub(crate) fn agetransgan() -> ModelInfo {
    let groups = vec![(15, 29), (30, 39), (40, 49), (50, 120)];
    let ages = AgeChoice::Between { groups, centres: FOUR.to_vec() };
    ModelInfo { name: "agetransgan", title: "AgeTransGAN", ages, side: 1024, ..model() }
}

/// A view in which `model` runs and has made tiles of `ages`.
pub(crate) fn run_by(model: ModelInfo, ages: &[f32]) -> LiveView {
    let mut view = live(1, &[0], ages);
    if let Some(made) = &view.tiles {
        view.tiles = Some(Arc::new(TileSet { model: model.clone(), ..TileSet::clone(made) }));
    }
    with_status(view, |status| status.model = Some(model))
}

/// A dark state with several models, of which only the first two can be opened.
pub(crate) fn state_with_models() -> UiState {
    static MODELS: std::sync::LazyLock<Vec<ModelSummary>> = std::sync::LazyLock::new(|| {
        let model = |name, title, description| {
            let id = ModelId::from_name(name).unwrap();
            ModelSummary { id, name, title, description }
        };
        vec![
            aging::models()[0],
            model("caae", "CAAE", "ten groups at 128 pixels, by Zhang, Song and Qi, 2017"),
            model("pagan", "PAGAN", "three groups of grown-ups at 256 pixels, by Yang and others, 2018"),
            model("agetransgan", "AgeTransGAN", "four groups at 1024 pixels, by Hsu, Xie and Chen, 2022"),
            model("ipcgan", "IPCGAN", "five groups of grown-ups at 128 pixels, by Wang and others, 2018"),
        ]
    });
    let weights = |model, state: WeightState, files: &[&str]| {
        let imported = state == WeightState::Ready;
        let file = |name: &&str| PublishedFile {
            title: format!("{name}, as the authors published it"),
            names: vec![(*name).to_owned()],
            location: format!(
                "https://example.org/{model}/weights (linked from https://example.org/{model})"
            ),
            licence: "none stated: all rights are the authors'".to_owned(),
            next_step: "add it in the window, on the card of its model".to_owned(),
            imported,
        };
        ModelWeights { model, state, files: files.iter().map(file).collect() }
    };
    let damaged = "/home/ada/.local/share/agemirror/ipcgan.safetensors: its checksum is wrong";
    let mut state = state();
    state.models = &MODELS;
    state.weights = vec![
        weights("caae", WeightState::Ready, &["model.data"]),
        weights("pagan", WeightState::Missing, &["netG1.pth", "netG2.pth", "netG3.pth"]),
        weights("ipcgan", WeightState::Damaged(damaged.to_owned()), &["checkpoint_4.index"]),
    ];
    state
}

/// A slow model that makes `ages` one by one from a held frame and has made the first `made` of them.
pub(crate) fn one_by_one(model: ModelInfo, ages: &[f32], made: usize) -> LiveView {
    let mut view = run_by(model, ages);
    let Some(set) = &view.tiles else { return view };
    let mut set = TileSet::clone(set);
    set.faces.iter_mut().for_each(|face| face.tiles.truncate(made));
    set.progress = Some(Progress {
        made,
        wanted: ages.len(),
        making: ages.get(made).copied(),
        encoding: false,
        cancelled: false,
        time_per_tile: Duration::from_millis(4_700),
        capture: 0,
    });
    view.tiles = Some(Arc::new(set));
    with_status(view, |status| {
        status.slow = true;
        status.statistics.tile_rate = 0.0;
    })
}

/// The view with changed progress.
pub(crate) fn with_progress(mut view: LiveView, change: impl FnOnce(&mut Progress)) -> LiveView {
    if let Some(set) = &view.tiles {
        let mut set = TileSet::clone(set);
        if let Some(progress) = &mut set.progress {
            change(progress);
        }
        view.tiles = Some(Arc::new(set));
    }
    view
}
