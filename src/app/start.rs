//! Opens the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eframe::egui::{Context, IconData, ViewportBuilder, vec2};

use super::display::Display;
use super::state::UiState;
use super::state::settings::{GroupChoice, Settings, settings_file};
use super::window::Window;
use super::workers::backend::{Backend, Request};
use super::workers::live::LiveBackend;
use super::workers::reporter::Wake;
use crate::pipeline::{PipelineSettings, SourceChoice};
use crate::text::Choice;
use crate::video::VirtualCameraDevice;
use agemirror_faces::age::Gender;
use agemirror_faces::age::{AgeGroup, AgeTarget, FOUR_GROUPS, TEN_GROUPS};
use agemirror_faces::aging;
use agemirror_faces::crop::FaceChoice;

/// Minimum time between repaints; updates that arrive together share one frame.
const MIN_REPAINT_INTERVAL: Duration = Duration::from_millis(20);

/// Models slower than this per age run on a held frame instead of live.
const SLOW_MODEL_THRESHOLD: Duration = Duration::from_millis(500);

/// The command line's options for the window. Without an option, the window uses its last settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppOptions {
    /// The name, path or number of the camera.
    pub camera: Option<String>,
    /// The width and height to request from the camera, in pixels.
    pub size: Option<(u32, u32)>,
    /// The frame rate to request from the camera, in frames per second.
    pub rate: Option<u32>,
    /// Pictures, videos, weight files and folders to open.
    pub files: Vec<PathBuf>,
    /// Ages to show instead of the age groups.
    pub ages: Option<Vec<AgeTarget>>,
    /// The name of the model, or the path of its weights.
    pub model: Option<String>,
    /// Show whole frames with the aged faces in them.
    pub whole_frame: bool,
    /// Age every face, not only the largest.
    pub all_faces: bool,
    /// Gender to age faces as; defaults to the last choice.
    pub gender: Option<Gender>,
    /// The virtual camera to send the aged picture to, if any.
    pub virtual_camera: Option<VirtualCameraDevice>,
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When there is no display, or no graphics driver with OpenGL.
pub fn run(options: AppOptions) -> anyhow::Result<()> {
    let viewport = ViewportBuilder::default()
        .with_title("agemirror")
        .with_app_id("agemirror")
        .with_inner_size(vec2(1280.0, 760.0))
        .with_min_inner_size(vec2(1024.0, 640.0))
        .with_drag_and_drop(true)
        .with_icon(icon());
    let display = Display::detect();
    open_on(display, viewport, move |ctx| open(ctx, options, display))
}

/// Opens an exhibit's window with what `create` makes, and returns when it is closed.
///
/// # Errors
/// As [`run`].
pub(crate) fn open_viewport<A: eframe::App + 'static>(
    viewport: ViewportBuilder,
    create: impl FnOnce(&Context) -> std::io::Result<A> + 'static,
) -> anyhow::Result<()> {
    open_on(Display::detect(), viewport, create)
}

/// Starts the pipeline and the workers of an exhibit, which repaint `ctx` when there is news.
///
/// # Errors
/// When a thread cannot be started.
pub(crate) fn backend_for_exhibit(settings: PipelineSettings, ctx: &Context) -> std::io::Result<LiveBackend> {
    LiveBackend::start(settings, &wake(ctx))
}

fn open_on<A: eframe::App + 'static>(
    display: Display,
    viewport: ViewportBuilder,
    create: impl FnOnce(&Context) -> std::io::Result<A> + 'static,
) -> anyhow::Result<()> {
    let mut native = eframe::NativeOptions {
        viewport,
        // Pasting a picture is a command of this program; eframe would only look for text.
        clipboard_shortcuts: false,
        ..Default::default()
    };
    display.apply(&mut native);
    let create: eframe::AppCreator<'_> = Box::new(move |cc| Ok(Box::new(create(&cc.egui_ctx)?)));
    eframe::run_native("agemirror", native, create).map_err(|error| explain(&error))
}

/// Explains to the user why there is no window. eframe's own message names places in its source, so it is
/// logged.
fn explain(error: &eframe::Error) -> anyhow::Error {
    tracing::error!("the window cannot be opened: {error}");
    match error {
        eframe::Error::AppCreation(reason) => anyhow::anyhow!("the window cannot be opened: {reason}"),
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => anyhow::anyhow!(
            "the window cannot be opened because there is no display; run it in a desktop session, \
             or age pictures without a window with `agemirror age`"
        ),
        _ => anyhow::anyhow!(
            "the window cannot be opened because the graphics driver does not offer OpenGL; \
             install the driver (on Debian the package libgl1-mesa-dri)"
        ),
    }
}

