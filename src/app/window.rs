//! The window: handles the workers' reports, draws itself, executes the user's commands.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Context, Ui};

use super::commands::shortcuts;
use super::commands::{self, CommandHandler, UiCommand};
use super::context::PanelContext;
use super::layout;
use super::state::notifications::Severity;
use super::state::pipeline_request::{MAX_WAIT_SECONDS, PipelineRequest, is_answered};
use super::state::sweep::sweep_result;
use super::state::{Layout, Modal, UiState};
use super::widgets::textures::Textures;
use super::widgets::theme;
use super::workers::backend::{Backend, Request};
use crate::pipeline::{Fault, LiveView, TileSet};
use crate::text::message;

/// Time between two steps of the playing slider.
const PLAY_INTERVAL: std::time::Duration = std::time::Duration::from_millis(33);

/// Time between updates of what is shown of a recording and the virtual camera.
const OUTPUT_STATUS_INTERVAL: std::time::Duration = std::time::Duration::from_millis(500);

/// The window, on top of a backend.
pub struct Window<B: Backend> {
    /// The state of the window.
    pub state: UiState,
    /// The pipeline and the workers.
    pub backend: B,
    textures: Textures,
    /// The last request to the pipeline.
    requested: PipelineRequest,
    /// When other ages were last requested, in seconds of the window's clock.
    requested_at: f64,
    /// The tiles that were last sent to be read.
    read: Option<Arc<TileSet>>,
    /// The age that the virtual camera was last asked to show, in years.
    camera_age: f32,
    /// The folder of the training run that is watched.
    watched: Option<PathBuf>,
    /// The last fault of the pipeline that was reported to the user.
    fault: Option<Fault>,
    /// The locale or language whose absence was reported to the user.
    reported_language: Option<String>,
}

impl<B: Backend> Window<B> {
    /// A window that shows `state`. The pipeline of `backend` must have been started with
    /// [`UiState::requested_ages`] and the other settings of the same state.
    pub fn new(ctx: &Context, state: UiState, mut backend: B) -> Self {
        theme::install(ctx);
        commands::apply_theme(ctx, state.settings.theme);
        backend.request(Request::ListCameras);
        backend.request(Request::RefreshWeights);
        let requested = PipelineRequest::from_state(&state);
        Self {
            camera_age: state.age,
            state,
            backend,
            textures: Textures::default(),
            requested,
            requested_at: 0.0,
            read: None,
            watched: None,
            fault: None,
            reported_language: None,
        }
    }

    /// Draws one frame and executes the commands of the user.
    fn frame(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let previous_settings = self.state.settings.clone();
        self.textures.begin_frame();
        self.choose_language(&ctx);
        let view = self.backend.view();
        self.state.model_info.clone_from(&view.status.model);
        self.state.slow = view.status.slow;
        self.state.recording = self.backend.recording();
        self.state.virtual_camera_status = self.backend.virtual_camera();
        if self.state.recording.is_some() || self.state.virtual_camera.is_some() {
            ctx.request_repaint_after(OUTPUT_STATUS_INTERVAL);
        }
        self.receive(&ctx, &view);
        let mut commands = self.read_drops(&ctx);
        shortcuts::read(&ctx, &self.state, &mut commands);
        let mut context = PanelContext {
            view: &view,
            state: &self.state,
            textures: &mut self.textures,
            commands: &mut commands,
            now: self.backend.now(),
        };
        layout::show(ui, &mut context);
        if !commands.is_empty() {
            ctx.request_repaint();
        }
        let mut handler = self.handler(&ctx, &view);
        commands.into_iter().for_each(|command| handler.execute(command));
        handler.store_settings(&previous_settings);
        self.play_slider(&ctx);
        self.play_sweep(&ctx, &view);
        self.send_pipeline_request(&ctx, &view);
        self.request_readings(&view);
        self.show_age_on_camera();
        self.watch_run();
    }

    /// Draws this frame in the chosen language. A language that cannot be shown is reported once.
    fn choose_language(&mut self, ctx: &Context) {
        let choice = self.state.language();
        let opened = self.state.modal == Some(Modal::Settings);
        if (choice.language.needs_system_font() || opened) && self.state.fonts.request() {
            self.backend.request(Request::FindFonts);
        }
        self.state.shown_language = self.state.fonts.begin_frame(ctx, choice.language);
        let name = choice.language.english_name();
        let (missing, text) = match choice.untranslated {
            Some(locale) => (locale.clone(), message!("language-untranslated", locale = locale)),
            None if self.state.fonts.lacks(choice.language) => {
                (name.to_owned(), message!("language-without-font", language = name))
            }
            None => return self.reported_language = None,
        };
        if self.reported_language.as_ref() != Some(&missing) {
            let now = ctx.input(|input| input.time);
            self.state.notifications.add(now, Severity::Error, text, None);
            self.reported_language = Some(missing);
        }
    }

    /// The number of pictures that were sent to the graphics card so far.
    pub fn uploads(&self) -> u64 {
        self.textures.uploads()
    }

