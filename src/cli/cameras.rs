//! `agemirror cameras`: lists the cameras.

use std::process::ExitCode;

use crate::camera::list_cameras;
use agemirror_console::output::print_line;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    let cameras = list_cameras();
    if cameras.is_empty() {
        anyhow::bail!("no camera was found; plug one in and try again");
    }
    for camera in cameras {
        print_line(&format!("{}\t{}", camera.path, camera.name));
    }
    Ok(ExitCode::SUCCESS)
}
