//! Frame sources: cameras and still pictures behind one trait, [`FrameSource`].

mod decode;
mod device;
mod error;
mod session;
mod settings;

pub use device::{CameraDevice, find_camera, list_cameras};
pub use session::camera_source::NokhwaSource;
pub use session::source::{FrameSource, SourceCounters, SourceState};
pub use session::still::StillSource;
pub use settings::{CameraSettings, Rotation};
