//! The keyboard shortcuts.

use agemirror::app::state::settings::{GroupChoice, ThemeChoice};
use agemirror::app::state::{Layout, Modal, Source};
use agemirror::app::workers::backend::{Report, Request};
use agemirror::pipeline::Command;
use agemirror_faces::crop::FaceChoice;
use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use image::RgbImage;
use std::sync::Arc;

use crate::fixture::{App, FOUR, TEN, live, state, window};

fn open() -> Harness<'static, App> {
    window(state(), live(1, &[0], &TEN))
}

fn press(harness: &mut Harness<'static, App>, key: Key) {
    harness.key_press(key);
    harness.run_steps(2);
}

fn requested_ages(harness: &Harness<'static, App>) -> Option<Vec<f32>> {
    harness.state().backend.sent.iter().rev().find_map(|command| match command {
        Command::Ages(ages) => Some(ages.clone()),
        _ => None,
    })
}

#[test]
fn one_and_four_switch_the_groups() {
    let mut harness = open();
    press(&mut harness, Key::Num4);
    assert_eq!(requested_ages(&harness), Some(FOUR.to_vec()));
    press(&mut harness, Key::Num1);
    assert_eq!(requested_ages(&harness), Some(TEN.to_vec()));
    assert_eq!(harness.state().state.settings.groups, GroupChoice::Ten);
}

#[test]
fn space_freezes_and_unfreezes() {
    let mut harness = open();
    press(&mut harness, Key::Space);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Freeze(true))));
    press(&mut harness, Key::Space);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Freeze(false))));
}

#[test]
fn space_on_a_focused_button_presses_only_that() {
    let mut harness = open();
    harness.get_by_label("All faces").focus();
    harness.run_steps(2);
    press(&mut harness, Key::Space);
    assert!(harness.state().backend.sent.iter().all(|command| !matches!(command, Command::Freeze(_))));
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Faces(FaceChoice::All))));
}

#[test]
fn arrows_move_the_age_and_open_the_large_view() {
    let mut harness = open();
    let before = harness.state().state.age;
    press(&mut harness, Key::ArrowRight);
    assert_eq!(harness.state().state.layout, Layout::Large);
    assert_eq!(requested_ages(&harness), Some(vec![before + 1.0]));
    press(&mut harness, Key::ArrowDown);
    assert_eq!(harness.state().state.age, before - 9.0);
}

#[test]
fn the_age_stays_within_what_the_model_knows() {
    let mut harness = open();
    for _ in 0..12 {
        press(&mut harness, Key::ArrowUp);
    }
    assert_eq!(harness.state().state.age, 85.0);
}

#[test]
fn play_sweeps_back_and_forth() {
    let mut harness = open();
    press(&mut harness, Key::P);
    let mut ages = Vec::new();
    for _ in 0..600 {
        harness.step();
        ages.push(harness.state().state.age);
    }
    assert!(ages.contains(&85.0) && ages.contains(&1.0));
    press(&mut harness, Key::P);
    let still = harness.state().state.age;
    harness.run_steps(3);
    assert_eq!(harness.state().state.age, still);
}

#[test]
fn a_moving_slider_waits_for_each_picture() {
    let mut state = state();
    state.layout = Layout::Large;
    let mut harness = window(state, live(1, &[0], &[60.0]));
    let asked = |harness: &Harness<'static, App>| {
        let sent = &harness.state().backend.sent;
        sent.iter().filter(|command| matches!(command, Command::Ages(_))).count()
    };
    press(&mut harness, Key::ArrowRight);
    assert_eq!(requested_ages(&harness), Some(vec![61.0]));
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::ArrowRight);
    assert_eq!(asked(&harness), 1, "61 is still being made");
    harness.state_mut().backend.view = live(1, &[0], &[61.0]);
    harness.run_steps(2);
    assert_eq!(requested_ages(&harness), Some(vec![63.0]), "where the slider is now");
    press(&mut harness, Key::ArrowRight);
    assert_eq!(requested_ages(&harness), Some(vec![63.0]));
    harness.run_steps(40);
    assert_eq!(requested_ages(&harness), Some(vec![64.0]), "but it waits only for a while");
}

