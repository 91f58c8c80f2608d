//! The system's dialogs and the programs that it opens. Each call waits for the user, so each runs on its own
//! thread, whose language is the window's.

use std::path::{Path, PathBuf};

use rfd::FileDialog;

use super::backend::Report;
use crate::text::{message, text};

/// The extensions of the filter for pictures.
const EXTENSIONS: [&str; 11] =
    ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "ppm", "pgm", "pnm"];

/// Lets the user choose picture files.
pub(crate) fn choose_files() -> Option<Report> {
    let dialog =
        FileDialog::new().set_title(text!("dialog-pictures")).add_filter(text!("pictures"), &EXTENSIONS);
    let dialog = dialog
        .add_filter(text!("videos"), &["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "ts", "wmv", "ogv"]);
    dialog.add_filter(text!("all-files"), &["*"]).pick_files().map(Report::PathsChosen)
}

/// Lets the user choose weight files.
pub(crate) fn choose_weights() -> Option<Report> {
    let dialog = FileDialog::new().set_title(text!("dialog-weights")).add_filter(text!("all-files"), &["*"]);
    dialog.pick_files().map(Report::PathsChosen)
}

/// Lets the user choose folders of pictures.
pub(crate) fn choose_folders() -> Option<Report> {
    let dialog = FileDialog::new().set_title(text!("open-folder-of-pictures"));
    dialog.pick_folders().map(Report::PathsChosen)
}

/// Lets the user choose the folder to save in; the dialog starts at `current`.
pub(crate) fn choose_save_folder(current: &Path) -> Option<Report> {
    choose_folder(text!("dialog-save"), Some(current)).map(Report::SaveFolder)
}

/// Lets the user choose the folder of a training run; the dialog starts at `current`.
pub(crate) fn choose_run(current: Option<&Path>) -> Option<Report> {
    choose_folder(text!("dialog-run"), current).map(Report::RunFolder)
}

/// Lets the user choose one folder. The dialog starts at `current`, or at its nearest parent that exists.
fn choose_folder(title: String, current: Option<&Path>) -> Option<PathBuf> {
    let mut dialog = FileDialog::new().set_title(title);
    if let Some(start) = current.and_then(|folder| folder.ancestors().find(|folder| folder.is_dir())) {
        dialog = dialog.set_directory(start);
    }
    dialog.pick_folder()
}

/// Opens a folder in the system's file manager.
pub(crate) fn show_folder(folder: &Path) -> Option<Report> {
    if !folder.is_dir() {
        return Some(Report::Failed(message!("no-such-folder", folder = folder.display())));
    }
    let failed = |error: std::io::Error| {
        tracing::warn!("no file manager: {error}");
        Report::Failed(message!("no-file-manager", folder = folder.display()))
    };
    open::that(folder).err().map(failed)
}

/// Opens an `http` or `https` address in the web browser.
pub(crate) fn open_address(address: &str) -> Option<Report> {
    let is_page = address.starts_with("https://") || address.starts_with("http://");
    (!is_page || open::that(address).is_err())
        .then(|| Report::Failed(message!("no-web-browser", address = address)))
}
