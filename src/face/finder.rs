//! All faces of a still, found at once and always the same.

use candle_core::Device;
use image::RgbImage;

use super::landmarks::{intersection_over_union, yaw};
use super::region::{FaceRegion, MeshFit};
use super::track::{is_face, largest_first};
use super::{DetectorSettings, FaceDetector, FaceError, FaceMesh, TrackedFace};

/// How often the mesh is fitted again in the square around the fit before.
const REFINEMENTS: usize = 2;
/// Two fits that overlap by this much are one face.
const SAME_FACE: f32 = 0.5;

/// Finds faces in stills.
pub struct FaceFinder {
    detector: FaceDetector,
    mesh: FaceMesh,
}

impl FaceFinder {
    /// With the bundled detector and mesh, on the CPU.
    ///
    /// # Errors
    /// When the bundled files are damaged.
    pub fn new() -> Result<Self, FaceError> {
        Ok(Self { detector: FaceDetector::bundled()?, mesh: FaceMesh::bundled(&Device::Cpu)? })
    }

    /// All faces, the largest first, numbered from 0 in that order, not smoothed. Small and turned
    /// faces are there too: [`TrackedFace::problem`] tells.
    ///
    /// # Errors
    /// When the detector or the network fails.
    pub fn find(&self, picture: &RgbImage) -> Result<Vec<TrackedFace>, FaceError> {
        let mut fits = self.look(picture, DetectorSettings::STILL)?;
        if fits.is_empty() {
            fits = self.look(picture, DetectorSettings::CLOSE_UP)?;
        }
        let mut faces: Vec<TrackedFace> = fits.into_iter().map(face).collect();
        largest_first(&mut faces);
        for (id, face) in (0..).zip(&mut faces) {
            face.id = id;
        }
        Ok(faces)
    }

    fn look(&self, picture: &RgbImage, settings: DetectorSettings) -> Result<Vec<MeshFit>, FaceError> {
        let mut fits: Vec<MeshFit> = Vec::new();
        for found in self.detector.detect(picture, settings)? {
            let fit = self.mesh.fit_refined(picture, FaceRegion::around_box(&found), REFINEMENTS)?;
            let bounds = fit.bounds();
            let known = |other: &MeshFit| intersection_over_union(&other.bounds(), &bounds) > SAME_FACE;
            if is_face(&fit, picture) && !fits.iter().any(known) {
                fits.push(fit);
            }
        }
        Ok(fits)
    }
}

fn face(fit: MeshFit) -> TrackedFace {
    let points = fit.points();
    TrackedFace { id: 0, bounds: fit.bounds(), points, yaw: yaw(&points), mesh: fit.mesh }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::face::landmarks::eye_distance;
    use crate::face::testing::{ASTRONAUT_POINTS, astronaut, largest_offset, side_by_side};
    use crate::face::{FivePoints, MESH_POINTS};
    use image::{Rgb, imageops};

    #[test]
    fn finds_the_landmarks_of_the_portrait() {
        let finder = FaceFinder::new().unwrap();
        let faces = finder.find(&astronaut()).unwrap();
        assert_eq!(faces.len(), 1);
        assert!(largest_offset(&faces[0].points, &ASTRONAUT_POINTS) < 4.);
        assert_eq!(faces[0].mesh.len(), MESH_POINTS);
        assert_eq!(faces[0].problem(), None);
        assert_eq!(finder.find(&astronaut()).unwrap(), faces, "the same every time");
    }

    #[test]
    fn several_faces_come_largest_first() {
        let mut picture = RgbImage::from_pixel(900, 512, Rgb([80, 90, 100]));
        imageops::replace(&mut picture, &astronaut(), 0, 0);
        let small = imageops::resize(&astronaut(), 300, 300, imageops::FilterType::Triangle);
        imageops::replace(&mut picture, &small, 560, 100);
        let faces = FaceFinder::new().unwrap().find(&picture).unwrap();
        assert_eq!(faces.iter().map(|face| face.id).collect::<Vec<_>>(), [0, 1]);
        assert!(faces[0].bounds.x < 300. && faces[1].bounds.x > 560.);
        let finder = FaceFinder::new().unwrap();
        assert_eq!(finder.find(&side_by_side(6)).unwrap().len(), 6, "stills have no limit of four");
    }

    #[test]
    fn a_face_that_fills_the_picture_is_found() {
        let tight = imageops::crop_imm(&astronaut(), 174, 70, 100, 110).to_image();
        let faces = FaceFinder::new().unwrap().find(&tight).unwrap();
        assert_eq!(faces.len(), 1);
        let expected = ASTRONAUT_POINTS.map(|[x, y]| [x - 174., y - 70.]);
        assert!(largest_offset(&faces[0].points, &expected) < 5., "{:?}", faces[0].points);
    }

    #[test]
    fn no_face_is_no_error() {
        let finder = FaceFinder::new().unwrap();
        assert!(finder.find(&RgbImage::from_pixel(300, 200, Rgb([90; 3]))).unwrap().is_empty());
        assert!(finder.find(&RgbImage::new(0, 0)).unwrap().is_empty());
    }

    /// The picture's file and its five labelled landmarks.
    fn labelled(folder: &std::path::Path, every: usize) -> Vec<(std::path::PathBuf, FivePoints)> {
        let Ok(mut reader) = csv::Reader::from_path(folder.join("labels.csv")) else {
            return Vec::new();
        };
        let rows = reader.records().step_by(every).map(|row| {
            let row = row.unwrap();
            let number = |column: usize| row[column].parse::<f32>().unwrap();
            let points = std::array::from_fn(|i| [number(6 + 2 * i), number(7 + 2 * i)]);
            (folder.join(&row[0]), points)
        });
        rows.collect()
    }

    /// The bundled network is trained on crops cut by labelled landmarks, so ours must agree with them.
    #[test]
    fn landmarks_agree_with_labels_in_the_mean() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/faces");
        let labelled = labelled(&folder, 500);
        if labelled.is_empty() {
            println!("skipped: there are no labelled faces in {}", folder.display());
            return;
        }
        let finder = FaceFinder::new().unwrap();
        let mut offsets = Vec::new();
        for (path, label) in &labelled {
            let faces = finder.find(&image::open(path).unwrap().to_rgb8()).unwrap();
            let Some(face) = faces.first() else { continue };
            let unit = eye_distance(label);
            let offset = |i: usize| [0, 1].map(|axis| (face.points[i][axis] - label[i][axis]) / unit);
            offsets.push([0, 1, 2, 3, 4].map(offset));
        }
        assert!(offsets.len() * 100 >= labelled.len() * 93, "{} of {}", offsets.len(), labelled.len());
        for point in 0..5 {
            let mean = |value: &dyn Fn([f32; 2]) -> f32| {
                offsets.iter().map(|offset| value(offset[point])).sum::<f32>() / offsets.len() as f32
            };
            let distance = mean(&|[x, y]| x.hypot(y));
            let shift = mean(&|[x, _]| x).hypot(mean(&|[_, y]| y));
            println!("landmark {point}: distance {distance:.3}, shift {shift:.3} eye distances");
            assert!(distance < 0.13 && shift < 0.06, "landmark {point}: {distance} {shift}");
        }
    }
}
