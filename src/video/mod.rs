//! Video files in and out: reading, aging and writing them, and recording what the program shows.
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
mod matroska;
mod probe;
mod process;
mod reader;
mod sink;
mod layout;
#[cfg(test)]
pub(crate) mod testing;
mod tools;
mod unfinished;

pub use age::{AgedVideo, VideoJob, VideoLayout, VideoStep, age_video};
pub use colour::Colour;
pub use encoder::{Encoder, EncoderSettings, MOST_QUALITY, Speed, VideoCodec};
pub use error::VideoError;
pub use kind::looks_like_video;
pub use matroska::RawStream;
pub use probe::{LARGEST_FRAME, SoundStream, VideoInfo};
pub use reader::{ReadFrom, TimedFrame, VideoReader};
pub use tools::Ffmpeg;
