//! The worker that watches a training run, so that a slow disk never blocks the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::backend::Report;
use super::reporter::{Reporter, guarded, spawn_guarded};
use super::run_poller::RunPoller;
use crate::text::message;
use agemirror_faces::mailbox::Mailbox;

/// Interval between polls of the run.
const PERIOD: Duration = Duration::from_secs(1);
/// How often an idle thread checks for shutdown.
const POLL_TIMEOUT: Duration = Duration::from_secs(60);

/// The worker that watches a training run. Dropping this ends it.
pub(crate) struct RunWatcher(Mailbox<Option<PathBuf>>);

impl RunWatcher {
    /// Starts the thread; it sends every change of the run to `reporter`.
    ///
    /// # Errors
    /// When the system cannot start another thread.
    pub(crate) fn start(reporter: Reporter) -> std::io::Result<Self> {
        let folders = Mailbox::default();
        let received = folders.clone();
        let on_panic = Report::Failed(message!("training-panic"));
        let changes = reporter.clone();
        spawn_guarded("training run", &reporter, on_panic, move || {
            work(&received, &changes);
            None
        })?;
        Ok(Self(folders))
    }

    /// Watches the run in `folder` from now on; `None` watches nothing.
    pub(crate) fn watch(&self, folder: Option<PathBuf>) {
        self.0.put(folder);
    }
}

impl Drop for RunWatcher {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn work(folders: &Mailbox<Option<PathBuf>>, reporter: &Reporter) {
    let mut poller: Option<RunPoller> = None;
    while !folders.is_closed() {
        if let Some(folder) = folders.wait(if poller.is_some() { PERIOD } else { POLL_TIMEOUT }) {
            poller = folder.map(RunPoller::new);
        }
        let Some(run) = &mut poller else { continue };
        match guarded(|| run.poll()) {
            Some(change) => {
                change.into_iter().for_each(|run| reporter.report(Report::Training(Arc::new(run))))
            }
            None => {
                poller = None;
                reporter.report(Report::Failed(message!("run-panic")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::workers::reporter::reporter;

    #[test]
    fn a_run_is_watched_until_another_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let watcher = RunWatcher::start(reporter).unwrap();
        let wait = || match reports.recv_timeout(Duration::from_secs(60)).unwrap() {
            Report::Training(run) => run,
            _ => panic!("something else was reported"),
        };
        let log = folder.path().join("log.csv");
        std::fs::write(&log, "step,loss\n50,1\n").unwrap();
        watcher.watch(Some(folder.path().to_owned()));
        assert_eq!(wait().log.as_ref().unwrap().step, 50);
        std::fs::write(&log, "step,loss\n50,1\n100,2\n").unwrap();
        assert_eq!(wait().log.as_ref().unwrap().step, 100);
        let other = folder.path().join("other");
        watcher.watch(Some(other.clone()));
        assert_eq!(wait().folder, other);
    }
}
