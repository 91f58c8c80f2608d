//! What mirror remembers of a face that is followed, so that nothing trembles from frame to frame.

use candle_core::Result;
use image::RgbImage;

use super::look::Person;
use crate::face::regions::{MaskSmoother, RegionMasks};
use crate::face::{FaceBox, FaceMesh, FaceRegion};

/// The share of a new reading in the age of a face that is followed.
const AGE_SHARE: f32 = 0.08;
/// A mesh with a lower score is no face.
const LOWEST_SCORE: f32 = 0.5;
/// Where the face lies in a head crop, roughly: left, top, width and height in fractions.
const ROUGHLY: [f32; 4] = [0.35, 0.31, 0.3, 0.385];
/// Moves of a point, in fractions of the crop's side, up to which the mesh trembles, and from which the face moves.
const TREMBLE: [f32; 2] = [0.001, 0.006];
/// The share of a new fit where the mesh but trembles.
const LEAST_SHARE: f32 = 0.15;

/// What is remembered of one face.
#[derive(Default)]
pub(super) struct Followed {
    /// The mesh in fractions of the crop's side.
    pub mesh: Option<Vec<[f32; 2]>>,
    /// Whose lines are drawn: chosen once.
    pub person: Option<Person>,
    age: Option<f32>,
    smoother: MaskSmoother,
}

impl Followed {
    /// The masks of the next frame, steadied.
    pub fn smooth_masks(&mut self, crop: &RgbImage, masks: RegionMasks) -> RegionMasks {
        self.smoother.smooth(crop, masks)
    }

    /// The age in years after the next reading.
    pub fn smooth_age(&mut self, read: f32) -> f32 {
        let age = self.age.map_or(read, |age| age + AGE_SHARE * (read - age));
        self.age = Some(age);
        age
    }

    /// Fits the mesh to the next frame; it is gone where no face is seen.
    ///
    /// # Errors
    /// When the network fails.
    pub fn fit_mesh(&mut self, network: &FaceMesh, crop: &RgbImage) -> Result<()> {
        let side = crop.width() as f32;
        let before = self.mesh.take();
        let fit = match &before {
            Some(mesh) => {
                let mesh: Vec<[f32; 2]> = mesh.iter().map(|point| point.map(|v| v * side)).collect();
                network.fit(crop, FaceRegion::around_mesh(&mesh))?
            }
            None => {
                let [x, y, width, height] = ROUGHLY.map(|part| part * side);
                let face = FaceBox { x, y, width, height, score: 1.0 };
                network.fit_refined(crop, FaceRegion::around_box(&face), 1)?
            }
        };
        if fit.score < LOWEST_SCORE {
            return Ok(());
        }
        let now: Vec<[f32; 2]> = fit.mesh.iter().map(|point| point.map(|v| v / side)).collect();
        self.mesh = Some(match before {
            Some(before) => before.iter().zip(&now).map(|(before, now)| steadied(*before, *now)).collect(),
            None => now,
        });
        Ok(())
    }
}

/// A point that follows moves at once and smooths trembling.
fn steadied(before: [f32; 2], now: [f32; 2]) -> [f32; 2] {
    let [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    let moved = ((dx.hypot(dy) - TREMBLE[0]) / (TREMBLE[1] - TREMBLE[0])).clamp(0.0, 1.0);
    let share = LEAST_SHARE + (1.0 - LEAST_SHARE) * moved;
    [before[0] + share * dx, before[1] + share * dy]
}
