//! Reads the properties of a video file with `ffprobe`.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::kind::{beginning, begins_like_video, is_encrypted};
use super::process::{Complaints, KillOnDrop, Process, each_line};
use super::tools::add_input;
use super::{Colour, Ffmpeg, Rotation, VideoError};

/// Maximum frame size in pixels; larger frames need more memory than most machines have.
pub const MAX_FRAME_SIZE: [u32; 2] = [4096, 2304];
/// Maximum run time of `ffprobe`.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of its answer, in bytes.
const MAX_ANSWER_BYTES: u64 = 4 << 20;
/// Plausible frame rates, in frames per second.
const PLAUSIBLE_RATES: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// An audio stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundStream {
    /// FFmpeg's name of the codec, such as `aac`.
    pub codec: String,
}

/// Properties of a video, known before it is decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoInfo {
    /// The path, for messages.
    pub name: String,
    /// Index of the video stream in the file.
    pub stream: u32,
    /// Width and height in pixels, after every rotation and with square pixels.
    pub size: [u32; 2],
    /// How frames are rotated, in addition to what the file says.
    pub rotation: Rotation,
    /// Length in seconds, if the file contains it.
    pub seconds: Option<f64>,
    /// Number of frames, from the file or from its length and rate.
    pub frames: Option<u64>,
    /// Mean frame rate, in frames per second.
    pub rate: f64,
    /// Resolution of timestamps in ticks per second; every timestamp of the file is a whole number of ticks.
    pub ticks: u32,
    /// Timestamp of the start of the file, in seconds.
    pub start: f64,
    /// The colour tags.
    pub colour: Colour,
    /// Whether frames are interlaced.
    pub interlaced: bool,
    /// The audio streams.
    pub sound: Vec<SoundStream>,
}

impl VideoInfo {
    /// Reads the properties of the file at `path`.
    ///
    /// # Errors
    /// When it is not a video that can be aged.
    pub fn read(tools: &Ffmpeg, path: &Path) -> Result<Self, VideoError> {
        let name = path.display().to_string();
        let metadata =
            fs::metadata(path).map_err(|cause| VideoError::Unreadable { name: name.clone(), cause })?;
        if !metadata.is_file() {
            return Err(VideoError::NotAFile(name));
        }
        if metadata.len() == 0 {
            return Err(VideoError::Empty(name));
        }
        if let Err(cause) = fs::File::open(path) {
            return Err(VideoError::Unreadable { name, cause });
        }
        let answer = run_ffprobe(tools, path, &name)?;
        let answer: Answer = serde_json::from_slice(&answer)
            .map_err(|cause| VideoError::NotAVideo { name: name.clone(), cause: cause.to_string() })?;
        let info = Self::of(name, &answer)?;
        if is_encrypted(path) { Err(VideoError::Encrypted(info.name)) } else { Ok(info) }
    }

    fn of(name: String, answer: &Answer) -> Result<Self, VideoError> {
        let is_picture = |stream: &&Stream| {
            stream.codec_type.as_deref() == Some("video") && stream.disposition.attached_pic == 0
        };
        let Some(stream) = answer.streams.iter().find(is_picture) else {
            return Err(VideoError::NoPictures(name));
        };
        if stream.is_encrypted() {
            return Err(VideoError::Encrypted(name));
        }
        let size = stream.upright_size();
        if size[0] < 2 || size[1] < 2 {
            let cause = "it does not contain the size of its frames".to_owned();
            return Err(VideoError::NotAVideo { name, cause });
        }
        let [width, height] = size;
        let [longest, shortest] = [width.max(height), width.min(height)];
        if longest > MAX_FRAME_SIZE[0] || shortest > MAX_FRAME_SIZE[1] {
            return Err(VideoError::TooLarge { name, width, height });
        }
        let format = &answer.format;
        let seconds = seconds(stream.duration.as_deref()).or_else(|| seconds(format.duration.as_deref()));
        let rate = [&stream.avg_frame_rate, &stream.r_frame_rate].into_iter().filter_map(ratio);
        let rate = rate.into_iter().find(|rate| PLAUSIBLE_RATES.contains(rate)).unwrap_or(25.0);
        let counted = stream.nb_frames.as_deref().and_then(|frames| frames.parse().ok());
        let sound = answer.streams.iter().filter(|stream| stream.codec_type.as_deref() == Some("audio"));
        Ok(Self {
            name,
            stream: stream.index,
            size,
            rotation: Rotation::None,
            seconds,
            frames: counted.or_else(|| seconds.map(|seconds| (seconds * rate).round() as u64)),
            rate,
            ticks: ticks(&stream.time_base),
            start: seconds_from(format.start_time.as_deref()).unwrap_or(0.0).max(0.0),
            colour: stream.colour(),
            interlaced: matches!(stream.field_order.as_deref(), Some("tt" | "bb" | "tb" | "bt")),
            sound: sound
                .map(|stream| SoundStream { codec: stream.codec_name.clone().unwrap_or_default() })
                .collect(),
        })
    }

    /// The size of frames scaled down so that no side is longer than `max_side` pixels.
    pub(super) fn size_within(&self, max_side: u32) -> [u32; 2] {
        let longest = self.size[0].max(self.size[1]).max(1);
        let scale = (f64::from(max_side) / f64::from(longest)).min(1.0);
        self.size.map(|side| ((f64::from(side) * scale).round() as u32).max(2))
    }

