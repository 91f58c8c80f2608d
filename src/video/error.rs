//! What can go wrong with a video, in words for the user.

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
    /// FFmpeg is installed and does not start.
    #[error("{} cannot be started ({cause}); install FFmpeg again", program.display())]
    FfmpegFails {
        /// The program.
        program: PathBuf,
        /// What the system says.
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
        /// What the system says.
        cause: io::Error,
    },
    /// It is a device, a pipe or the like.
    #[error("“{0}” is not a file; choose a video file")]
    NotAFile(String),
    /// It has no bytes.
    #[error("“{0}” is empty (0 bytes); copy or download it again")]
    Empty(String),
    /// FFmpeg does not recognise it.
    #[error("“{name}” is not a video that can be read ({cause}); choose another file, or convert it to MP4")]
    NotAVideo {
        /// The file.
        name: String,
        /// What FFmpeg says.
        cause: String,
    },
    /// Its end, with the table of its frames, is missing.
    #[error("“{0}” is cut short, the table of its frames is missing; copy or download it again")]
    CutShort(String),
    /// It has sound or subtitles only.
    #[error("“{0}” has no picture stream; choose a file that holds a video")]
    NoPictures(String),
    /// Its pictures are encrypted.
    #[error("“{0}” is encrypted (copy protection); choose a video without it")]
    Encrypted(String),
    /// Its frames are too large.
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
        /// What FFmpeg says.
        cause: String,
    },
    /// The decoder or encoder does not go on.
    #[error("“{name}”: {program} has not answered for {seconds} seconds and was stopped; try another file")]
    Stuck {
        /// The file.
        name: String,
        /// The program, such as `ffmpeg`.
        program: &'static str,
        /// The time it was waited for, in seconds.
        seconds: u64,
    },
    /// The encoder failed.
    #[error("{} cannot be written, FFmpeg failed ({cause}); try another --codec or folder", path.display())]
    Encoder {
        /// The file.
        path: PathBuf,
        /// What FFmpeg says.
        cause: String,
    },
    /// No frame shows a face that can be aged.
    #[error("“{name}” was not aged: {reason}")]
    NoFace {
        /// The file.
        name: String,
        /// Why there is none, and what to do.
        reason: String,
    },
    /// Too many ages for one file each.
    #[error("{0} ages are too many for a video each; name at most {1} with --ages, or choose --layout strip")]
    TooManyOutputs(usize, usize),
    /// A run on the same file was interrupted before.
    #[error(
        "“{name}” was aged in part before; add --resume to continue, or delete the folder {} to start again",
        folder.display()
    )]
    Unfinished {
        /// The file.
        name: String,
        /// The folder that holds what is done.
        folder: PathBuf,
    },
    /// A state file cannot be read.
    #[error("{} is damaged ({cause}); delete its folder and start again without --resume", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        cause: String,
    },
    /// The user asked to stop.
    #[error("stopped")]
    Stopped,
    /// Something cannot be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The system gives no thread.
    #[error("the system gives no thread ({0}); close other programs and try again")]
    Thread(io::Error),
    /// Finding faces failed.
    #[error(transparent)]
    Face(#[from] FaceError),
    /// The aging model failed.
    #[error(transparent)]
    Aging(#[from] AgingError),
}

/// A message as a sentence: with a capital at its beginning and a full stop at its end.
#[must_use]
pub fn as_sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?', ')']) {
        sentence.push('.');
    }
    sentence
}

/// A message of a library as a sentence; texts of the catalogue are sentences already.
fn sentence_of(message: Message) -> Message {
    match message {
        Message::Plain(text) => Message::Plain(as_sentence(&text)),
        translated @ Message::Catalogue(..) => translated,
    }
}

impl VideoError {
    /// The error as a sentence, in the language of the window if a user of the window commonly meets it.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NoFfmpeg(program) => message!("video-no-ffmpeg", program = *program),
            Self::NotAFile(name) => message!("video-not-a-file", name = name),
            Self::Empty(name) => message!("video-empty", name = name),
            Self::NotAVideo { name, cause } => message!("video-unknown-kind", name = name, cause = cause),
            Self::CutShort(name) => message!("video-cut-short", name = name),
            Self::NoPictures(name) => message!("video-no-pictures", name = name),
            Self::Encrypted(name) => message!("video-encrypted", name = name),
            Self::Save(error) => sentence_of(errors::of_saving(error)),
            other => Message::Plain(as_sentence(&other.to_string())),
        }
    }

    /// What a message of FFmpeg about the file at `path`, which it was to write, means.
    pub(super) fn of_encoder(path: &std::path::Path, cause: String) -> Self {
        if cause.contains("No space left on device") {
            return SaveError::DiskFull(path.to_owned()).into();
        }
        if cause.contains("Permission denied") || cause.contains("Read-only file system") {
            return SaveError::NotWritable(path.to_owned()).into();
        }
        let cause = if cause.is_empty() { "it gives no reason".to_owned() } else { cause };
        Self::Encoder { path: path.to_owned(), cause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
