//! `agemirror live --headless` with the virtual camera, observed through its report.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{interrupt, portrait};
use crate::webcam::{VirtualCamera, tool};

/// Longest wait of any test, even on a busy computer.
const WAIT_TIMEOUT: Duration = Duration::from_secs(120);

/// Only one program runs at a time, because each needs the whole computer.
static TURN: Mutex<()> = Mutex::new(());

/// The program, and the camera that it sees.
pub(crate) struct Live {
    home: tempfile::TempDir,
    child: Child,
    _turn: MutexGuard<'static, ()>,
}

impl Live {
    /// Starts the program with a camera that shows the bundled portrait.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_playing(&portrait(), arguments)
    }

    /// Starts the program with a camera that plays `video`.
    pub(crate) fn start_playing(video: &Path, arguments: &[&str]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let home = tempfile::tempdir().unwrap();
        let child = Command::new(tool("with-webcam"))
            .args(["--size", "640x480", "--format", "MJPG", "--center", "0.44,0.25", "--video"])
            .arg(video)
            .args([
                "--",
                "sh",
                "-c",
                "cd \"$1\" && echo $VCAM_DIR $$ > new && mv new camera && shift && exec \"$@\"",
                "sh",
            ])
            .arg(home.path())
            .arg(env!("CARGO_BIN_EXE_agemirror"))
            .args(["live", "--headless", "--seconds", "3600", "--report", "report.json"])
            .args(arguments)
            .env("VCAM_CACHE", env!("CARGO_TARGET_TMPDIR"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self { home, child, _turn: turn }
    }

    /// The camera that the program sees.
    pub(crate) fn camera(&self) -> VirtualCamera {
        VirtualCamera { folder: self.started().0 }
    }

    /// The camera's folder and the program's process.
    fn started(&self) -> (PathBuf, u32) {
        let file = self.home.path().join("camera");
        self.until("the program to start", || {
            let text = fs::read_to_string(&file).ok()?;
            let (folder, process) = text.trim().rsplit_once(' ')?;
            Some((PathBuf::from(folder), process.parse().ok()?))
        })
    }

    fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + WAIT_TIMEOUT;
        loop {
            if let Some(found) = look() {
                return found;
            }
            let report = || fs::read_to_string(self.home.path().join("report.json")).unwrap_or_default();
            assert!(Instant::now() < deadline, "timed out waiting for {what}: {}", report());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for a report for which `wanted` is true.
    pub(crate) fn wait(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.until(what, || {
            let text = fs::read_to_string(self.home.path().join("report.json")).ok()?;
            serde_json::from_str(&text).ok().filter(|report| wanted(report))
        })
    }

    /// Waits for five more sets of tiles.
    pub(crate) fn wait_for_tiles(&self) -> Value {
        let made = |report: &Value| report["tile_sets"].as_u64().unwrap();
        let before = fs::read_to_string(self.home.path().join("report.json")).ok();
        let before =
            before.and_then(|text| serde_json::from_str(&text).ok()).map_or(0, |report| made(&report));
        self.wait("tiles", |report| made(report) >= before + 5)
    }

    /// Waits for the camera to be in this state.
    pub(crate) fn wait_for_state(&self, state: &str) {
        self.wait(state, |report| states(report).last().is_some_and(|last| last == state));
    }

    /// Ends the program with Ctrl-C. Returns its last report and its exit code.
    pub(crate) fn finish(mut self) -> (Value, Option<i32>) {
        interrupt(self.started().1);
        let code = self.child.wait().unwrap().code();
        let text = fs::read_to_string(self.home.path().join("report.json")).unwrap();
        (serde_json::from_str(&text).unwrap(), code)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|code| code.is_none()) && self.home.path().join("camera").exists()
        {
            interrupt(self.started().1);
            let _ = self.child.wait();
        }
    }
}

/// The names of the states of the camera, in order.
pub(crate) fn states(report: &Value) -> Vec<String> {
    let changes = report["states"].as_array().unwrap();
    changes.iter().map(|change| change["state"].as_str().unwrap().to_owned()).collect()
}
