//! Where pictures come from: cameras, picture files and folders, behind one trait.

mod frame;
mod settings;
mod source;

pub use frame::Frame;
pub use settings::{CameraSettings, Rotation};
pub use source::{FrameSource, SourceCounters, SourceState};
