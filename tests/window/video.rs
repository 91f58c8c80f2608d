//! Videos that play, recordings, and the virtual camera.

use std::path::PathBuf;
use std::time::Duration;

use agemirror::app::state::{Modal, Source, UiState};
use agemirror::app::workers::backend::{Report, Request};
use agemirror::pipeline::{Command, FaceReport};
use agemirror::video::{
    Colour, Ffmpeg, LiveLayout, Playback, RecordingStatus, Rotation, VideoInfo, VirtualCameraDevice,
    VirtualCameraStatus,
};
use agemirror_faces::face::FaceProblem;
use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::fixture::{Album, App, TEN, live, state, window};

/// A video of a minute and a half that is not read.
pub(crate) fn playback() -> Playback {
    let info = VideoInfo {
        name: "holiday.mp4".to_owned(),
        stream: 0,
        size: [1280, 720],
        rotation: Rotation::None,
        seconds: Some(93.0),
        frames: Some(2790),
        rate: 30.0,
        ticks: 90_000,
        start: 0.0,
        colour: Colour::default(),
        interlaced: false,
        sound: Vec::new(),
    };
    let playback = Playback::new(Ffmpeg::find().unwrap(), PathBuf::from("/home/ada/holiday.mp4"), info);
    playback.seek(31.0);
    playback
}

fn playing() -> (Harness<'static, App>, Playback) {
    let playback = playback();
    let state = UiState { source: Source::Video(playback.clone()), ..state() };
    (window(state, live(1, &[0], &TEN)), playback)
}

fn requests<'a>(harness: &'a Harness<'static, App>) -> &'a [Request] {
    &harness.state().backend.requests
}

#[test]
fn a_video_that_was_dropped_plays() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    harness.state_mut().backend.reports.push(Report::Video(Box::new(playback())));
    harness.run_steps(2);
    assert!(harness.state().state.shows_video());
    assert!(harness.state().backend.sent.iter().any(|command| matches!(command, Command::Source(_))));
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(matches!(harness.state().backend.sent.last(), Some(Command::Camera(_))));
}

#[test]
fn it_pauses_seeks_and_loops() {
    let (mut harness, playback) = playing();
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert!(playback.is_paused());
    harness.get_by_label("Play the video").click();
    harness.run_steps(2);
    assert!(!playback.is_paused() && playback.is_looping());
    harness.get_by_label("Loop").click();
    harness.run_steps(2);
    assert!(!playback.is_looping());
    harness.get_by_label("Position in the video").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(playback.position(), 36.0);
    assert!(harness.state().backend.sent.iter().all(|command| !matches!(command, Command::Freeze(_))));
}

#[test]
fn a_video_is_rotated_by_its_button_and_its_key() {
    let (mut harness, playback) = playing();
    harness.get_by_label("Rotate the video").click();
    harness.run_steps(2);
    assert_eq!(playback.rotation(), Rotation::Right);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::R);
    harness.run_steps(2);
    assert_eq!(playback.rotation(), Rotation::Half);
    // Another video, which was closed meanwhile, is not mentioned.
    harness.state_mut().backend.reports.push(Report::VideoRotated(Box::new(self::playback())));
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("is shown rotated").is_none());
    harness.state_mut().backend.reports.push(Report::VideoRotated(Box::new(playback)));
    harness.run_steps(2);
    harness.get_by_label_contains("“holiday.mp4” is shown rotated");
}

#[test]
fn a_video_without_a_face_does_not_ask_to_look_at_the_camera() {
    let mut view = live(1, &[], &TEN);
    view.faces =
        FaceReport { faces: Vec::new(), chosen: Vec::new(), problem: Some(FaceProblem::NoFace) }.into();
    let state = UiState { source: Source::Video(playback()), ..state() };
    let harness = window(state, view);
    harness.get_by_label_contains("If its picture lies sideways, rotate it");
    assert!(harness.query_by_label_contains("look at the camera").is_none());
}

#[test]
fn control_and_r_record_and_stop() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    harness.run_steps(2);
    let Some(Request::Record(settings)) = requests(&harness).last() else { panic!("nothing is recorded") };
    assert_eq!(settings.layout, LiveLayout::Tiles);
    assert_eq!(settings.labels.len(), 10);
    assert!(settings.path.starts_with("/home/ada/Pictures/agemirror"), "{}", settings.path.display());
    let under_way = RecordingStatus {
        elapsed: Duration::from_secs(72),
        bytes: 3_400_000,
        frames: 2000,
        dropped: 3,
        ..RecordingStatus::default()
    };
    harness.state_mut().backend.recording = Some(under_way);
    harness.run_steps(2);
    harness.get_by_label_contains("Recording 1:12  3.4 MB, 3 dropped");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::R);
    harness.run_steps(2);
    assert!(matches!(requests(&harness).last(), Some(Request::StopRecording)));
    let file = Some(PathBuf::from("/home/ada/Pictures/agemirror/a.mp4"));
    harness.state_mut().backend.reports.push(Report::Recorded { file, problem: None });
    harness.run_steps(2);
    harness.get_by_label_contains("Recorded /home/ada/Pictures/agemirror/a.mp4");
}

#[test]
fn the_virtual_camera_is_switched_on_in_the_settings() {
    let state = UiState { modal: Some(Modal::Settings), ..state() };
    let mut harness = window(state, live(1, &[0], &TEN));
    for (label, device) in [
        ("Show the aged picture as a camera of PipeWire", Some(VirtualCameraDevice::PipeWire)),
        ("Virtual camera: Off", None),
        ("Show the aged picture as a camera to all programs", Some(VirtualCameraDevice::Path(None))),
    ] {
        harness.get_by_label_contains(label).click();
        harness.run_steps(2);
        let Some(Request::VirtualCamera(settings)) = requests(&harness).last() else { panic!("{label}") };
        assert_eq!(settings.as_ref().map(|settings| settings.device.clone()), device);
    }
    let problem = Some("there is no virtual camera".to_owned());
    harness.state_mut().backend.virtual_camera =
        Some(VirtualCameraStatus { problem: problem.map(Into::into), ..VirtualCameraStatus::default() });
    harness.run_steps(2);
    harness.get_by_label_contains("Virtual camera: waiting");
}

#[test]
fn the_virtual_camera_follows_the_age_slider() {
    let mut harness = window(state(), live(1, &[0], &TEN));
    let age = harness.state().state.age;
    harness.key_press(Key::ArrowUp);
    harness.run_steps(2);
    let sent = requests(&harness).iter().find_map(|request| match request {
        Request::VirtualCameraAge(age) => Some(*age),
        _ => None,
    });
    assert_eq!(sent, Some(age + 10.0));
}

#[test]
fn looks() {
    let mut album = Album::default();
    let (harness, _) = playing();
    album.keep(harness, "video_plays");
}
