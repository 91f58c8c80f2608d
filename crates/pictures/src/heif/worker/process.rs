//! Starts a worker and supervises it.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::super::Pixels;
use super::answer::{self, MAX_ANSWER_BYTES};
use crate::decoded::DecodeError;

/// Maximum length of a logged error message of a worker, in bytes.
const MAX_LOG_BYTES: u64 = 2000;

/// A program that reads an AVIF from its standard input and writes an answer to its standard output.
pub(super) struct Worker {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub max_duration: Duration,
}

impl Worker {
    /// Decodes `file` in a new process, which has ended when this returns.
    pub(super) fn decode(&self, file: &[u8]) -> Result<Pixels, DecodeError> {
        let not_started = |error: io::Error| DecodeError::NotStarted(error.to_string());
        let mut child = self.command().spawn().map_err(not_started)?;
        let (input, output, log) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (answer, late) = thread::scope(|scope| {
            let (finished, watched) = mpsc::channel::<Infallible>();
            let exchange = move || {
                let _finished = finished;
                send(file, input);
                let answer = read_limited(output, MAX_ANSWER_BYTES);
                log_message(log);
                answer
            };
            let thread = thread::Builder::new().name("AVIF".to_owned()).spawn_scoped(scope, exchange);
            let late = supervise(child, &watched, self.max_duration);
            Ok((thread?.join().unwrap_or_default(), late))
        })
        .map_err(not_started)?;
        answer::read(answer).unwrap_or_else(|| {
            Err(DecodeError::Damaged(if late {
                format!("decoding it takes more than {} seconds", self.max_duration.as_secs())
            } else {
                "its decoder crashed".to_owned()
            }))
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C in the terminal must not reach the worker: the program ends after the current picture.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        #[cfg(windows)]
        {
            const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
            const CREATE_NO_WINDOW: u32 = 0x0800_0000;
            std::os::windows::process::CommandExt::creation_flags(
                &mut command,
                CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW,
            );
        }
        command
    }
}

/// Sends the file, and closes the pipe. A worker that does not read everything answers with an error.
fn send(file: &[u8], input: Option<ChildStdin>) {
    let sent = input.map(|mut input| input.write_all(file));
    if let Some(Err(error)) = sent {
        tracing::debug!("the AVIF decoder did not read its file: {error}");
    }
}

fn log_message(log: Option<impl Read>) {
    let message = read_limited(log, MAX_LOG_BYTES);
    if !message.is_empty() {
        tracing::warn!("the AVIF decoder: {}", String::from_utf8_lossy(&message));
    }
}

fn read_limited(from: Option<impl Read>, max_bytes: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(from) = from
        && let Err(error) = from.take(max_bytes).read_to_end(&mut bytes)
    {
        tracing::debug!("the AVIF decoder: {error}");
    }
    bytes
}

/// Waits until the other end of `watched` is closed, at most for `max_duration`, and ends the worker. Returns
/// whether time ran out.
fn supervise(mut child: Child, watched: &Receiver<Infallible>, max_duration: Duration) -> bool {
    let late = matches!(watched.recv_timeout(max_duration), Err(RecvTimeoutError::Timeout));
    // Fails if it has ended by itself.
    let _ = child.kill();
    if let Err(error) = child.wait() {
        tracing::warn!("the AVIF decoder: {error}");
    }
    late
}
