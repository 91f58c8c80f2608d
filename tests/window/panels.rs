//! The readings and the training run.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use agemirror::app::state::readings::{FaceReadings, Reading, Readings};
use agemirror::app::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use agemirror::app::state::training_run::{Log, SampleSheet, Term, TrainingRun};
use agemirror::app::state::{Layout, UiState};
use agemirror::app::workers::backend::{Report, Request};
use agemirror::pipeline::Command;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use image::{Rgb, RgbImage};

use crate::fixture::{Album, App, FOUR, TEN, live, noon, nothing, state, streaming, window, window_of};

fn click(harness: &mut Harness<'static, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'static, App>, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

/// Readings of faces at `ages`: too old for children, too young for the old.
fn readings(faces: &[u64], ages: &[f32]) -> Readings {
    let tile = |face: u64, age: f32| {
        let reading =
            Reading { age: 12.0 + age * 0.8 + face as f32, same: 0.86 - (age - 33.0).abs() / 110.0 };
        (age, reading)
    };
    let face = |face: u64| FaceReadings {
        face,
        input: 34.0 + face as f32,
        tiles: ages.iter().map(|age| tile(face, *age)).collect(),
    };
    Readings { model: "mirror", captured: noon(), faces: faces.iter().map(|id| face(*id)).collect() }
}

fn reading(groups: GroupChoice) -> UiState {
    let mut state = state();
    state.settings.side_panel = SidePanel::Readings;
    state.settings.groups = groups;
    state
}

#[test]
fn looks_of_the_readings() {
    let mut album = Album::default();
    let mut ten = reading(GroupChoice::Ten);
    ten.readings = Some(readings(&[0], &TEN));
    album.look("readings_dark", ten, live(1, &[0], &TEN));
    let mut four = reading(GroupChoice::Four);
    four.settings.theme = ThemeChoice::Light;
    four.faces = agemirror_faces::crop::FaceChoice::All;
    four.readings = Some(readings(&[0, 1, 2], &FOUR));
    album.look("readings_faces_light", four, live(3, &[0, 1, 2], &FOUR));
    let mut large = reading(GroupChoice::Ten);
    large.layout = Layout::Large;
    large.age = 62.0;
    large.readings = Some(readings(&[0], &[62.0]));
    album.look("readings_large", large, live(1, &[0], &[62.0]));
    let mut small = reading(GroupChoice::Ten);
    small.readings = Some(readings(&[0], &TEN));
    album.keep(window_of(small, live(1, &[0], &TEN), [1024.0, 640.0]), "readings_1024");
}

fn reading_requests(harness: &Harness<'static, App>) -> usize {
    let requests = &harness.state().backend.requests;
    requests.iter().filter(|request| matches!(request, Request::ReadTiles(_))).count()
}

#[test]
fn tiles_are_read_only_while_the_panel_is_open_and_each_set_once() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    assert_eq!(reading_requests(&harness), 0, "it is off by default");
    press(&mut harness, Key::R);
    assert_eq!(harness.state().state.settings.side_panel, SidePanel::Readings);
    harness.get_by_label("Reading the tiles…");
    assert_eq!(reading_requests(&harness), 1);
    harness.run_steps(5);
    assert_eq!(reading_requests(&harness), 1, "the same tiles");
    harness.state_mut().backend.view = live(1, &[0], &TEN);
    harness.run_steps(2);
    assert_eq!(reading_requests(&harness), 2);
    click(&mut harness, "Close the readings");
    harness.state_mut().backend.view = live(1, &[0], &TEN);
    harness.run_steps(2);
    assert_eq!(reading_requests(&harness), 2);
    assert_eq!(harness.state().state.settings.side_panel, SidePanel::Pictures);
}

#[test]
fn every_tile_shows_its_reading() {
    let mut harness = window(reading(GroupChoice::Ten), live(1, &[0], &TEN));
    harness.state_mut().backend.reports.push(Report::Readings(readings(&[0], &TEN)));
    harness.run_steps(3);
    harness.get_by_label("Age 30–39, reads 40, same person 0.84");
    harness.get_by_label("Input reads: 34");
    harness.get_by_label("Same person, lowest: 0.48");
    press(&mut harness, Key::M);
    harness.get_by_label("Age 30–39");
    harness.state_mut().backend.reports.push(Report::Readings(readings(&[0], &TEN)));
    harness.run_steps(2);
    assert_eq!(harness.state().state.readings, None, "they arrived too late");
}

#[test]
fn readings_of_another_face_are_not_shown() {
    let mut state = reading(GroupChoice::Ten);
    state.readings = Some(readings(&[5], &TEN));
    let harness = window(state, live(1, &[0], &TEN));
    harness.get_by_label("Age 30–39");
    harness.get_by_label("Reading the tiles…");
}

#[test]
fn failed_readings_are_reported_and_switched_off() {
    let mut harness = window(reading(GroupChoice::Ten), live(1, &[0], &TEN));
    harness.state_mut().backend.reports.push(Report::NoReadings("The tiles cannot be read.".into()));
    harness.run_steps(3);
    harness.get_by_label_contains("The tiles cannot be read.");
    assert_eq!(harness.state().state.settings.side_panel, SidePanel::Pictures);
}

const FOLDER: &str = "/home/ada/runs/mirror";

