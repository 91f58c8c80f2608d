//! Where pictures come from: cameras, picture files and folders, behind one trait.

mod collect;
mod decode;
mod device;
mod frame;
mod freshness;
mod interrupt;
mod jpeg;
mod message;
mod nokhwa_source;
mod opening;
mod picture;
mod picture_error;
mod rate;
mod reader;
mod settings;
mod source;
mod status;
mod still;
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
