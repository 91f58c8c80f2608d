//! What a user of the pipeline may ask of it.

use std::sync::Arc;

use image::RgbImage;

use crate::camera::CameraSettings;
use agemirror_faces::age::Gender;
use agemirror_faces::crop::FaceChoice;
use agemirror_kernels::DeviceChoice;

/// What a user of the pipeline may ask of it. Sending one never waits.
#[derive(Clone)]
pub enum Command {
    /// Shows a camera.
    Camera(CameraSettings),
    /// Shows a still picture in its place.
    Picture {
        /// What to call it.
        name: String,
        /// The picture, upright.
        picture: Arc<RgbImage>,
    },
    /// Holds the present input picture, or lets it go on.
    Freeze(bool),
    /// The ages wanted, in years.
    Ages(Vec<f32>),
    /// The gender wanted, for models that know of it.
    Gender(Gender),
    /// The model wanted, by name; the present one is opened anew.
    Model(String),
    /// The device wanted.
    Device(DeviceChoice),
    /// The faces wanted.
    Faces(FaceChoice),
    /// Takes the newest frame to work on in the place of the one that is held.
    Capture,
    /// Holds the frame that is worked on although the model could follow the camera, or no longer.
    Hold(bool),
    /// Gives up the tiles of the held frame that are not made yet, until something else is wanted.
    Cancel,
    /// Whether whole frames with the aged faces pasted back are wanted too.
    WholeFrames(bool),
}