    /// The same video with frames rotated by `rotation`, in addition to what the file says.
    #[must_use]
    pub fn rotated(&self, rotation: Rotation) -> Self {
        // The size without this rotation; a quarter to the left swaps the sides as one to the right does.
        let stored = self.rotation.size(self.size);
        Self { size: rotation.size(stored), rotation, ..self.clone() }
    }

    /// Typical time between two frames, in nanoseconds.
    #[must_use]
    pub fn frame_ns(&self) -> u64 {
        (1e9 / self.rate) as u64
    }
}

fn run_ffprobe(tools: &Ffmpeg, path: &Path, name: &str) -> Result<Vec<u8>, VideoError> {
    let mut command = tools.ffprobe();
    command.args(["-print_format", "json", "-show_streams", "-show_format"]);
    add_input(&mut command, path);
    let mut child = command
        .spawn()
        .map_err(|cause| VideoError::FfmpegFails { program: command.get_program().into(), cause })?;
    let complaints = Complaints::default();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let process = Process::new(child);
    let _end = KillOnDrop(process.clone());
    let theirs = complaints.clone();
    let reader = std::thread::Builder::new()
        .name("video-probe".to_owned())
        .spawn(move || {
            let mut answer = Vec::new();
            let read = stdout.map(|stdout| stdout.take(MAX_ANSWER_BYTES).read_to_end(&mut answer));
            (answer, read.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into())))
        })
        .map_err(VideoError::Thread)?;
    let messages = std::thread::Builder::new()
        .name("video-messages".to_owned())
        .spawn(move || {
            if let Some(stderr) = stderr {
                each_line(stderr, |line| theirs.note(&format!("[error] {line}")));
            }
        })
        .map_err(VideoError::Thread)?;
    let Some(status) = process.wait(TIMEOUT) else {
        let (name, seconds) = (name.to_owned(), TIMEOUT.as_secs());
        return Err(VideoError::Stuck { name, program: "ffprobe", seconds });
    };
    let _ = messages.join();
    let (answer, read) = reader.join().unwrap_or_else(|_| (Vec::new(), Ok(0)));
    if status.success() && read.is_ok() {
        return Ok(answer);
    }
    let cause = complaints.first(3);
    if cause.contains("moov atom not found") && begins_like_video(&beginning(path)) {
        return Err(VideoError::CutShort(name.to_owned()));
    }
    // The last message starts with the name of the file and ends with the reason.
    let last = cause.rsplit("; ").next().unwrap_or_default();
    let cause = last.rsplit(": ").next().unwrap_or_default().to_lowercase();
    Err(VideoError::NotAVideo { name: name.to_owned(), cause })
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Format {
    duration: Option<String>,
    start_time: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    codec_tag_string: Option<String>,
    width: u32,
    height: u32,
    sample_aspect_ratio: Option<String>,
    r_frame_rate: String,
    avg_frame_rate: String,
    time_base: String,
    duration: Option<String>,
    nb_frames: Option<String>,
    field_order: Option<String>,
    color_range: Option<String>,
    color_space: Option<String>,
    color_primaries: Option<String>,
    color_transfer: Option<String>,
    disposition: Disposition,
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Disposition {
    attached_pic: u8,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SideData {
    side_data_type: String,
    rotation: f64,
}

impl Stream {
    fn is_encrypted(&self) -> bool {
        self.codec_tag_string.as_deref() == Some("encv")
            || self.side_data_list.iter().any(|data| data.side_data_type.starts_with("Encryption"))
    }

    /// The size after scaling the width to square pixels and rotating.
    fn upright_size(&self) -> [u32; 2] {
        let shape = self.sample_aspect_ratio.as_deref().and_then(ratio).filter(|r| (0.1..=10.0).contains(r));
        let width = (f64::from(self.width) * shape.unwrap_or(1.0)).round() as u32;
        let turn = self.side_data_list.iter().map(|data| data.rotation).find(|turn| *turn != 0.0);
        let lies = turn.is_some_and(|turn| ((turn.rem_euclid(180.0)) - 90.0).abs() < 1.0);
        if lies { [self.height, width] } else { [width, self.height] }
    }

    fn colour(&self) -> Colour {
        let known = |tag: &Option<String>| tag.clone().filter(|tag| tag != "unknown" && tag != "reserved");
        Colour {
            space: known(&self.color_space),
            primaries: known(&self.color_primaries),
            transfer: known(&self.color_transfer),
            full_range: self.color_range.as_deref() == Some("pc"),
        }
    }
}

fn seconds(text: Option<&str>) -> Option<f64> {
    seconds_from(text).filter(|seconds| *seconds > 0.0)
}

fn seconds_from(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|seconds: &f64| seconds.is_finite())
}

/// Parses a ratio such as `30000/1001` or `16:11`.
fn ratio(text: impl AsRef<str>) -> Option<f64> {
    let (over, under) = text.as_ref().split_once(['/', ':'])?;
    let (over, under): (f64, f64) = (over.parse().ok()?, under.parse().ok()?);
    Some(over / under).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
}

/// Resolution in ticks per second for timestamps in units of `time_base`, at least 10,000.
fn ticks(time_base: &str) -> u32 {
    const USUAL: u32 = 90_000;
    let Some(under) = time_base.split_once('/').and_then(|(_, under)| under.parse::<u32>().ok()) else {
        return USUAL;
    };
    match under {
        1..=1_000_000 => under * 10_000u32.div_ceil(under),
        _ => USUAL,
    }
}

#[cfg(test)]
#[path = "probe_tests.rs"]
mod tests;
