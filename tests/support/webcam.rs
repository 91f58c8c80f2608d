//! The virtual camera: its tools, and its folder, through which a test disconnects it or damages frames.

use std::fs;
use std::path::{Path, PathBuf};

/// A tool of the virtual camera. Tests that use it are ignored where the build script has not found it.
pub(crate) fn tool(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/webcam").join(name);
    assert!(path.exists(), "the virtual camera is missing: {}", path.display());
    path
}

/// A virtual camera, by its folder.
pub(crate) struct VirtualCamera {
    pub folder: PathBuf,
}

impl VirtualCamera {
    /// Sets a fault, or clears it with `None`; the head of `libvcam.c` lists the faults.
    pub(crate) fn fault(&self, name: &str, value: Option<&str>) {
        let control = self.folder.join("cam0/ctl");
        match value {
            Some(value) => {
                fs::write(control.join(".new"), value).unwrap();
                fs::rename(control.join(".new"), control.join(name)).unwrap();
            }
            None => fs::remove_file(control.join(name)).unwrap(),
        }
    }

    /// Disconnects the camera.
    pub(crate) fn unplug(&self) {
        for node in ["dev/video0", "dev/video1"] {
            fs::remove_file(self.folder.join(node)).unwrap();
        }
    }

    /// Connects the camera again.
    pub(crate) fn plug(&self) {
        for (node, text) in [("dev/video0", "cam0"), ("dev/video1", "cam0 meta")] {
            let whole = self.folder.join("node");
            fs::write(&whole, text).unwrap();
            fs::rename(whole, self.folder.join(node)).unwrap();
        }
    }
}
