//! The last step: joins segments to one file and copies the sound of the source.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::process::{Complaints, KillOnDrop, Process, each_line};
use super::provenance::{add_xmp, metadata};
use super::tools::add_input;
use super::unfinished::Unfinished;
use super::{Ffmpeg, VideoError, VideoInfo};
use agemirror_faces::compose::Provenance;
use agemirror_storage::{SaveError, sync_folder, temporary_builder, write_atomically};

/// Maximum time for copying.
const TIMEOUT: Duration = Duration::from_secs(3600);
/// Maximum number of numbered names to try when a name is taken.
const MAX_NUMBERS: u32 = 10_000;
/// Audio codecs that players support in MP4.
const MP4_AUDIO_CODECS: [&str; 9] = ["aac", "mp3", "ac3", "eac3", "alac", "opus", "flac", "mp2", "dts"];

/// The file format of the output, chosen so that the sound can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Mp4,
    Mov,
    Matroska,
}

impl Container {
    /// MP4 if it supports the audio codecs of the video, otherwise QuickTime or Matroska.
    pub(super) fn of(info: &VideoInfo) -> Self {
        let all = |fits: &dyn Fn(&str) -> bool| info.sound.iter().all(|sound| fits(&sound.codec));
        if all(&|codec| MP4_AUDIO_CODECS.contains(&codec)) {
            Self::Mp4
        } else if all(&|codec| MP4_AUDIO_CODECS.contains(&codec) || codec.starts_with("pcm_")) {
            Self::Mov
        } else {
            Self::Matroska
        }
    }

    /// The extension of file names.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Matroska => "mkv",
        }
    }

    fn options(self, ticks: u32) -> Vec<String> {
        let timescale = ["-video_track_timescale".to_owned(), ticks.to_string()];
        let front = ["-movflags", "+faststart"].map(str::to_owned);
        match self {
            Self::Mp4 | Self::Mov => {
                let format = if self == Self::Mp4 { "mp4" } else { "mov" };
                let strict = ["-strict", "experimental", "-f", format].map(str::to_owned);
                timescale.into_iter().chain(front).chain(strict).collect()
            }
            Self::Matroska => ["-f", "matroska"].map(str::to_owned).to_vec(),
        }
    }
}

/// A video to join.
pub(super) struct Join<'a> {
    pub(super) tools: &'a Ffmpeg,
    pub(super) source: &'a Path,
    pub(super) info: &'a VideoInfo,
    pub(super) done: &'a Unfinished,
    /// When each frame is shown, in nanoseconds.
    pub(super) times_ns: &'a [u64],
    pub(super) container: Container,
}

