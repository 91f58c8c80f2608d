//! Face_Aging_cGAN by Alejandro Paredes: IPCGAN's network, trained on faces of the WIKI data set.
//!
//! Its groups also start at 21 years; class 0 is everyone younger. Its pictures are aligned to five points in
//! a frame of 100 x 120 pixels and then stretched to a square, so the network expects faces a fifth too wide.
//! It receives the middle five sixths of the crop's width, stretched in the same way, and its output is
//! narrowed again.

use super::ipcgan::Flavour;
use crate::age::OPEN_GROUP_END;
use crate::face::AlignmentTemplate;

/// Name on the command line.
pub const NAME: &str = "cgan";

/// Size of the frame in which the landmarks were aligned.
const FRAME: [f32; 2] = [100.0, 120.0];

/// Converts a landmark from the frame to the square crop that contains it centrally.
const fn in_crop(x: f32, y: f32) -> [f32; 2] {
    [(x + (FRAME[1] - FRAME[0]) / 2.0) / FRAME[1], y / FRAME[1]]
}

/// The system.
pub const CGAN: Flavour = Flavour {
    name: NAME,
    title: "Face Aging cGAN",
    groups: [(21, 30), (31, 40), (41, 50), (51, OPEN_GROUP_END)],
    template: AlignmentTemplate {
        points: [
            in_crop(30.2946, 51.6963),
            in_crop(65.5318, 51.5014),
            in_crop(48.0252, 71.7366),
            in_crop(33.5493, 92.3655),
            in_crop(62.7299, 92.2041),
        ],
    },
    width: FRAME[0] / FRAME[1],
};
