//! Why a face cannot be aged, and how to say it: the only source of these texts, for cameras, stills, the
//! window and the command line.

use image::RgbImage;

use super::detector::luma_256ths;
use super::landmarks::eye_distance;
use super::{FaceProblem, InputKind, TrackedFace};

/// Minimum distance between the eyes, in pixels; below it there is too little detail.
pub(super) const MIN_EYE_DISTANCE: f32 = 24.0;
/// Maximum offset of the nose, in eye distances; above it, half of the face is hidden.
const MAX_YAW: f32 = 0.42;
/// Maximum fraction of the face that may be outside the frame.
const MAX_SHARE_OUTSIDE: f32 = 1.0 / 6.0;
/// Mean luma (of 255) below which a picture counts as dark.
const DARK: u64 = 30;

impl FaceProblem {
    /// All problems.
    pub const ALL: [Self; 5] =
        [Self::NoFace, Self::TooSmall, Self::CutByEdge, Self::TurnedAway, Self::TooDark];

    /// Identifier for scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoFace => "no-face",
            Self::TooSmall => "too-small",
            Self::CutByEdge => "cut-by-edge",
            Self::TurnedAway => "turned-away",
            Self::TooDark => "too-dark",
        }
    }

    /// A title of two or three words.
    pub fn title(self, input: InputKind) -> &'static str {
        match (self, input) {
            (Self::NoFace, _) => "No face",
            (Self::TooSmall, InputKind::Camera) => "Too far away",
            (Self::TooSmall, InputKind::Still) => "Too small",
            (Self::CutByEdge, _) => "Cut by the edge",
            (Self::TurnedAway, _) => "Turned away",
            (Self::TooDark, _) => "Too dark",
        }
    }

    /// The problem and its remedy, to follow a colon: no initial capital, no final stop.
    pub fn reason(self, input: InputKind) -> &'static str {
        match (self, input) {
            (Self::NoFace, InputKind::Camera) => {
                "no face is in the picture; look at the camera or choose another picture"
            }
            (Self::NoFace, InputKind::Still) => {
                "no face was found in it, neither upright nor turned; choose a picture in which a face looks \
                 towards the camera"
            }
            (Self::TooSmall, InputKind::Camera) => "the face is too small; come closer to the camera",
            (Self::TooSmall, InputKind::Still) => {
                "the face is too small, with fewer than 24 pixels between the eyes; choose a larger copy of \
                 the picture"
            }
            (Self::CutByEdge, InputKind::Camera) => "the face is cut by the edge; move into the picture",
            (Self::CutByEdge, InputKind::Still) => {
                "the face is cut by the edge of the picture; choose a picture that shows all of it"
            }
            (Self::TurnedAway, InputKind::Camera) => "the face is turned away; look towards the camera",
            (Self::TurnedAway, InputKind::Still) => {
                "the face is turned away; choose a picture in which it looks towards the camera"
            }
            (Self::TooDark, InputKind::Camera) => "the picture is too dark to see a face; turn on a light",
            (Self::TooDark, InputKind::Still) => {
                "the picture is too dark to see a face; choose a brighter picture"
            }
        }
    }

    /// [`FaceProblem::reason`] as a sentence.
    pub fn sentence(self, input: InputKind) -> String {
        let mut letters = self.reason(input).chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).chain(['.']).collect()
    }
}

impl TrackedFace {
    /// Why this face, in a frame of this width and height in pixels, cannot be aged well, if so.
    pub fn problem(&self, frame: (u32, u32)) -> Option<FaceProblem> {
        // The edge hides the landmarks on which the other measures are based, and a turned head brings the
        // eyes closer together, so the size is checked last.
        if self.share_outside(frame) > MAX_SHARE_OUTSIDE {
            return Some(FaceProblem::CutByEdge);
        }
        if self.yaw.abs() > MAX_YAW {
            return Some(FaceProblem::TurnedAway);
        }
        (eye_distance(&self.points) < MIN_EYE_DISTANCE).then_some(FaceProblem::TooSmall)
    }
}

/// The problem of the first face that has one; faces are sorted by size.
pub(super) fn problem_of_all(faces: &[TrackedFace], frame: (u32, u32)) -> Option<FaceProblem> {
    faces.iter().find_map(|face| face.problem(frame))
}