    fn handler<'a>(&'a mut self, ctx: &'a Context, view: &'a LiveView) -> CommandHandler<'a> {
        let Self { state, backend, textures, .. } = self;
        CommandHandler { state, backend, textures, view, ctx }
    }

    /// Handles the reports of the workers and new faults of the pipeline.
    fn receive(&mut self, ctx: &Context, view: &LiveView) {
        let reports = self.backend.reports();
        let mut handler = self.handler(ctx, view);
        reports.into_iter().for_each(|report| handler.receive(report));
        if let Some(fault) = &view.status.fault
            && self.fault.as_ref() != Some(fault)
        {
            self.handler(ctx, view).notify(Severity::Error, fault.message.clone().into(), None);
            self.fault = Some(fault.clone());
        }
        self.fall_back_to_running_model(view);
        let now = ctx.input(|input| input.time);
        if let Some(seconds) = self.state.notifications.expire(now) {
            ctx.request_repaint_after_secs(seconds as f32);
        }
    }

    /// If the chosen model could not be opened, chooses the running model, or the first one if none runs.
    fn fall_back_to_running_model(&mut self, view: &LiveView) {
        let chosen = self.state.requested_model();
        let Some(refused) = view.status.refused.as_deref().filter(|name| Some(*name) == chosen) else {
            return;
        };
        let running = view.status.model.as_ref().map(|model| model.name);
        let first = self.state.models.first().map(|model| model.name);
        if let Some(other) = running.or(first).filter(|other| *other != refused) {
            self.state.settings.model = Some(other.to_owned());
            self.backend.request(Request::RefreshWeights);
        }
    }

    /// Counts the files that hover over the window, and opens those that were dropped.
    fn read_drops(&mut self, ctx: &Context) -> Vec<UiCommand> {
        let (hovering, dropped) = ctx.input(|input| {
            let dropped = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
            (input.raw.hovered_files.len(), dropped.collect::<Vec<_>>())
        });
        self.state.hovering_files = hovering;
        if dropped.is_empty() { Vec::new() } else { vec![UiCommand::OpenPaths(dropped)] }
    }

    fn play_slider(&mut self, ctx: &Context) {
        if self.state.playing.is_some() {
            let seconds = ctx.input(|input| input.stable_dt).min(0.1);
            commands::play(&mut self.state, seconds);
            ctx.request_repaint_after(PLAY_INTERVAL);
        }
    }

    /// Plays a sweep once all its pictures are made.
    fn play_sweep(&mut self, ctx: &Context, view: &LiveView) {
        let whole = self.state.settings.whole_frame;
        let Some(run) = self.state.sweep_run.as_mut().filter(|run| run.playing) else { return };
        if let Some(result) = sweep_result(run, view, whole).filter(|result| result.complete) {
            let seconds = run.play(ctx.input(|input| input.time), result.pictures.len());
            ctx.request_repaint_after_secs(seconds as f32);
        }
    }

    /// While the readings are shown, sends new tiles to be read.
    fn request_readings(&mut self, view: &LiveView) {
        let set = view.tiles.as_ref().filter(|set| self.state.reads_tiles() && set.has_tiles());
        let is_known = |set: &&Arc<TileSet>| self.read.as_ref().is_some_and(|read| Arc::ptr_eq(read, set));
        if let Some(set) = set.filter(|set| !is_known(set)) {
            self.backend.request(Request::ReadTiles(Arc::clone(set)));
        }
        self.read = set.cloned();
    }

    /// Lets the virtual camera follow the age slider.
    fn show_age_on_camera(&mut self) {
        let age = self.state.age;
        if age != self.camera_age {
            self.backend.request(Request::VirtualCameraAge(age));
            self.camera_age = age;
        }
    }

    /// Watches the training run while it is shown.
    fn watch_run(&mut self) {
        let shown = self.state.layout == Layout::Training;
        let run = self.state.settings.training_run.clone().filter(|_| shown);
        if run != self.watched {
            self.backend.request(Request::WatchRun(run.clone()));
            self.watched = run;
        }
    }

    /// Sends the pipeline what has changed since the last request. A moving slider waits for the picture of
    /// each age, because a new age makes the work on the previous one useless.
    fn send_pipeline_request(&mut self, ctx: &Context, view: &LiveView) {
        let mut request = PipelineRequest::from_state(&self.state);
        let now = ctx.input(|input| input.time);
        let is_answered = is_answered(view, &self.requested.ages, now - self.requested_at);
        if request.is_slider_move_from(&self.requested) && !is_answered {
            request.ages.clone_from(&self.requested.ages);
            ctx.request_repaint_after_secs(MAX_WAIT_SECONDS as f32);
        }
        if request.ages != self.requested.ages {
            self.requested_at = now;
        }
        for command in request.commands_since(&self.requested) {
            self.backend.send(command);
        }
        self.requested = request;
    }
}

impl<B: Backend> eframe::App for Window<B> {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
    }
}
