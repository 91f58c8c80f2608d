//! Saves the current view: one call creates one new folder with everything in it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use image::RgbImage;
use serde::{Serialize, Serializer};

use super::provenance::{self, Provenance};
use super::staging::StagedFolder;
use agemirror_storage::SaveError;
use agemirror_storage::{file_stamp, rfc3339};

/// Provenance of the pictures, saved as JSON with them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct About {
    /// Program and version; [`About::PROGRAM`] for this one.
    pub program: String,
    /// Model name.
    pub model: String,
    /// SHA-256 of the model's weights, in hexadecimal.
    pub weights_hash: String,
    /// Requested ages in years, in the order of the tiles.
    pub ages: Vec<f32>,
    /// The current age that the model estimated, in years.
    #[serde(rename = "present_age")]
    pub current_age: Option<f32>,
    /// Name of the camera or the picture.
    pub source: String,
    /// Time of saving; RFC 3339 in UTC in the JSON.
    #[serde(serialize_with = "as_rfc3339")]
    pub saved_at: SystemTime,
}

impl About {
    /// This program and its version.
    pub const PROGRAM: &str = provenance::PROGRAM;
}

fn as_rfc3339<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&rfc3339(*time))
}

/// One tile to save.
#[derive(Clone, Debug)]
pub struct SavedTile<'a> {
    /// Its label, such as `20–29`, or `20–29 face 2`.
    pub label: String,
    /// The age that it shows, such as `20–29`.
    pub age: String,
    /// The tile at full resolution.
    pub picture: Cow<'a, RgbImage>,
}

/// A view to save.
#[derive(Clone, Copy)]
pub struct SavedView<'a> {
    /// The whole view, a strip or a grid.
    pub view: &'a RgbImage,
    /// The input picture.
    pub input: &'a RgbImage,
    /// Every tile.
    pub tiles: &'a [SavedTile<'a>],
    /// Provenance.
    pub about: &'a About,
}

/// Paths of a saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFiles {
    /// The new folder that holds the files.
    pub folder: PathBuf,
    /// The whole view.
    pub view: PathBuf,
    /// The input picture.
    pub input: PathBuf,
    /// The tiles in order.
    pub tiles: Vec<PathBuf>,
    /// The provenance JSON.
    pub about: PathBuf,
}

const VIEW: &str = "view.png";
pub(crate) const INPUT: &str = "input.png";
pub(crate) const ABOUT: &str = "about.json";

#[derive(Serialize)]
struct AboutFile<'a> {
    #[serde(flatten)]
    about: &'a About,
    view: &'static str,
    input: &'static str,
    tiles: Vec<AboutTile<'a>>,
}

#[derive(Serialize)]
struct AboutTile<'a> {
    label: &'a str,
    file: &'a str,
}

/// Saves a view into a new folder inside `folder` (created if missing), named by the time in UTC, such as
/// `agemirror_2026-11-22_18-04-30Z`; a second one in the same second gets `-2`. The new folder appears with
/// all its files at once; nothing is ever overwritten.
///
/// # Errors
/// When the folder cannot be written or the disk is full; nothing is left behind.
pub fn save_view(folder: &Path, view: &SavedView) -> Result<SavedFiles, SaveError> {
    let staged = StagedFolder::begin(folder)?;
    let names: Vec<_> =
        (1_usize..).zip(view.tiles).map(|(number, tile)| tile_name(number, &tile.label)).collect();
    let provenance = Provenance::of_ages(view.tiles.iter().map(|tile| tile.age.as_str()));
    staged.write_picture(VIEW, view.view, Some(&provenance))?;
    staged.write_picture(INPUT, view.input, None)?;
    for (name, tile) in names.iter().zip(view.tiles) {
        staged.write_picture(name, &tile.picture, Some(&Provenance::of_ages([tile.age.as_str()])))?;
    }
    let listed = names.iter().zip(view.tiles);
    let tiles = listed.map(|(file, tile)| AboutTile { label: &tile.label, file }).collect();
    let about = AboutFile { about: view.about, view: VIEW, input: INPUT, tiles };
    staged.write(ABOUT, |out| {
        serde_json::to_writer_pretty(&mut *out, &about)?;
        out.write_all(b"\n")
    })?;
    let folder = staged.publish(format!("agemirror_{}", file_stamp(view.about.saved_at)).as_ref())?;
    Ok(SavedFiles {
        view: folder.join(VIEW),
        input: folder.join(INPUT),
        tiles: names.iter().map(|name| folder.join(name)).collect(),
        about: folder.join(ABOUT),
        folder,
    })
}

/// A portable file name such as `tile_06_age_20-29.png`; the number makes it unique.
pub(crate) fn tile_name(number: usize, label: &str) -> String {
    let plain = |letter: char| match letter {
        '0'..='9' | 'a'..='z' | 'A'..='Z' | '+' | '.' => letter,
        '–' | '-' => '-',
        _ => '_',
    };
    let label: String = label.chars().take(40).map(plain).collect();
    format!("tile_{number:02}_age_{label}.png")
}

#[cfg(test)]
#[path = "save_tests.rs"]
mod tests;
