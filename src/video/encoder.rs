//! Encodes frames with timestamps to a video file without sound.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Stdio};
use std::time::Duration;

use clap::ValueEnum;
use image::RgbImage;

use super::process::{Complaints, KillOnDrop, Process, each_line};
use super::provenance::metadata;
use super::{Colour, Ffmpeg, RawStream, VideoError};
use agemirror_faces::compose::Provenance;

/// Maximum time for the encoder to finish its remaining frames.
const FINISH_TIMEOUT: Duration = Duration::from_secs(300);
/// Maximum constant rate factor.
pub const MAX_QUALITY: u8 = 51;

/// A video codec.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// H.264, which plays everywhere
    #[default]
    H264,
    /// H.265 (HEVC), smaller
    H265,
    /// AV1, smaller still
    Av1,
}

impl VideoCodec {
    /// The name for the user.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 => "H.265",
            Self::Av1 => "AV1",
        }
    }

    /// FFmpeg's encoders for it, best first.
    fn encoders(self) -> &'static [&'static str] {
        match self {
            Self::H264 => &["libx264", "libopenh264", "h264_videotoolbox", "h264_mf"],
            Self::H265 => &["libx265", "hevc_videotoolbox", "hevc_mf"],
            Self::Av1 => &["libsvtav1", "libaom-av1"],
        }
    }

    /// Default constant rate factor of live recordings, which must encode in real time.
    pub(super) fn default_live_quality(self) -> u8 {
        self.default_quality() + 3
    }

    /// Default constant rate factor of files: hardly any loss is visible.
    fn default_quality(self) -> u8 {
        match self {
            Self::H264 => 18,
            Self::H265 => 21,
            Self::Av1 => 26,
        }
    }
}

/// Speed of an encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// For a file: better compression, at any speed.
    File,
    /// For live frames: real time, in fragments, so that an interrupted file can be played.
    Live,
}

/// Settings of an encoder.
#[derive(Clone, Debug)]
pub struct EncoderSettings {
    /// The codec.
    pub codec: VideoCodec,
    /// Constant rate factor, 0 (best) to [`MAX_QUALITY`]; `None` uses the codec's default.
    pub quality: Option<u8>,
    /// The colour tags.
    pub colour: Colour,
    /// Resolution of the timestamps, in ticks per second.
    pub ticks: u32,
    /// Typical time between two frames, in nanoseconds.
    pub frame_ns: u64,
    /// The speed.
    pub speed: Speed,
    /// What the file says about its origin; a segment of a file needs nothing.
    pub provenance: Option<Provenance>,
}

/// An encoder process.
pub struct Encoder {
    stream: Option<RawStream<BufWriter<ChildStdin>>>,
    path: PathBuf,
    complaints: Complaints,
    process: Process,
    _end: KillOnDrop,
}

impl Encoder {
    /// Starts writing an MP4 file at `path` with frames of `size` (width, height).
    ///
    /// # Errors
    /// When FFmpeg does not start or lacks the encoder.
    pub fn start(
        tools: &Ffmpeg,
        settings: &EncoderSettings,
        size: [u32; 2],
        path: &Path,
    ) -> Result<Self, VideoError> {
        let arguments = arguments(tools, settings, size)?;
        let mut command = tools.ffmpeg("error");
        // The stream's header is complete; FFmpeg must not buffer frames to probe it.
        command.args(["-y", "-f", "matroska", "-probesize", "4096", "-analyzeduration", "0"]);
        command.args(["-fpsprobesize", "0", "-i", "pipe:0"]).args(arguments);
        let mut name = std::ffi::OsString::from("file:");
        name.push(path);
        command.args(["-f", "mp4"]).arg(name).stdin(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|cause| VideoError::FfmpegFails { program: tools.program().to_owned(), cause })?;
        let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
        let process = Process::new(child);
        let end = KillOnDrop(process.clone());
        let complaints = Complaints::default();
        let theirs = complaints.clone();
        std::thread::Builder::new()
            .name("video-messages".to_owned())
            .spawn(move || {
                if let Some(stderr) = stderr {
                    each_line(stderr, |line| theirs.note(line));
                }
            })
            .map_err(VideoError::Thread)?;
        let mut encoder = Self { stream: None, path: path.to_owned(), complaints, process, _end: end };
        let begun = stdin.ok_or_else(|| io::ErrorKind::BrokenPipe.into());
        let begun = begun.and_then(|stdin| RawStream::begin(BufWriter::new(stdin), size, settings.frame_ns));
        encoder.stream = Some(begun.map_err(|error| encoder.failed(&error))?);
        Ok(encoder)
    }

