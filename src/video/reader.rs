//! Decodes the frames of a video in order, upright, with their timestamps.

use std::io::{self, Read};
use std::path::Path;
use std::process::{ChildStderr, ChildStdout};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use image::RgbImage;

use super::process::{Complaints, KillOnDrop, Process, each_line};
use super::tools::add_input;
use super::{Ffmpeg, VideoError, VideoInfo};

/// Maximum time to wait for the next frame.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Maximum time for a decoder to exit after its last frame.
const EXIT_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum number of decoded frames in the channel.
const CHANNEL_CAPACITY: usize = 2;

/// Where to start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReadFrom {
    /// At the frame of this index, counted from 0.
    Frame(u64),
    /// At the first frame at or after this time, in seconds.
    Seconds(f64),
}

/// A decoded frame.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedFrame {
    /// The picture, upright, with square pixels.
    pub picture: RgbImage,
    /// Timestamp in nanoseconds from the start of the file; strictly increasing.
    pub time_ns: u64,
}

/// The result of waiting for a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Polled {
    /// The next frame.
    Frame(TimedFrame),
    /// Nothing yet.
    Pending,
    /// No more frames: the end of the video, or the file is cut or damaged here.
    End,
}

/// Decodes a video in another process, a few frames ahead.
pub struct VideoReader {
    frames: Receiver<io::Result<RgbImage>>,
    times: Receiver<Stamp>,
    ticks: Option<(u64, u64)>,
    complaints: Complaints,
    process: Process,
    name: String,
    start: f64,
    frame_ns: u64,
    last_ns: Option<u64>,
    first_size: Option<[u32; 2]>,
    changed: Option<([u32; 2], u64)>,
    ended: bool,
    _end: KillOnDrop,
}

/// What the decoder reports about its frames.
enum Stamp {
    /// The unit of the following timestamps in seconds, as a fraction.
    Unit(u64, u64),
    /// The timestamp of one frame, and its stored size.
    Frame(Option<i64>, Option<[u32; 2]>),
}

impl VideoReader {
    /// Starts decoding the file at `path`. Frames are scaled to `size`, with bars if their aspect ratio differs.
    ///
    /// # Errors
    /// When FFmpeg does not start.
    pub fn open(
        tools: &Ffmpeg,
        path: &Path,
        info: &VideoInfo,
        from: ReadFrom,
        size: [u32; 2],
    ) -> Result<Self, VideoError> {
        let mut command = tools.ffmpeg("info");
        command.arg("-copyts");
        if let ReadFrom::Seconds(seconds) = from {
            command.args(["-ss", &format!("{:.6}", info.start + seconds.max(0.0))]);
        }
        add_input(&mut command, path);
        command.args(["-map", &format!("0:{}", info.stream), "-vf", &filters(info, from, size)]);
        command.args(tools.passthrough()).args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
        command.stdout(std::process::Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|cause| VideoError::FfmpegFails { program: tools.program().to_owned(), cause })?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let process = Process::new(child);
        let end = KillOnDrop(process.clone());
        let ((frames_in, frames), (times_in, times)) = (bounded(CHANNEL_CAPACITY), unbounded());
        let complaints = Complaints::default();
        let theirs = complaints.clone();
        spawn("video-reader", move || read_frames(stdout, size, &frames_in))?;
        spawn("video-messages", move || read_messages(stderr, &times_in, &theirs))?;
        Ok(Self {
            frames,
            times,
            ticks: None,
            complaints,
            process,
            name: info.name.clone(),
            start: info.start,
            frame_ns: info.frame_ns(),
            last_ns: None,
            first_size: None,
            changed: None,
            ended: false,
            _end: end,
        })
    }

    /// The next frame; `None` at the end, or where the file is cut or damaged.
    ///
    /// # Errors
    /// When no frame could be decoded, or the decoder does not answer.
    pub fn next_frame(&mut self) -> Result<Option<TimedFrame>, VideoError> {
        match self.poll(TIMEOUT)? {
            Polled::Frame(frame) => Ok(Some(frame)),
            Polled::End => Ok(None),
            Polled::Pending => Err(VideoError::Stuck {
                name: self.name.clone(),
                program: "ffmpeg",
                seconds: TIMEOUT.as_secs(),
            }),
        }
    }

    /// Waits for the next frame, at most `timeout`.
    ///
    /// # Errors
    /// When no frame could be decoded.
    pub fn poll(&mut self, timeout: Duration) -> Result<Polled, VideoError> {
        if self.ended {
            return Ok(Polled::End);
        }
        match self.frames.recv_timeout(timeout) {
            Ok(Ok(picture)) => {
                let time_ns = self.next_time();
                Ok(Polled::Frame(TimedFrame { picture, time_ns }))
            }
            Err(RecvTimeoutError::Timeout) => Ok(Polled::Pending),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => self.end().map(|()| Polled::End),
        }
    }

    fn end(&mut self) -> Result<(), VideoError> {
        self.ended = true;
        self.process.wait(EXIT_TIMEOUT);
        if self.last_ns.is_some() {
            return Ok(());
        }
        let cause = self.complaints.first(2);
        let cause = if cause.is_empty() { "it contains none".to_owned() } else { cause };
        Err(VideoError::Damaged { name: self.name.clone(), cause })
    }

