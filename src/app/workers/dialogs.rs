//! The system's dialogs. Each waits for the user, and so runs on a thread of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rfd::FileDialog;

use super::backend::Report;

const EXTENSIONS: [&str; 11] =
    ["jpg", "jpeg", "png", "webp", "gif", "tif", "tiff", "bmp", "ppm", "pgm", "pnm"];

/// Asks for picture files.
pub fn choose_files() -> Option<Vec<PathBuf>> {
    let dialog = FileDialog::new().set_title("Open pictures").add_filter("Pictures", &EXTENSIONS);
    dialog.add_filter("All files", &["*"]).pick_files()
}

/// Asks for weight files.
pub fn choose_weights() -> Option<Vec<PathBuf>> {
    FileDialog::new().set_title("Open weight files").add_filter("All files", &["*"]).pick_files()
}

/// Asks for folders of pictures.
pub fn choose_folders() -> Option<Vec<PathBuf>> {
    FileDialog::new().set_title("Open a folder of pictures").pick_folders()
}

/// Asks where Save shall write.
pub fn choose_save_folder(present: &Path) -> Option<Report> {
    choose_folder("Where to save", Some(present)).map(Report::SaveFolder)
}

/// Asks for the folder of a training run.
pub fn choose_run(present: Option<&Path>) -> Option<Report> {
    choose_folder("The folder of a training run", present).map(Report::RunFolder)
}

/// Asks for one folder, beginning at `present` or the nearest folder above it that is there.
fn choose_folder(title: &str, present: Option<&Path>) -> Option<PathBuf> {
    let mut dialog = FileDialog::new().set_title(title);
    if let Some(start) = present.and_then(|folder| folder.ancestors().find(|folder| folder.is_dir())) {
        dialog = dialog.set_directory(start);
    }
    dialog.pick_folder()
}

/// Opens a folder in the system's file manager.
pub fn show_folder(folder: &Path) -> Option<Report> {
    if !folder.is_dir() {
        let text =
            format!("The folder {} is not there yet; it is made with the first save.", folder.display());
        return Some(Report::Failed(text));
    }
    (!open_by_system(folder.as_os_str())).then(|| {
        let text = format!("No file manager could be opened; the folder is {}.", folder.display());
        Report::Failed(text)
    })
}

/// Opens an address in the web browser.
pub fn open_address(address: &str) -> Option<Report> {
    let is_page = address.starts_with("https://") || address.starts_with("http://");
    (!is_page || !open_by_system(address.as_ref()))
        .then(|| Report::Failed(format!("No web browser could be opened; the address is {address}")))
}

/// Has the system open a folder or an address; whether that worked.
fn open_by_system(what: &OsStr) -> bool {
    let program = match () {
        () if cfg!(target_os = "macos") => "open",
        () if cfg!(target_os = "windows") => "explorer",
        () => "xdg-open",
    };
    let started = Command::new(program).arg(what).stdin(Stdio::null()).stdout(Stdio::null()).status();
    // Windows' explorer ends with 1 also when it has opened what it was told.
    started.is_ok_and(|status| status.success() || cfg!(target_os = "windows"))
}
