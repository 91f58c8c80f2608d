//! The camera of PipeWire, with a script that stands for GStreamer.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::portrait;
use crate::webcam::tool;

/// Size of a picture in bytes: YUYV of 1280 x 720 pixels.
const BYTES: usize = 1280 * 720 * 2;

/// Keeps the fortieth picture.
const GSTREAMER: &str = "#!/bin/sh
head -c $((BYTES * 40)) | tail -c BYTES > \"${0%/*}/picture\"
exec cat > /dev/null
";

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_camera_of_pipewire_shows_the_aged_picture() {
    let home = tempfile::tempdir().unwrap();
    let program = home.path().join("gst-launch-1.0");
    fs::write(&program, GSTREAMER.replace("BYTES", &BYTES.to_string())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    // It stands for PipeWire.
    let _daemon = UnixListener::bind(home.path().join("pipewire-0")).unwrap();
    let path = format!("{}:{}", home.path().display(), std::env::var("PATH").unwrap());
    let live = Command::new(tool("with-webcam"))
        .args(["--size", "640x480", "--format", "MJPG", "--center", "0.44,0.25", "--video"])
        .arg(portrait())
        .args(["--", env!("CARGO_BIN_EXE_agemirror"), "live", "--headless", "--seconds", "16"])
        .args(["--ages", "70", "--report", "-", "--virtual-camera", "pipewire"])
        .env("PATH", path)
        .env("PIPEWIRE_RUNTIME_DIR", home.path())
        .env("VCAM_CACHE", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(live.status.code(), Some(0), "{}", String::from_utf8_lossy(&live.stderr));
    let report: Value = serde_json::from_slice(&live.stdout).unwrap();
    let camera = &report["virtual_camera"];
    assert_eq!((&camera["device"], &camera["problem"]), (&Value::from("PipeWire"), &Value::Null));
    assert!(camera["frames"].as_u64().unwrap() >= 39, "{camera}");
    let picture = fs::read(home.path().join("picture")).unwrap();
    assert_eq!(picture.len(), BYTES);
    let brightness = picture.iter().step_by(2);
    assert!(brightness.clone().any(|luma| *luma > 150) && brightness.clone().any(|luma| *luma < 50));
}
