//! A snapshot of every state of every panel.

use std::sync::Arc;

use agemirror::app::state::gallery::Origin;
use agemirror::app::state::notifications::Severity;
use agemirror::app::state::settings::{GroupChoice, SidePanel, ThemeChoice};
use agemirror::app::state::{Layout, Modal, Source, UiState};
use agemirror::camera::SourceState;
use agemirror_faces::crop::FaceChoice;
use agemirror_faces::face::FaceProblem;
use egui_kittest::kittest::Queryable;
use image::RgbImage;

use crate::fixture::{
    Album, FOUR, TEN, live, live_whole, nothing, portrait, problem, state, streaming, window, window_of,
    with_status,
};

fn four() -> UiState {
    let mut state = state();
    state.settings.groups = GroupChoice::Four;
    state
}

fn light(mut state: UiState) -> UiState {
    state.settings.theme = ThemeChoice::Light;
    state
}

fn large() -> UiState {
    let mut state = state();
    state.layout = Layout::Large;
    state.age = 62.0;
    state
}

#[test]
fn ten_tiles() {
    let mut album = Album::default();
    album.look("ten_tiles_dark", state(), live(1, &[0], &TEN));
    album.look("ten_tiles_light", light(state()), live(1, &[0], &TEN));
}

#[test]
fn ten_tiles_in_a_large_and_in_a_small_window() {
    let mut album = Album::default();
    album.keep(window_of(state(), live(1, &[0], &TEN), [1920.0, 1080.0]), "ten_tiles_1920");
    album.keep(window_of(state(), live(1, &[0], &TEN), [1024.0, 640.0]), "ten_tiles_1024");
}

#[test]
fn four_tiles() {
    let mut album = Album::default();
    album.look("four_tiles", four(), live(1, &[0], &FOUR));
}

#[test]
fn whole_frames() {
    let mut album = Album::default();
    let mut state = state();
    state.settings.whole_frame = true;
    album.look("whole_frames", state, live_whole(&TEN));
}

#[test]
fn many_faces() {
    let mut album = Album::default();
    album.look("many_faces_one_aged", state(), live(3, &[0], &TEN));
    let mut all = four();
    all.faces = FaceChoice::All;
    album.look("many_faces_all_aged", all, live(3, &[0, 1, 2], &FOUR));
}

#[test]
fn large_view() {
    let mut album = Album::default();
    album.look("large_view_dark", large(), live(1, &[0], &[62.0]));
    let mut playing = light(large());
    playing.divider = 0.25;
    playing.playing = Some(1.0);
    let mut harness = window(playing, live(1, &[0], &[62.0]));
    harness.state_mut().state.playing = None;
    harness.state_mut().state.age = 62.0;
    harness.run_steps(2);
    album.keep(harness, "large_view_light");
}

#[test]
fn the_camera_does_not_work() {
    let mut album = Album::default();
    let mut none = state();
    none.cameras.clear();
    album.look("no_camera", none, nothing(SourceState::NoCamera));
    album.look("permission_refused", state(), nothing(SourceState::Denied));
    album.look("camera_busy", state(), nothing(SourceState::Busy));
    let failed = SourceState::Failed("the driver gave no pixel format that can be read".to_owned());
    album.look("camera_failed_light", light(state()), nothing(failed));
    album.look("camera_opening", state(), nothing(SourceState::Opening));
}

#[test]
fn the_camera_stops() {
    let mut album = Album::default();
    let stopped = |source: SourceState| with_status(live(1, &[0], &TEN), |status| status.state = source);
    album.look("camera_stalled", state(), stopped(SourceState::Stalled));
    album.look("camera_unplugged", state(), stopped(SourceState::Unplugged));
}

#[test]
fn nothing_to_age() {
    let mut album = Album::default();
    album.look("no_face", state(), problem(FaceProblem::NoFace, &TEN));
    album.look("face_too_small", four(), problem(FaceProblem::TooSmall, &FOUR));
    album.look("face_turned_away_large", large(), problem(FaceProblem::TurnedAway, &[62.0]));
    album.look("too_dark_light", light(state()), problem(FaceProblem::TooDark, &TEN));
}