/// A run of mirror with a sheet of eight faces.
fn run() -> TrainingRun {
    let names = [
        "adversarial",
        "age",
        "change",
        "discriminator",
        "flow",
        "identity",
        "lesson",
        "lesson_flow",
        "mask",
    ];
    let term = |(index, name): (usize, &&str)| {
        let value = |step: f64| {
            let noise = (step / 130.0 + index as f64).sin() * (step / 57.0).cos();
            (0.3 + index as f64) * (0.25 + (-step / 4000.0).exp() + 0.06 * noise)
        };
        let points: Vec<_> =
            (1..=248).map(|line| [f64::from(line) * 50.0, value(f64::from(line) * 50.0)]).collect();
        Term { name: (*name).to_owned(), last: points[247][1], points }
    };
    let terms = names.iter().enumerate().map(term).collect();
    let picture = RgbImage::from_fn(11 * 64, 8 * 64, |x, y| {
        let (column, row) = (x / 64, y / 64);
        let inside = (f64::from(x % 64) - 32.0).hypot(f64::from(y % 64) - 34.0) < 24.0;
        let shade = if inside { 220 - 14 * column as u8 } else { 70 + 9 * row as u8 };
        Rgb([shade, shade - 20, shade - 30])
    });
    TrainingRun {
        folder: PathBuf::from(FOLDER),
        log: Ok(Log { terms, step: 12_400 }),
        written: noon().checked_sub(Duration::from_secs(12)),
        sheet: Some(SampleSheet { name: "sheet-0012400.png".to_owned(), picture: Arc::new(picture) }),
    }
}

fn watching(run: Option<TrainingRun>) -> UiState {
    let mut state = state();
    state.layout = Layout::Training;
    state.settings.training_run = Some(PathBuf::from(FOLDER));
    state.training = run.map(Arc::new);
    state
}

#[test]
fn looks_of_a_training_run() {
    let mut album = Album::default();
    album.look("training_dark", watching(Some(run())), nothing(streaming()));
    let mut few = run();
    let mut light = watching(None);
    light.settings.theme = ThemeChoice::Light;
    if let Ok(log) = &mut few.log {
        log.terms.truncate(2);
    }
    few.sheet = None;
    light.training = Some(Arc::new(few));
    album.look("training_few_light", light, nothing(streaming()));
    album.keep(window_of(watching(Some(run())), nothing(streaming()), [1920.0, 1080.0]), "training_1920");
    let mut none = watching(None);
    none.settings.training_run = None;
    album.look("training_invitation", none, nothing(streaming()));
    let why = format!("{FOLDER} holds no log.csv.");
    let unready = TrainingRun { log: Err(why.into()), sheet: None, written: None, ..run() };
    album.look(
        "training_nothing_light",
        {
            let mut state = watching(Some(unready));
            state.settings.theme = ThemeChoice::Light;
            state
        },
        nothing(streaming()),
    );
}

#[test]
fn a_run_is_chosen_watched_and_left() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    press(&mut harness, Key::T);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Ages(ages)) if ages.is_empty()));
    click(&mut harness, "Choose a folder");
    assert!(matches!(harness.state().backend.requests.last(), Some(Request::ChooseRun(None))));
    harness.state_mut().backend.reports.push(Report::RunFolder(PathBuf::from(FOLDER)));
    harness.run_steps(3);
    let watched = |harness: &Harness<'static, App>| {
        harness.state().backend.requests.iter().rev().find_map(|request| match request {
            Request::WatchRun(folder) => Some(folder.clone()),
            _ => None,
        })
    };
    assert_eq!(watched(&harness), Some(Some(PathBuf::from(FOLDER))));
    harness.state_mut().backend.reports.push(Report::Training(Arc::new(run())));
    harness.run_steps(3);
    harness.get_by_label("Step 12,400, written 12 seconds ago");
    harness.get_by_label_contains("lesson flow: ");
    harness.get_by_label("Sheet of samples, sheet-0012400.png");
    let other = TrainingRun { folder: PathBuf::from("/elsewhere"), ..run() };
    harness.state_mut().backend.reports.push(Report::Training(Arc::new(other)));
    harness.run_steps(2);
    assert_eq!(harness.state().state.training, None, "a report of another run is dropped");
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().state.layout, Layout::Tiles);
    assert_eq!(watched(&harness), Some(None), "it is no longer watched");
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Ages(ages)) if *ages == TEN));
}

#[test]
fn age_keys_do_nothing_while_a_run_is_shown() {
    let mut harness = window(watching(Some(run())), live(1, &[0], &TEN));
    press(&mut harness, Key::ArrowRight);
    assert_eq!(harness.state().state.layout, Layout::Training);
    press(&mut harness, Key::S);
    harness.get_by_label_contains("Nothing can be saved while a training run is open");
    assert!(harness.state().backend.requests.iter().all(|request| !matches!(request, Request::Save { .. })));
    press(&mut harness, Key::Num4);
    assert_eq!(harness.state().state.layout, Layout::Tiles);
}

#[test]
fn the_settings_open_both() {
    let mut state = state();
    state.modal = Some(agemirror::app::state::Modal::Settings);
    let mut harness = window(state, live(1, &[0], &TEN));
    click(&mut harness, "Ages that other networks see");
    assert_eq!(harness.state().state.settings.side_panel, SidePanel::Readings);
    click(&mut harness, "Watch a training run");
    assert_eq!(harness.state().state.layout, Layout::Training);
    assert_eq!(harness.state().state.modal, None);
}
