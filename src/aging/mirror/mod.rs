//! mirror: agemirror's own small network, bundled with the program.

mod age_code;
mod change;
mod layers;
mod network;

pub use age_code::{age_codes, AGE_CODE};
pub use change::{apply_change, window};
pub use network::{Change, Features, Network};

use crate::face::AlignmentTemplate;

/// Where mirror's crop has the landmarks: brow and chin inside, some hair at the sides.
pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
    points: [[0.343_75, 0.42], [0.656_25, 0.42], [0.5, 0.5867], [0.37, 0.7645], [0.63, 0.7645]],
};
