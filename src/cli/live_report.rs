//! The JSON report of `agemirror live --headless`: measurements and a log of events.

use std::time::Instant;

use serde::Serialize;

use super::live_minutes::{Minute, Minutes, memory};
use crate::camera::SourceState;
use crate::pipeline::{Fault, HistoryPoint, LiveView, Restraint, Statistics};
use agemirror_faces::aging::ModelInfo;
use agemirror_faces::compose::About;
use agemirror_faces::face::FaceProblem;

/// Watches a pipeline and records its changes.
pub(super) struct Observer {
    started: Instant,
    ages: Vec<f32>,
    first_picture: Option<f64>,
    first_tiles: Option<f64>,
    tile_sets: u64,
    newest_tiles: Option<Instant>,
    states: Vec<StateChange>,
    faults: Vec<FaultNote>,
    last_fault: Option<Fault>,
    problems: Vec<ProblemChange>,
    restraints: Vec<RestraintChange>,
    history: Vec<HistoryPoint>,
    minutes: Minutes,
}

/// The report.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    program: &'static str,
    /// Duration of the measurement in seconds, from the start of the process.
    seconds: f64,
    camera: String,
    device: String,
    model: Option<Model>,
    ages: &'a [f32],
    /// Rates per second and latencies in milliseconds, over the measurement or its last ten minutes.
    statistics: Statistics,
    /// Time of the first input frame since the start of the process, in milliseconds.
    first_picture: Option<f64>,
    /// Time of the first tiles since the start of the process, in milliseconds.
    first_tiles: Option<f64>,
    tile_sets: u64,
    /// Peak memory of the process, in MiB.
    peak_memory: Option<f64>,
    counters: Counters,
    states: &'a [StateChange],
    faults: &'a [FaultNote],
    problems: &'a [ProblemChange],
    restraints: &'a [RestraintChange],
    history: &'a [HistoryPoint],
    minutes: &'a [Minute],
}

#[derive(Serialize)]
struct Model {
    name: &'static str,
    weights_hash: String,
}

#[derive(Serialize)]
struct Counters {
    frames: u64,
    damaged: u64,
    stalls: u64,
    losses: u64,
    reopened: u64,
}

/// A new state of the source, with the number of tile sets made before.
#[derive(Serialize)]
struct StateChange {
    /// Seconds since the start of the process.
    at: f64,
    state: &'static str,
    sentence: String,
    tile_sets: u64,
}

#[derive(Serialize)]
struct FaultNote {
    at: f64,
    thread: &'static str,
    message: String,
    restarts: u32,
}

/// A new reason why there is nothing to age; `None` if there is something again.
#[derive(Serialize)]
struct ProblemChange {
    at: f64,
    problem: Option<&'static str>,
}

/// A new reason why tiles are made less often than the computer could make them; `None` once they no longer are.
#[derive(Serialize)]
struct RestraintChange {
    at: f64,
    restraint: Option<Restraint>,
}

impl Observer {
    /// Starts to watch; times are relative to `started`.
    pub(super) fn new(started: Instant, ages: Vec<f32>) -> Self {
        Self {
            started,
            ages,
            first_picture: None,
            first_tiles: None,
            tile_sets: 0,
            newest_tiles: None,
            states: Vec::new(),
            faults: Vec::new(),
            last_fault: None,
            problems: Vec::new(),
            restraints: Vec::new(),
            history: Vec::new(),
            minutes: Minutes::default(),
        }
    }

    /// Seconds since the start of the process.
    fn now(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Records the changes in a view.
    pub(super) fn observe(&mut self, view: &LiveView) {
        let now = self.now();
        if view.input.is_some() {
            self.first_picture.get_or_insert(now * 1e3);
        }
        self.observe_tiles(view, now);
        self.observe_source(view, now);
        self.observe_fault(view, now);
        let problem = view.faces.problem.map(FaceProblem::name);
        let before = self.problems.last().map_or(Some(None), |change| Some(change.problem));
        if before != Some(problem) {
            self.problems.push(ProblemChange { at: now, problem });
        }
        let restraint = view.status.restraint;
        if self.restraints.last().and_then(|change| change.restraint) != restraint {
            self.restraints.push(RestraintChange { at: now, restraint });
        }
        // The pipeline keeps one minute of history; a longer measurement keeps it all.
        let known = self.history.last().map_or(0, |point| point.second + 1);
        self.history.extend(view.status.history.iter().filter(|point| point.second >= known));
        self.minutes.update(&self.history);
    }

    fn observe_tiles(&mut self, view: &LiveView, now: f64) {
        let finished =
            view.tiles.as_ref().and_then(|set| set.faces.first()?.tiles.last().map(|tile| tile.finished));
        if finished.is_some() && finished != self.newest_tiles {
            self.newest_tiles = finished;
            self.tile_sets += 1;
            self.first_tiles.get_or_insert(now * 1e3);
        }
    }

    fn observe_source(&mut self, view: &LiveView, now: f64) {
        let state = state_name(&view.status.state);
        if self.states.last().is_none_or(|change| change.state != state) {
            let sentence = view.status.state.sentence(&view.status.source);
            self.states.push(StateChange { at: now, state, sentence, tile_sets: self.tile_sets });
        }
    }

    fn observe_fault(&mut self, view: &LiveView, now: f64) {
        if view.status.fault != self.last_fault {
            self.last_fault = view.status.fault.clone();
            if let Some(Fault { thread, message, restarts }) = self.last_fault.clone() {
                self.faults.push(FaultNote { at: now, thread, message, restarts });
            }
        }
    }

    /// The report, after observing a final view.
    pub(super) fn report(&mut self, view: &LiveView) -> Report<'_> {
        self.observe(view);
        let status = &view.status;
        let counters = status.counters;
        Report {
            program: About::PROGRAM,
            seconds: self.now(),
            camera: status.source.clone(),
            device: status.device.as_ref().map(ToString::to_string).unwrap_or_default(),
            model: status.model.as_ref().map(|ModelInfo { name, weights_hash, .. }| Model {
                name,
                weights_hash: weights_hash.clone(),
            }),
            ages: &self.ages,
            statistics: status.statistics,
            first_picture: self.first_picture,
            first_tiles: self.first_tiles,
            tile_sets: self.tile_sets,
            peak_memory: memory("VmHWM:"),
            counters: Counters {
                frames: counters.frames,
                damaged: counters.damaged,
                stalls: counters.stalls,
                losses: counters.losses,
                reopened: counters.reopened,
            },
            states: &self.states,
            faults: &self.faults,
            problems: &self.problems,
            restraints: &self.restraints,
            history: &self.history,
            minutes: self.minutes.finished(),
        }
    }
}

impl Report<'_> {
    /// Why the measurement measured nothing, if so.
    pub(super) fn failure(&self) -> Option<String> {
        if let (None, Some(fault)) = (&self.model, self.faults.last()) {
            return Some(fault.message.clone());
        }
        let last = self.states.last().map_or("", |change| change.sentence.as_str());
        self.first_picture.is_none().then(|| format!("no picture arrived; {last}"))
    }
}

fn state_name(state: &SourceState) -> &'static str {
    match state {
        SourceState::Opening => "opening",
        SourceState::Streaming { .. } => "streaming",
        SourceState::Still => "still",
        SourceState::Stalled => "stalled",
        SourceState::Unplugged => "unplugged",
        SourceState::Busy => "busy",
        SourceState::Denied => "denied",
        SourceState::NoCamera => "no-camera",
        SourceState::UnknownFormat(_) => "unknown-format",
        SourceState::Failed(_) => "failed",
    }
}