    /// The timestamp of the decoded frame, later than that of the previous frame.
    fn next_time(&mut self) -> u64 {
        let guess = self.last_ns.map_or(0, |last| last + self.frame_ns);
        let (mut time, mut stored_size) = (None, None);
        // The decoder sends the message before the frame.
        while let Ok(stamp) = self.times.recv_timeout(EXIT_TIMEOUT) {
            match stamp {
                Stamp::Unit(over, under) => self.ticks = Some((over, under)),
                Stamp::Frame(pts, size) => {
                    time = pts.zip(self.ticks).map(|(pts, unit)| in_ns(pts, unit, self.start));
                    stored_size = size;
                    break;
                }
            }
        }
        // The timestamps of joined files start again.
        let earliest = self.last_ns.map_or(0, |last| last + 1_000_000);
        let time = time.filter(|time| *time >= earliest).unwrap_or_else(|| guess.max(earliest));
        self.note_size(stored_size, time);
        self.last_ns = Some(time);
        time
    }

    fn note_size(&mut self, size: Option<[u32; 2]>, time_ns: u64) {
        let first = *self.first_size.get_or_insert(size.unwrap_or_default());
        if let Some(size) = size.filter(|size| *size != first) {
            self.changed.get_or_insert((size, time_ns));
        }
    }

    /// The first change of the stored frame size: the new size, and its timestamp in nanoseconds.
    #[must_use]
    pub fn changed_size(&self) -> Option<([u32; 2], u64)> {
        self.changed
    }

    /// The decoder's first error messages; empty if there are none.
    #[must_use]
    pub fn complaints(&self) -> String {
        self.complaints.first(2)
    }
}

/// FFmpeg's filters from a decoded frame to RGB of the requested size.
fn filters(info: &VideoInfo, from: ReadFrom, [width, height]: [u32; 2]) -> String {
    let mut filters = Vec::new();
    if let ReadFrom::Frame(first @ 1..) = from {
        filters.push(format!("select=gte(n\\,{first})"));
    }
    if info.interlaced {
        filters.push("yadif".to_owned());
    }
    filters.push("showinfo=checksum=0".to_owned());
    filters.extend(info.rotation.filter().map(str::to_owned));
    let matrix = info.colour.matrix(info.rotation.size(info.size)[1]);
    // Scales to square pixels. A frame with another aspect ratio than the first keeps its own and gets bars.
    filters.push(format!(
        "scale=w=floor(min({width}\\,{height}*dar)+0.5):h=floor(min({height}\\,{width}/dar)+0.5)\
         :in_color_matrix={matrix}:flags=bicubic+accurate_rnd+full_chroma_int"
    ));
    filters.push("format=rgb24".to_owned());
    filters.push(format!("pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,setsar=1"));
    filters.join(",")
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), VideoError> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).map_err(VideoError::Thread)
}

fn read_frames(
    stdout: Option<ChildStdout>,
    [width, height]: [u32; 2],
    frames: &Sender<io::Result<RgbImage>>,
) {
    let Some(mut stdout) = stdout else { return };
    loop {
        let mut pixels = vec![0; width as usize * height as usize * 3];
        let frame = stdout.read_exact(&mut pixels).and_then(|()| {
            RgbImage::from_raw(width, height, pixels).ok_or_else(|| io::ErrorKind::InvalidData.into())
        });
        let is_last = frame.is_err();
        if frames.send(frame).is_err() || is_last {
            return;
        }
    }
}

fn read_messages(stderr: Option<ChildStderr>, times: &Sender<Stamp>, complaints: &Complaints) {
    let Some(stderr) = stderr else { return };
    each_line(stderr, |line| match stamp(line) {
        // Keep reading even if the reader is gone, or a full pipe would block the decoder.
        Some(stamp) => drop(times.send(stamp)),
        None => complaints.note(line),
    });
}

/// Parses a line of the filter `showinfo`.
fn stamp(line: &str) -> Option<Stamp> {
    let (_, text) = line.split_once("[Parsed_showinfo").and_then(|(_, rest)| rest.split_once("[info] "))?;
    if let Some(unit) = text.strip_prefix("config in time_base: ") {
        let (over, under) = unit.split_once(',')?.0.split_once('/')?;
        return Some(Stamp::Unit(over.parse().ok()?, under.parse().ok().filter(|under| *under > 0)?));
    }
    let text = text.strip_prefix("n:")?;
    let word = |key: &str| text.split_once(key)?.1.split_whitespace().next();
    let size = word(" s:").and_then(|size| size.split_once('x'));
    let size = size.and_then(|(width, height)| Some([width.parse().ok()?, height.parse().ok()?]));
    Some(Stamp::Frame(word(" pts:").and_then(|pts| pts.parse().ok()), size))
}

/// Converts a timestamp to nanoseconds from the start of the file.
fn in_ns(pts: i64, (over, under): (u64, u64), start: f64) -> u64 {
    let ns = i128::from(pts) * i128::from(over) * 1_000_000_000;
    let ns = (ns + i128::from(under) / 2).div_euclid(i128::from(under));
    u64::try_from(ns - (start * 1e9).round() as i128).unwrap_or(0)
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