#[test]
fn frozen() {
    let mut album = Album::default();
    let mut state = state();
    state.frozen = true;
    album.look("frozen", state, with_status(live(1, &[0], &TEN), |status| status.frozen = true));
}

#[test]
fn a_picture_instead_of_the_camera() {
    let mut album = Album::default();
    let mut state = state();
    for number in 0..7_u8 {
        let small = portrait(96, 96, &[[48.0, 44.0, 26.0]], f32::from(number) / 7.0);
        let thumbnail = (number != 5).then(|| Arc::new(small));
        let origin = Origin::Memory(Arc::new(RgbImage::new(1, 1)));
        state.gallery.add(format!("holiday {number}.jpg"), origin, thumbnail);
    }
    state.gallery.current = Some(2);
    let picture = Arc::new(RgbImage::new(1, 1));
    state.source = Source::Picture { name: "holiday 2.jpg".to_owned(), picture };
    let view = with_status(live(1, &[0], &TEN), |status| {
        status.state = SourceState::Still;
        status.source = "holiday 2.jpg".to_owned();
    });
    album.look("pictures_dark", state, view);
}

#[test]
fn files_hover_over_the_window() {
    let mut album = Album::default();
    let mut harness = window(state(), live(1, &[0], &TEN));
    let file = eframe::egui::HoveredFile::default();
    harness.input_mut().hovered_files = vec![file.clone(), file.clone(), file];
    harness.step();
    album.keep(harness, "drag_hover");
}

#[test]
fn messages() {
    let mut album = Album::default();
    let mut state = state();
    let folder = "/home/ada/Pictures/agemirror/agemirror_2026-11-22_18-04-30Z";
    state.notifications.add(
        0.0,
        Severity::Success,
        format!("Saved 13 files in {folder}"),
        Some(folder.into()),
    );
    let text = "“holiday.png” is no picture or is damaged; open another one.";
    state.notifications.add(0.0, Severity::Error, text, None);
    album.look("messages_dark", state, live(1, &[0], &TEN));
}

#[test]
fn measurements() {
    let mut album = Album::default();
    let mut open = state();
    open.settings.side_panel = SidePanel::Measurements;
    album.look("measurements_dark", open, live(1, &[0], &TEN));
    let mut open = light(four());
    open.settings.side_panel = SidePanel::Measurements;
    let damaged = with_status(live(1, &[0], &FOUR), |status| status.counters.damaged = 3);
    album.look("measurements_light", open, damaged);
}

#[test]
fn modals() {
    let mut album = Album::default();
    let mut settings = state();
    settings.modal = Some(Modal::Settings);
    album.look("settings_dark", settings, live(1, &[0], &TEN));
    let mut settings = light(state());
    settings.modal = Some(Modal::Settings);
    album.look("settings_light", settings, live(1, &[0], &TEN));
    let mut shortcuts = state();
    shortcuts.modal = Some(Modal::Shortcuts);
    album.look("shortcuts", shortcuts, live(1, &[0], &TEN));
}

#[test]
fn a_picker_and_a_tooltip() {
    let mut album = Album::default();
    let mut harness = window(state(), live(1, &[0], &TEN));
    harness.get_by_label("Camera").click();
    harness.run_steps(4);
    album.keep(harness, "camera_picker");
}

#[test]
fn a_focused_control() {
    let mut album = Album::default();
    let mut harness = window(state(), live(1, &[0], &TEN));
    harness.get_by_label("Age 30–39").focus();
    harness.run_steps(2);
    album.keep(harness, "focused_tile");
}

#[test]
fn a_fault_is_shown() {
    let mut album = Album::default();
    let fault = agemirror::pipeline::Fault {
        thread: "inference",
        message: "The network has failed and was started again.".to_owned(),
        restarts: 1,
    };
    let view = with_status(live(1, &[0], &TEN), |status| {
        status.fault = Some(fault);
        status.state = streaming();
    });
    album.look("fault", state(), view);
}
