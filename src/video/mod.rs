//! Video input and output: aging and playing files, recording, and the virtual camera.
//!
//! FFmpeg decodes and encodes in processes of its own. A decoder sends raw frames through a pipe and their timestamps
//! on its standard error; an encoder receives raw frames and timestamps as a Matroska stream. Thus videos with a
//! variable frame rate keep it.

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
mod rotation;
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
pub use error::VideoError;
pub use kind::{looks_like_video, looks_like_video_in_folder, split_videos};
pub use live_picture::{LiveLayout, LivePicture};
pub use matroska::RawStream;
pub use playback::Playback;
pub use probe::{MAX_FRAME_SIZE, SoundStream, VideoInfo};
pub use reader::{Polled, ReadFrom, TimedFrame, VideoReader};
pub use recorder::{MIN_FREE_BYTES, Recorder, RecorderSettings, RecordingStatus, ViewSource};
pub use rotation::{Rotation, upright_rotation};
pub use tools::Ffmpeg;
pub use virtual_camera::{VirtualCamera, VirtualCameraDevice, VirtualCameraSettings, VirtualCameraStatus};
