//! The state of an unfinished run, in a hidden folder: the faces of all frames, and the finished segments of each
//! output.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::VideoError;
use super::faces::Survey;
use agemirror_storage::{SaveError, write_atomically};

const STATE: &str = "state.json";
const FACES: &str = "faces.json";

/// The folder of an unfinished run.
pub(super) struct Unfinished {
    folder: PathBuf,
    state: State,
}

#[derive(Serialize, Deserialize)]
struct State {
    /// Identifies the settings and the version of the file.
    key: String,
    /// Number of frames in each finished segment.
    segments: Vec<u64>,
}

impl Unfinished {
    /// Opens the folder for a run on `source` that writes to `out`. A run can only be resumed with the same `settings`.
    pub(super) fn open(source: &Path, out: &Path, settings: &str, resume: bool) -> Result<Self, VideoError> {
        let key = key(source, settings);
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let folder = out.join(format!(".agemirror-video-{:016x}", hasher.finish()));
        let state = match fs::read(folder.join(STATE)) {
            Ok(_) if !resume => {
                let name = source.display().to_string();
                return Err(VideoError::Unfinished { name, folder });
            }
            Ok(text) => parse(&folder.join(STATE), &text)?,
            Err(_) => State { key, segments: Vec::new() },
        };
        Ok(Self { folder, state })
    }

    /// The faces, if an earlier run has found them.
    pub(super) fn survey(&self) -> Result<Option<Survey>, VideoError> {
        let path = self.folder.join(FACES);
        match fs::read(&path) {
            Ok(text) => parse(&path, &text).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Creates the folder and stores the faces.
    pub(super) fn keep_survey(&self, survey: &Survey) -> Result<(), VideoError> {
        fs::create_dir_all(&self.folder).map_err(|error| SaveError::at(&self.folder, error))?;
        write_atomically(&self.folder.join(FACES), |out| Ok(serde_json::to_writer(out, survey)?))?;
        self.keep_state()
    }

    fn keep_state(&self) -> Result<(), VideoError> {
        let path = self.folder.join(STATE);
        write_atomically(&path, |out| Ok(serde_json::to_writer_pretty(out, &self.state)?))?;
        Ok(())
    }

    /// Number of frames in finished segments.
    pub(super) fn frames(&self) -> u64 {
        self.state.segments.iter().sum()
    }

    /// Index of the first frame of each finished segment, and of the frame after the last segment.
    pub(super) fn borders(&self) -> Vec<u64> {
        let mut borders = vec![0];
        borders.extend(self.state.segments.iter().scan(0, |end, frames| {
            *end += frames;
            Some(*end)
        }));
        borders
    }

    /// The file of segment `number` of output `output`.
    pub(super) fn segment(&self, output: usize, number: usize) -> PathBuf {
        self.folder.join(format!("{output:02}-{number:05}.mp4"))
    }

    /// Number of the segment to write next.
    pub(super) fn next_segment(&self) -> usize {
        self.state.segments.len()
    }

    /// FFmpeg's list of an output's segments.
    pub(super) fn list(&self, output: usize) -> PathBuf {
        self.folder.join(format!("{output:02}.ffconcat"))
    }

    /// Records a finished segment; the files of every output must be complete.
    pub(super) fn add_segment(&mut self, frames: u64) -> Result<(), VideoError> {
        if frames == 0 {
            return Ok(());
        }
        self.state.segments.push(frames);
        self.keep_state()
    }

    /// The folder.
    #[cfg(test)]
    fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the folder.
    pub(super) fn remove(self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!("{} cannot be removed: {error}", self.folder.display());
        }
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &[u8]) -> Result<T, VideoError> {
    serde_json::from_slice(text)
        .map_err(|cause| VideoError::State { path: path.to_owned(), cause: cause.to_string() })
}

/// Identifies the current version of the file, and the settings.
fn key(source: &Path, settings: &str) -> String {
    let whole = fs::canonicalize(source).unwrap_or_else(|_| source.to_owned());
    let metadata = fs::metadata(source).ok();
    let size = metadata.as_ref().map_or(0, fs::Metadata::len);
    let modified = metadata.and_then(|metadata| metadata.modified().ok());
    let modified = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("{} {size} {} {settings}", whole.display(), modified.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_resumed_only_when_asked_and_only_with_the_same_settings() {
        let home = tempfile::tempdir().unwrap();
        let source = home.path().join("clip.mp4");
        fs::write(&source, "video").unwrap();
        let open = |settings: &str, resume| Unfinished::open(&source, home.path(), settings, resume);
        let mut first = open("70", false).unwrap();
        assert_eq!((first.frames(), first.borders()), (0, vec![0]));
        fs::create_dir(first.folder()).unwrap();
        first.add_segment(300).unwrap();
        first.add_segment(0).unwrap();
        first.add_segment(20).unwrap();
        assert!(matches!(open("70", false), Err(VideoError::Unfinished { .. })));
        let again = open("70", true).unwrap();
        assert_eq!((again.frames(), again.borders(), again.next_segment()), (320, vec![0, 300, 320], 2));
        assert_eq!(open("20", true).unwrap().frames(), 0, "other settings start from the beginning");
        fs::write(again.folder().join(STATE), "{").unwrap();
        assert!(matches!(open("70", true), Err(VideoError::State { .. })));
        again.remove();
        assert_eq!(open("70", true).unwrap().frames(), 0);
    }
}
