//! The thread that watches a training run, so that a slow disk never holds up the window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::backend::Report;
use super::reporter::Reporter;
use crate::app::state::training_run::Watched;
use agemirror_faces::mailbox::Mailbox;

/// The run is looked at so often.
const PERIOD: Duration = Duration::from_secs(1);
/// So long the thread sleeps where there is nothing to watch.
const PATIENCE: Duration = Duration::from_secs(60);

/// The thread that watches a training run. Dropping this ends it.
pub struct RunWatcher(Mailbox<Option<PathBuf>>);

impl RunWatcher {
    /// Starts the thread; what it sees goes to `reporter`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(reporter: Reporter) -> std::io::Result<Self> {
        let folders = Mailbox::default();
        let theirs = folders.clone();
        std::thread::Builder::new()
            .name("training run".to_owned())
            .spawn(move || work(&theirs, &reporter))?;
        Ok(Self(folders))
    }

    /// Watches the run in `folder` from now on, or none.
    pub fn watch(&self, folder: Option<PathBuf>) {
        self.0.put(folder);
    }
}

impl Drop for RunWatcher {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn work(folders: &Mailbox<Option<PathBuf>>, reporter: &Reporter) {
    let mut watched: Option<Watched> = None;
    while !folders.is_closed() {
        if let Some(folder) = folders.wait(if watched.is_some() { PERIOD } else { PATIENCE }) {
            watched = folder.map(Watched::new);
        }
        let Some(run) = &mut watched else { continue };
        match catch_unwind(AssertUnwindSafe(|| run.look())) {
            Ok(news) => news.into_iter().for_each(|run| reporter.report(Report::Training(Arc::new(run)))),
            Err(_) => {
                watched = None;
                let text = "A file of the training run brought its reader down; choose the run again.";
                reporter.report(Report::Failed(text.to_owned()));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
