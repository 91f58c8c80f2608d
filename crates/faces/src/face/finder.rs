//! Finds all faces of a still, deterministically.

use candle_core::Device;
use image::RgbImage;

use super::landmarks::{intersection_over_union, roll, yaw};
use super::region::{FaceRegion, MeshFit};
use super::search::{Candidate, Search, SearchStep, scales};
use super::track::{MIN_SCORE, TOUCHING, is_confirmed, is_face, is_sure, largest_first};
use super::turn::Turn;
use super::{DetectorSettings, FaceDetector, FaceError, FaceMesh, TrackedFace};

/// Number of refits of the mesh in the square around the previous fit.
const REFINEMENTS: usize = 2;
/// Maximum number of further refits while the roll still changes.
const MORE_REFINEMENTS: usize = 4;
/// Change of roll between two fits below which a fit has converged, in radians.
const SETTLED_ROLL: f32 = 0.08;
/// Overlap above which two fits are one face.
const SAME_FACE: f32 = 0.5;
/// Minimum mesh score of a face in a rotated picture. Most pictures without an upright face show none at all,
/// so a rotated one must be more certain.
const MIN_TURNED_SCORE: f32 = 0.9;
/// Minimum mesh score of a face in a blurred picture, which also shows more that resembles a face.
const MIN_SOFT_SCORE: f32 = 0.9;
/// Number of scales searched in a rotated picture: finds faces from a fiftieth of the longer side, or from a
/// twenty-fifth if they lean by an odd multiple of 45 degrees.
const TURNED_SCALES: usize = 2;

/// How thoroughly a still is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One pass over a small copy: finds upright faces from a twenty-fifth of the longer side.
    Quick,
    /// Until a face is found that can be aged; no larger one is missed.
    Largest,
    /// Until no face that can be aged is missed.
    All,
}

/// Finds faces in stills.
pub struct FaceFinder {
    detector: FaceDetector,
    mesh: FaceMesh,
}

impl FaceFinder {
    /// Loads the bundled detector and mesh, on the CPU.
    ///
    /// # Errors
    /// When the bundled files are damaged.
    pub fn new() -> Result<Self, FaceError> {
        Ok(Self { detector: FaceDetector::bundled()?, mesh: FaceMesh::bundled(&Device::Cpu)? })
    }

    /// Finds all faces, largest first, numbered from 0 in that order, without smoothing. Small, turned and
    /// cut faces are included; see [`TrackedFace::problem`]. A picture of many megapixels takes seconds.
    ///
    /// # Errors
    /// When the detector or the network fails.
    pub fn find(&self, picture: &RgbImage) -> Result<Vec<TrackedFace>, FaceError> {
        self.search(picture, Extent::All, &|_| true)
    }

    /// The largest face that can be aged, else the largest of all; `None` if there is no face.
    ///
    /// # Errors
    /// As [`FaceFinder::find`].
    pub fn find_largest(&self, picture: &RgbImage) -> Result<Option<TrackedFace>, FaceError> {
        let mut faces = self.search(picture, Extent::Largest, &|_| true)?;
        let able = faces.iter().position(|face| face.problem(picture.dimensions()).is_none());
        Ok(if faces.is_empty() { None } else { Some(faces.swap_remove(able.unwrap_or_default())) })
    }

    /// Like [`FaceFinder::find`], as thoroughly as `extent`. Calls `watch` after every part of the picture,
    /// on any thread; the search stops when `watch` returns `false`.
    ///
    /// # Errors
    /// As [`FaceFinder::find`], and [`FaceError::Stopped`] when `watch` stopped it.
    pub fn search(
        &self,
        picture: &RgbImage,
        extent: Extent,
        watch: &(dyn Fn(SearchStep) -> bool + Sync),
    ) -> Result<Vec<TrackedFace>, FaceError> {
        let search = Search::new(&self.detector, picture, watch);
        let mut fits = self.search_upright(&search, picture, extent)?;
        if extent != Extent::Quick && !any_usable(&fits, picture) {
            self.search_turned(&search, picture, &mut fits)?;
        }
        if search.is_stopped() {
            return Err(FaceError::Stopped);
        }
        let mut faces: Vec<TrackedFace> = fits.into_iter().map(face).collect();
        largest_first(&mut faces);
        for (id, face) in (0..).zip(&mut faces) {
            face.id = id;
        }
        Ok(faces)
    }

