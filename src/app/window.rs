//! The window: takes in what is new, draws it, does what the user wants.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Context, Ui};

use super::commands::shortcuts;
use super::commands::{self, Doer, UiCommand};
use super::context::Scene;
use super::layout;
use super::state::notifications::Tone;
use super::state::pipeline_request::Wanted;
use super::state::sweep;
use super::state::{Layout, UiState};
use super::widgets::textures::Textures;
use super::widgets::theme;
use super::workers::backend::{Backend, Request};
use crate::pipeline::{Fault, LiveView, TileSet};

/// The slider plays with so many steps a second at most.
const PLAY_STEP: std::time::Duration = std::time::Duration::from_millis(33);

/// A slider that moves waits for the picture of its last age at most so many seconds.
const LONGEST_WAIT: f64 = 1.0;

/// The window, over whatever stands behind it.
pub struct Window<B: Backend> {
    /// What the window knows.
    pub state: UiState,
    /// Everything outside.
    pub backend: B,
    textures: Textures,
    asked: Wanted,
    /// When other ages were last asked for, in seconds of the window's clock.
    asked_at: f64,
    /// The tiles that were last given to be read.
    read: Option<Arc<TileSet>>,
    /// The training run that is watched.
    watched: Option<PathBuf>,
    fault: Option<Fault>,
}

impl<B: Backend> Window<B> {
    /// A window that shows `state`; the pipeline behind it was started with [`UiState::wanted_ages`]
    /// and the other wishes of the same state.
    pub fn new(ctx: &Context, state: UiState, mut backend: B) -> Self {
        theme::install(ctx);
        commands::apply_theme(ctx, state.settings.theme);
        backend.request(Request::ListCameras);
        backend.request(Request::LookAtWeights);
        let asked = Wanted::of(&state);
        Self {
            state,
            backend,
            textures: Textures::default(),
            asked,
            asked_at: 0.0,
            read: None,
            watched: None,
            fault: None,
        }
    }

