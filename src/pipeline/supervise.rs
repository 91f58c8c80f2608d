//! The named threads: a panic in one is caught, shown, and its work is started again.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::shared::Shared;
use super::view::Fault;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// A thread that worked for so long is taken to be well again.
const WELL_AFTER: Duration = Duration::from_secs(10);

/// Runs `work` in a thread called `name` until the pipeline stops. `work` returns when it stops;
/// when it panics it is started again after a pause that doubles each time.
pub(super) fn spawn(shared: &Arc<Shared>, name: &'static str, work: impl Fn(&Shared) + Send + 'static) {
    let theirs = Arc::clone(shared);
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || supervise(&theirs, name, work));
    if let Err(error) = spawned {
        let message = format!("the system gave no thread ({error}); close other programs and start again");
        shared.raise(Fault { thread: name, message, restarts: 0 });
    }
}

fn supervise(shared: &Shared, name: &'static str, work: impl Fn(&Shared)) {
    let mut restarts = 0;
    let mut pause = FIRST_PAUSE;
    while !shared.stopped() {
        let began = Instant::now();
        let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(shared))) else { continue };
        restarts += 1;
        if began.elapsed() > WELL_AFTER {
            pause = FIRST_PAUSE;
        }
        let message = spoken(payload.as_ref());
        tracing::error!(thread = name, restarts, "{message}");
        shared.raise(Fault { thread: name, message, restarts });
        shared.pause(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What a panic said.
fn spoken(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it stopped without a word").to_owned()
}
