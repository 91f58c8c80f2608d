//! The readings: what two other networks read off the tiles. One estimates ages; mirror was not trained
//! against it. The other recognises faces, and measures how much of the person is left; mirror was trained
//! against it.

use std::time::{Duration, Instant};

use crate::pipeline::TileSet;

/// Longest time between a reading's frame and a frame that it is still shown for. It is long because readings
/// are made with low priority, and those of one face change little.
pub(crate) const MAX_READING_AGE: Duration = Duration::from_secs(10);

/// What is read off one picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The estimated age, in years.
    pub age: f32,
    /// How much the picture shows the person of the input: 1 for the input itself, 0.5 at the recogniser's
    /// usual threshold, 0 from twice that distance on.
    pub same: f32,
}

/// What is read off a face and its tiles.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceReadings {
    /// The id of the face.
    pub face: u64,
    /// The estimated age in the input, in years.
    pub input: f32,
    /// For each tile the requested age, in years, and its reading.
    pub tiles: Vec<(f32, Reading)>,
}

impl FaceReadings {
    /// The reading of the tile for `age` years.
    pub fn at(&self, age: f32) -> Option<Reading> {
        self.tiles.iter().find(|(requested, _)| (requested - age).abs() < 0.05).map(|(_, reading)| *reading)
    }
}

/// What is read off a set of tiles.
#[derive(Clone, Debug, PartialEq)]
pub struct Readings {
    /// The name of the model that made the tiles.
    pub model: &'static str,
    /// When the frame of the tiles was captured.
    pub captured: Instant,
    /// The faces, in the order of the set.
    pub faces: Vec<FaceReadings>,
}

impl Readings {
    /// The readings of the face with the id `face`, if they are still valid for `set`: same model, and frames
    /// at most ten seconds apart.
    pub fn of(&self, set: &TileSet, face: u64) -> Option<&FaceReadings> {
        let (one, other) = (self.captured, set.frame.captured);
        let apart = one.saturating_duration_since(other).max(other.saturating_duration_since(one));
        let is_valid = self.model == set.model.name && apart <= MAX_READING_AGE;
        self.faces.iter().find(|readings| is_valid && readings.face == face)
    }
}
