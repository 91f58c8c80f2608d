//! Cameras with unusual formats, sizes and rates.

use std::time::Duration;

use agemirror::camera::{CameraSettings, FrameSource, NokhwaSource, SourceState};

use crate::virtual_camera::{open, wait_for_frames, wait_until, with_camera, with_odd_camera};

/// Streams at 640 x 480 and returns the name of the format.
fn format_of(source: &mut NokhwaSource) -> String {
    wait_for_frames(source);
    let SourceState::Streaming { width, height, format, .. } = source.state() else {
        panic!("it stopped: {:?}", source.state())
    };
    assert_eq!((width, height), (640, 480));
    format
}

/// Opens an odd camera and waits for complete frames at 640 x 480.
fn streams(test: &str, switches: &[(&str, &str)], options: &[&str]) {
    with_odd_camera(test, switches, options, |_| {
        let mut source = open();
        format_of(&mut source);
        let counters = source.counters();
        assert_eq!((counters.damaged, counters.stalls, counters.losses), (0, 0, 0));
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_rate_of_256_in_7680_is_30() {
    streams("odd::a_rate_of_256_in_7680_is_30", &[("VCAM_NUMER", "256")], &[]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_rate_of_29_97_is_taken() {
    streams("odd::a_rate_of_29_97_is_taken", &[("VCAM_NUMER", "1001")], &[]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn the_rate_that_another_program_left_does_not_matter() {
    streams("odd::the_rate_that_another_program_left_does_not_matter", &[("VCAM_LEFT_AT", "2/15")], &[]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn rates_in_steps_are_taken() {
    streams("odd::rates_in_steps_are_taken", &[("VCAM_STEPINT", "1")], &[]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_step_of_zero_is_harmless() {
    streams("odd::a_step_of_zero_is_harmless", &[("VCAM_STEP0", "1")], &[]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn sizes_in_steps_are_taken() {
    let switches = [("VCAM_STEPWISE", "1"), ("VCAM_STEPINT", "1")];
    streams("odd::sizes_in_steps_are_taken", &switches, &["--format", "YUYV"]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn the_camera_of_a_raspberry_pi_gives_the_wanted_size() {
    let switches = [("VCAM_STEPWISE", "1"), ("VCAM_PI", "1"), ("VCAM_STEPINT", "1")];
    streams("odd::the_camera_of_a_raspberry_pi_gives_the_wanted_size", &switches, &["--format", "YUYV"]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_loopback_device_gives_the_wanted_size() {
    let switches = [("VCAM_CONTINUOUS", "1")];
    streams("odd::a_loopback_device_gives_the_wanted_size", &switches, &["--format", "YUYV"]);
}

/// Waits for frames of a camera that offers a single format.
fn streams_only(test: &str, code: &str) {
    with_camera(test, &["--format", "YUYV"], |camera| {
        camera.offer(0, &format!("{code} 640 480 30\n"));
        let mut source = open();
        assert_eq!(format_of(&mut source), code);
        assert_eq!(source.counters().damaged, 0);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn nv12_streams() {
    streams_only("odd::nv12_streams", "NV12");
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn yu12_streams() {
    streams_only("odd::yu12_streams", "YU12");
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn an_infrared_camera_alone_streams_in_grey() {
    with_camera("odd::an_infrared_camera_alone_streams_in_grey", &["--format", "YUYV"], |camera| {
        camera.offer(0, "GREY 640 480 30\n");
        let mut source = open();
        assert_eq!(format_of(&mut source), "GREY");
        let frame = source.next_frame(Duration::from_secs(60)).expect("a frame");
        assert!(frame.picture.pixels().all(|pixel| pixel.0 == [pixel.0[0]; 3]));
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_camera_with_colours_comes_before_an_infrared_one() {
    let test = "odd::a_camera_with_colours_comes_before_an_infrared_one";
    with_camera(test, &["--cameras", "2"], |camera| {
        camera.offer(0, "GREY 640 480 30\n");
        let mut source = open();
        assert_eq!(format_of(&mut source), "MJPEG");
        assert_eq!(source.name(), "Desk Cam 2");
        let infrared = CameraSettings { name: Some("Desk Cam".to_owned()), ..CameraSettings::default() };
        let mut source = NokhwaSource::open(infrared);
        assert_eq!(format_of(&mut source), "GREY", "it can still be chosen");
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_camera_that_cannot_be_decoded_is_skipped() {
    let test = "odd::a_camera_that_cannot_be_decoded_is_skipped";
    with_camera(test, &["--cameras", "2"], |camera| {
        camera.offer(0, "H264 640 480 30\n");
        let mut source = open();
        assert_eq!(format_of(&mut source), "MJPEG");
        assert_eq!(source.name(), "Desk Cam 2");
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_refusal_names_the_camera_and_its_format() {
    with_camera("odd::a_refusal_names_the_camera_and_its_format", &[], |camera| {
        camera.offer(0, "H264 640 480 30\n");
        let mut source = open();
        wait_until(&mut source, "a verdict", |source| source.state() != SourceState::Opening);
        assert_eq!(source.state(), SourceState::UnknownFormat("H264".to_owned()));
        assert_eq!(source.name(), "Desk Cam");
        let sentence = source.state().sentence(&source.name());
        assert!(sentence.contains("Desk Cam") && sentence.contains("H264"), "{sentence}");
        camera.offer(0, "MJPG 640 480 30\n");
        wait_for_frames(&mut source);
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_path_or_a_number_opens_the_second_of_two_twins() {
    let test = "odd::a_path_or_a_number_opens_the_second_of_two_twins";
    with_camera(test, &["--cameras", "2"], |camera| {
        camera.rename("video2", "Desk Cam");
        for name in ["/dev/video2", "2"] {
            let second = CameraSettings { name: Some(name.to_owned()), ..CameraSettings::default() };
            let mut source = NokhwaSource::open(second);
            wait_for_frames(&mut source);
            assert_eq!(source.device().map(|device| device.path).as_deref(), Some("/dev/video2"));
            assert_eq!(source.name(), "Desk Cam");
        }
    });
}
