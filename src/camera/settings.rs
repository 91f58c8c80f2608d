//! What the user may choose about a camera.

use serde::{Deserialize, Serialize};

/// How far the picture is turned clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rotation {
    /// As it comes.
    #[default]
    None,
    /// A quarter turn clockwise.
    Quarter,
    /// Upside down.
    Half,
    /// A quarter turn counter-clockwise.
    ThreeQuarters,
}

/// Which camera is wanted and how. A camera is remembered by name and device path, never by index,
/// which changes when another is plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CameraSettings {
    /// The camera's name, or its device path or number in its place; `None` takes the first one with
    /// colours, and an infrared one where there is no other.
    pub name: Option<String>,
    /// Its device path, which tells two cameras of one name apart.
    pub path: Option<String>,
    /// Wanted width in pixels.
    pub width: u32,
    /// Wanted height in pixels.
    pub height: u32,
    /// Wanted frames a second.
    pub rate: u32,
    /// Whether left and right change places, as in a mirror.
    pub mirror: bool,
    /// How far the picture is turned.
    pub rotation: Rotation,
}

impl CameraSettings {
    /// Whether any camera will do.
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
