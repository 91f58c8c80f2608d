//! Saves the tiles.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use image::RgbImage;

use super::backend::Report;
use crate::pipeline::TileSet;
use crate::text::errors;
use agemirror_faces::compose;
use agemirror_faces::compose::{About, Captioned, SavedTile, SavedView};

/// What to save.
pub(crate) struct SaveJob {
    /// The folder in which a new one is created.
    pub folder: PathBuf,
    /// The tiles.
    pub tiles: Arc<TileSet>,
    /// The caption for each age, in years.
    pub labels: Vec<(f32, String)>,
    /// The name of the source.
    pub source: String,
}

/// Saves the view, the input, every tile at full resolution and a description.
pub(crate) fn save(job: &SaveJob) -> Report {
    let set = &job.tiles;
    let tiles = named_tiles(set, &job.labels);
    let about = About {
        program: About::PROGRAM.to_owned(),
        model: set.model.name.to_owned(),
        weights_hash: set.model.weights_hash.clone(),
        ages: made_ages(set),
        current_age: set.faces.first().and_then(|face| face.current_age),
        source: job.source.clone(),
        saved_at: SystemTime::now(),
    };
    let view = view_of(set, &tiles);
    let all = SavedView { view: &view, input: &set.frame.picture, tiles: &tiles, about: &about };
    match compose::save_view(&job.folder, &all) {
        Ok(saved) => Report::Saved { folder: saved.folder, files: saved.tiles.len() + 3 },
        Err(error) => Report::NotSaved(errors::of_saving(&error)),
    }
}

/// The picture with the input and every tile.
pub(super) fn view_of(set: &TileSet, tiles: &[SavedTile<'_>]) -> RgbImage {
    let captioned: Vec<Captioned<'_>> =
        tiles.iter().map(|tile| Captioned { caption: &tile.label, picture: &tile.picture }).collect();
    compose::grid(Captioned { caption: "Input", picture: &set.frame.picture }, &captioned)
}

/// The ages that have tiles; those of a held frame are made one by one.
fn made_ages(set: &TileSet) -> Vec<f32> {
    let made = |age: &&f32| set.faces.iter().any(|face| face.tiles.iter().any(|tile| tile.age == **age));
    set.ages.iter().filter(made).copied().collect()
}

/// Every tile with its label, filled beyond the frame: those of each face in turn, then the whole frames.
pub(super) fn named_tiles<'a>(set: &'a TileSet, labels: &[(f32, String)]) -> Vec<SavedTile<'a>> {
    let label = |age: f32| compose::caption_of(labels, age);
    let mut tiles = Vec::new();
    for (number, face) in set.faces.iter().enumerate() {
        for tile in &face.tiles {
            let age = label(tile.age);
            let label = if set.faces.len() == 1 { age.clone() } else { format!("{age} face {}", number + 1) };
            let picture = compose::finished(&tile.picture, face.edge.as_deref());
            tiles.push(SavedTile { label, age, picture });
        }
    }
    for tile in &set.whole {
        let age = label(tile.age);
        tiles.push(SavedTile { label: format!("{age} frame"), age, picture: Cow::Borrowed(&*tile.picture) });
    }
    tiles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{AgedFace, Tile};
    use agemirror_faces::aging::{AgeChoice, ModelInfo};
    use agemirror_faces::face::{AlignmentTemplate, FaceBox, TrackedFace};
    use agemirror_pictures::Frame;
    use std::time::Instant;

    fn picture(side: u32) -> Arc<RgbImage> {
        Arc::new(RgbImage::from_pixel(side, side, image::Rgb([90; 3])))
    }

    fn tile_set(ages: &[f32], faces: u64) -> TileSet {
        let now = Instant::now();
        let tile = |age: &f32| Tile { age: *age, picture: picture(32), captured: now, finished: now };
        let bounds = FaceBox { x: 0.0, y: 0.0, width: 10.0, height: 10.0, score: 1.0 };
        let face = |id: u64| AgedFace {
            face: TrackedFace { id, bounds, points: [[0.0; 2]; 5], mesh: Vec::new(), yaw: 0.0 },
            crop: picture(32),
            edge: None,
            current_age: Some(30.0),
            tiles: ages.iter().map(tile).collect(),
        };
        TileSet {
            frame: Frame { picture: picture(64), captured: now, number: 1, mirrored: false },
            ages: ages.to_vec(),
            faces: (0..faces).map(face).collect(),
            whole: Vec::new(),
            model: ModelInfo {
                name: "test",
                title: "Test",
                ages: AgeChoice::Years { youngest: 1.0, oldest: 85.0 },
                knows_gender: false,
                templates: vec![AlignmentTemplate { points: [[0.5; 2]; 5] }],
                view: agemirror_faces::face::dlib::CropWindow::WHOLE,
                side: 32,
                weights_hash: "0".repeat(64),
            },
            progress: None,
        }
    }

    fn job(folder: PathBuf) -> SaveJob {
        let tiles = tile_set(&[25.0, 60.0], 2);
        SaveJob {
            folder,
            tiles: Arc::new(tiles),
            labels: vec![(25.0, "20–29".into()), (60.0, "50–69".into())],
            source: "Test".into(),
        }
    }

    #[test]
    fn every_tile_of_every_face_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let Report::Saved { folder: made, files } = save(&job(folder.path().join("new"))) else {
            panic!("not saved")
        };
        let written = std::fs::read_dir(&made).unwrap().count();
        assert_eq!(written, files);
        assert_eq!(files, 2 * 2 + 3);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let Report::NotSaved(message) = save(&job(file.join("below"))) else { panic!("saved") };
        assert!(message.to_string().contains("file"), "{message}");
    }
}
