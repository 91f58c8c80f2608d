//! Finding faces, following them, and cutting them out upright.

mod align;
mod types;

pub use align::align;
pub use types::{AlignmentTemplate, FaceBox, FaceProblem, FivePoints, Similarity, TrackedFace};
