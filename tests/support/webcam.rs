//! The virtual camera: its tools, and its folder, through which a test pulls the cable or damages pictures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A tool of the virtual camera; `None`, said so, where it cannot run.
pub fn tool(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/webcam").join(name);
    let runs = |tool: &str| {
        Command::new(tool).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    if path.exists() && runs("ffmpeg") && runs("gcc") {
        return Some(path);
    }
    eprintln!("skipped: there is no ../shared/webcam, or no ffmpeg and gcc for it");
    None
}

/// A virtual camera, by its folder.
pub struct VirtualCamera {
    pub folder: PathBuf,
}

impl VirtualCamera {
    /// Sets or, with `None`, takes back a fault; see the head of `libvcam.c`.
    pub fn fault(&self, name: &str, value: Option<&str>) {
        let control = self.folder.join("cam0/ctl");
        match value {
            Some(value) => {
                fs::write(control.join(".new"), value).unwrap();
                fs::rename(control.join(".new"), control.join(name)).unwrap();
            }
            None => fs::remove_file(control.join(name)).unwrap(),
        }
    }

    /// Pulls the cable.
    pub fn unplug(&self) {
        for node in ["dev/video0", "dev/video1"] {
            fs::remove_file(self.folder.join(node)).unwrap();
        }
    }

    /// Puts the cable back in.
    pub fn plug(&self) {
        for (node, text) in [("dev/video0", "cam0"), ("dev/video1", "cam0 meta")] {
            let whole = self.folder.join("node");
            fs::write(&whole, text).unwrap();
            fs::rename(whole, self.folder.join(node)).unwrap();
        }
    }
}
