//! Per-face state that keeps mirror's output steady from frame to frame.

use std::sync::Arc;

use candle_core::Result;
use image::RgbImage;

use super::appearance::Person;
use crate::face::regions::{MaskSmoother, RegionMasks, SmallHead, face_region};
use crate::face::{FaceMesh, FaceRegion};

/// Weight of a new reading in the smoothed age of a tracked face.
const AGE_SHARE: f32 = 0.3;
/// Frames between two readings of the age.
const AGE_EVERY: u64 = 6;
/// Meshes with a lower score are rejected.
const MIN_SCORE: f32 = 0.5;
/// Displacements of a mesh point, in fractions of the crop's side: up to the first it counts as jitter, from
/// the second as motion.
const JITTER: [f32; 2] = [0.001, 0.006];
/// Weight of a new fit while the mesh only jitters.
const MIN_SHARE: f32 = 0.15;

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

/// What is read from a frame: masks in every second one, because they hardly change between two frames; the mesh in
/// the others and in the first; the age every [`AGE_EVERY`] frames.
#[derive(Clone, Copy)]
pub(super) struct Due {
    pub masks: bool,
    pub mesh: bool,
    pub age: bool,
}

/// What was read from a frame.
pub(super) struct Readings {
    /// Years.
    pub age: Option<f32>,
    pub masks: Option<RegionMasks>,
    /// A new mesh; `None` in it if the network sees no face.
    pub mesh: Option<Option<Vec<[f32; 2]>>>,
}

impl FaceState {
    /// What to read from the next frame.
    pub(super) fn due(&self) -> Due {
        let is_even = self.frame.is_multiple_of(2);
        Due {
            masks: self.masks.is_none() || is_even,
            mesh: self.mesh.is_none() || !is_even,
            age: self.age.is_none() || self.frame.is_multiple_of(AGE_EVERY),
        }
    }

    /// Accepts the readings of a frame whose crop is `head` and ends it. Returns the smoothed age, in years, and the
    /// smoothed masks; `None` without any readings.
    pub(super) fn update(&mut self, head: SmallHead, readings: Readings) -> Option<(f32, Arc<RegionMasks>)> {
        if let Some(masks) = readings.masks {
            self.masks = Some(Arc::new(self.smoother.smooth(head, masks)));
        }
        if let Some(new) = readings.age {
            self.age = Some(self.age.map_or(new, |age| age + AGE_SHARE * (new - age)));
        }
        if let Some(mesh) = readings.mesh {
            self.mesh = mesh;
        }
        self.frame += 1;
        Some((self.age?, self.masks.clone()?))
    }

    /// Fits the mesh to the next frame. If the network sees no face, there is no mesh.
    ///
    /// # Errors
    /// When the network fails.
    pub(super) fn fit_mesh(&self, network: &FaceMesh, crop: &RgbImage) -> Result<Option<Vec<[f32; 2]>>> {
        let side = crop.width() as f32;
        let fit = match &self.mesh {
            Some(mesh) => {
                let mesh: Vec<[f32; 2]> = mesh.iter().map(|point| point.map(|v| v * side)).collect();
                network.fit(crop, FaceRegion::around_mesh(&mesh))?
            }
            None => network.fit_refined(crop, face_region(side), 1)?,
        };
        if fit.score < MIN_SCORE {
            return Ok(None);
        }
        let now: Vec<[f32; 2]> = fit.mesh.iter().map(|point| point.map(|v| v / side)).collect();
        Ok(Some(match &self.mesh {
            Some(before) => before.iter().zip(&now).map(|(before, now)| smoothed(*before, *now)).collect(),
            None => now,
        }))
    }
}

/// Follows motion at once and smooths jitter.
fn smoothed(before: [f32; 2], now: [f32; 2]) -> [f32; 2] {
    let [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    let moved = ((dx.hypot(dy) - JITTER[0]) / (JITTER[1] - JITTER[0])).clamp(0.0, 1.0);
    let share = MIN_SHARE + (1.0 - MIN_SHARE) * moved;
    [before[0] + share * dx, before[1] + share * dy]
}
