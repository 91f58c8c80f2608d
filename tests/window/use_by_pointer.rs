//! The pointer, and the reports of the workers.

use std::path::PathBuf;
use std::sync::Arc;

use agemirror::app::state::{Layout, Modal, Source};
use agemirror::app::workers::backend::{Report, Request};
use agemirror::camera::SourceState;
use agemirror::pipeline::{Command, DeviceChoice};
use agemirror_faces::crop::FaceChoice;
use eframe::egui::{Pos2, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use image::RgbImage;

use crate::fixture::{App, TEN, live, nothing, state, state_with_models, window};

fn click(harness: &mut Harness<'static, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(2);
}

fn drag(harness: &mut Harness<'static, App>, from: Pos2, to: Pos2) {
    harness.drag_at(from);
    harness.step();
    harness.hover_at(to);
    harness.step();
    harness.drop_at(to);
    harness.run_steps(2);
}

#[test]
fn a_tile_opens_the_large_view_at_its_age() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    click(&mut harness, "Age 50–69");
    assert_eq!(harness.state().state.layout, Layout::Large);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Ages(ages)) if *ages == [59.0]));
}

#[test]
fn a_click_on_another_face_chooses_it() {
    let mut harness = window(state(), live(3, &[0], &TEN));
    click(&mut harness, "Face 3 of 3");
    let Some(Command::Faces(FaceChoice::At([x, y]))) = harness.state().backend.sent.last().cloned() else {
        panic!("no face was chosen")
    };
    assert!((x - 535.0).abs() < 1.0 && (y - 240.0).abs() < 40.0, "the middle of that face: {x} {y}");
}

#[test]
fn the_divider_is_dragged_across_and_moved_by_keys() {
    let mut state = state();
    state.layout = Layout::Large;
    let mut harness = window(state, live(1, &[0], &[60.0]));
    let rect = harness.get_by_label("Before and after").rect();
    let at = |part: f32| pos2(rect.left() + part * rect.width(), rect.center().y);
    drag(&mut harness, at(0.5), at(0.2));
    assert!((harness.state().state.divider - 0.2).abs() < 0.02, "{}", harness.state().state.divider);
    harness.get_by_label("Before and after").focus();
    harness.run_steps(2);
    harness.key_press(eframe::egui::Key::ArrowRight);
    harness.run_steps(2);
    assert!((harness.state().state.divider - 0.25).abs() < 0.02, "{}", harness.state().state.divider);
}

#[test]
fn the_slider_is_dragged_and_set_by_an_assistive_technology() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    harness.get_by_label("Age").set_value_accesskit(42.0);
    harness.run_steps(2);
    assert_eq!(harness.state().state.age, 42.0);
    let rect = harness.get_by_label("Age").rect();
    drag(&mut harness, rect.center(), rect.left_center() + eframe::egui::vec2(2.0, 0.0));
    assert_eq!(harness.state().state.age, 1.0);
    let node = harness.get_by_label("Age");
    assert_eq!(node.accesskit_node().max_numeric_value(), Some(85.0));
}

#[test]
fn without_a_camera_other_sources_are_offered() {
    let mut harness = window(state(), nothing(SourceState::NoCamera));
    click(&mut harness, "Try a sample portrait");
    click(&mut harness, "Open a picture");
    let requests = &harness.state().backend.requests;
    assert!(requests.iter().any(|request| matches!(request, Request::Sample)));
    assert!(requests.iter().any(|request| matches!(request, Request::ChooseFiles)));
}

#[test]
fn no_drop_is_invited_that_cannot_arrive() {
    let invitations = |accepts_drops: bool, sheet: Option<Modal>| {
        let mut state = state_with_models();
        (state.accepts_drops, state.modal) = (accepts_drops, sheet);
        let harness = window(state, nothing(SourceState::NoCamera));
        let count = |text: &str| harness.query_all_by_label_contains(text).count();
        count("Drop ") + count(" drop ")
    };
    for sheet in [None, Some(Modal::Weights("pagan")), Some(Modal::Shortcuts)] {
        assert_eq!(invitations(false, sheet), 0, "{sheet:?}");
    }
    let on_the_window = invitations(true, None);
    assert!(on_the_window > 0 && invitations(true, Some(Modal::Weights("pagan"))) > on_the_window);
}

