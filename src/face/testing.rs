//! The shipped portrait, for this room's tests.

use image::RgbImage;

/// 512 x 512; the face is about 100 pixels wide around (224, 118).
#[allow(clippy::unwrap_used)]
pub fn astronaut() -> RgbImage {
    image::load_from_memory(include_bytes!("../../assets/astronaut.jpg")).unwrap().to_rgb8()
}
