//! The thread that sees that a stream has fallen silent, and gets it going again.

use std::sync::Arc;
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use super::reader::Shared;
use super::status::Status;
use crate::camera::device::interrupt::interrupt;

/// How often it looks.
const TICK: Duration = Duration::from_millis(25);

/// When its own sleep took this much longer, the computer was busy or asleep, and a silence proves
/// nothing.
const OVERSLEPT: Duration = Duration::from_millis(100);

/// A reader that does not come back from the driver within this time is given up.
const COME_BACK: Duration = Duration::from_secs(2);

/// Given-up readers that may hang in the driver at one time. Further ones would hang there as well.
const MOST_GIVEN_UP: usize = 3;

/// How long a stopped source tries to have its device closed.
const LAST_CALL: Duration = Duration::from_secs(5);

/// Starts the watchdog and, through it, the first reader. The handle wakes it.
///
/// # Errors
/// When the system grants no thread.
pub(crate) fn start(shared: Arc<Shared>) -> std::io::Result<Thread> {
    let reader = shared.start_reader()?;
    let watchdog = Watchdog { shared, reader, given_up: Vec::new() };
    let handle = thread::Builder::new().name("camera-watchdog".to_owned()).spawn(move || watchdog.run())?;
    Ok(handle.thread().clone())
}

struct Watchdog {
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
    /// Readers that have not come back from the driver.
    given_up: Vec<JoinHandle<()>>,
}

impl Watchdog {
    fn run(mut self) {
        let mut looked = Instant::now();
        while !self.shared.is_stopped() {
            thread::park_timeout(TICK);
            let now = Instant::now();
            let overslept = now.saturating_duration_since(looked) > TICK + OVERSLEPT;
            looked = now;
            if !overslept {
                self.look(now);
            }
        }
        self.release();
    }

    fn look(&mut self, now: Instant) {
        self.given_up.retain(|reader| !reader.is_finished());
        self.shared.set_given_up(self.given_up.len());
        // The lock is held while the reader is interrupted, so that it cannot begin to open the device
        // just then.
        let shared = Arc::clone(&self.shared);
        let mut status = shared.status();
        if status.patience_left(now).is_some_and(|left| left.is_zero()) {
            status.fell_silent(now);
        }
        let lost = status.silent_for(now).is_some_and(|silence| silence > COME_BACK);
        if self.reader.is_finished() || (lost && self.given_up.len() < MOST_GIVEN_UP) {
            self.replace_reader(&mut status);
        } else if status.silent_for(now).is_some() {
            interrupt(&self.reader);
        }
    }

    fn replace_reader(&mut self, status: &mut Status) {
        tracing::warn!("the camera's driver does not answer; opening the device anew");
        self.shared.give_up_reader();
        match self.shared.start_reader() {
            Ok(reader) => {
                status.replaced();
                self.given_up.push(std::mem::replace(&mut self.reader, reader));
            }
            Err(error) => tracing::warn!("cannot start a camera thread: {error}"),
        }
    }

    /// Has the device closed, so that others can use it, also when it is silent.
    fn release(&self) {
        let end = Instant::now() + LAST_CALL;
        self.reader.thread().unpark();
        while !self.reader.is_finished() && Instant::now() < end {
            thread::sleep(TICK);
            interrupt(&self.reader);
        }
    }
}
