//! The system's dialogs and the programs that it opens. Each call waits for the user, so each runs on its own
//! thread.

use std::path::{Path, PathBuf};

use rfd::FileDialog;

use super::backend::Report;
use crate::text::{Language, message};

/// The extensions of the filter for pictures.
const EXTENSIONS: [&str; 11] =
    ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "ppm", "pgm", "pnm"];

/// Lets the user choose picture files.
pub(crate) fn choose_files(language: Language) -> Option<Report> {
    let dialog = FileDialog::new()
        .set_title(message!("dialog-pictures").in_language(language))
        .add_filter(message!("pictures").in_language(language), &EXTENSIONS);
    let dialog = dialog.add_filter(
        message!("videos").in_language(language),
        &["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "ts", "wmv", "ogv"],
    );
    dialog
        .add_filter(message!("all-files").in_language(language), &["*"])
        .pick_files()
        .map(Report::PathsChosen)
}

/// Lets the user choose weight files.
pub(crate) fn choose_weights(language: Language) -> Option<Report> {
    let dialog = FileDialog::new()
        .set_title(message!("dialog-weights").in_language(language))
        .add_filter(message!("all-files").in_language(language), &["*"]);
    dialog.pick_files().map(Report::PathsChosen)
}

/// Lets the user choose folders of pictures.
pub(crate) fn choose_folders(language: Language) -> Option<Report> {
    let dialog = FileDialog::new().set_title(message!("open-folder-of-pictures").in_language(language));
    dialog.pick_folders().map(Report::PathsChosen)
}

/// Lets the user choose the folder to save in; the dialog starts at `current`.
pub(crate) fn choose_save_folder(current: &Path, language: Language) -> Option<Report> {
    choose_folder(message!("dialog-save").in_language(language), Some(current)).map(Report::SaveFolder)
}

/// Lets the user choose the folder of a training run; the dialog starts at `current`.
pub(crate) fn choose_run(current: Option<&Path>, language: Language) -> Option<Report> {
    choose_folder(message!("dialog-run").in_language(language), current).map(Report::RunFolder)
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
