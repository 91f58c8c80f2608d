//! A model that is too slow to run live: its tiles are made one by one, and outdated ones do not look
//! current.

use agemirror::app::state::settings::ThemeChoice;
use agemirror::app::state::{Layout, UiState};
use agemirror::pipeline::{Command, FaceReport};
use agemirror_faces::face::FaceProblem;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

use crate::fixture::{
    Album, App, FOUR, TEN, agetransgan, live, one_by_one, state_with_models, window, with_progress,
    with_status,
};

fn state() -> UiState {
    let mut state = state_with_models();
    state.settings.model = Some("agetransgan".to_owned());
    state
}

fn open(made: usize) -> Harness<'static, App> {
    window(state(), one_by_one(agetransgan(), &FOUR, made))
}

fn requested_ages(harness: &Harness<'static, App>) -> Option<Vec<f32>> {
    harness.state().backend.sent.iter().rev().find_map(|command| match command {
        Command::Ages(ages) => Some(ages.clone()),
        _ => None,
    })
}

#[test]
fn looks_while_tiles_come_one_by_one() {
    let mut album = Album::default();
    album.look("slow_working_dark", state(), one_by_one(agetransgan(), &FOUR, 2));
    let mut light = state();
    light.settings.theme = ThemeChoice::Light;
    album.look("slow_done_light", light, one_by_one(agetransgan(), &FOUR, 4));
    let stopped = with_progress(one_by_one(agetransgan(), &FOUR, 1), |progress| {
        progress.cancelled = true;
        progress.making = None;
    });
    album.look("slow_stopped", state(), stopped);
    let mut large = state();
    large.layout = Layout::Large;
    large.age = 50.0;
    album.look("slow_large", large, one_by_one(agetransgan(), &FOUR, 3));
}

#[test]
fn looks_while_another_model_is_opened() {
    let mut album = Album::default();
    let view = with_status(live(1, &[0], &TEN), |status| status.opening = Some("agetransgan".to_owned()));
    album.look("opening_a_model", state(), view);
}

#[test]
fn tiles_can_be_cancelled_and_captured_again() {
    let mut harness = open(2);
    harness.get_by_label("Age 15–29");
    harness.get_by_label("Age 40–49: in progress");
    harness.get_by_label_contains("Making 40–49: 2 of 4 tiles made, about 10 seconds to go");
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Cancel)));
    harness.get_by_label("Capture again").click();
    harness.run_steps(2);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Capture)));
    harness.key_press(Key::C);
    harness.run_steps(2);
    let captures = harness.state().backend.sent.iter().filter(|it| matches!(it, Command::Capture)).count();
    assert_eq!(captures, 2);
    assert_eq!(harness.state().state.layout, Layout::Tiles);
}

#[test]
fn the_age_of_the_slider_is_requested_before_the_tiles() {
    let mut harness = open(1);
    harness.get_by_label("Age").set_value_accesskit(42.0);
    harness.run_steps(2);
    let mut wanted = vec![42.0];
    wanted.extend(FOUR);
    assert_eq!(requested_ages(&harness), Some(wanted));
    harness.get_by_label("42 years: in progress");
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    assert!((requested_ages(&harness).unwrap()[0] - 43.0).abs() < 1e-3, "at once, without waiting for 42");
}

#[test]
fn tiles_of_a_held_frame_stay_when_the_face_leaves_the_input() {
    let mut view = one_by_one(agetransgan(), &FOUR, 4);
    let report = FaceReport { problem: Some(FaceProblem::NoFace), ..FaceReport::default() };
    view.faces = Arc::new(report);
    let harness = window(state(), view);
    assert!(harness.query_by_label("No face").is_none());
    harness.get_by_label_contains("4 of 4 tiles made from the picture captured just now");
}

#[test]
fn a_slow_model_is_not_played() {
    let mut harness = open(4);
    harness.key_press(Key::P);
    harness.run_steps(2);
    assert_eq!(harness.state().state.playing, None);
    harness.get_by_label_contains("too slow here to play");
    assert!(harness.get_by_label("Cancel").accesskit_node().is_disabled());
}

#[test]
fn before_the_first_tile_the_large_view_shows_what_was_captured() {
    let mut large = state();
    large.layout = Layout::Large;
    large.age = 42.0;
    let harness = window(large, one_by_one(agetransgan(), &FOUR, 0));
    harness.get_by_label("42 years: in progress");
    assert!(harness.query_by_label("Before and after").is_none());
}
