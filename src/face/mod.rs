//! Finding faces, following them, and cutting them out upright.
//!
//! A still goes through [`FaceFinder`], the frames of a camera through [`FaceTracker`]; both give
//! [`TrackedFace`]s, whose five points and a template make the [`Similarity`] that [`align`] cuts along.

mod align;
mod detector;
mod detector_thread;
pub mod dlib;
mod error;
pub mod field;
mod finder;
mod landmarks;
mod mesh;
mod one_euro;
mod problem;
mod region;
pub mod regions;
mod similarity;
#[cfg(test)]
pub(crate) mod testing;
mod track;
mod tracker;
mod types;

pub use align::align;
pub use detector::{DetectorSettings, FaceDetector};
pub use error::FaceError;
pub use finder::FaceFinder;
pub use landmarks::{eye_distance, five_points, intersection_over_union, roll, yaw};
pub use mesh::{FaceMesh, MESH_POINTS, MESH_SIDE};
pub use one_euro::{OneEuro, OneEuroSettings};
pub use region::{FaceRegion, MeshFit};
pub use tracker::{FaceObservation, FaceTracker};
pub use types::{AlignmentTemplate, FaceBox, FaceProblem, FivePoints, Similarity, TrackedFace};