fn open(ctx: &Context, options: AppOptions, display: Display) -> std::io::Result<Window<LiveBackend>> {
    let file = settings_file();
    let mut settings = file.as_deref().map(Settings::load).unwrap_or_default();
    if options.camera.is_some() {
        settings.camera.name = options.camera;
        settings.camera.path = None;
    }
    if let Some((width, height)) = options.size {
        (settings.camera.width, settings.camera.height) = (width, height);
    }
    settings.camera.rate = options.rate.unwrap_or(settings.camera.rate);
    if options.model.is_some() {
        settings.model = options.model;
    }
    settings.whole_frame |= options.whole_frame;
    settings.gender = options.gender.unwrap_or(settings.gender);
    let mut state = UiState::new(settings, aging::models());
    state.settings_file = file;
    state.system_language = Choice::of_system();
    state.accepts_drops = display.accepts_drops;
    if options.all_faces {
        state.faces = FaceChoice::All;
    }
    if let Some(ages) = options.ages {
        apply_ages(&mut state, ages);
    }
    if let Some(VirtualCameraDevice::Path(path)) = &options.virtual_camera {
        state.loopback_device.clone_from(path);
    }
    state.virtual_camera = options.virtual_camera;
    let mut backend = LiveBackend::start(pipeline_settings(&state), &wake(ctx))?;
    if !options.files.is_empty() {
        state.loading += 1;
        backend.request(Request::Open(options.files));
    }
    if let Some(settings) = state.virtual_camera_settings() {
        backend.request(Request::VirtualCamera(Some(settings)));
    }
    Ok(Window::new(ctx, state, backend))
}

/// Applies the ages of the command line. If they are those of the ten or the four groups, the groups are
/// selected.
fn apply_ages(state: &mut UiState, ages: Vec<AgeTarget>) {
    let matches = |groups: &[AgeGroup]| ages == groups.iter().map(AgeTarget::from).collect::<Vec<_>>();
    if matches(&TEN_GROUPS) {
        state.settings.groups = GroupChoice::Ten;
    } else if matches(&FOUR_GROUPS) {
        state.settings.groups = GroupChoice::Four;
    } else {
        state.custom_ages = Some(ages);
    }
}

fn pipeline_settings(state: &UiState) -> PipelineSettings {
    PipelineSettings {
        source: SourceChoice::Camera(state.settings.camera.clone()),
        ages: state.requested_ages(),
        gender: state.settings.gender,
        model: state.requested_model().unwrap_or_default().to_owned(),
        device: state.settings.device,
        faces: state.faces,
        whole_frames: state.settings.whole_frame,
        slow_after: Some(SLOW_MODEL_THRESHOLD),
        ..PipelineSettings::default()
    }
}

/// Requests a repaint from any thread, at most every [`MIN_REPAINT_INTERVAL`].
fn wake(ctx: &Context) -> Wake {
    let ctx = ctx.clone();
    let start = Instant::now();
    let last = AtomicU64::new(0);
    let interval = MIN_REPAINT_INTERVAL.as_millis() as u64;
    Arc::new(move || {
        let now = start.elapsed().as_millis() as u64;
        let since = now.saturating_sub(last.load(Ordering::Relaxed));
        if since >= interval {
            last.store(now, Ordering::Relaxed);
            ctx.request_repaint();
        } else {
            ctx.request_repaint_after(Duration::from_millis(interval - since));
        }
    })
}

/// The icon of the window: a disc with a light and a dark half.
fn icon() -> IconData {
    const SIDE: u32 = 64;
    let middle = (SIDE as f32 - 1.0) / 2.0;
    let pixel = |index: u32| {
        let (x, y) = ((index % SIDE) as f32 - middle, (index / SIDE) as f32 - middle);
        let cover = (30.0 - x.hypot(y)).clamp(0.0, 1.0);
        let line = (2.5 - x.abs()).clamp(0.0, 1.0);
        let side = if x < 0.0 { [82.0, 211.0, 192.0] } else { [23.0, 78.0, 74.0] };
        let [red, green, blue] = side.map(|value: f32| (value + (255.0 - value) * line) as u8);
        [red, green, blue, (cover * 255.0) as u8]
    };
    IconData { rgba: (0..SIDE * SIDE).flat_map(pixel).collect(), width: SIDE, height: SIDE }
}
