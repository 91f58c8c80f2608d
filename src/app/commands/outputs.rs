//! Commands about videos that play, recordings and the virtual camera.

use std::path::PathBuf;
use std::time::SystemTime;

use super::{CommandHandler, UiCommand};
use crate::app::state::notifications::Severity;
use crate::app::state::{Layout, Source};
use crate::app::workers::backend::Request;
use crate::text::{Message, message};
use crate::video::{LiveLayout, MIN_FREE_BYTES, Playback, RecorderSettings, VideoCodec};
use agemirror_storage::file_stamp;

impl CommandHandler<'_> {
    /// Does what the user wants of a video, a recording or the virtual camera.
    pub(super) fn output(&mut self, command: UiCommand) {
        match (command, &self.state.source) {
            (UiCommand::VideoSeek(seconds), Source::Video(playback)) => playback.seek(seconds),
            (UiCommand::VideoLoop(looping), Source::Video(playback)) => playback.repeat(looping),
            (UiCommand::RotateVideo, Source::Video(playback)) => playback.rotate(playback.rotation().next()),
            (UiCommand::Record(true), _) => self.record(),
            (UiCommand::Record(false), _) => self.backend.request(Request::StopRecording),
            (UiCommand::VirtualCamera(device), _) => {
                self.state.virtual_camera = device;
                self.backend.request(Request::VirtualCamera(self.state.virtual_camera_settings()));
            }
            _ => {}
        }
    }

    /// Freezes or continues the input; a video is paused.
    pub(super) fn freeze(&mut self, frozen: bool) {
        match &self.state.source {
            Source::Video(playback) => playback.pause(frozen),
            _ => self.state.frozen = frozen,
        }
    }

    /// Plays a video that was opened.
    pub(super) fn play_video(&mut self, playback: Playback) {
        self.state.gallery.current = None;
        self.show_source(Source::Video(playback));
    }

    /// Notifies the user that the video was rotated, if it still plays.
    pub(super) fn video_rotated(&mut self, rotated: &Playback) {
        if matches!(&self.state.source, Source::Video(playback) if playback.is(rotated)) {
            self.notify(Severity::Success, message!("video-rotated", name = rotated.name()), None);
        }
    }

    fn record(&mut self) {
        if matches!(self.state.layout, Layout::Sweep | Layout::Training) {
            return self.notify(Severity::Error, message!("cannot-record-this"), None);
        }
        let large = self.state.layout == Layout::Large;
        let name = format!("agemirror_{}.mp4", file_stamp(SystemTime::now()));
        self.backend.request(Request::Record(Box::new(RecorderSettings {
            path: self.state.settings.save_folder().join(name),
            layout: if large { LiveLayout::Large } else { LiveLayout::Tiles },
            labels: self.state.labels(),
            codec: VideoCodec::H264,
            quality: None,
            min_free_bytes: MIN_FREE_BYTES,
        })));
    }

    /// Notifies the user how a recording ended.
    pub(super) fn recorded(&mut self, file: Option<PathBuf>, problem: Option<Message>) {
        if let Some(file) = file {
            let text = message!("recorded", file = file.display());
            self.notify(Severity::Success, text, file.parent().map(PathBuf::from));
        }
        if let Some(problem) = problem {
            self.notify(Severity::Error, problem, None);
        }
    }
}