#[test]
fn escape_goes_back_step_by_step() {
    let mut harness = open();
    let picture = Arc::new(RgbImage::new(8, 8));
    let report = Report::Picture { name: "one.png".into(), picture: picture.clone(), thumbnail: picture };
    harness.state_mut().backend.reports.push(report);
    harness.run_steps(2);
    assert!(harness.state().state.shows_picture());
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Picture { .. })));
    press(&mut harness, Key::L);
    press(&mut harness, Key::F1);
    assert_eq!(harness.state().state.modal, Some(Modal::Shortcuts));
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().state.modal, None);
    assert_eq!(harness.state().state.layout, Layout::Large);
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().state.layout, Layout::Tiles);
    assert!(harness.state().state.shows_picture());
    press(&mut harness, Key::Escape);
    assert!(matches!(harness.state().state.source, Source::Camera));
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Camera(_))));
}

#[test]
fn s_saves_every_tile() {
    let mut harness = open();
    press(&mut harness, Key::S);
    let request = harness.state().backend.requests.iter().find_map(|request| match request {
        Request::Save { folder, tiles, labels, .. } => {
            Some((folder.clone(), tiles.ages.clone(), labels.clone()))
        }
        _ => None,
    });
    let (folder, ages, labels) = request.expect("a save");
    assert_eq!(ages, TEN);
    assert_eq!(labels.first().map(|(age, label)| (*age, label.as_str())), Some((1.5, "0–2")));
    assert_eq!(folder, harness.state().state.settings.save_folder());
}

#[test]
fn keys_open_and_paste_pictures() {
    let mut harness = open();
    press(&mut harness, Key::O);
    press(&mut harness, Key::V);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::V);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::O);
    harness.run_steps(3);
    let asked = |wanted: fn(&Request) -> bool| {
        harness.state().backend.requests.iter().filter(|request| wanted(request)).count()
    };
    assert_eq!(asked(|request| matches!(request, Request::ChooseFiles)), 1);
    assert_eq!(asked(|request| matches!(request, Request::Paste)), 2);
    assert_eq!(asked(|request| matches!(request, Request::ChooseFolder)), 1);
}

#[test]
fn page_keys_step_through_the_gallery() {
    let mut harness = open();
    let paths = ["a.png", "b.png", "c.png"].map(std::path::PathBuf::from).to_vec();
    harness.state_mut().state.loading = 1;
    harness.state_mut().backend.reports.push(Report::PicturesFound(paths, Vec::new()));
    harness.run_steps(2);
    press(&mut harness, Key::PageDown);
    press(&mut harness, Key::PageDown);
    press(&mut harness, Key::PageUp);
    let read = harness.state().backend.requests.iter().filter_map(|request| match request {
        Request::LoadPicture { path, .. } => path.to_str().map(str::to_owned),
        _ => None,
    });
    assert_eq!(read.collect::<Vec<_>>(), ["a.png", "b.png", "c.png", "b.png"]);
}

#[test]
fn the_theme_cycles_and_is_stored() {
    let mut state = state();
    state.settings_file = Some("/nowhere/settings.json".into());
    let mut harness = window(state, live(1, &[0], &TEN));
    press(&mut harness, Key::D);
    assert_eq!(harness.state().state.settings.theme, ThemeChoice::System);
    press(&mut harness, Key::D);
    assert_eq!(harness.state().state.settings.theme, ThemeChoice::Light);
    assert!(!harness.ctx.global_style().visuals.dark_mode);
    let stored = harness.state().backend.requests.iter().rev().find_map(|request| match request {
        Request::StoreSettings { settings, .. } => Some(settings.theme),
        _ => None,
    });
    assert_eq!(stored, Some(ThemeChoice::Light));
}

#[test]
fn keys_do_not_reach_through_a_modal() {
    let mut harness = open();
    press(&mut harness, Key::F1);
    press(&mut harness, Key::Num4);
    press(&mut harness, Key::Space);
    assert!(harness.state().backend.sent.is_empty());
}

#[test]
fn a_focused_slider_moves_by_keys() {
    let mut harness = open();
    harness.get_by_label("Age").focus();
    harness.run_steps(2);
    press(&mut harness, Key::ArrowLeft);
    assert_eq!(harness.state().state.age, 59.0);
    press(&mut harness, Key::ArrowUp);
    assert_eq!(harness.state().state.age, 69.0);
    assert!(harness.get_by_label("Age").is_focused(), "the arrows do not move the focus away");
}

#[test]
fn every_tile_can_be_reached_and_used_by_the_keyboard() {
    let mut harness = open();
    harness.get_by_label("Age 3–6").focus();
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().state.layout, Layout::Large);
    assert_eq!(requested_ages(&harness), Some(vec![4.5]));
}
