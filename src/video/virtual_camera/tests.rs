#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::pipeline::LiveView;
use crate::video::testing::live_view;
use std::io::Read;
use std::path::Path;
use std::process::Command;

const SIZE: [u32; 2] = [64, 48];

fn start(device: &Path) -> VirtualCamera {
    let settings =
        VirtualCameraSettings { device: device.to_owned().into(), size: SIZE, ..Default::default() };
    let began = Instant::now();
    // A grey level that changes thirty times a second.
    let view: ViewSource = Arc::new(move || live_view((began.elapsed().as_millis() / 33) as u8));
    VirtualCamera::start(settings, view).unwrap()
}

fn until(camera: &VirtualCamera, wanted: impl Fn(&VirtualCameraStatus) -> bool) -> VirtualCameraStatus {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let status = camera.status();
        if wanted(&status) {
            return status;
        }
        assert!(Instant::now() < deadline, "{status:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn pipe(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("video9");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

/// Every reader gets complete pictures.
#[test]
fn readers_may_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let camera = start(&path);
    until(&camera, |status| {
        status.problem.as_ref().is_some_and(|text| text.to_string().contains("no reader"))
    });
    for _ in 0..2 {
        let mut reader = std::fs::File::open(&path).unwrap();
        let mut levels = Vec::new();
        for _ in 0..8 {
            let mut picture = vec![0; (SIZE[0] * SIZE[1] * 2) as usize];
            reader.read_exact(&mut picture).unwrap();
            assert!(picture.chunks(4).all(|four| four == &picture[..4]), "one flat picture");
            assert_eq!(picture[1], 128, "grey");
            levels.push(picture[0]);
        }
        assert!(levels.iter().any(|level| *level != levels[0]), "{levels:?}");
        drop(reader);
        until(&camera, |status| status.device.is_none() && status.problem.is_some());
    }
    assert!(camera.status().frames >= 16);
}

/// A program that opens the virtual camera before the real one has started gets black pictures.
#[test]
fn pictures_are_black_until_the_camera_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let mut reader = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    let settings = VirtualCameraSettings { device: path.into(), size: SIZE, ..Default::default() };
    let has_begun = Arc::new(AtomicBool::new(false));
    let begun = Arc::clone(&has_begun);
    let view: ViewSource = Arc::new(move || {
        let view = live_view(200);
        if begun.load(Ordering::Relaxed) { view } else { LiveView { input: None, ..view } }
    });
    let _camera = VirtualCamera::start(settings, view).unwrap();
    let mut level = || {
        let mut picture = vec![0; (SIZE[0] * SIZE[1] * 2) as usize];
        reader.read_exact(&mut picture).unwrap();
        picture[0]
    };
    assert_eq!([level(), level()], [16; 2]);
    has_begun.store(true, Ordering::Relaxed);
    let first = (0..100).map(|_| level()).find(|level| *level != 16);
    assert!(first.is_some_and(|level| level > 150), "{first:?}");
}

#[test]
fn an_internal_error_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let _reader = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    let settings = VirtualCameraSettings { device: path.into(), size: SIZE, ..Default::default() };
    let camera = VirtualCamera::start(settings, Arc::new(|| panic!("as a test"))).unwrap();
    let status = until(&camera, |status| status.problem.is_some());
    assert!(status.problem.unwrap().to_string().contains("internal error") && status.device.is_none());
}

#[test]
fn missing_devices_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let camera = start(&folder.path().join("missing"));
    let status = until(&camera, |status| status.problem.is_some());
    assert!(status.problem.unwrap().to_string().contains("does not exist"));
    let text = DeviceProblem::None.to_string();
    assert!(text.contains("sudo modprobe v4l2loopback"), "{text}");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let camera = start(&file);
    let status = until(&camera, |status| status.problem.is_some());
    assert!(status.problem.unwrap().to_string().contains("not a virtual camera"));
}

/// A device that vanishes while it is written to is used again when it is back.
#[test]
fn a_device_that_comes_back_is_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let mut picture = vec![0; (SIZE[0] * SIZE[1] * 2) as usize];
    let mut reader = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    let camera = start(&path);
    reader.read_exact(&mut picture).unwrap();
    std::fs::remove_file(&path).unwrap();
    drop(reader);
    until(&camera, |status| {
        status.problem.as_ref().is_some_and(|text| text.to_string().contains("does not exist"))
    });
    pipe(folder.path());
    let mut reader = std::fs::File::open(&path).unwrap();
    reader.read_exact(&mut picture).unwrap();
    let status = until(&camera, |status| status.device.is_some());
    assert!(status.problem.is_none(), "{status:?}");
}
