//! Regions of a head: skin, hair, brows and so on, as soft masks over a crop with all hair in it.
//!
//! [`RegionNetwork`] reads the masks from a crop aligned to [`HEAD_TEMPLATE`], once for each face and frame.
//! [`MaskSmoother`] keeps them from flickering from frame to frame, and [`EdgeGuide`] enlarges them to the
//! crop's own resolution along the picture's edges.

mod box_mean;
mod guide;
pub mod layers;
mod masks;
mod network;
mod smooth;

pub use box_mean::box_mean;
pub use guide::EdgeGuide;
pub use masks::{REGIONS, Region, RegionMasks};
pub use network::{REGIONS_SIDE, RegionNetwork, SmallHead, depthwise, softmax};
pub use smooth::MaskSmoother;

use super::{AlignmentTemplate, FaceBox, FaceRegion};

/// Positions of the landmarks in a head crop: mirror's template, zoomed out by a factor of two. The square is
/// 6.4 eye distances wide.
pub const HEAD_TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.421_875, 0.42], [0.578_125, 0.42], [0.5, 0.503_35], [0.435, 0.592_25], [0.565, 0.592_25]],
};

/// Approximate position of the face in a head crop: left, top, width and height in fractions of its side.
const FACE: [f32; 4] = [0.35, 0.31, 0.3, 0.385];

/// Initial region for the mesh network in a head crop of `side` pixels.
pub fn face_region(side: f32) -> FaceRegion {
    let [x, y, width, height] = FACE.map(|part| part * side);
    FaceRegion::around_box(&FaceBox { x, y, width, height, score: 1.0 })
}

#[cfg(test)]
mod tests;
