//! One whole picture with the moment it was taken.

use std::sync::Arc;
use std::time::Instant;

use image::RgbImage;

/// One whole picture, upright, with the moment it was captured.
#[derive(Clone)]
pub struct Frame {
    /// The pixels, 8 bits a channel, shared because the window and the networks read the same ones.
    pub picture: Arc<RgbImage>,
    /// When the camera captured it (not when it was decoded).
    pub captured: Instant,
    /// Rises by one for each frame of a source.
    pub number: u64,
}
