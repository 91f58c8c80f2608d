//! The trait of everything that yields frames, and what a source says of itself.

use std::time::Duration;

use agemirror_pictures::Frame;

/// What a source is doing, for the user to read.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceState {
    /// The device is being opened.
    Opening,
    /// Frames flow.
    Streaming {
        /// Picture width in pixels.
        width: u32,
        /// Picture height in pixels.
        height: u32,
        /// Name of the pixel format on the wire, such as `MJPEG`.
        format: String,
        /// The measured rate in frames a second; 0 until frames have come for half a second.
        measured_rate: f32,
    },
    /// A still picture is shown.
    Still,
    /// The device has sent nothing for five frame periods; the stream is being reset.
    Stalled,
    /// The device has vanished; it is waited for.
    Unplugged,
    /// Another program holds the device.
    Busy,
    /// The system refuses access to the device.
    Denied,
    /// There is no camera at all.
    NoCamera,
    /// The device sends only pixel formats that are not decoded; their names.
    UnknownFormat(String),
    /// Anything else, in the words of the driver.
    Failed(String),
}

/// What a source has counted since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounters {
    /// Frames that arrived and decoded.
    pub frames: u64,
    /// Frames that did not decode, were cut short, or claimed another size, and were skipped.
    pub damaged: u64,
    /// Times the stream fell silent and was reset.
    pub stalls: u64,
    /// Times the device vanished.
    pub losses: u64,
    /// Times the device was opened again after a loss or a stall.
    pub reopened: u64,
}

/// Anything that yields frames: a camera, a picture, a scripted source in a test.
///
/// A source mends itself: it never returns an error, it says in [`FrameSource::state`] what is wrong
/// and goes on trying.
pub trait FrameSource: Send {
    /// The name shown to the user.
    fn name(&self) -> String;

    /// Waits at most `patience` for the next frame. `None` means that none came in that time;
    /// [`FrameSource::state`] then says why.
    fn next_frame(&mut self, patience: Duration) -> Option<Frame>;

    /// What the source is doing now.
    fn state(&self) -> SourceState;

    /// What it has counted so far.
    fn counters(&self) -> SourceCounters;
}
