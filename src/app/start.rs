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
use agemirror_faces::aging;
use agemirror_faces::aging::Gender;
use agemirror_faces::compose::{AgeGroup, AgeTarget, FOUR_GROUPS, TEN_GROUPS};
use agemirror_faces::crop::FaceChoice;

/// Two passes are so far apart at least, so that news that come together are drawn together.
const LEAST_PASS_INTERVAL: Duration = Duration::from_millis(20);

/// A model whose one age takes longer than this does not follow the camera.
const SLOW_AFTER: Duration = Duration::from_millis(500);

/// What the command line says about the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppOptions {
    /// The name, path or number of the camera; otherwise the one of the last time.
    pub camera: Option<String>,
    /// The picture size wanted of the camera; otherwise that of the last time.
    pub size: Option<(u32, u32)>,
    /// The frames a second wanted of the camera; otherwise those of the last time.
    pub rate: Option<u32>,
    /// Pictures and folders to open.
    pub pictures: Vec<PathBuf>,
    /// Ages in the place of the groups.
    pub ages: Option<Vec<AgeTarget>>,
    /// The name of the model; otherwise the one of the last time.
    pub model: Option<String>,
    /// Shows whole frames with the aged face in place; otherwise as the last time.
    pub whole_frame: bool,
    /// Ages every face, not only the largest.
    pub all_faces: bool,
    /// As whom a face is aged; otherwise as the last time.
    pub gender: Option<Gender>,
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When there is no display, or no graphics driver that can draw.
pub fn run(options: AppOptions) -> anyhow::Result<()> {
    let viewport = ViewportBuilder::default()
        .with_title("agemirror")
        .with_app_id("agemirror")
        .with_inner_size(vec2(1280.0, 760.0))
        .with_min_inner_size(vec2(1024.0, 640.0))
        .with_drag_and_drop(true)
        .with_icon(icon());
    let display = Display::of_session();
    let mut native = eframe::NativeOptions {
        viewport,
        // Pasting a picture is our own command; the toolkit would look for text only.
        clipboard_shortcuts: false,
        ..Default::default()
    };
    display.apply(&mut native);
    let create: eframe::AppCreator<'_> =
        Box::new(move |cc| Ok(Box::new(open(&cc.egui_ctx, options, display)?)));
    eframe::run_native("agemirror", native, create).map_err(|error| explain(&error))
}

/// Why there is no window, in words for the user; the toolkit's own, with places in its source, are logged.
fn explain(error: &eframe::Error) -> anyhow::Error {
    tracing::error!("the window: {error}");
    match error {
        eframe::Error::AppCreation(reason) => anyhow::anyhow!("the window cannot be opened: {reason}"),
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => anyhow::anyhow!(
            "the window cannot be opened because there is no display; run this in a desktop session, \
             or use `agemirror age` for pictures without a window"
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
    state.takes_drops = display.takes_drops;
    if options.all_faces {
        state.faces = FaceChoice::All;
    }
    if let Some(ages) = options.ages {
        choose_ages(&mut state, ages);
    }
    let mut backend = LiveBackend::start(pipeline_settings(&state), &wake(ctx))?;
    if !options.pictures.is_empty() {
        state.loading += 1;
        backend.request(Request::Collect(options.pictures));
    }
    Ok(Window::new(ctx, state, backend))
}

/// Takes the ages of the command line; where they are those of a group, its switch shows it.
fn choose_ages(state: &mut UiState, ages: Vec<AgeTarget>) {
    let are = |groups: &[AgeGroup]| ages == groups.iter().map(AgeTarget::from).collect::<Vec<_>>();
    if are(&TEN_GROUPS) {
        state.settings.groups = GroupChoice::Ten;
    } else if are(&FOUR_GROUPS) {
        state.settings.groups = GroupChoice::Four;
    } else {
        state.own_ages = Some(ages);
    }
}

fn pipeline_settings(state: &UiState) -> PipelineSettings {
    PipelineSettings {
        source: SourceChoice::Camera(state.settings.camera.clone()),
        ages: state.wanted_ages(),
        gender: state.settings.gender,
        model: state.wanted_model().unwrap_or_default().to_owned(),
        device: state.settings.device,
        faces: state.faces,
        whole_frames: state.settings.whole_frame,
        slow_after: Some(SLOW_AFTER),
        ..PipelineSettings::default()
    }
}

/// Asks for a pass from any thread, but not sooner after the last request than passes may follow.
fn wake(ctx: &Context) -> Wake {
    let ctx = ctx.clone();
    let start = Instant::now();
    let last = AtomicU64::new(0);
    let least = LEAST_PASS_INTERVAL.as_millis() as u64;
    Arc::new(move || {
        let now = start.elapsed().as_millis() as u64;
        let since = now.saturating_sub(last.load(Ordering::Relaxed));
        if since >= least {
            last.store(now, Ordering::Relaxed);
            ctx.request_repaint();
        } else {
            ctx.request_repaint_after(Duration::from_millis(least - since));
        }
    })
}

/// The icon of the window: a disc, half young and half old.
fn icon() -> IconData {
    const SIDE: u32 = 64;
    let middle = (SIDE as f32 - 1.0) / 2.0;
    let pixel = |place: u32| {
        let (x, y) = ((place % SIDE) as f32 - middle, (place / SIDE) as f32 - middle);
        let cover = (30.0 - x.hypot(y)).clamp(0.0, 1.0);
        let line = (2.5 - x.abs()).clamp(0.0, 1.0);
        let side = if x < 0.0 { [82.0, 211.0, 192.0] } else { [23.0, 78.0, 74.0] };
        let [red, green, blue] = side.map(|value: f32| (value + (255.0 - value) * line) as u8);
        [red, green, blue, (cover * 255.0) as u8]
    };
    IconData { rgba: (0..SIDE * SIDE).flat_map(pixel).collect(), width: SIDE, height: SIDE }
}
