//! Cameras that cannot be opened.

use agemirror::camera::{CameraSettings, FrameSource, NokhwaSource, SourceState};

use crate::virtual_camera::{open, wait_for_frames, wait_for_state, wait_until, with_camera};

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_camera_in_use_is_opened_when_it_is_free() {
    with_camera("refusals::a_camera_in_use_is_opened_when_it_is_free", &[], |camera| {
        camera.fault("busy", Some("1"));
        let mut source = open();
        wait_for_state(&mut source, &SourceState::Busy);
        assert_eq!((source.name().as_str(), source.device()), ("Desk Cam", None));
        camera.fault("busy", None);
        wait_for_frames(&mut source);
        assert_eq!(source.counters().losses, 0);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_refused_camera_is_opened_when_it_is_allowed() {
    with_camera("refusals::a_refused_camera_is_opened_when_it_is_allowed", &[], |camera| {
        camera.fault("denied", Some("1"));
        let by_name = CameraSettings { name: Some("Desk Cam".to_owned()), ..CameraSettings::default() };
        let mut source = NokhwaSource::open(by_name);
        wait_for_state(&mut source, &SourceState::Denied);
        camera.fault("denied", None);
        wait_for_frames(&mut source);
        assert_eq!(source.counters().losses, 0);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn without_a_camera_one_is_waited_for() {
    with_camera("refusals::without_a_camera_one_is_waited_for", &["--unplugged"], |camera| {
        let mut source = open();
        wait_for_state(&mut source, &SourceState::NoCamera);
        camera.plug();
        wait_for_frames(&mut source);
        assert_eq!(source.counters().losses, 0);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn no_other_camera_replaces_the_chosen_one() {
    with_camera("refusals::no_other_camera_replaces_the_chosen_one", &[], |_| {
        let absent = CameraSettings { name: Some("Other Cam".to_owned()), ..CameraSettings::default() };
        let mut source = NokhwaSource::open(absent);
        wait_until(&mut source, "a verdict", |source| source.state() != SourceState::Opening);
        assert_eq!(source.state(), SourceState::Unplugged);
        assert_eq!((source.name().as_str(), source.device()), ("Other Cam", None));
    });
}
