//! Camera settings of the user.

use serde::{Deserialize, Serialize};

/// Rotation of the picture, clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rotation {
    /// None.
    #[default]
    None,
    /// 90° clockwise.
    Quarter,
    /// 180°.
    Half,
    /// 270° clockwise.
    ThreeQuarters,
}

/// Which camera to open and in which mode. A camera is remembered by name and device path, never by index,
/// which changes when another camera is plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CameraSettings {
    /// The camera's name, or instead its device path or number. `None` opens the first camera with colours,
    /// or an infrared camera if there is no other.
    pub name: Option<String>,
    /// Its device path, which distinguishes cameras with the same name.
    pub path: Option<String>,
    /// Preferred width in pixels.
    pub width: u32,
    /// Preferred height in pixels.
    pub height: u32,
    /// Preferred rate in frames per second.
    pub rate: u32,
    /// Whether to flip left and right, as in a mirror.
    pub mirror: bool,
    /// Rotation of the picture.
    pub rotation: Rotation,
}

impl CameraSettings {
    /// Whether any camera is accepted.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.name.is_none() && self.path.is_none()
    }
}

impl Default for CameraSettings {
    fn default() -> Self {
        Self {
            name: None,
            path: None,
            width: 640,
            height: 480,
            rate: 30,
            mirror: true,
            rotation: Rotation::None,
        }
    }
}
