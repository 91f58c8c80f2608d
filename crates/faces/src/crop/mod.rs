//! Choosing the faces of a frame to age, and cutting them out.

mod choose;
mod cut;
mod recent;

pub use choose::{FaceChoice, FaceChooser};
pub use cut::{FaceCrop, SideLimits};
pub use recent::RecentFaces;
