#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

const SIZE: [u32; 2] = [640, 480];
/// Size of a picture in bytes, larger than a pipe.
const BYTES: usize = 640 * 480 * 2;

/// A folder with a shell script that stands for GStreamer.
fn gstreamer(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(PROGRAM);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Opens a camera with the script in `folder` and a socket that stands for PipeWire.
fn open(folder: &Path) -> (Result<PipeWire, DeviceProblem>, UnixListener) {
    let socket = folder.join("pipewire-0");
    let daemon = UnixListener::bind(&socket).unwrap();
    (PipeWire::open(folder.as_os_str(), &socket, SIZE, &[16; BYTES]), daemon)
}

fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "timed out");
        std::thread::sleep(POLL);
    }
}

#[test]
fn gstreamer_gets_whole_pictures() {
    let folder = gstreamer("cd \"${0%/*}\" && echo \"$@\" > arguments && exec cat > pictures");
    let (camera, _daemon) = open(folder.path());
    let mut camera = camera.unwrap();
    let picture: Vec<u8> = (0..BYTES).map(|index| index as u8).collect();
    until(|| camera.write(&picture).unwrap().then_some(()));
    let path = folder.path().join("pictures");
    let pictures = until(|| std::fs::read(&path).ok().filter(|read| read.len() == 2 * BYTES));
    assert!(pictures[..BYTES].iter().all(|byte| *byte == 16) && pictures[BYTES..] == picture);
    let arguments = std::fs::read_to_string(folder.path().join("arguments")).unwrap();
    assert!(arguments.contains("width=640 height=480") && arguments.contains("Video/Source"), "{arguments}");
}

#[test]
fn a_camera_that_is_not_read_drops_pictures_without_waiting() {
    let folder = gstreamer(&format!("head -c {BYTES} > /dev/null\nexec sleep 60"));
    let (camera, _daemon) = open(folder.path());
    let mut camera = camera.unwrap();
    until(|| (!camera.write(&[0; BYTES]).unwrap()).then_some(()));
}

#[test]
fn what_is_missing_is_named_with_its_packages() {
    let empty = tempfile::tempdir().unwrap();
    let problem = open(empty.path()).0.err().unwrap().to_string();
    assert!(problem.contains("gst-launch-1.0 was not found") && problem.contains("apt install"), "{problem}");
    let folder = gstreamer("echo 'WARNING: erroneous pipeline: no element \"pipewiresink\"' >&2; exit 1");
    let problem = open(folder.path()).0.err().unwrap().to_string();
    assert!(problem.contains("pipewiresink was not found") && problem.contains("apt install"), "{problem}");
}

#[test]
fn a_daemon_that_is_missing_or_ends_is_reported() {
    let folder = gstreamer("exec cat > /dev/null");
    let missing = folder.path().join("missing");
    let problem = PipeWire::open(folder.path().as_os_str(), &missing, SIZE, &[16; BYTES]).err().unwrap();
    assert!(matches!(problem, DeviceProblem::NoPipeWire), "{problem}");
    let (camera, daemon) = open(folder.path());
    let mut camera = camera.unwrap();
    drop(daemon);
    let problem = until(|| camera.write(&[0; BYTES]).err());
    assert!(matches!(problem, DeviceProblem::NoPipeWire), "{problem}");
}

#[test]
fn a_camera_that_ends_is_reported_with_its_message() {
    let message =
        "ERROR: from element /GstPipeline:pipeline0/GstPipeWireSink:pipewiresink0: Failed to connect";
    let folder = gstreamer(&format!("echo '{message}' >&2; exit 1"));
    let problem = open(folder.path()).0.err().unwrap();
    assert!(matches!(problem, DeviceProblem::NoPipeWire), "{problem}");
    let folder = gstreamer(&format!("head -c {BYTES} > /dev/null; echo 'ERROR: from element /a: gone' >&2"));
    let (camera, _daemon) = open(folder.path());
    let mut camera = camera.unwrap();
    let problem = until(|| camera.write(&[0; BYTES]).err()).to_string();
    assert!(problem.contains("(gone)"), "{problem}");
}
