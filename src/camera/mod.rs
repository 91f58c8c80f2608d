//! Where pictures come from: cameras, picture files and folders, behind one trait.

mod backend;
mod decode;
mod device;
#[cfg(any(not(target_os = "linux"), test))]
mod freshness;
mod interrupt;
mod jpeg;
mod message;
mod negotiation;
#[cfg(not(target_os = "linux"))]
mod nokhwa_device;
mod nokhwa_source;
mod pixel_format;
mod planar;
mod rate;
mod reader;
mod settings;
mod source;
mod status;
mod still;
mod trouble;
#[cfg(target_os = "linux")]
mod v4l_device;
mod watchdog;
mod yuyv;

pub use device::{CameraDevice, find_camera, list_cameras};
pub use nokhwa_source::NokhwaSource;
pub use settings::{CameraSettings, Rotation};
pub use source::{FrameSource, SourceCounters, SourceState};
pub use still::StillSource;
