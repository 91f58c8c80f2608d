//! Errors of videos, in words for the user.

use std::io;
use std::path::PathBuf;

use super::probe::MAX_FRAME_SIZE;
use agemirror_faces::aging::AgingError;
use agemirror_faces::face::FaceError;
use agemirror_storage::SaveError;

use crate::text::{Message, errors, message};

/// Why a video cannot be read, aged or written. Each message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// FFmpeg is not installed.
    #[error(
        "videos need the program {0}, which was not found; install FFmpeg (on Debian and Ubuntu: apt install \
         ffmpeg; elsewhere see https://ffmpeg.org/download.html) and try again"
    )]
    NoFfmpeg(&'static str),
    /// FFmpeg is installed but does not start.
    #[error("“{}” cannot be started ({cause}); install FFmpeg again", program.display())]
    FfmpegFails {
        /// The program.
        program: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// The installed FFmpeg lacks an encoder.
    #[error(
        "the installed FFmpeg has no encoder for {0}; choose another one with --codec, or install a complete \
         FFmpeg"
    )]
    NoEncoder(&'static str),
    /// The file cannot be read.
    #[error("“{name}” cannot be read ({cause}); check that it exists and that you may open it")]
    Unreadable {
        /// The file.
        name: String,
        /// The system's error.
        cause: io::Error,
    },
    /// The path is a device, a pipe or the like.
    #[error("“{0}” is not a file; choose a video file")]
    NotAFile(String),
    /// The file is empty.
    #[error("“{0}” is empty (0 bytes); copy or download it again")]
    Empty(String),
    /// FFmpeg does not recognise the file.
    #[error("“{name}” is not a video that can be read ({cause}); choose another file, or convert it to MP4")]
    NotAVideo {
        /// The file.
        name: String,
        /// FFmpeg's message.
        cause: String,
    },
    /// The end of the file, with the table of its frames, is missing.
    #[error("“{0}” is cut short: the table of its frames is missing; copy or download it again")]
    CutShort(String),
    /// The file has only sound or subtitles.
    #[error("“{0}” has no video stream; choose another file")]
    NoPictures(String),
    /// The frames are encrypted.
    #[error("“{0}” is encrypted (copy protection); choose a video without it")]
    Encrypted(String),
    /// The frames are too large.
    #[error(
        "“{name}” has frames of {width} × {height} pixels, too large for aging; make a copy with at most {} × {} \
         pixels first, as with: ffmpeg -i FILE -vf scale=3840:-2 COPY.mp4",
        MAX_FRAME_SIZE[0], MAX_FRAME_SIZE[1]
    )]
    TooLarge {
        /// The file.
        name: String,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// No frame could be decoded.
    #[error("no frame of “{name}” can be decoded ({cause}); copy or download it again, or convert it to MP4")]
    Damaged {
        /// The file.
        name: String,
        /// FFmpeg's message.
        cause: String,
    },
    /// The decoder or encoder does not answer.
    #[error("“{name}”: {program} has not answered for {seconds} seconds and was stopped; try another file")]
    Stuck {
        /// The file.
        name: String,
        /// The program, such as `ffmpeg`.
        program: &'static str,
        /// How long it did not answer, in seconds.
        seconds: u64,
    },
    /// The encoder failed.
    #[error("“{}” cannot be written because FFmpeg failed ({cause}); try another --codec or folder", path.display())]
    Encoder {
        /// The file.
        path: PathBuf,
        /// FFmpeg's message.
        cause: String,
    },
    /// No frame shows a face that can be aged.
    #[error("“{name}” was not aged: {reason}")]
    NoFace {
        /// The file.
        name: String,
        /// The reason, and what to do.
        reason: String,
    },
    /// Too many ages for one video each.
    #[error("{0} ages are too many for one video each; name at most {1} with --ages, or use --layout strip")]
    TooManyOutputs(usize, usize),
    /// An earlier run on the same file was interrupted.
    #[error(
        "an earlier run on “{name}” was interrupted; add --resume to continue it, or delete the folder {} to start again",
        folder.display()
    )]
    Unfinished {
        /// The file.
        name: String,
        /// The folder with the finished parts.
        folder: PathBuf,
    },
    /// A state file cannot be read.
    #[error("“{}” is damaged ({cause}); delete its folder and start again without --resume", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// The parser's message.
        cause: String,
    },
    /// The user asked to stop.
    #[error("stopped")]
    Stopped,
    /// An output cannot be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The system cannot start another thread.
    #[error("the system cannot start another thread ({0}); close other programs and try again")]
    Thread(io::Error),
    /// Finding faces failed.
    #[error(transparent)]
    Face(#[from] FaceError),
    /// The aging model failed.
    #[error(transparent)]
    Aging(#[from] AgingError),
}

/// Turns a message into a sentence: it starts with a capital letter and ends with a full stop. A message that begins
/// with a path quotes it, so that the path keeps its letters.
fn as_sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?', ')']) {
        sentence.push('.');
    }
    sentence
}

impl VideoError {
    /// The error as a sentence, in the language of the window if a user of the window commonly meets it.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NoFfmpeg(program) => message!("video-no-ffmpeg", program = *program),
            Self::NotAFile(name) => message!("video-not-a-file", name = name),
            Self::Empty(name) => message!("file-empty", name = name),
            Self::NotAVideo { name, cause } => message!("video-unknown-kind", name = name, cause = cause),
            Self::CutShort(name) => message!("video-cut-short", name = name),
            Self::NoPictures(name) => message!("video-no-pictures", name = name),
            Self::Encrypted(name) => message!("video-encrypted", name = name),
            Self::Save(error) => errors::of_saving(error),
            other => Message::Plain(as_sentence(&other.to_string())),
        }
    }

    /// The error for FFmpeg's message `cause` about the output at `path`.
    pub(super) fn of_encoder(path: &std::path::Path, cause: String) -> Self {
        if cause.contains("No space left on device") {
            return SaveError::DiskFull(path.to_owned()).into();
        }
        if cause.contains("Permission denied") || cause.contains("Read-only file system") {
            return SaveError::NotWritable(path.to_owned()).into();
        }
        let cause = if cause.is_empty() { "no reason given".to_owned() } else { cause };
        Self::Encoder { path: path.to_owned(), cause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_does_not_change_the_path_that_it_begins_with() {
        let path = || PathBuf::from("me.mp4");
        for error in [
            VideoError::FfmpegFails { program: path(), cause: io::Error::other("odd") },
            VideoError::Encoder { path: path(), cause: "odd".to_owned() },
            VideoError::State { path: path(), cause: "odd".to_owned() },
            VideoError::Save(SaveError::Exists(path())),
            VideoError::Save(SaveError::DiskFull(path())),
        ] {
            assert!(error.message().to_string().contains("me.mp4"), "{error}");
        }
    }

    #[test]
    fn the_english_message_is_the_error_as_a_sentence() {
        let name = || "a.mp4".to_owned();
        for error in [
            VideoError::NoFfmpeg("ffprobe"),
            VideoError::NotAFile(name()),
            VideoError::Empty(name()),
            VideoError::NotAVideo { name: name(), cause: "odd".to_owned() },
            VideoError::CutShort(name()),
            VideoError::NoPictures(name()),
            VideoError::Encrypted(name()),
            VideoError::Stopped,
        ] {
            assert_eq!(error.message().to_string(), as_sentence(&error.to_string()));
        }
    }
}
