//! The trait of frame sources, and their state.

use std::time::Duration;

use agemirror_pictures::Frame;

/// The state of a source; [`SourceState::sentence`] describes it to the user.
#[derive(Clone, Debug, PartialEq)]
pub enum SourceState {
    /// The device is being opened.
    Opening,
    /// Frames are arriving.
    Streaming {
        /// Picture width in pixels.
        width: u32,
        /// Picture height in pixels.
        height: u32,
        /// Name of the pixel format on the wire, such as `MJPEG`.
        format: String,
        /// Measured frames per second; 0 until frames have arrived for half a second.
        measured_rate: f32,
    },
    /// A still picture is shown.
    Still,
    /// No frame has arrived for five frame periods; the stream is being reset.
    Stalled,
    /// The device has vanished; the source waits for it.
    Unplugged,
    /// Another program uses the device.
    Busy,
    /// The system denies access to the device.
    Denied,
    /// There is no camera at all.
    NoCamera,
    /// The device offers only pixel formats that cannot be decoded; their names.
    UnknownFormat(String),
    /// Anything else: the driver's message.
    Failed(String),
}

/// Counters of a source since its creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounters {
    /// Decoded frames.
    pub frames: u64,
    /// Skipped frames: cut short, of the wrong size, or undecodable.
    pub damaged: u64,
    /// How often the stream fell silent and was reset.
    pub stalls: u64,
    /// How often the device vanished.
    pub losses: u64,
    /// How often the device was reopened after a loss or a stall.
    pub reopened: u64,
}

/// Yields frames: a camera, a picture, a scripted source in a test.
///
/// A source recovers by itself: it never returns an error, but reports it in [`FrameSource::state`] and
/// keeps trying.
pub trait FrameSource: Send {
    /// The name shown to the user; empty until it is known.
    fn name(&self) -> String;

    /// Waits at most `timeout` for the next frame. `None` if none arrived in that time;
    /// [`FrameSource::state`] then says why.
    fn next_frame(&mut self, timeout: Duration) -> Option<Frame>;

    /// The current state.
    fn state(&self) -> SourceState;

    /// The counters so far.
    fn counters(&self) -> SourceCounters;
}
