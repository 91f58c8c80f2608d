//! The thread that notices a silent stream and restarts it.

use std::sync::Arc;
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use super::interrupt::interrupt;
use super::reader::Shared;
use super::status::Status;

/// Time between two checks.
const TICK: Duration = Duration::from_millis(25);

/// If the watchdog's own sleep took this much longer, the computer was busy or suspended, and a silence
/// proves nothing.
const OVERSLEPT: Duration = Duration::from_millis(100);

/// A reader that does not return from the driver within this time after a stall is abandoned.
const RETURN_TIMEOUT: Duration = Duration::from_secs(2);

/// Maximum number of abandoned readers in the driver. Further ones would hang there as well.
const MAX_ABANDONED: usize = 3;

/// How long a stopped source keeps trying to close its device.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Starts the first reader and the watchdog. The returned handle wakes the watchdog.
///
/// # Errors
/// When no thread can be started.
pub(crate) fn start(shared: Arc<Shared>) -> std::io::Result<Thread> {
    let reader = shared.start_reader()?;
    let watchdog = Watchdog { shared, reader, abandoned: Vec::new() };
    let handle = thread::Builder::new().name("camera-watchdog".to_owned()).spawn(move || watchdog.run())?;
    Ok(handle.thread().clone())
}

struct Watchdog {
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
    /// Readers that have not returned from the driver.
    abandoned: Vec<JoinHandle<()>>,
}

impl Watchdog {
    fn run(mut self) {
        let mut last_check = Instant::now();
        while !self.shared.is_stopped() {
            thread::park_timeout(TICK);
            let now = Instant::now();
            let overslept = now.saturating_duration_since(last_check) > TICK + OVERSLEPT;
            last_check = now;
            if !overslept {
                self.check(now);
            }
        }
        self.release();
    }

    fn check(&mut self, now: Instant) {
        self.abandoned.retain(|reader| !reader.is_finished());
        self.shared.set_abandoned(self.abandoned.len());
        // Hold the lock while interrupting the reader, so that it cannot start to open the device meanwhile.
        let shared = Arc::clone(&self.shared);
        let mut status = shared.status();
        if status.time_left(now).is_some_and(|left| left.is_zero()) {
            status.fell_silent(now);
        }
        let is_stuck = status.silent_for(now).is_some_and(|silence| silence > RETURN_TIMEOUT);
        if self.reader.is_finished() || (is_stuck && self.abandoned.len() < MAX_ABANDONED) {
            self.replace_reader(&mut status);
        } else if status.silent_for(now).is_some() {
            interrupt(&self.reader);
        }
    }

    fn replace_reader(&mut self, status: &mut Status) {
        tracing::warn!("the camera's driver does not respond; reopening the device");
        self.shared.abandon_reader();
        match self.shared.start_reader() {
            Ok(reader) => {
                status.replaced();
                self.abandoned.push(std::mem::replace(&mut self.reader, reader));
            }
            Err(error) => tracing::warn!("cannot start a camera thread: {error}"),
        }
    }

    /// Gets the device closed, even a silent one, so that other programs can use it.
    fn release(&self) {
        let deadline = Instant::now() + CLOSE_TIMEOUT;
        self.reader.thread().unpark();
        while !self.reader.is_finished() && Instant::now() < deadline {
            thread::sleep(TICK);
            interrupt(&self.reader);
        }
    }
}
