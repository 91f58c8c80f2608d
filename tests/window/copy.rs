//! Copying what the window shows.

use agemirror::app::state::{Layout, UiState};
use agemirror::app::workers::backend::{CopiedView, Report, Request};
use agemirror::pipeline::LiveView;
use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::fixture::{App, TEN, live, live_whole, nothing, state, streaming, window};

/// Presses Ctrl+C and returns the window and what it copies.
fn copy(state: UiState, view: LiveView) -> (Harness<'static, App>, Option<CopiedView>) {
    let mut harness = window(state, view);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::C);
    harness.run_steps(2);
    let copied = harness.state().backend.requests.iter().find_map(|request| match request {
        Request::Copy(view) => Some(view.clone()),
        _ => None,
    });
    (harness, copied)
}

fn large() -> UiState {
    let mut state = state();
    state.layout = Layout::Large;
    state.age = 62.0;
    state.divider = 0.25;
    state
}

#[test]
fn the_tiles_are_copied_with_their_captions() {
    let (_, copied) = copy(state(), live(1, &[0], &TEN));
    let Some(CopiedView::Tiles { tiles, labels }) = copied else { panic!("no tiles") };
    assert_eq!(tiles.ages, TEN);
    assert_eq!(labels[0], (1.5, "0–2".to_owned()));
}

#[test]
fn the_large_view_is_copied_with_its_divider() {
    let (_, copied) = copy(large(), live(1, &[0], &[60.0]));
    let Some(CopiedView::Large { after, divider, label, .. }) = copied else { panic!("no large view") };
    assert_eq!((after.width(), divider, label.as_str()), (160, 0.25, "60"));
}

#[test]
fn a_whole_frame_is_copied_whole() {
    let mut state = large();
    state.settings.whole_frame = true;
    let (_, copied) = copy(state, live_whole(&[62.0]));
    let Some(CopiedView::Large { before, after, .. }) = copied else { panic!("no large view") };
    assert_eq!((before.dimensions(), after.dimensions()), ((640, 480), (640, 480)));
}

#[test]
fn a_success_and_a_failure_are_reported() {
    let (mut harness, _) = copy(state(), live(1, &[0], &TEN));
    assert!(harness.state().state.saving);
    harness.state_mut().backend.reports.push(Report::Copied { width: 900, height: 400 });
    harness.run_steps(2);
    assert!(!harness.state().state.saving);
    assert!(harness.query_by_label_contains("900 x 400 pixels").is_some());
    harness.state_mut().backend.reports.push(Report::NotSaved("The clipboard is closed.".into()));
    harness.run_steps(2);
    assert!(harness.query_by_label("The clipboard is closed.").is_some());
}

#[test]
fn where_nothing_is_shown_a_message_says_so() {
    let mut training = state();
    training.layout = Layout::Training;
    for (state, view) in [(state(), nothing(streaming())), (training, live(1, &[0], &TEN))] {
        let (harness, copied) = copy(state, view);
        assert!(copied.is_none());
        assert!(harness.query_by_label_contains("nothing to copy").is_some());
    }
}

#[test]
fn the_button_copies_too() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    harness.get_by_label("Copy").click();
    harness.run_steps(2);
    assert!(harness.state().backend.requests.iter().any(|request| matches!(request, Request::Copy(_))));
}
