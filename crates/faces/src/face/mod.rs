//! Finding faces, following them, and cutting them out upright.
//!
//! A still goes through [`FaceFinder`], the frames of a camera through [`FaceTracker`]; both give
//! [`TrackedFace`]s, whose five points and a template make the [`Similarity`] that [`align`] cuts along.
//! [`FrameEdge`] fills what a crop shows beyond the frame.

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
mod similarity;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod track;
mod tracker;
mod turn;
mod types;

pub use align::align;
pub use detector::{DetectorSettings, FaceDetector};
pub use error::FaceError;
pub use finder::{Extent, FaceFinder};
pub use frame_edge::FrameEdge;
pub use landmarks::{eye_distance, five_points, intersection_over_union, roll, yaw};
pub use mesh::{FaceMesh, MESH_POINTS, MESH_SIDE};
pub use one_euro::{OneEuro, OneEuroSettings};
pub use problem::problem_of_still;
pub use region::{FaceRegion, MeshFit};
pub use search::SearchStep;
pub(crate) use track::MAX_FACES;
pub use tracker::{FaceObservation, FaceTracker};
pub use types::{AlignmentTemplate, FaceBox, FaceProblem, FivePoints, InputKind, Similarity, TrackedFace};
