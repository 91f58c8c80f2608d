//! Runs a test with a virtual camera.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use agemirror::camera::{CameraSettings, FrameSource, NokhwaSource, SourceState};

use crate::frames::write_frames;
pub(crate) use crate::webcam::VirtualCamera;
use crate::webcam::tool;

/// Environment variable that is set in the process that sees the virtual camera.
const INSIDE: &str = "AGEMIRROR_TEST_HAS_CAMERA";

/// Longest wait of any test, even on a busy computer.
const WAIT_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs `body` in its own process that sees a virtual camera, started with `options`.
pub(crate) fn with_camera(test: &str, options: &[&str], body: impl FnOnce(&VirtualCamera)) {
    with_camera_playing(test, options, write_frames, body);
}

/// Like [`with_camera`], with a camera that is odd in the way the variables `switches` of the virtual camera
/// say.
pub(crate) fn with_odd_camera(
    test: &str,
    switches: &[(&str, &str)],
    options: &[&str],
    body: impl FnOnce(&VirtualCamera),
) {
    start(test, switches, options, write_frames, body);
}

/// Like [`with_camera`], playing the frames that `write` puts into a folder.
pub(crate) fn with_camera_playing(
    test: &str,
    options: &[&str],
    write: fn(&Path),
    body: impl FnOnce(&VirtualCamera),
) {
    start(test, &[], options, write, body);
}

fn start(
    test: &str,
    switches: &[(&str, &str)],
    options: &[&str],
    write: fn(&Path),
    body: impl FnOnce(&VirtualCamera),
) {
    if env::var_os(INSIDE).is_some() {
        let folder = PathBuf::from(env::var_os("VCAM_DIR").expect("the virtual camera names its folder"));
        return body(&VirtualCamera { folder });
    }
    let video = tempfile::tempdir().unwrap();
    write(video.path());
    let mut child = Command::new(tool("with-webcam"))
        .args(["--name", "Desk Cam", "--video"])
        .arg(video.path())
        .args(options)
        .arg("--")
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .envs(switches.iter().copied())
        .env("VCAM_CACHE", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + WAIT_TIMEOUT * 4;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("{test} hangs");
        }
        thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{test} failed under the virtual camera");
}

impl VirtualCamera {
    /// Adds something that is not a camera to the folder of devices.
    pub(crate) fn add_odd_node(&self, name: &str) {
        fs::write(self.folder.join("dev").join(name), "").unwrap();
    }

    /// Makes camera `number` offer other modes, one per line, such as `GREY 640 480 30`.
    pub(crate) fn offer(&self, number: usize, modes: &str) {
        fs::write(self.folder.join(format!("cam{number}/modes")), modes).unwrap();
    }

    /// Renames the camera of a node, such as `video2`.
    pub(crate) fn rename(&self, node: &str, name: &str) {
        fs::write(self.folder.join("sys/class/video4linux").join(node).join("name"), name).unwrap();
    }

    /// How often `event` appears in the driver's log.
    pub(crate) fn count(&self, event: &str) -> usize {
        fs::read_to_string(self.folder.join("cam0/log")).unwrap_or_default().matches(event).count()
    }
}

/// Opens the camera with the default settings.
pub(crate) fn open() -> NokhwaSource {
    NokhwaSource::open(CameraSettings::default())
}

/// Takes frames until `reached`; fails with `what` on a timeout.
pub(crate) fn wait_until(
    source: &mut NokhwaSource,
    what: &str,
    mut reached: impl FnMut(&NokhwaSource) -> bool,
) {
    let deadline = Instant::now() + WAIT_TIMEOUT;
    while !reached(source) {
        assert!(
            Instant::now() < deadline,
            "timed out waiting for {what}; state {:?}, {:?}",
            source.state(),
            source.counters()
        );
        source.next_frame(Duration::from_millis(20));
    }
}

/// Waits for `state`.
pub(crate) fn wait_for_state(source: &mut NokhwaSource, state: &SourceState) {
    wait_until(source, &format!("{state:?}"), |source| source.state() == *state);
}

/// Waits for twenty more frames and for the source to report that it streams.
pub(crate) fn wait_for_frames(source: &mut NokhwaSource) {
    let before = source.counters().frames;
    wait_until(source, "frames", |source| {
        source.counters().frames >= before + 20 && matches!(source.state(), SourceState::Streaming { .. })
    });
}
