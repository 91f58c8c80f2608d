//! Video in and out: files that are aged or played, recordings of what the program shows, and the virtual camera.
//!
//! FFmpeg decodes and encodes, as a process of its own. A decoder sends raw frames through a pipe and their
//! timestamps on its standard error; an encoder gets raw frames and timestamps as a Matroska stream. A video
//! whose frames are not evenly spaced keeps its spacing that way.

mod age;
mod colour;
mod encoder;
mod error;
mod faces;
mod frame_ager;
mod join;
mod kind;
mod layout;
mod live_picture;
mod matroska;
mod playback;
mod probe;
mod process;
mod provenance;
mod reader;
mod recorder;
mod sink;
mod steady;
#[cfg(test)]
pub(crate) mod testing;
mod tools;
mod unfinished;
mod virtual_camera;

pub use age::{AgedVideo, VideoJob, VideoLayout, VideoStep, age_video};
pub use colour::Colour;
pub use encoder::{Encoder, EncoderSettings, MAX_QUALITY, Speed, VideoCodec};
pub use error::{VideoError, as_sentence};
pub use kind::looks_like_video;
pub use live_picture::{LiveLayout, LivePicture};
pub use matroska::RawStream;
pub use playback::Playback;
pub use probe::{MAX_FRAME_SIZE, SoundStream, VideoInfo};
pub use reader::{Polled, ReadFrom, TimedFrame, VideoReader};
pub use recorder::{MIN_FREE_BYTES, Recorder, RecorderSettings, RecordingStatus, ViewSource};
pub use tools::Ffmpeg;
pub use virtual_camera::{VirtualCamera, VirtualCameraSettings, VirtualCameraStatus};
