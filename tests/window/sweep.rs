//! The sweep: capture, wait, play, pause, step, save, leave.

use std::path::PathBuf;

use agemirror::app::state::settings::ThemeChoice;
use agemirror::app::state::sweep::SweepRun;
use agemirror::app::state::{Layout, UiState};
use agemirror::app::workers::backend::{Report, Request};
use agemirror::pipeline::{Command, LiveView};
use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::fixture::{
    Album, App, FOUR, TEN, agetransgan, live, model, one_by_one, state, state_with_models, window,
    with_progress, with_status,
};

/// A state with a captured sweep over `ages`.
fn captured(mut state: UiState, ages: &[f32]) -> UiState {
    state.layout = Layout::Sweep;
    state.captures = 1;
    state.sweep_run = Some(SweepRun::new(1, ages.to_vec()));
    state
}

/// A view in which the first `count` ages are made.
fn made(ages: &[f32], count: usize) -> LiveView {
    with_progress(one_by_one(model(), ages, count), |progress| progress.capture = 1)
}

fn press(harness: &mut Harness<'static, App>, key: Key) {
    harness.key_press(key);
    harness.run_steps(2);
}

fn shown_index(harness: &Harness<'static, App>) -> Option<usize> {
    harness.state().state.sweep_run.as_ref().map(|run| run.index)
}

/// A complete sweep of ten pictures, paused.
fn paused() -> Harness<'static, App> {
    let mut state = captured(state(), &TEN);
    state.sweep_run.as_mut().unwrap().pause();
    window(state, made(&TEN, 10))
}

#[test]
fn looks_of_the_sweep() {
    let mut album = Album::default();
    let mut invited = state();
    invited.layout = Layout::Sweep;
    album.look("sweep_invitation_dark", invited, live(1, &[0], &TEN));
    let mut slow = state_with_models();
    slow.layout = Layout::Sweep;
    slow.settings.model = Some("agetransgan".to_owned());
    slow.settings.theme = ThemeChoice::Light;
    album.look("sweep_invitation_slow_light", slow, one_by_one(agetransgan(), &FOUR, 4));
    album.look("sweep_working", captured(state(), &TEN), made(&TEN, 6));
    let mut harness = paused();
    press(&mut harness, Key::ArrowRight);
    album.keep(harness, "sweep_playing_dark");
    let mut light = captured(state(), &TEN);
    light.settings.theme = ThemeChoice::Light;
    light.sweep_run.as_mut().unwrap().step(9, 10);
    album.look("sweep_playing_light", light, made(&TEN, 10));
}

#[test]
fn c_captures_one_frame_and_requests_every_age() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    press(&mut harness, Key::E);
    assert_eq!(harness.state().state.layout, Layout::Sweep);
    harness.get_by_label("91 pictures").click();
    harness.run_steps(2);
    press(&mut harness, Key::C);
    let sent = &harness.state().backend.sent;
    let at = |wanted: fn(&Command) -> bool| sent.iter().position(wanted);
    let hold = at(|command| matches!(command, Command::Hold(true))).expect("the frame is held");
    let capture = at(|command| matches!(command, Command::Capture)).expect("a capture");
    let ages = at(|command| matches!(command, Command::Ages(ages) if ages.len() == 91)).expect("the ages");
    assert!(hold < capture && capture < ages, "the frame is taken before the ages are asked for");
    assert_eq!(harness.state().state.settings.sweep_pictures, 91);
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().state.layout, Layout::Tiles);
    let sent = &harness.state().backend.sent;
    assert!(sent.iter().any(|command| matches!(command, Command::Hold(false))));
    assert!(matches!(sent.last(), Some(Command::Ages(ages)) if *ages == TEN));
}

