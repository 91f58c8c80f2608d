//! The thread that reads the tiles. It has a mailbox with one slot, takes what is newest, and gives way to
//! the threads that make the tiles.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::backend::Report;
use super::reporter::Reporter;
use crate::app::state::readings::{Judges, Readings};
use crate::pipeline::TileSet;
use agemirror_faces::mailbox::Mailbox;

/// So long the thread rests after each set; ages need not be read at the rate of the tiles.
const REST: Duration = Duration::from_millis(300);
/// So long it waits for a set before it looks whether it is still wanted.
const PATIENCE: Duration = Duration::from_secs(60);
/// How far it stands back behind threads of the usual priority, as `nice` counts.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// The thread that reads the tiles. Dropping this ends it once it has read what it is reading.
pub struct TileReader {
    sets: Mailbox<Arc<TileSet>>,
    /// A pool of one: what the networks share out among the threads of a pool stays on this thread.
    _thread: ThreadPool,
}

impl TileReader {
    /// Starts the thread; what it has read goes to `reporter`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(reporter: Reporter) -> Result<Self, ThreadPoolBuildError> {
        let builder = ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "readings".to_owned());
        let thread = builder.start_handler(|_| stand_back()).build()?;
        let sets = Mailbox::default();
        let theirs = sets.clone();
        thread.spawn(move || work(&theirs, &reporter));
        Ok(Self { sets, _thread: thread })
    }

    /// Has `set` read, in place of one that was not begun yet.
    pub fn read(&self, set: Arc<TileSet>) {
        self.sets.put(set);
    }
}

impl Drop for TileReader {
    fn drop(&mut self) {
        self.sets.close();
    }
}

/// Lets other threads go first, where the system knows of priorities of threads.
fn stand_back() {
    #[cfg(target_os = "linux")]
    // SAFETY: setpriority takes numbers alone; 0 stands for the calling thread. Where it fails, nothing changes.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS);
    }
}

fn work(sets: &Mailbox<Arc<TileSet>>, reporter: &Reporter) {
    let mut judges = None;
    let mut before: Option<(Arc<TileSet>, Readings)> = None;
    while !sets.is_closed() {
        let Some(set) = sets.wait(PATIENCE) else { continue };
        let last = before.as_ref().map(|(set, readings)| (&**set, readings));
        match catch_unwind(AssertUnwindSafe(|| read(&mut judges, &set, last))) {
            Ok(Ok(readings)) => {
                reporter.report(Report::Readings(readings.clone()));
                before = Some((set, readings));
            }
            Ok(Err(error)) => {
                reporter.report(Report::NoReadings(format!("The tiles cannot be read: {error}")))
            }
            Err(_) => {
                let text = "Reading the tiles has failed inside the program; it is switched off.";
                reporter.report(Report::NoReadings(text.to_owned()));
            }
        }
        std::thread::sleep(REST);
    }
}

/// Reads `set`, with networks that are opened when they are first wanted.
fn read(
    judges: &mut Option<Judges>,
    set: &TileSet,
    before: Option<(&TileSet, &Readings)>,
) -> candle_core::Result<Readings> {
    let judges = match judges {
        Some(judges) => judges,
        None => judges.insert(Judges::bundled()?),
    };
    judges.read(set, before)
}
