//! Encoding: frames with their times in, a video file without sound out.

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

/// How long the encoder may take for the frames that it holds when there are no more.
const ENDING: Duration = Duration::from_secs(300);
/// The largest number that stands for a quality.
pub const MAX_QUALITY: u8 = 51;

/// How pictures are compressed.
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
    /// Its name for the user.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "H.264",
            Self::H265 => "H.265",
            Self::Av1 => "AV1",
        }
    }

    /// Its encoders in FFmpeg, the best first.
    fn encoders(self) -> &'static [&'static str] {
        match self {
            Self::H264 => &["libx264", "libopenh264", "h264_videotoolbox", "h264_mf"],
            Self::H265 => &["libx265", "hevc_videotoolbox", "hevc_mf"],
            Self::Av1 => &["libsvtav1", "libaom-av1"],
        }
    }

    /// The usual constant rate factor for recordings, where time is short.
    pub(super) fn live_quality(self) -> u8 {
        self.usual_quality() + 3
    }

    /// The usual constant rate factor: hardly any loss is seen.
    fn usual_quality(self) -> u8 {
        match self {
            Self::H264 => 18,
            Self::H265 => 21,
            Self::Av1 => 26,
        }
    }
}

/// Whether time is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// A file is written, as fast as it goes.
    File,
    /// Frames come live; a file that is cut can be played.
    Live,
}

/// How a video is written.
#[derive(Clone, Debug)]
pub struct EncoderSettings {
    /// How pictures are compressed.
    pub codec: VideoCodec,
    /// The constant rate factor, 0 (best) to 51; the codec's usual one where none is given.
    pub quality: Option<u8>,
    /// The colour tags.
    pub colour: Colour,
    /// Ticks a second of the timestamps.
    pub ticks: u32,
    /// The usual time between two frames in nanoseconds.
    pub frame_ns: u64,
    /// Whether time is short.
    pub speed: Speed,
    /// What the file says about its origin; a segment of a file needs nothing.
    pub provenance: Option<Provenance>,
}

/// An encoder process that is fed with frames.
pub struct Encoder {
    stream: Option<RawStream<BufWriter<ChildStdin>>>,
    path: PathBuf,
    complaints: Complaints,
    process: Process,
    _end: KillOnDrop,
}

impl Encoder {
    /// Starts to write `path`, an MP4 file, with frames of `size`.
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
        // The stream says all there is to know; nothing is held back to look for more.
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

    /// Writes one frame, shown from `time_ns` nanoseconds on. Waits while the encoder is busy.
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

    /// Ends the file and waits until it is whole.
    ///
    /// # Errors
    /// When the encoder has failed.
    pub fn finish(mut self) -> Result<(), VideoError> {
        if let Some(stream) = self.stream.take() {
            stream.into_inner().flush().map_err(|error| self.failed(&error))?;
        }
        match self.process.wait(ENDING) {
            Some(status) if status.success() => Ok(()),
            Some(_) => Err(VideoError::of_encoder(&self.path, self.complaints.first(2))),
            None => Err(VideoError::Stuck {
                name: self.path.display().to_string(),
                program: "ffmpeg",
                seconds: ENDING.as_secs(),
            }),
        }
    }

    /// Why nothing more can be written: what the encoder said before it went.
    fn failed(&self, error: &io::Error) -> VideoError {
        self.process.wait(Duration::from_secs(2));
        // Its last words may still be under way.
        std::thread::sleep(Duration::from_millis(50));
        let said = self.complaints.first(2);
        VideoError::of_encoder(&self.path, if said.is_empty() { error.to_string() } else { said })
    }
}

/// The options from the input to the output.
fn arguments(
    tools: &Ffmpeg,
    settings: &EncoderSettings,
    [width, height]: [u32; 2],
) -> Result<Vec<String>, VideoError> {
    let EncoderSettings { codec, colour, ticks, speed, .. } = settings;
    let encoder = tools.encoder(codec.encoders()).ok_or(VideoError::NoEncoder(codec.name()))?;
    let (matrix, range) = (colour.matrix(height), colour.range());
    // Chroma has half the size: an odd last row or column is left out.
    let filters = format!(
        "crop={}:{},scale=out_color_matrix={matrix}:out_range={range}:flags=bicubic+accurate_rnd,format=yuv420p",
        width / 2 * 2,
        height / 2 * 2
    );
    let mut all = words(&["-map", "0:v:0", "-vf", &filters, "-c:v", encoder]);
    let quality = settings.quality.unwrap_or_else(|| codec.usual_quality()).min(MAX_QUALITY);
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

/// The options for a quality, which each encoder names otherwise.
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
        // These know bit rates only.
        _ => words(&["-b:v", "12M"]),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
#[path = "encoder_tests.rs"]
mod tests;