#[test]
fn another_camera_is_picked_and_remembered_by_name_and_path() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    click(&mut harness, "Camera");
    click(&mut harness, "Desk Camera");
    let Some(Command::Camera(camera)) = harness.state().backend.sent.last().cloned() else {
        panic!("no camera")
    };
    assert_eq!(camera.name.as_deref(), Some("Desk Camera"));
    assert_eq!(camera.path.as_deref(), Some("/dev/video2"));
    assert_eq!(harness.state().state.settings.camera, camera);
}

#[test]
fn switches_send_commands() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    click(&mut harness, "Whole frame");
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::WholeFrames(true))));
    click(&mut harness, "All faces");
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Faces(FaceChoice::All))));
    click(&mut harness, "Freeze");
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Freeze(true))));
}

#[test]
fn the_device_is_chosen_in_the_settings_and_remembered() {
    let mut state = state();
    state.modal = Some(Modal::Settings);
    let mut harness = window(state, live(1, &[0], &TEN));
    click(&mut harness, "The CPU");
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Device(DeviceChoice::Cpu))));
    assert_eq!(harness.state().state.settings.device, DeviceChoice::Cpu);
}

#[test]
fn a_saved_view_says_where_and_opens_its_folder() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    click(&mut harness, "Save");
    assert!(harness.state().state.saving);
    let folder = PathBuf::from("/home/ada/Pictures/agemirror/one");
    harness.state_mut().backend.reports.push(Report::Saved { folder: folder.clone(), files: 13 });
    harness.run_steps(3);
    assert!(!harness.state().state.saving);
    harness.get_by_label_contains("/home/ada/Pictures/agemirror/one");
    click(&mut harness, "Open folder");
    let last = harness.state().backend.requests.last().cloned();
    assert!(matches!(last, Some(Request::ShowFolder(path)) if path == folder));
}

#[test]
fn a_failed_save_is_reported_and_can_be_dismissed() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    harness.state_mut().backend.reports.push(Report::NotSaved("The disk is full; make room.".into()));
    harness.run_steps(3);
    harness.get_by_label_contains("The disk is full");
    click(&mut harness, "Dismiss");
    assert!(harness.query_by_label_contains("The disk is full").is_none());
}

#[test]
fn a_picture_that_arrives_too_late_is_not_shown() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    let paths = vec![PathBuf::from("a.png"), PathBuf::from("b.png")];
    harness.state_mut().backend.reports.push(Report::PicturesFound(paths, Vec::new()));
    harness.run_steps(2);
    let first = harness.state().state.gallery.items[0].id;
    click(&mut harness, "Next picture");
    let picture = Arc::new(RgbImage::new(8, 8));
    let report = Report::PictureLoaded { id: first, picture: picture.clone(), thumbnail: picture };
    harness.state_mut().backend.reports.push(report);
    harness.run_steps(2);
    assert!(!harness.state().state.shows_picture());
}

#[test]
fn an_unreadable_picture_is_reported_and_the_camera_stays() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    let problem = "“bad.png” is no picture.".to_owned();
    harness
        .state_mut()
        .backend
        .reports
        .push(Report::PicturesFound(vec![PathBuf::from("bad.png")], Vec::new()));
    harness.run_steps(2);
    let id = harness.state().state.gallery.items[0].id;
    harness.state_mut().backend.reports.push(Report::Unreadable { id, message: Some(problem.into()) });
    harness.run_steps(3);
    harness.get_by_label_contains("bad.png” is no picture");
    assert!(matches!(harness.state().state.source, Source::Camera));
    assert_eq!(harness.state().state.loading, 0);
}

#[test]
fn a_still_view_uploads_each_picture_once() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    let before = harness.state().uploads();
    assert_eq!(before, 11, "the input and ten tiles");
    harness.run_steps(10);
    assert_eq!(harness.state().uploads(), before);
}

#[test]
fn the_status_line_shows_device_camera_and_rates() {
    let harness = window(state(), live(1, &[0], &TEN));
    harness.get_by_label_contains("640 x 480 MJPEG, 29.9 fps");
    harness.get_by_label_contains("CPU, 2 threads (built without CUDA)");
    harness.get_by_label_contains("9.6 refreshes/s");
    harness.get_by_label_contains("108 ms (95%: 162 ms)");
}
