//! Cameras that fail while they run.

use std::time::{Duration, Instant};

use agemirror::camera::{FrameSource, SourceState};

use crate::frames::write_lying_frames;
use crate::virtual_camera::{
    VirtualCamera, open, wait_for_frames, wait_for_state, wait_until, with_camera, with_camera_playing,
};

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn an_unplugged_camera_is_waited_for() {
    with_camera("faults::an_unplugged_camera_is_waited_for", &[], |camera| {
        let mut source = open();
        for round in 1..=2 {
            wait_for_frames(&mut source);
            camera.unplug();
            wait_for_state(&mut source, &SourceState::Unplugged);
            camera.plug();
            wait_for_frames(&mut source);
            let counters = source.counters();
            assert_eq!((counters.losses, counters.reopened, counters.stalls), (round, round, 0));
        }
        assert_eq!(source.name(), "Desk Cam");
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_silent_stream_is_reset() {
    with_camera("faults::a_silent_stream_is_reset", &[], |camera| {
        let mut source = open();
        wait_for_frames(&mut source);
        camera.fault("stall", Some("1"));
        wait_for_state(&mut source, &SourceState::Stalled);
        // The camera is reset while it is still silent: the device was closed and opened again.
        wait_until(&mut source, "a reset", |_| camera.count("stream on:") == 2);
        assert_eq!(source.state(), SourceState::Stalled);
        camera.fault("stall", None);
        wait_for_frames(&mut source);
        let counters = source.counters();
        assert_eq!((counters.stalls, counters.reopened, counters.losses), (1, 1, 0));
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_failed_read_reopens_the_camera() {
    with_camera("faults::a_failed_read_reopens_the_camera", &[], |camera| {
        let mut source = open();
        wait_for_frames(&mut source);
        camera.fault("eio", Some("1"));
        wait_until(&mut source, "the failure", |source| source.counters().stalls == 1);
        wait_for_frames(&mut source);
        assert_eq!(source.counters().reopened, 1);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_silent_camera_does_not_delay_shutdown() {
    with_camera("faults::a_silent_camera_does_not_delay_shutdown", &[], |camera| {
        let mut source = open();
        wait_for_frames(&mut source);
        camera.fault("stall", Some("1"));
        drop(source);
        let deadline = Instant::now() + Duration::from_secs(60);
        while camera.count("close") == 0 {
            assert!(Instant::now() < deadline, "the device stays open");
            std::thread::sleep(Duration::from_millis(20));
        }
    });
}

/// Sends only frames damaged in the way `kind` says and waits until they are counted, then intact ones.
/// Returns the number of damaged frames that were not recognised as such.
fn damaged(camera: &VirtualCamera, kind: &str) -> u64 {
    let mut source = open();
    wait_for_frames(&mut source);
    camera.fault("corrupt", Some(&format!("{kind} 1")));
    wait_until(&mut source, "damage", |source| source.counters().damaged >= 5);
    let before = source.counters();
    wait_until(&mut source, "more damage", |source| source.counters().damaged >= before.damaged + 20);
    let passed = source.counters().frames - before.frames;
    camera.fault("corrupt", None);
    wait_for_frames(&mut source);
    let counters = source.counters();
    assert_eq!((counters.losses, counters.stalls), (0, 0), "damaged frames are still frames");
    passed
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn frames_that_are_cut_short_are_skipped() {
    with_camera("faults::frames_that_are_cut_short_are_skipped", &["--format", "MJPG"], |camera| {
        assert_eq!(damaged(camera, "truncate"), 0);
        assert_eq!(damaged(camera, "error"), 0);
        assert_eq!(damaged(camera, "empty"), 0);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn yuyv_frames_that_are_cut_short_are_skipped() {
    with_camera("faults::yuyv_frames_that_are_cut_short_are_skipped", &["--format", "YUYV"], |camera| {
        assert_eq!(damaged(camera, "truncate"), 0);
        assert_eq!(damaged(camera, "error"), 0);
        assert_eq!(damaged(camera, "empty"), 0);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn frames_of_noise_are_skipped() {
    with_camera("faults::frames_of_noise_are_skipped", &["--format", "MJPG"], |camera| {
        assert_eq!(damaged(camera, "noise"), 0);
    });
}

/// Wrong bytes in the picture data do not always break its encoding, so some frames may pass.
#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn frames_with_garbage_in_them_are_skipped() {
    with_camera("faults::frames_with_garbage_in_them_are_skipped", &["--format", "MJPG"], |camera| {
        damaged(camera, "garbage");
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn frames_that_claim_another_size_are_skipped() {
    let name = "faults::frames_that_claim_another_size_are_skipped";
    with_camera_playing(name, &["--format", "MJPG"], write_lying_frames, |_| {
        let mut source = open();
        wait_until(&mut source, "lies", |source| source.counters().damaged >= 10);
        wait_for_frames(&mut source);
    });
}
