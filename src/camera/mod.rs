//! Where pictures come from: cameras, picture files and folders, behind one trait.

mod decode;
mod device;
mod session;
mod settings;

pub use device::{CameraDevice, find_camera, list_cameras};
pub use session::nokhwa_source::NokhwaSource;
pub use session::source::{FrameSource, SourceCounters, SourceState};
pub use session::still::StillSource;
pub use settings::{CameraSettings, Rotation};