    /// Writes one frame with a timestamp of `time_ns` nanoseconds. Waits while the encoder is busy.
    ///
    /// # Errors
    /// When the encoder has failed.
    pub fn frame(&mut self, picture: &RgbImage, time_ns: u64) -> Result<(), VideoError> {
        let written = match &mut self.stream {
            Some(stream) => stream.frame(picture, time_ns),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        written.map_err(|error| self.failed(&error))
    }

    /// Finishes the file and waits until it is complete.
    ///
    /// # Errors
    /// When the encoder has failed.
    pub fn finish(mut self) -> Result<(), VideoError> {
        if let Some(stream) = self.stream.take() {
            stream.into_inner().flush().map_err(|error| self.failed(&error))?;
        }
        match self.process.wait(FINISH_TIMEOUT) {
            Some(status) if status.success() => Ok(()),
            Some(_) => Err(VideoError::of_encoder(&self.path, self.complaints.first(2))),
            None => Err(VideoError::Stuck {
                name: self.path.display().to_string(),
                program: "ffmpeg",
                seconds: FINISH_TIMEOUT.as_secs(),
            }),
        }
    }

    /// The error to report when writing fails: the encoder's last messages.
    fn failed(&self, error: &io::Error) -> VideoError {
        self.process.wait(Duration::from_secs(2));
        // Its last messages may not have been read yet.
        std::thread::sleep(Duration::from_millis(50));
        let said = self.complaints.first(2);
        VideoError::of_encoder(&self.path, if said.is_empty() { error.to_string() } else { said })
    }
}

/// FFmpeg's options between the input and the output file.
fn arguments(
    tools: &Ffmpeg,
    settings: &EncoderSettings,
    [width, height]: [u32; 2],
) -> Result<Vec<String>, VideoError> {
    let EncoderSettings { codec, colour, ticks, speed, .. } = settings;
    let encoder = tools.encoder(codec.encoders()).ok_or(VideoError::NoEncoder(codec.name()))?;
    let (matrix, range) = (colour.matrix(height), colour.range());
    // Chroma has half the size; an odd last row or column is cropped.
    let filters = format!(
        "crop={}:{},scale=out_color_matrix={matrix}:out_range={range}:flags=bicubic+accurate_rnd,format=yuv420p",
        width / 2 * 2,
        height / 2 * 2
    );
    let mut all = words(&["-map", "0:v:0", "-vf", &filters, "-c:v", encoder]);
    let quality = settings.quality.unwrap_or_else(|| codec.default_quality()).min(MAX_QUALITY);
    all.extend(quality_of(encoder, quality, *speed));
    all.extend(words(&tools.passthrough()));
    all.extend(words(&[
        "-enc_time_base",
        &format!("1/{ticks}"),
        "-video_track_timescale",
        &ticks.to_string(),
    ]));
    all.extend(colour.tags());
    all.extend(settings.provenance.iter().flat_map(metadata));
    if *codec == VideoCodec::H265 {
        all.extend(words(&["-tag:v", "hvc1"]));
    }
    if *speed == Speed::Live {
        all.extend(words(&["-g", "60", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"]));
    }
    Ok(all)
}

/// The options for a quality; every encoder has its own.
fn quality_of(encoder: &str, quality: u8, speed: Speed) -> Vec<String> {
    let quality = quality.to_string();
    let live = speed == Speed::Live;
    match encoder {
        "libx264" => words(&["-crf", &quality, "-preset", if live { "superfast" } else { "fast" }]),
        "libx265" => {
            let preset = if live { "ultrafast" } else { "fast" };
            words(&["-crf", &quality, "-preset", preset, "-x265-params", "log-level=error"])
        }
        "libsvtav1" => words(&["-crf", &quality, "-preset", if live { "10" } else { "8" }]),
        "libaom-av1" => words(&["-crf", &quality, "-b:v", "0", "-cpu-used", "8", "-row-mt", "1"]),
        // The others only accept a bit rate.
        _ => words(&["-b:v", "12M"]),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
#[path = "encoder_tests.rs"]
mod tests;
