//! The way back from the worker threads to the window, and the small threads that come and go.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::backend::Report;

/// Called by a worker when there is something for the window to look at.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Takes reports to the window and wakes it.
#[derive(Clone)]
pub struct Reporter {
    reports: Sender<Report>,
    wake: Wake,
}

impl Reporter {
    /// Hands a report to the window; one that is too late for it is dropped.
    pub fn report(&self, report: Report) {
        if self.reports.send(report).is_ok() {
            (self.wake)();
        }
    }
}

/// A way for workers to report, and its end at the window.
pub fn reporter(wake: Wake) -> (Reporter, Receiver<Report>) {
    let (sender, receiver) = unbounded();
    (Reporter { reports: sender, wake }, receiver)
}

/// Runs `work` on a thread of its own, which ends with it.
pub fn spawn(name: &str, reporter: &Reporter, work: impl FnOnce() -> Option<Report> + Send + 'static) {
    let answer = reporter.clone();
    let run = move || {
        if let Some(report) = work() {
            answer.report(report);
        }
    };
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(run) {
        reporter.report(Report::Failed(no_thread(&error)));
    }
}

/// What is said when the system gives no thread.
pub fn no_thread(error: &dyn std::fmt::Display) -> String {
    format!("The system gives no more threads ({error}); close other programs.")
}
