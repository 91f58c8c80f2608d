//! The worker that reads the tiles with other networks. Its mailbox holds one set, the newest, and it yields
//! to the threads that make the tiles.

use std::sync::Arc;
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::backend::Report;
use super::judges::Judges;
use super::reporter::{Reporter, guarded};
use crate::app::state::readings::Readings;
use crate::pipeline::TileSet;
use crate::text::message;
use agemirror_faces::mailbox::Mailbox;
use agemirror_faces::priority::lower_priority;

/// Pause between two sets; ages need not be read at the rate of the tiles.
const PAUSE: Duration = Duration::from_millis(300);
/// How often an idle thread checks for shutdown.
const POLL_TIMEOUT: Duration = Duration::from_secs(60);
/// Nice value of the thread.
const NICENESS: i32 = 10;

/// The worker that reads the tiles. Dropping this ends it after the current set.
pub(crate) struct TileReader {
    sets: Mailbox<Arc<TileSet>>,
    /// A pool of one thread: work that the networks share among the threads of their pool stays on it.
    _thread: ThreadPool,
}

impl TileReader {
    /// Starts the thread; it sends its readings to `reporter`.
    ///
    /// # Errors
    /// When the system cannot start another thread.
    pub(crate) fn start(reporter: Reporter) -> Result<Self, ThreadPoolBuildError> {
        let builder = ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "readings".to_owned());
        let thread = builder.start_handler(|_| lower_priority(NICENESS)).build()?;
        let sets = Mailbox::default();
        let received = sets.clone();
        thread.spawn(move || work(&received, &reporter));
        Ok(Self { sets, _thread: thread })
    }

    /// Queues `set`, replacing one that is still waiting.
    pub(crate) fn read(&self, set: Arc<TileSet>) {
        self.sets.put(set);
    }
}

impl Drop for TileReader {
    fn drop(&mut self) {
        self.sets.close();
    }
}

fn work(sets: &Mailbox<Arc<TileSet>>, reporter: &Reporter) {
    let mut judges = None;
    let mut previous: Option<(Arc<TileSet>, Readings)> = None;
    while !sets.is_closed() {
        let Some(set) = sets.wait(POLL_TIMEOUT) else { continue };
        let known = previous.as_ref().map(|(set, readings)| (&**set, readings));
        match guarded(|| read(&mut judges, &set, known)) {
            Some(Ok(readings)) => {
                reporter.report(Report::Readings(readings.clone()));
                previous = Some((set, readings));
            }
            Some(Err(error)) => {
                reporter.report(Report::NoReadings(message!("readings-failed", cause = error.to_string())));
            }
            None => {
                reporter.report(Report::NoReadings(message!("readings-panic")));
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// Reads `set`; the first call loads the networks.
fn read(
    judges: &mut Option<Judges>,
    set: &TileSet,
    previous: Option<(&TileSet, &Readings)>,
) -> candle_core::Result<Readings> {
    let judges = match judges {
        Some(judges) => judges,
        None => judges.insert(Judges::bundled()?),
    };
    judges.read(set, previous)
}