    /// One pass: draws the window and does what the user wants.
    pub fn pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        let before = self.state.settings.clone();
        self.textures.begin_pass();
        let view = self.backend.view();
        self.state.model_info.clone_from(&view.status.model);
        self.state.slow = view.status.slow;
        self.receive(&ctx, &view);
        let mut wishes = self.read_input(&ctx);
        shortcuts::read(&ctx, &self.state, &mut wishes);
        let mut scene = Scene {
            view: &view,
            state: &self.state,
            textures: &mut self.textures,
            commands: &mut wishes,
            now: self.backend.now(),
        };
        layout::show(ui, &mut scene);
        if !wishes.is_empty() {
            ctx.request_repaint();
        }
        let mut doer = self.doer(&ctx, &view);
        wishes.into_iter().for_each(|wish| doer.execute(wish));
        doer.store_settings(&before);
        self.play(&ctx);
        self.play_sweep(&ctx, &view);
        self.ask(&ctx, &view);
        self.have_read(&view);
        self.watch();
    }

    /// How many pictures were sent to the graphics card so far.
    pub fn uploads(&self) -> u64 {
        self.textures.uploads()
    }

    fn doer<'a>(&'a mut self, ctx: &'a Context, view: &'a LiveView) -> Doer<'a> {
        Doer { state: &mut self.state, backend: &mut self.backend, textures: &mut self.textures, view, ctx }
    }

    /// Takes in what has come of work done elsewhere, and faults of the pipeline.
    fn receive(&mut self, ctx: &Context, view: &LiveView) {
        let reports = self.backend.reports();
        let mut doer = self.doer(ctx, view);
        reports.into_iter().for_each(|report| doer.receive(report));
        if let Some(fault) = &view.status.fault
            && self.fault.as_ref() != Some(fault)
        {
            self.doer(ctx, view).tell(Tone::Bad, fault.message.clone(), None);
            self.fault = Some(fault.clone());
        }
        self.give_way(view);
        let now = ctx.input(|input| input.time);
        if let Some(seconds) = self.state.notices.expire(now) {
            ctx.request_repaint_after_secs(seconds as f32);
        }
    }

    /// A chosen model that could not be opened leaves its place to the one that runs, else to the first one.
    fn give_way(&mut self, view: &LiveView) {
        let wanted = self.state.wanted_model();
        let Some(refused) = view.status.refused.as_deref().filter(|name| Some(*name) == wanted) else {
            return;
        };
        let runs = view.status.model.as_ref().map(|model| model.name);
        let first = self.state.models.first().map(|model| model.name);
        if let Some(other) = runs.or(first).filter(|other| *other != refused) {
            self.state.settings.model = Some(other.to_owned());
            self.backend.request(Request::LookAtWeights);
        }
    }

    /// Files that hang over the window or were dropped on it.
    fn read_input(&mut self, ctx: &Context) -> Vec<UiCommand> {
        let (hovering, dropped) = ctx.input(|input| {
            let dropped = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
            (input.raw.hovered_files.len(), dropped.collect::<Vec<_>>())
        });
        self.state.hovering_files = hovering;
        if dropped.is_empty() { Vec::new() } else { vec![UiCommand::Drop(dropped)] }
    }

    fn play(&mut self, ctx: &Context) {
        if self.state.playing.is_some() {
            let seconds = ctx.input(|input| input.stable_dt).min(0.1);
            commands::play(&mut self.state, seconds);
            ctx.request_repaint_after(PLAY_STEP);
        }
    }

    /// Plays a sweep once all its pictures are made.
    fn play_sweep(&mut self, ctx: &Context, view: &LiveView) {
        let whole = self.state.settings.whole_frame;
        let Some(shot) = self.state.shot.as_mut().filter(|shot| shot.playing) else { return };
        let made = sweep::made(shot, view, whole).filter(|made| made.complete);
        if let Some(made) = made {
            let seconds = shot.play(ctx.input(|input| input.time), made.pictures.len());
            ctx.request_repaint_after_secs(seconds as f32);
        }
    }

    /// Has new tiles read by other networks, while that is shown.
    fn have_read(&mut self, view: &LiveView) {
        let set = view.tiles.as_ref().filter(|set| self.state.reads_tiles() && set.shows_something());
        let known = |set: &&Arc<TileSet>| self.read.as_ref().is_some_and(|read| Arc::ptr_eq(read, set));
        if let Some(set) = set.filter(|set| !known(set)) {
            self.backend.request(Request::ReadTiles(Arc::clone(set)));
        }
        self.read = set.cloned();
    }

    /// Watches the training run that is shown, and only while it is.
    fn watch(&mut self) {
        let shown = self.state.layout == Layout::Training;
        let run = self.state.settings.training_run.clone().filter(|_| shown);
        if run != self.watched {
            self.backend.request(Request::WatchRun(run.clone()));
            self.watched = run;
        }
    }

    /// Tells the pipeline what is wanted of it now and was not before. A slider that moves all the time
    /// waits for each picture: every new age would make the work on the one before worthless.
    fn ask(&mut self, ctx: &Context, view: &LiveView) {
        let mut wanted = Wanted::of(&self.state);
        let now = ctx.input(|input| input.time);
        let answered = view.faces.problem.is_some()
            || view.tiles.as_ref().is_none_or(|tiles| tiles.ages == self.asked.ages)
            || now > self.asked_at + LONGEST_WAIT;
        if wanted.slides_from(&self.asked) && !answered {
            wanted.ages.clone_from(&self.asked.ages);
            ctx.request_repaint_after_secs(LONGEST_WAIT as f32);
        }
        if wanted.ages != self.asked.ages {
            self.asked_at = now;
        }
        for command in wanted.since(&self.asked) {
            self.backend.send(command);
        }
        self.asked = wanted;
    }
}

impl<B: Backend> eframe::App for Window<B> {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.pass(ui);
    }
}
