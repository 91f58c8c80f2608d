//! Which faces of a frame are aged, and how they are cut out.

mod choose;
mod cut;

pub use choose::{FaceChoice, FaceChooser};
pub use cut::{FaceCrop, SideLimits, shown};