    fn search_upright(
        &self,
        search: &Search,
        picture: &RgbImage,
        extent: Extent,
    ) -> Result<Vec<MeshFit>, FaceError> {
        let scales = scales(picture.width().max(picture.height()));
        let scales = if extent == Extent::Quick { &scales[..1] } else { &scales[..] };
        search.plan(scales, 1);
        let mut fits = Vec::new();
        for (index, &shrink) in scales.iter().enumerate() {
            self.add(&mut fits, picture, search.look(shrink, Turn::NONE)?, MIN_SCORE)?;
            if index == 0 && fits.is_empty() {
                self.look_again(&mut fits, picture)?;
            }
            if extent == Extent::Largest && any_usable(&fits, picture) {
                break;
            }
        }
        Ok(fits)
    }

    /// Looks for a face that fills the picture, and for one with deep wrinkles. Adds it to `fits`.
    fn look_again(&self, fits: &mut Vec<MeshFit>, picture: &RgbImage) -> Result<(), FaceError> {
        let looks = [(DetectorSettings::CLOSE_UP, MIN_SCORE)];
        let looks = looks.into_iter().chain(DetectorSettings::SOFT.map(|soft| (soft, MIN_SOFT_SCORE)));
        for (settings, min_score) in looks {
            let boxes = self.detector.detect(picture, settings)?;
            let candidates = boxes.iter().map(|face| (FaceRegion::around_box(face), face.score)).collect();
            self.add(fits, picture, candidates, min_score)?;
            if !fits.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Rotates the picture until a face is found that can be aged: small copies first, and by quarters before
    /// eighths. Adds the faces to `fits`.
    fn search_turned(
        &self,
        search: &Search,
        picture: &RgbImage,
        fits: &mut Vec<MeshFit>,
    ) -> Result<(), FaceError> {
        let scales = scales(picture.width().max(picture.height()));
        let finer = &scales[1..scales.len().min(TURNED_SCALES)];
        search.plan(&scales[..1], Turn::QUARTERS.len() + Turn::DIAGONALS.len());
        search.plan(finer, Turn::QUARTERS.len());
        let looks = [(scales[0], &Turn::QUARTERS[..]), (scales[0], &Turn::DIAGONALS[..])];
        let looks = looks.into_iter().chain(finer.iter().map(|&shrink| (shrink, &Turn::QUARTERS[..])));
        for (shrink, turns) in looks {
            for &turn in turns {
                let mut candidates = search.look(shrink, turn)?;
                // In a wrong rotation, the detector is often half sure.
                candidates.retain(|(_, box_score)| is_sure(*box_score));
                self.add(fits, picture, candidates, MIN_TURNED_SCORE)?;
            }
            if any_usable(fits, picture) {
                break;
            }
        }
        Ok(())
    }

    /// Fits the mesh to the face in `region` until its roll converges: a leaning face takes more steps.
    fn settled_fit(&self, picture: &RgbImage, region: FaceRegion) -> candle_core::Result<MeshFit> {
        let mut fit = self.mesh.fit_refined(picture, region, REFINEMENTS)?;
        for _ in 0..MORE_REFINEMENTS {
            let next = self.mesh.fit(picture, FaceRegion::around_mesh(&fit.mesh))?;
            let (sin, cos) = (roll(&next.points()) - roll(&fit.points())).sin_cos();
            if sin.atan2(cos).abs() < SETTLED_ROLL {
                break;
            }
            fit = next;
        }
        Ok(fit)
    }

    /// Adds the faces among `candidates` that are not in `fits` yet.
    fn add(
        &self,
        fits: &mut Vec<MeshFit>,
        picture: &RgbImage,
        candidates: Vec<Candidate>,
        min_score: f32,
    ) -> Result<(), FaceError> {
        for (region, box_score) in candidates {
            let fit = self.settled_fit(picture, region)?;
            let bounds = fit.bounds();
            let same = if is_sure(box_score) { SAME_FACE } else { TOUCHING };
            let known = |other: &MeshFit| intersection_over_union(&other.bounds(), &bounds) > same;
            let is_good = fit.score >= min_score && is_confirmed(&fit, box_score, picture);
            if is_good && is_face(&fit, picture) && !fits.iter().any(known) {
                fits.push(fit);
            }
        }
        Ok(())
    }
}

/// Whether any of the faces can be aged.
fn any_usable(fits: &[MeshFit], picture: &RgbImage) -> bool {
    fits.iter().any(|fit| face(fit.clone()).problem(picture.dimensions()).is_none())
}

fn face(fit: MeshFit) -> TrackedFace {
    let points = fit.points();
    TrackedFace { id: 0, bounds: fit.bounds(), points, yaw: yaw(&points), mesh: fit.mesh }
}

#[cfg(test)]
mod tests;
