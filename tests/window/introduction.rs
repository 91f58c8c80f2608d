//! The introduction at the first start.

use agemirror::app::state::settings::{Settings, ThemeChoice};
use agemirror::app::state::{Layout, UiState};
use agemirror::app::workers::backend::Request;
use agemirror::camera::SourceState;
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::fixture::{Album, App, TEN, live, nothing, state, window, window_of};

const BUTTON: &str = "Got it";

fn first_start() -> UiState {
    let mut state = state();
    state.settings.introduction = Settings::default().introduction;
    state.settings_file = Some("/nowhere/settings.json".into());
    state
}

fn stored(harness: &Harness<'static, App>) -> Vec<bool> {
    let stored = harness.state().backend.requests.iter().filter_map(|request| match request {
        Request::StoreSettings { settings, .. } => Some(settings.introduction),
        _ => None,
    });
    stored.collect()
}

#[test]
fn looks_of_the_introduction() {
    let mut album = Album::default();
    album.look("introduction_dark", first_start(), live(1, &[0], &TEN));
    let mut light = first_start();
    light.settings.theme = ThemeChoice::Light;
    let small = window_of(light, nothing(SourceState::NoCamera), [1024.0, 640.0]);
    album.keep(small, "introduction_without_a_camera_light");
}

#[test]
fn the_tiles_are_shown_and_used_under_it() {
    let mut harness = window(first_start(), live(1, &[0], &TEN));
    assert_eq!(harness.query_all_by_label_contains("not a prophecy").count(), 1);
    harness.get_by_label("Age 50–69").click();
    harness.run_steps(2);
    assert_eq!(harness.state().state.layout, Layout::Large);
    assert!(harness.query_by_label(BUTTON).is_some(), "it stays until it is closed");
    assert!(stored(&harness).is_empty());
}

#[test]
fn its_button_closes_it_for_good() {
    let mut harness = window(first_start(), live(1, &[0], &TEN));
    harness.get_by_label(BUTTON).click();
    harness.run_steps(2);
    assert!(harness.query_by_label(BUTTON).is_none());
    assert_eq!(stored(&harness), [false]);
}

#[test]
fn escape_closes_it_before_anything_else() {
    let mut state = first_start();
    state.layout = Layout::Large;
    let mut harness = window(state, live(1, &[0], &[60.0]));
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label(BUTTON).is_none());
    assert_eq!((stored(&harness), harness.state().state.layout), (vec![false], Layout::Large));
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().state.layout, Layout::Tiles);
}
