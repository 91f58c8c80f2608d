//! Commands to the pipeline.

use std::sync::Arc;

use image::RgbImage;

use super::settings::SourceFactory;
use crate::camera::CameraSettings;
use agemirror_faces::age::Gender;
use agemirror_faces::crop::FaceChoice;
use agemirror_kernels::DeviceChoice;

/// A command to the pipeline. Sending one never blocks.
#[derive(Clone)]
pub enum Command {
    /// Switches to a camera.
    Camera(CameraSettings),
    /// Switches to a still picture.
    Picture {
        /// Name to show.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
    },
    /// Shows the source that this makes.
    Source(SourceFactory),
    /// Freezes the input, or unfreezes it.
    Freeze(bool),
    /// Sets the ages, in years.
    Ages(Vec<f32>),
    /// Sets the gender to age faces as, for models that use it.
    Gender(Gender),
    /// Opens a model by name; opens the current one again if it is named.
    Model(String),
    /// Sets the device for the networks.
    Device(DeviceChoice),
    /// Sets which faces are aged.
    Faces(FaceChoice),
    /// Replaces the held frame by the newest one.
    Capture,
    /// Works on a held frame even if the model is fast enough to run live (`true`), or only if it is too
    /// slow (`false`).
    Hold(bool),
    /// Skips the remaining tiles of the held frame until another command changes what is wanted.
    Cancel,
    /// Whether to make whole frames too, with the aged faces pasted back.
    WholeFrames(bool),
}
