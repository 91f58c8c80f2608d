//! Finding faces, tracking them, and cutting them out upright.
//!
//! Stills go through [`FaceFinder`], camera frames through [`FaceTracker`]; both return [`TrackedFace`]s.
//! Their five landmarks and a template determine the [`Similarity`] along which [`align`] cuts. [`FrameEdge`]
//! fills the parts of a crop beyond the frame.

mod align;
mod cut_off;
mod detector;
mod detector_thread;
pub mod dlib;
mod error;
pub mod field;
mod finder;
mod frame_edge;
mod landmarks;
mod mesh;
mod one_euro;
mod problem;
mod region;
pub mod regions;
mod search;
mod sequence;
mod similarity;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod track;
mod tracker;
mod turn;
mod types;

pub use align::{align, scaled};
pub use detector::{DetectorSettings, FaceDetector};
pub use error::FaceError;
pub use finder::{Extent, FaceFinder};
pub use frame_edge::FrameEdge;
pub use landmarks::{eye_distance, roll, yaw};
pub(crate) use mesh::MESH_SIDE;
pub use mesh::{FaceMesh, MESH_POINTS};
pub use problem::problem_of_still;
pub use region::{FaceRegion, MeshFit};
pub use search::SearchStep;
pub use sequence::{FacePaths, FrameFace, Observed, SequenceTracker};
pub(crate) use track::MAX_FACES;
pub use tracker::{FaceObservation, FaceTracker};
pub use types::{AlignmentTemplate, FaceBox, FaceProblem, FivePoints, InputKind, Similarity, TrackedFace};
