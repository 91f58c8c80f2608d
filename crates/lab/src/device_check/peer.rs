//! Another program that times the same networks, such as PyTorch through `tests/reference/speed.py`.
//!
//! It reads a line of JSON for each turn and answers with a line. Its first line gives its name and variants.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

/// What is timed, in the words of a request to another program.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Workload {
    /// `mirror`, `agetransgan`, or `step` and the name of a trainer.
    pub name: String,
    /// Ages of a network, or faces of a step.
    pub count: usize,
    /// Side of the pictures in pixels.
    pub side: usize,
    /// Type of the values.
    pub precision: &'static str,
}

impl Workload {
    pub(super) fn title(&self) -> String {
        let Self { name, count, side, .. } = self;
        match name.strip_prefix("step ") {
            Some(trainer) => format!("a step of {trainer}, {count} faces"),
            None if *count == 1 => format!("{name} {side}px, one age"),
            None => format!("{name} {side}px, {count} ages"),
        }
    }
}

/// Longest time that the program may take to start.
const START: Duration = Duration::from_secs(120);
/// Longest time of a turn, in which a network may be compiled.
const TURN_LIMIT: Duration = Duration::from_secs(150);

/// The program's first line.
#[derive(Deserialize)]
struct Hello {
    name: String,
    variants: Vec<String>,
}

#[derive(Serialize)]
struct Request<'a> {
    #[serde(flatten)]
    workload: &'a Workload,
    variant: &'a str,
    seconds: f32,
}

#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    milliseconds: Vec<f32>,
    error: Option<String>,
}

/// The running program.
pub(super) struct Peer {
    child: Child,
    requests: ChildStdin,
    replies: Receiver<String>,
    hello: Hello,
}

impl Peer {
    /// Starts the shell command `command`.
    ///
    /// # Errors
    /// When it cannot be started or does not introduce itself.
    pub(super) fn start(command: &str) -> anyhow::Result<Self> {
        let mut child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{command} cannot be started"))?;
        let (requests, output) = (child.stdin.take(), child.stdout.take());
        let (Some(requests), Some(output)) = (requests, output) else { bail!("{command} has no pipes") };
        let (send, replies) = channel();
        std::thread::Builder::new().name("peer".to_owned()).spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        })?;
        let mut peer =
            Self { child, requests, replies, hello: Hello { name: String::new(), variants: Vec::new() } };
        peer.hello = serde_json::from_str(&peer.line(START)?)
            .with_context(|| format!("{command} does not introduce itself"))?;
        Ok(peer)
    }

    /// Name and version.
    pub(super) fn name(&self) -> &str {
        &self.hello.name
    }

    /// The ways in which it runs a network.
    pub(super) fn variants(&self) -> &[String] {
        &self.hello.variants
    }

    /// Times of its runs in milliseconds, during `turn` or for one run.
    ///
    /// # Errors
    /// When it cannot run the network, or not by `deadline`.
    pub(super) fn time(
        &mut self,
        workload: &Workload,
        variant: &str,
        turn: Duration,
        deadline: Instant,
    ) -> anyhow::Result<Vec<f32>> {
        let request = Request { workload, variant, seconds: turn.as_secs_f32() };
        writeln!(self.requests, "{}", serde_json::to_string(&request)?).context("it has ended")?;
        self.requests.flush()?;
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(1));
        let reply: Reply = serde_json::from_str(&self.line(left.min(TURN_LIMIT))?)?;
        match reply.error {
            Some(error) => bail!("{error}"),
            None => Ok(reply.milliseconds),
        }
    }

    fn line(&mut self, limit: Duration) -> anyhow::Result<String> {
        match self.replies.recv_timeout(limit) {
            Ok(line) => Ok(line),
            Err(_) => {
                // A late answer must not be taken for that of the next request.
                let _ = self.child.kill();
                bail!("it did not answer within {:.0} s, and was ended", limit.as_secs_f32())
            }
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn workload(name: &str) -> Workload {
        Workload { name: name.to_owned(), count: 1, side: 8, precision: "f32" }
    }

    #[test]
    fn a_program_is_asked_and_its_errors_are_kept() {
        let script = r#"sh -c 'echo "{\"name\": \"echo\", \"variants\": [\"plain\"]}"; while read -r line; do
            case $line in *broken*) echo "{\"error\": \"no such network\"}" ;;
            *\"variant\":\"plain\"*) echo "{\"milliseconds\": [1.5, 2]}" ;; esac; done'"#;
        let mut peer = Peer::start(script).unwrap();
        assert_eq!((peer.name(), peer.variants()), ("echo", &["plain".to_owned()][..]));
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut ask = |name| peer.time(&workload(name), "plain", TURN_LIMIT, deadline);
        assert_eq!(ask("mirror").unwrap(), [1.5, 2.0]);
        assert!(ask("broken").unwrap_err().to_string().contains("no such network"));
        assert_eq!(ask("mirror").unwrap(), [1.5, 2.0]);
    }

    #[test]
    fn a_program_that_ends_or_is_silent_is_an_error() {
        assert!(Peer::start("true").is_err());
        let script = r#"sh -c 'echo "{\"name\": \"silent\", \"variants\": []}"; exec sleep 60'"#;
        let mut peer = Peer::start(script).unwrap();
        let error = peer.time(&workload("mirror"), "plain", TURN_LIMIT, Instant::now()).unwrap_err();
        assert!(error.to_string().contains("did not answer"), "{error}");
        assert!(peer.child.wait().is_ok());
    }
}
