//! Finding faces, following them, and cutting them out upright.

mod types;

pub use types::{AlignmentTemplate, FaceBox, FaceProblem, FivePoints, Similarity, TrackedFace};
