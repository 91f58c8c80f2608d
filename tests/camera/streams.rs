//! Cameras that work.

use std::time::{Duration, Instant};

use agemirror::camera::{CameraSettings, FrameSource, NokhwaSource, Rotation, SourceState, list_cameras};

use crate::frames::{HEIGHT, RedSide, WIDTH, red_side};
use crate::virtual_camera::{open, wait_for_frames, wait_until, with_camera};

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn cameras_are_listed_by_name_without_their_metadata_nodes() {
    with_camera(
        "streams::cameras_are_listed_by_name_without_their_metadata_nodes",
        &["--cameras", "2"],
        |camera| {
            camera.add_odd_node("video-codec");
            let listed: Vec<_> =
                list_cameras().into_iter().map(|camera| (camera.name, camera.path)).collect();
            let expected = [("Desk Cam", "/dev/video0"), ("Desk Cam 2", "/dev/video2")]
                .map(|(n, p)| (n.to_owned(), p.to_owned()));
            assert_eq!(listed, expected);
            let wanted = CameraSettings { name: Some("Desk Cam 2".to_owned()), ..CameraSettings::default() };
            let mut second = NokhwaSource::open(wanted);
            wait_for_frames(&mut second);
            assert_eq!(second.name(), "Desk Cam 2");
            assert_eq!(second.device().map(|device| device.path).as_deref(), Some("/dev/video2"));
        },
    );
}

/// Streams in `format` and checks the frames.
fn streams(format: &str) {
    let mut source = open();
    wait_until(
        &mut source,
        "30 frames a second",
        |source| matches!(source.state(), SourceState::Streaming { measured_rate, .. } if (25.0..35.0).contains(&measured_rate)),
    );
    let SourceState::Streaming { width, height, format: seen, .. } = source.state() else {
        panic!("it stopped: {:?}", source.state())
    };
    assert_eq!((width, height, seen.as_str()), (WIDTH, HEIGHT, format));
    let mut before = None;
    for _ in 0..20 {
        let frame = source.next_frame(Duration::from_secs(60)).expect("a frame");
        assert!(frame.captured <= Instant::now());
        if let Some((number, captured)) = before.replace((frame.number, frame.captured)) {
            assert_eq!(frame.number, number + 1);
            assert!(frame.captured > captured, "each frame has its own capture time");
        }
        assert_eq!(frame.picture.dimensions(), (WIDTH, HEIGHT));
        assert_eq!(red_side(&frame.picture), RedSide::Right, "the default is a mirror");
    }
    let counters = source.counters();
    assert_eq!((counters.damaged, counters.losses, counters.reopened), (0, 0, 0));
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn motion_jpeg_streams() {
    with_camera("streams::motion_jpeg_streams", &["--format", "MJPG"], |_| streams("MJPEG"));
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn yuyv_streams() {
    with_camera("streams::yuyv_streams", &["--format", "YUYV"], |_| streams("YUYV"));
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn frames_are_rotated() {
    with_camera("streams::frames_are_rotated", &[], |_| {
        let upside_down =
            CameraSettings { mirror: true, rotation: Rotation::Half, ..CameraSettings::default() };
        let mut source = NokhwaSource::open(upside_down);
        let frame = source.next_frame(Duration::from_secs(60)).expect("a frame");
        assert_eq!(red_side(&frame.picture), RedSide::Left);
        drop(source);
        let on_its_side = CameraSettings { rotation: Rotation::Quarter, ..CameraSettings::default() };
        let mut source = NokhwaSource::open(on_its_side);
        let frame = source.next_frame(Duration::from_secs(60)).expect("a frame");
        assert_eq!(frame.picture.dimensions(), (HEIGHT, WIDTH));
        let SourceState::Streaming { width, height, .. } = source.state() else {
            panic!("{:?}", source.state())
        };
        assert_eq!((width, height), (HEIGHT, WIDTH));
    });
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn frames_without_huffman_tables_decode() {
    with_camera("streams::frames_without_huffman_tables_decode", &["--format", "MJPG"], |camera| {
        camera.fault("nodht", Some("1"));
        let mut source = open();
        wait_for_frames(&mut source);
        assert_eq!(source.counters().damaged, 0);
    });
}
