//! Saves tiles into a folder with a given name.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::provenance::Provenance;
use super::save::tile_name;
use super::staging::StagedFolder;
use agemirror_storage::SaveError;

/// Checks that files can be written into `folder`, which is created if missing.
///
/// # Errors
/// When they cannot.
pub fn check_folder(folder: &Path) -> Result<(), SaveError> {
    StagedFolder::begin(folder).map(drop)
}

/// Saves the input and its tiles, each with its label, into a new folder called `name` (or `name-2` and so
/// on) inside `folder`. The new folder appears with all its files at once; nothing is overwritten.
///
/// # Errors
/// When the folder cannot be written or the disk is full; nothing is left behind.
pub fn save_tiles(
    folder: &Path,
    name: &OsStr,
    input: &RgbImage,
    tiles: &[(&str, &RgbImage)],
) -> Result<PathBuf, SaveError> {
    let staged = StagedFolder::begin(folder)?;
    staged.write_picture("input.png", input, None)?;
    for (number, (label, picture)) in (1_usize..).zip(tiles) {
        let provenance = Provenance::of_ages([*label]);
        staged.write_picture(&tile_name(number, label), picture, Some(&provenance))?;
    }
    staged.publish(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_folder_with_the_same_name_gets_a_number() {
        let home = tempfile::tempdir().unwrap();
        let picture = RgbImage::new(4, 4);
        let tiles = [("20–29", &picture), ("70+", &picture)];
        let save = || save_tiles(&home.path().join("out"), OsStr::new("me"), &picture, &tiles).unwrap();
        let (first, second) = (save(), save());
        assert_eq!(second.file_name().unwrap(), "me-2");
        for folder in [first, second] {
            let mut names: Vec<_> =
                folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            assert_eq!(names, ["input.png", "tile_01_age_20-29.png", "tile_02_age_70+.png"]);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "text").unwrap();
        assert!(matches!(check_folder(&file), Err(SaveError::NoFolder(_))));
        assert!(check_folder(&file.join("below")).is_err());
        check_folder(&home.path().join("new")).unwrap();
        assert_eq!(home.path().join("new").read_dir().unwrap().count(), 0);
    }
}