#[test]
fn a_model_that_interpolates_makes_the_pictures_of_its_authors() {
    let mut harness = window(state_with_models(), one_by_one(agetransgan(), &FOUR, 4));
    press(&mut harness, Key::E);
    assert!(harness.query_by_label("91 pictures").is_none(), "their number is the model's");
    harness.get_by_label_contains("31 pictures from 15–29 to 50+");
    press(&mut harness, Key::C);
    let asked = harness.state().backend.sent.iter().rev().find_map(|command| match command {
        Command::Ages(ages) => Some(ages.len()),
        _ => None,
    });
    assert_eq!(asked, Some(31));
}

#[test]
fn pictures_of_an_earlier_capture_are_not_shown() {
    let old = with_progress(made(&TEN, 10), |progress| progress.capture = 0);
    let harness = window(captured(state(), &TEN), old);
    harness.get_by_label("One moment");
    assert!(harness.query_by_label("Pause").is_none());
}

#[test]
fn while_pictures_are_made_the_newest_is_shown_and_the_rest_can_be_cancelled() {
    let mut harness = window(captured(state(), &TEN), made(&TEN, 6));
    harness.get_by_label("Age 25");
    harness.get_by_label_contains("6 of 10 pictures made");
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Cancel)));
    let stopped = with_progress(made(&TEN, 6), |progress| {
        progress.cancelled = true;
        progress.making = None;
    });
    harness.state_mut().backend.view = stopped;
    harness.run_steps(2);
    harness.get_by_label("Pause");
}

#[test]
fn it_plays_back_and_forth_and_follows_space_and_arrows() {
    let mut harness = window(captured(state(), &TEN), made(&TEN, 10));
    let mut indices = Vec::new();
    for _ in 0..70 {
        harness.step();
        indices.extend(shown_index(&harness));
    }
    indices.dedup();
    assert!(indices.windows(2).all(|pair| pair[0].abs_diff(pair[1]) == 1), "{indices:?}");
    let top = indices.iter().position(|index| *index == 9).expect("the oldest picture");
    assert!(indices[top..].contains(&5), "and back: {indices:?}");
    press(&mut harness, Key::Space);
    let still = shown_index(&harness);
    harness.run_steps(10);
    assert_eq!(shown_index(&harness), still);
    assert!(harness.state().backend.sent.iter().all(|command| !matches!(command, Command::Freeze(_))));
    for _ in 0..12 {
        press(&mut harness, Key::ArrowLeft);
    }
    assert_eq!(shown_index(&harness), Some(0));
    press(&mut harness, Key::ArrowRight);
    assert_eq!(shown_index(&harness), Some(1));
    press(&mut harness, Key::Space);
    harness.run_steps(5);
    assert_ne!(shown_index(&harness), Some(1));
}

#[test]
fn s_saves_the_pictures_in_their_order() {
    let mut harness = paused();
    press(&mut harness, Key::S);
    let (folder, ages, labels) = harness
        .state()
        .backend
        .requests
        .iter()
        .find_map(|request| match request {
            Request::SaveSweep { folder, pictures, .. } => {
                let ages: Vec<f32> = pictures.iter().map(|(_, age, _)| *age).collect();
                let labels: Vec<String> = pictures.iter().map(|(label, ..)| label.clone()).collect();
                Some((folder.clone(), ages, labels))
            }
            _ => None,
        })
        .expect("the sweep is saved");
    assert_eq!((folder, ages), (harness.state().state.settings.save_folder(), TEN.to_vec()));
    assert_eq!(labels[5], "25");
    assert!(harness.state().state.saving);
    let saved = Report::Saved { folder: PathBuf::from("/home/ada/Pictures/agemirror/sweep"), files: 14 };
    harness.state_mut().backend.reports.push(saved);
    harness.run_steps(3);
    harness.get_by_label_contains("Saved 14 files");
}

#[test]
fn the_reason_is_shown_if_there_is_no_face() {
    let mut view = with_status(live(1, &[0], &TEN), |_| {});
    view.tiles = None;
    view.faces = crate::fixture::problem(agemirror_faces::face::FaceProblem::NoFace, &TEN).faces;
    let harness = window(captured(state(), &TEN), view);
    harness.get_by_label("No face");
}
