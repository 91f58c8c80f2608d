//! Why a face cannot be aged, and how that is said.

use image::RgbImage;

use super::landmarks::eye_distance;
use super::{FaceProblem, TrackedFace};

/// Eyes nearer than this in pixels have too little detail.
const SMALLEST_EYE_DISTANCE: f32 = 24.0;
/// A larger offset of the nose hides one half of the face.
const LARGEST_YAW: f32 = 0.42;
/// A picture whose mean luma (of 255) is smaller is dark.
const DARK: u64 = 30;

impl FaceProblem {
    /// What to tell the person, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoFace => "No face is in the picture; look at the camera or choose another picture.",
            Self::TooSmall => "The face is too small; come closer to the camera.",
            Self::TurnedAway => "The face is turned away; look towards the camera.",
            Self::TooDark => "The picture is too dark to see a face; turn on a light.",
        }
    }
}

impl TrackedFace {
    /// Why this face cannot be aged well, if so.
    pub fn problem(&self) -> Option<FaceProblem> {
        // A turned head brings the eyes together, so it is asked about first.
        if self.yaw.abs() > LARGEST_YAW {
            return Some(FaceProblem::TurnedAway);
        }
        (eye_distance(&self.points) < SMALLEST_EYE_DISTANCE).then_some(FaceProblem::TooSmall)
    }
}

/// The problem of the largest face that has one.
pub fn problem_of_all(faces: &[TrackedFace]) -> Option<FaceProblem> {
    faces.iter().find_map(TrackedFace::problem)
}

/// Whether the picture is too dark, judged by every seventh pixel of every seventh row.
pub fn is_dark(picture: &RgbImage) -> bool {
    let (mut sum, mut count) = (0u64, 0u64);
    for row in picture.rows().step_by(7) {
        for pixel in row.step_by(7) {
            let [r, g, b] = pixel.0.map(u64::from);
            sum += (77 * r + 150 * g + 29 * b) / 256;
            count += 1;
        }
    }
    count > 0 && sum < DARK * count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::FaceBox;
    use image::Rgb;

    fn face(eye_distance: f32, yaw: f32) -> TrackedFace {
        let bounds = FaceBox { x: 0., y: 0., width: 100., height: 100., score: 1. };
        let points = [[0., 0.], [eye_distance, 0.], [0., 0.], [0., 0.], [0., 0.]];
        TrackedFace { id: 0, bounds, points, mesh: Vec::new(), yaw }
    }

    #[test]
    fn small_and_turned_faces_have_a_problem() {
        assert_eq!(face(60., 0.).problem(), None);
        assert_eq!(face(20., 0.).problem(), Some(FaceProblem::TooSmall));
        assert_eq!(face(20., -0.6).problem(), Some(FaceProblem::TurnedAway));
        assert_eq!(problem_of_all(&[face(60., 0.), face(9., 0.)]), Some(FaceProblem::TooSmall));
        assert_eq!(problem_of_all(&[]), None);
    }

    #[test]
    fn darkness_is_the_mean() {
        assert!(is_dark(&RgbImage::from_pixel(30, 30, Rgb([10, 10, 10]))));
        assert!(!is_dark(&RgbImage::from_pixel(30, 30, Rgb([60, 60, 60]))));
        assert!(!is_dark(&RgbImage::new(0, 0)));
    }

    #[test]
    fn every_problem_is_one_sentence() {
        use FaceProblem::{NoFace, TooDark, TooSmall, TurnedAway};
        for problem in [NoFace, TooSmall, TurnedAway, TooDark] {
            let sentence = problem.sentence();
            assert!(sentence.ends_with('.') && sentence.matches('.').count() == 1);
        }
    }
}
