//! How worker threads report to the window, and the one guarded way to start them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::backend::Report;
use crate::text::{Message, message};

/// Called by a worker to make the window repaint.
pub(crate) type Wake = Arc<dyn Fn() + Send + Sync>;

/// Sends reports to the window and wakes it.
#[derive(Clone)]
pub(crate) struct Reporter {
    reports: Sender<Report>,
    wake: Wake,
}

impl Reporter {
    /// Sends a report. Reports that arrive after the window closed are dropped.
    pub(crate) fn report(&self, report: Report) {
        if self.reports.send(report).is_ok() {
            (self.wake)();
        }
    }
}

/// A reporter for workers, and the receiver for the window.
pub(crate) fn reporter(wake: Wake) -> (Reporter, Receiver<Report>) {
    let (sender, receiver) = unbounded();
    (Reporter { reports: sender, wake }, receiver)
}

/// Runs `work` and returns its value, or `None` if it panics.
///
/// After a panic, state that `work` has borrowed may be half changed; the caller must discard it.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Starts a worker thread and sends the report that `work` returns, or `on_panic` if `work` panics.
///
/// # Errors
/// When the system cannot start another thread.
pub(crate) fn spawn_guarded(
    name: &str,
    reporter: &Reporter,
    on_panic: Report,
    work: impl FnOnce() -> Option<Report> + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    let reporter = reporter.clone();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        let report = guarded(work).unwrap_or(Some(on_panic));
        report.into_iter().for_each(|report| reporter.report(report));
    })
}

/// Runs one task on its own thread. A panic or a missing thread is reported as a failure.
pub(crate) fn spawn_task(
    name: &str,
    reporter: &Reporter,
    work: impl FnOnce() -> Option<Report> + Send + 'static,
) {
    let on_panic = Report::Failed(message!("task-panic", name = name));
    if let Err(error) = spawn_guarded(name, reporter, on_panic, work) {
        reporter.report(Report::Failed(no_thread(&error)));
    }
}

/// The message for a thread that could not be started.
pub(crate) fn no_thread(error: &dyn std::fmt::Display) -> Message {
    message!("no-thread", cause = error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_panic_is_reported_and_a_result_too() {
        let (reporter, reports) = reporter(Arc::new(|| ()));
        spawn_task("panicking", &reporter, || panic!("on purpose"));
        let wait = || reports.recv_timeout(Duration::from_secs(60));
        assert!(matches!(wait(), Ok(Report::Failed(text)) if text.to_string().contains("panicking")));
        spawn_task("working", &reporter, || Some(Report::Failed("done".into())));
        assert!(matches!(wait(), Ok(Report::Failed(text)) if text == "done".into()));
    }
}
