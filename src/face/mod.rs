//! Finding faces, following them, and cutting them out upright.

mod align;
mod detector;
mod error;
mod mesh;
#[cfg(test)]
mod testing;
mod types;

pub use align::align;
pub use detector::{DetectorSettings, FaceDetector};
pub use error::FaceError;
pub use mesh::{FaceMesh, MESH_POINTS, MESH_SIDE};
pub use types::{AlignmentTemplate, FaceBox, FaceProblem, FivePoints, Similarity, TrackedFace};