impl Join<'_> {
    /// Writes output number `output` into the folder `out` as `stem` with the container's extension. A complete video
    /// gets an unused name; a partial one replaces the previous partial one.
    pub(super) fn write(
        &self,
        output: usize,
        out: &Path,
        stem: &str,
        provenance: &Provenance,
    ) -> Result<PathBuf, VideoError> {
        let extension = self.container.extension();
        let suffix = format!(".{extension}");
        let mut builder = temporary_builder(0o666);
        let file = builder.suffix(&suffix).tempfile_in(out).map_err(|error| SaveError::at(out, error))?;
        let hidden = file.into_temp_path();
        self.copy(output, &hidden, provenance)?;
        if self.container != Container::Matroska {
            add_xmp(&hidden, provenance).map_err(|error| SaveError::at(&hidden, error))?;
        }
        let synced = std::fs::File::open(&hidden).and_then(|file| file.sync_all());
        synced.map_err(|error| SaveError::at(&hidden, error))?;
        let partial = partial_name(out, stem, extension);
        let written = if self.is_whole() {
            let written = publish(hidden, out, stem, extension)?;
            let _ = std::fs::remove_file(partial);
            written
        } else {
            hidden.persist(&partial).map_err(|error| SaveError::at(&partial, error.error))?;
            partial
        };
        sync_folder(out);
        Ok(written)
    }

    fn is_whole(&self) -> bool {
        self.done.frames() == self.times_ns.len() as u64
    }

    fn time(&self, frame: u64) -> f64 {
        let usual = |beyond: u64| beyond as f64 * self.info.frame_ns() as f64;
        let count = self.times_ns.len() as u64;
        let ns = match self.times_ns.get(frame as usize) {
            Some(time) => *time as f64,
            None => self.times_ns.last().map_or(0.0, |last| *last as f64) + usual(frame + 1 - count),
        };
        ns / 1e9
    }

    fn write_list(&self, output: usize) -> Result<PathBuf, VideoError> {
        let mut text = "ffconcat version 1.0\n".to_owned();
        for (number, border) in self.done.borders().windows(2).enumerate() {
            let segment = self.done.segment(output, number);
            let name = segment.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Differences of rounded times, so that rounding errors do not add up.
            let micros = |frame: u64| (self.time(frame) * 1e6).round() as i64;
            let length = micros(border[1]) - micros(border[0]);
            let _ = writeln!(text, "file '{name}'\nduration {:.6}", length as f64 / 1e6);
        }
        let list = self.done.list(output);
        write_atomically(&list, |out| out.write_all(text.as_bytes()))?;
        Ok(list)
    }

    /// Copies the segments and the sound into `path`.
    fn copy(&self, output: usize, path: &Path, provenance: &Provenance) -> Result<(), VideoError> {
        let list = self.write_list(output)?;
        let mut command = self.tools.ffmpeg("error");
        command.args(["-y", "-copyts", "-itsoffset", &format!("{:.6}", self.time(0))]);
        command.args(["-f", "concat", "-safe", "0", "-i"]).arg(list);
        command.args(["-itsoffset", &format!("{:.6}", -self.info.start)]);
        add_input(&mut command, self.source);
        command.args([
            "-map",
            "0:v:0",
            "-map",
            "1:a?",
            "-map_metadata",
            "1",
            "-map_chapters",
            "1",
            "-c",
            "copy",
        ]);
        command.args(metadata(provenance));
        if !self.is_whole() {
            command.args(["-t", &format!("{:.6}", self.time(self.done.frames()))]);
        }
        let mut name = std::ffi::OsString::from("file:");
        name.push(path);
        command.args(self.container.options(self.info.ticks)).arg(name);
        let mut child = command
            .spawn()
            .map_err(|cause| VideoError::FfmpegFails { program: self.tools.program().to_owned(), cause })?;
        let complaints = Complaints::default();
        let stderr = child.stderr.take();
        let process = Process::new(child);
        let _end = KillOnDrop(process.clone());
        if let Some(stderr) = stderr {
            // Ends when the process closes the pipe.
            each_line(stderr, |line| complaints.note(line));
        }
        match process.wait(TIMEOUT) {
            Some(status) if status.success() => Ok(()),
            _ => Err(VideoError::of_encoder(path, complaints.first(2))),
        }
    }
}

/// The name of a partial video.
fn partial_name(out: &Path, stem: &str, extension: &str) -> PathBuf {
    out.join(format!("{stem}.partial.{extension}"))
}

/// Moves a finished file to an unused name.
pub(super) fn publish(
    mut hidden: tempfile::TempPath,
    out: &Path,
    stem: &str,
    extension: &str,
) -> Result<PathBuf, VideoError> {
    for number in 1..MAX_NUMBERS {
        let number = if number > 1 { format!("-{number}") } else { String::new() };
        let path = out.join(format!("{stem}{number}.{extension}"));
        match hidden.persist_noclobber(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => hidden = error.path,
            Err(error) => return Err(SaveError::at(&path, error.error).into()),
        }
    }
    Err(SaveError::Exists(out.join(format!("{stem}.{extension}"))).into())
}
