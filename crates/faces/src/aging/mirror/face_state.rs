//! Per-face state that keeps mirror's output steady from frame to frame.

use std::sync::Arc;

use candle_core::Result;
use image::RgbImage;

use super::appearance::Person;
use crate::face::regions::{MaskSmoother, RegionMasks, face_region};
use crate::face::{FaceMesh, FaceRegion};

/// Weight of a new reading in the smoothed age of a tracked face.
const AGE_SHARE: f32 = 0.3;
/// Frames between two readings of the age.
const AGE_EVERY: u64 = 6;
/// Meshes with a lower score are rejected.
const LOWEST_SCORE: f32 = 0.5;
/// Displacements of a mesh point, in fractions of the crop's side: up to the first it counts as jitter, from
/// the second as motion.
const TREMBLE: [f32; 2] = [0.001, 0.006];
/// Weight of a new fit while the mesh only jitters.
const LEAST_SHARE: f32 = 0.15;

/// State of one tracked face.
#[derive(Default)]
pub(super) struct FaceState {
    /// The mesh, in fractions of the crop's side.
    pub mesh: Option<Vec<[f32; 2]>>,
    /// Whose lines are drawn; chosen once.
    pub person: Option<Person>,
    age: Option<f32>,
    masks: Option<Arc<RegionMasks>>,
    /// Number of frames before this one.
    frame: u64,
    smoother: MaskSmoother,
}

impl FaceState {
    /// Ends this frame.
    pub(super) fn next_frame(&mut self) {
        self.frame += 1;
    }

    /// The smoothed masks of this frame. Only every second frame calls `read`, because masks hardly change
    /// between two frames.
    ///
    /// # Errors
    /// When reading fails.
    pub(super) fn masks(
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

    /// The smoothed age in years; calls `read` every [`AGE_EVERY`] frames.
    ///
    /// # Errors
    /// When reading fails.
    pub(super) fn age(&mut self, read: impl FnOnce() -> Result<f32>) -> Result<f32> {
        let age = match self.age {
            Some(age) if !self.frame.is_multiple_of(AGE_EVERY) => age,
            Some(age) => age + AGE_SHARE * (read()? - age),
            None => read()?,
        };
        self.age = Some(age);
        Ok(age)
    }

    /// Fits the mesh in the first frame and in every second one, when no masks are read. If the network sees
    /// no face, there is no mesh.
    ///
    /// # Errors
    /// When the network fails.
    pub(super) fn fit_mesh(&mut self, network: &FaceMesh, crop: &RgbImage) -> Result<()> {
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

/// Follows motion at once and smooths jitter.
fn steadied(before: [f32; 2], now: [f32; 2]) -> [f32; 2] {
    let [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    let moved = ((dx.hypot(dy) - TREMBLE[0]) / (TREMBLE[1] - TREMBLE[0])).clamp(0.0, 1.0);
    let share = LEAST_SHARE + (1.0 - LEAST_SHARE) * moved;
    [before[0] + share * dx, before[1] + share * dy]
}
