//! A picture with its capture time.

use std::sync::Arc;
use std::time::Instant;

use image::RgbImage;

/// A complete picture, upright, with its capture time.
#[derive(Clone)]
pub struct Frame {
    /// The pixels, 8 bits per channel; shared by the window and the networks.
    pub picture: Arc<RgbImage>,
    /// When the camera captured it (not when it was decoded).
    pub captured: Instant,
    /// Number of the frame in its source; increases by one per frame.
    pub number: u64,
    /// Whether left and right are flipped, as in a mirror.
    pub mirrored: bool,
}
