//! What mirror remembers of a face that is followed, so that nothing trembles from frame to frame.

use std::sync::Arc;

use candle_core::Result;
use image::RgbImage;

use super::look::Person;
use crate::face::regions::{MaskSmoother, RegionMasks, face_region};
use crate::face::{FaceMesh, FaceRegion};

/// The share of a new reading in the age of a face that is followed.
const AGE_SHARE: f32 = 0.3;
/// Frames from one reading of the age to the next.
const AGE_EVERY: u64 = 6;
/// A mesh with a lower score is no face.
const LOWEST_SCORE: f32 = 0.5;
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
    masks: Option<Arc<RegionMasks>>,
    /// The number of frames before this one.
    frame: u64,
    smoother: MaskSmoother,
}

impl Followed {
    /// Ends this frame.
    pub fn next_frame(&mut self) {
        self.frame += 1;
    }

    /// The steadied masks of this frame, read by `read` in every second one: between two frames they hardly change.
    ///
    /// # Errors
    /// When reading fails.
    pub fn masks(
        &mut self,
        crop: &RgbImage,
        read: impl FnOnce() -> Result<RegionMasks>,
    ) -> Result<Arc<RegionMasks>> {
        if let (Some(masks), true) = (&self.masks, self.frame % 2 == 1) {
            return Ok(Arc::clone(masks));
        }
        let masks = Arc::new(self.smoother.smooth(crop, read()?));
        self.masks = Some(Arc::clone(&masks));
        Ok(masks)
    }

    /// The steadied age in years, read by `read` now and then.
    ///
    /// # Errors
    /// When reading fails.
    pub fn age(&mut self, read: impl FnOnce() -> Result<f32>) -> Result<f32> {
        let age = match self.age {
            Some(age) if !self.frame.is_multiple_of(AGE_EVERY) => age,
            Some(age) => age + AGE_SHARE * (read()? - age),
            None => read()?,
        };
        self.age = Some(age);
        Ok(age)
    }

    /// Fits the mesh in every second frame, when no masks are read, and in the first. Where the network sees no face,
    /// there is no mesh.
    ///
    /// # Errors
    /// When the network fails.
    pub fn fit_mesh(&mut self, network: &FaceMesh, crop: &RgbImage) -> Result<()> {
        if self.mesh.is_some() && self.frame.is_multiple_of(2) {
            return Ok(());
        }
        let side = crop.width() as f32;
        let before = self.mesh.take();
        let fit = match &before {
            Some(mesh) => {
                let mesh: Vec<[f32; 2]> = mesh.iter().map(|point| point.map(|v| v * side)).collect();
                network.fit(crop, FaceRegion::around_mesh(&mesh))?
            }
            None => network.fit_refined(crop, face_region(side), 1)?,
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
