//! The system's dialogs and the programs that it opens. Each call waits for the user, so each runs on its own
//! thread.

use std::path::{Path, PathBuf};

use rfd::FileDialog;

use super::backend::Report;

/// The extensions of the filter for pictures.
const EXTENSIONS: [&str; 11] =
    ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "ppm", "pgm", "pnm"];

/// Lets the user choose picture files.
pub(crate) fn choose_files() -> Option<Report> {
    let dialog = FileDialog::new().set_title("Open pictures or a video").add_filter("Pictures", &EXTENSIONS);
    let dialog =
        dialog.add_filter("Videos", &["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "ts", "wmv", "ogv"]);
    dialog.add_filter("All files", &["*"]).pick_files().map(Report::PathsChosen)
}

/// Lets the user choose weight files.
pub(crate) fn choose_weights() -> Option<Report> {
    let dialog = FileDialog::new().set_title("Open weight files").add_filter("All files", &["*"]);
    dialog.pick_files().map(Report::PathsChosen)
}

/// Lets the user choose folders of pictures.
pub(crate) fn choose_folders() -> Option<Report> {
    let dialog = FileDialog::new().set_title("Open a folder of pictures");
    dialog.pick_folders().map(Report::PathsChosen)
}

/// Lets the user choose the folder to save in; the dialog starts at `current`.
pub(crate) fn choose_save_folder(current: &Path) -> Option<Report> {
    choose_folder("Where to save", Some(current)).map(Report::SaveFolder)
}

/// Lets the user choose the folder of a training run; the dialog starts at `current`.
pub(crate) fn choose_run(current: Option<&Path>) -> Option<Report> {
    choose_folder("The folder of a training run", current).map(Report::RunFolder)
}

/// Lets the user choose one folder. The dialog starts at `current`, or at its nearest parent that exists.
fn choose_folder(title: &str, current: Option<&Path>) -> Option<PathBuf> {
    let mut dialog = FileDialog::new().set_title(title);
    if let Some(start) = current.and_then(|folder| folder.ancestors().find(|folder| folder.is_dir())) {
        dialog = dialog.set_directory(start);
    }
    dialog.pick_folder()
}

/// Opens a folder in the system's file manager.
pub(crate) fn show_folder(folder: &Path) -> Option<Report> {
    if !folder.is_dir() {
        let text =
            format!("The folder {} does not exist yet. Save something to create it.", folder.display());
        return Some(Report::Failed(text));
    }
    let failed = |error: std::io::Error| {
        tracing::warn!("no file manager: {error}");
        Report::Failed(format!("No file manager could be opened. The folder is {}.", folder.display()))
    };
    open::that(folder).err().map(failed)
}

/// Opens an `http` or `https` address in the web browser.
pub(crate) fn open_address(address: &str) -> Option<Report> {
    let is_page = address.starts_with("https://") || address.starts_with("http://");
    (!is_page || open::that(address).is_err())
        .then(|| Report::Failed(format!("No web browser could be opened. The address is {address}")))
}