/// Why no face of a still can be aged: the problem of the largest of the `faces` found in it that has one,
/// else that of the picture.
pub fn problem_of_still(faces: &[TrackedFace], picture: &RgbImage) -> FaceProblem {
    let of_picture = || if is_dark(picture) { FaceProblem::TooDark } else { FaceProblem::NoFace };
    problem_of_all(faces, picture.dimensions()).unwrap_or_else(of_picture)
}

/// Whether the picture is too dark, judged by every seventh pixel of every seventh row.
pub(super) fn is_dark(picture: &RgbImage) -> bool {
    let (mut sum, mut count) = (0u64, 0u64);
    for row in picture.rows().step_by(7) {
        for pixel in row.step_by(7) {
            sum += luma_256ths(pixel.0.map(u64::from)) / 256;
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

    const FRAME: (u32, u32) = (300, 200);

    fn face(eye_distance: f32, yaw: f32) -> TrackedFace {
        let bounds = FaceBox { x: 0., y: 0., width: 100., height: 100., score: 1. };
        let points = [[0., 0.], [eye_distance, 0.], [0., 0.], [0., 0.], [0., 0.]];
        TrackedFace { id: 0, bounds, points, mesh: Vec::new(), yaw }
    }

    #[test]
    fn small_turned_and_cut_faces_have_a_problem() {
        assert_eq!(face(60., 0.).problem(FRAME), None);
        assert_eq!(face(20., 0.).problem(FRAME), Some(FaceProblem::TooSmall));
        assert_eq!(face(20., -0.6).problem(FRAME), Some(FaceProblem::TurnedAway));
        let all = [face(60., 0.), face(9., 0.)];
        assert_eq!(problem_of_all(&all, FRAME), Some(FaceProblem::TooSmall));
        assert_eq!(problem_of_all(&[], FRAME), None);
    }

    #[test]
    fn more_than_a_sixth_outside_is_a_problem() {
        let at = |x: f32| {
            let mut face = face(60., 0.);
            face.bounds.x = x;
            face.problem(FRAME)
        };
        assert_eq!(at(-16.), None);
        assert_eq!(at(-17.), Some(FaceProblem::CutByEdge));
        assert_eq!(at(300. - 100. + 17.), Some(FaceProblem::CutByEdge));
    }

    #[test]
    fn the_largest_face_of_a_still_explains_the_problem_else_the_picture() {
        let bright = RgbImage::from_pixel(300, 200, Rgb([90; 3]));
        let dark = RgbImage::from_pixel(300, 200, Rgb([9; 3]));
        assert_eq!(problem_of_still(&[face(20., 0.)], &dark), FaceProblem::TooSmall);
        assert_eq!(problem_of_still(&[], &bright), FaceProblem::NoFace);
        assert_eq!(problem_of_still(&[], &dark), FaceProblem::TooDark);
    }

    #[test]
    fn darkness_is_judged_by_the_mean() {
        assert!(is_dark(&RgbImage::from_pixel(30, 30, Rgb([10, 10, 10]))));
        assert!(!is_dark(&RgbImage::from_pixel(30, 30, Rgb([60, 60, 60]))));
        assert!(!is_dark(&RgbImage::new(0, 0)));
    }

    #[test]
    fn every_problem_is_one_sentence_that_fits_its_input() {
        for problem in FaceProblem::ALL {
            for input in [InputKind::Camera, InputKind::Still] {
                let sentence = problem.sentence(input);
                assert!(sentence.ends_with('.') && sentence.matches('.').count() == 1, "{sentence}");
                assert!(sentence.starts_with(char::is_uppercase), "{sentence}");
            }
            let still = problem.sentence(InputKind::Still);
            assert!(still.contains("; choose a "), "a picture can only be replaced: {still}");
            assert!(!still.contains("come closer") && !still.contains("move into"), "{still}");
            let same = FaceProblem::ALL.iter().filter(|other| other.name() == problem.name());
            assert_eq!(same.count(), 1);
        }
    }

    #[test]
    fn the_sentence_names_the_smallest_eye_distance() {
        let sentence = FaceProblem::TooSmall.sentence(InputKind::Still);
        assert!(sentence.contains(&format!("{MIN_EYE_DISTANCE} pixels")), "{sentence}");
    }
}
