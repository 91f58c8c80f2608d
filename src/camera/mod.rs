//! Where pictures come from: cameras, picture files and folders, behind one trait.

mod backend;
mod collect;
mod decode;
mod device;
mod frame;
#[cfg(any(not(target_os = "linux"), test))]
mod freshness;
mod interrupt;
mod jpeg;
mod message;
mod negotiation;
#[cfg(not(target_os = "linux"))]
mod nokhwa_device;
mod nokhwa_source;
mod picture;
mod picture_error;
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

pub use collect::{collect_pictures, looks_like_picture, unreadable_among};
pub use device::{CameraDevice, find_camera, list_cameras};
pub use frame::Frame;
pub use nokhwa_source::NokhwaSource;
pub use picture::{Picture, decode_picture, load_picture};
pub use picture_error::{MOST_BYTES, MOST_MEGAPIXELS, MOST_PIXELS_A_SIDE, PictureError};
pub use settings::{CameraSettings, Rotation};
pub use source::{FrameSource, SourceCounters, SourceState};
pub use still::StillSource;
