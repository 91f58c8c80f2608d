//! The program's folders of this user.

use std::path::PathBuf;

use directories::ProjectDirs;

/// Name of the program's folders.
const PROGRAM: &str = "agemirror";

/// The folder for settings, which need not exist; `None` if the system has none for this user.
pub fn config_folder() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", PROGRAM)?.config_dir().to_owned())
}

/// The folder for what the program keeps, such as weights, which need not exist; `None` if the system has none for this
/// user.
pub fn data_folder() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", PROGRAM)?.data_dir().to_owned())
}
