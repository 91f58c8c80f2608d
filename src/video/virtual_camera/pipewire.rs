//! A camera of PipeWire. GStreamer's `gst-launch-1.0`, in a process of its own, offers the pictures to other programs.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::daemon::Daemon;
use super::problem::DeviceProblem;
use crate::video::process::{Complaints, KillOnDrop, Process, detach, each_line};
use crate::video::tools::program;

/// The program that offers the camera.
const PROGRAM: &str = "gst-launch-1.0";
/// Frames per second that the camera states.
const RATE: u32 = 30;
/// Maximum time until PipeWire has accepted the camera.
const START_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum time for the process to exit after its last message.
const EXIT_TIMEOUT: Duration = Duration::from_secs(1);
/// Interval between checks whether PipeWire has accepted the camera.
const POLL: Duration = Duration::from_millis(10);

/// A camera that PipeWire offers until it is dropped.
pub(super) struct PipeWire {
    daemon: Daemon,
    frames: Sender<Vec<u8>>,
    complaints: Complaints,
    messages: Option<JoinHandle<()>>,
    process: Process,
    _end: KillOnDrop,
}

impl PipeWire {
    /// Offers a camera with YUYV pictures of `size` (width, height) that shows `first`, to the PipeWire that listens on
    /// `socket`. Finds the program in the folders of `path`, a list like the variable `PATH`.
    pub(super) fn open(
        path: &OsStr,
        socket: &Path,
        size: [u32; 2],
        first: &[u8],
    ) -> Result<Self, DeviceProblem> {
        let program =
            program(path, PROGRAM).ok_or_else(|| DeviceProblem::PipeWireNeeds(PROGRAM.to_owned()))?;
        let daemon = Daemon::connect(socket).ok_or(DeviceProblem::NoPipeWire)?;
        let mut command = Command::new(program);
        command.args(arguments(size)).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        detach(&mut command);
        let mut child = command.spawn().map_err(ended)?;
        let (input, errors) = (child.stdin.take(), child.stderr.take());
        let process = Process::new(child);
        let end = KillOnDrop(process.clone());
        let complaints = Complaints::default();
        let theirs = complaints.clone();
        let messages = spawn("pipewire-messages", move || {
            if let Some(errors) = errors {
                each_line(errors, |line| theirs.note(&format!("[error] {line}")));
            }
        })?;
        // The channel holds one picture while the one before it is written.
        let (frames, pictures) = bounded(1);
        let is_accepted = Arc::<AtomicBool>::default();
        let accepted = Arc::clone(&is_accepted);
        spawn("pipewire-writer", move || {
            let _ = input.map(|input| write_all(input, &pictures, &accepted));
        })?;
        let mut camera = Self { daemon, frames, complaints, messages: Some(messages), process, _end: end };
        camera.write(first)?;
        camera.wait_until(&is_accepted)?;
        Ok(camera)
    }

    /// Waits until the first picture is read, which GStreamer does only after PipeWire has accepted the camera.
    fn wait_until(&mut self, is_accepted: &AtomicBool) -> Result<(), DeviceProblem> {
        let deadline = Instant::now() + START_TIMEOUT;
        while !is_accepted.load(Ordering::Acquire) {
            if self.process.wait(Duration::ZERO).is_some() || Instant::now() > deadline {
                return Err(self.problem());
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Sends one picture without waiting; returns `false` if the previous one is still being read.
    pub(super) fn write(&mut self, picture: &[u8]) -> Result<bool, DeviceProblem> {
        if !self.daemon.is_running() {
            return Err(DeviceProblem::NoPipeWire);
        }
        match self.frames.try_send(picture.to_vec()) {
            Ok(()) => Ok(true),
            Err(TrySendError::Full(_)) => Ok(false),
            Err(TrySendError::Disconnected(_)) => Err(self.problem()),
        }
    }

    /// Why the process has ended, from its messages.
    fn problem(&mut self) -> DeviceProblem {
        if self.process.wait(EXIT_TIMEOUT).is_none() {
            return DeviceProblem::PipeWireEnded(format!("{PROGRAM} does not answer"));
        }
        let _ = self.messages.take().map(JoinHandle::join);
        problem(&self.complaints.first(1))
    }
}

/// The pipeline that reads pictures of `size` from its input and offers them as a camera.
fn arguments([width, height]: [u32; 2]) -> Vec<String> {
    let properties =
        "media.class=Video/Source,media.role=Camera,node.name=agemirror,node.description=agemirror";
    let frame_bytes = 2 * width * height;
    [
        "--quiet",
        // Otherwise a crash leaves a process that waits for a debugger.
        "--no-fault",
        "fdsrc",
        &format!("blocksize={frame_bytes}"),
        "!",
        "rawvideoparse",
        "format=yuy2",
        &format!("width={width}"),
        &format!("height={height}"),
        &format!("framerate={RATE}/1"),
        "!",
        // Without this, PipeWire's buffers are used before a program that reads has made them, and GStreamer crashes.
        "identity",
        "drop-allocation=true",
        "!",
        "pipewiresink",
        "mode=provide",
        "sync=false",
        &format!("stream-properties=properties,{properties}"),
    ]
    .map(str::to_owned)
    .into()
}

fn write_all(mut input: ChildStdin, pictures: &Receiver<Vec<u8>>, accepted: &AtomicBool) -> io::Result<()> {
    for picture in pictures {
        input.write_all(&picture)?;
        accepted.store(true, Ordering::Release);
    }
    Ok(())
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, DeviceProblem> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map_err(ended)
}

fn ended(cause: io::Error) -> DeviceProblem {
    DeviceProblem::PipeWireEnded(cause.to_string())
}

/// The problem that a message of GStreamer describes.
fn problem(message: &str) -> DeviceProblem {
    let missing = message.split_once("no element \"").and_then(|(_, rest)| rest.split('"').next());
    if let Some(element) = missing {
        return DeviceProblem::PipeWireNeeds(element.to_owned());
    }
    let cause = message.rsplit(": ").next().unwrap_or_default();
    if cause.to_lowercase().contains("connect") {
        return DeviceProblem::NoPipeWire;
    }
    DeviceProblem::PipeWireEnded(if cause.is_empty() { "no reason given" } else { cause }.to_owned())
}

#[cfg(all(test, unix))]
#[path = "pipewire_tests.rs"]
mod tests;
