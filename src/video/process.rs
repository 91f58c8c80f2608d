//! A child process that is killed with its owner, and its error messages.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Maximum length of one line of a child's messages, in bytes.
const MAX_LINE_BYTES: u64 = 1 << 16;
/// Maximum size of the messages that are kept, in bytes.
const MAX_MESSAGE_BYTES: usize = 2000;
/// Interval between checks whether a child has exited.
const POLL: Duration = Duration::from_millis(10);

/// Puts the child into a process group of its own, so that Ctrl-C in the terminal does not reach it: the program
/// stops it itself.
pub(super) fn detach(command: &mut Command) {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
    }
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        // CREATE_NEW_PROCESS_GROUP and CREATE_NO_WINDOW.
        command.creation_flags(0x0000_0200 | 0x0800_0000);
    }
    #[cfg(not(any(unix, windows)))]
    let _ = command;
}

/// A child process, shared between the threads that use it.
#[derive(Clone)]
pub(super) struct Process(Arc<Mutex<Child>>);

impl Process {
    pub(super) fn new(child: Child) -> Self {
        Self(Arc::new(Mutex::new(child)))
    }

    fn lock(&self) -> MutexGuard<'_, Child> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills the child.
    pub(super) fn kill(&self) {
        let mut child = self.lock();
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Waits until the child has exited; `None` if it has not within `timeout`.
    pub(super) fn wait(&self, timeout: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + timeout;
        loop {
            match self.lock().try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => {}
                _ => return None,
            }
            std::thread::sleep(POLL);
        }
    }
}

/// Kills the child when it is dropped.
pub(super) struct KillOnDrop(pub(super) Process);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}

/// Calls `take` with every line of `messages`. A line that is too long is split.
pub(super) fn each_line(messages: impl Read, mut take: impl FnMut(&str)) {
    let mut reader = BufReader::new(messages);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => take(String::from_utf8_lossy(&line).trim_end()),
        }
    }
}

/// The errors among FFmpeg's messages, in order, without their prefixes.
#[derive(Clone, Default)]
pub(super) struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    /// Keeps `line` if it is an error.
    pub(super) fn note(&self, line: &str) {
        let is_error = ["[error]", "[fatal]", "[panic]"].iter().any(|level| line.contains(level));
        let text = line.rsplit_once("] ").map_or(line, |(_, text)| text).trim();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size: usize = kept.iter().map(String::len).sum();
        if is_error && !text.is_empty() && size < MAX_MESSAGE_BYTES && !kept.iter().any(|known| known == text)
        {
            kept.push(text.to_owned());
        }
    }

    /// The first `most` errors, as one text without a full stop.
    pub(super) fn first(&self, most: usize) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first: Vec<_> = kept.iter().take(most).map(|text| text.trim_end_matches('.')).collect();
        first.join("; ")
    }
}
