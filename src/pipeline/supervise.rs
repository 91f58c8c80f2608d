//! Starts the pipeline's threads, catches their panics and restarts them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::shared::Shared;
use super::view::Fault;

/// Pause before the first restart; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause before a restart.
const MAX_PAUSE: Duration = Duration::from_secs(2);
/// After this time without a panic, the pause starts at [`FIRST_PAUSE`] again.
const RECOVERED_AFTER: Duration = Duration::from_secs(10);

/// Runs `work` in a thread called `name` until the pipeline stops. `work` must return when it does; if it
/// panics, it is started again after a pause.
pub(super) fn spawn(shared: &Arc<Shared>, name: &'static str, work: impl Fn(&Shared) + Send + 'static) {
    let in_thread = Arc::clone(shared);
    let spawned =
        thread::Builder::new().name(name.to_owned()).spawn(move || supervise(&in_thread, name, work));
    if let Err(error) = spawned {
        let message = format!("cannot start a thread ({error}); close other programs and start again");
        shared.raise(Fault { thread: name, message, restarts: 0 });
    }
}

fn supervise(shared: &Shared, name: &'static str, work: impl Fn(&Shared)) {
    let mut restarts = 0;
    let mut pause = FIRST_PAUSE;
    while !shared.stopped() {
        let started = Instant::now();
        let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(shared))) else { continue };
        restarts += 1;
        if started.elapsed() > RECOVERED_AFTER {
            pause = FIRST_PAUSE;
        }
        let message = panic_message(payload.as_ref());
        tracing::error!(thread = name, restarts, "{message}");
        shared.raise(Fault { thread: name, message, restarts });
        shared.pause(pause);
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it panicked without a message").to_owned()
}
