//! What the program puts behind the window: the pipeline and the worker threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use super::backend::{Backend, Report, Request};
use super::dialogs;
use super::import::Installer;
use super::pictures::PictureReader;
use super::readings::TileReader;
use super::reporter::{Reporter, Wake, no_thread, reporter, spawn};
use super::save::{SaveJob, save};
use super::save_sweep::{SweepJob, save_sweep};
use super::training::RunWatcher;
use crate::app::state::settings::Settings;
use crate::app::state::weights;
use crate::camera;
use crate::pipeline::{Command, LiveView, Notify, Pipeline, PipelineSettings, TileSet};

/// The list of cameras is looked at so often.
const CAMERA_LIST_PERIOD: Duration = Duration::from_secs(2);
/// A closed window waits so long for tiles that are being written.
const LAST_SAVE: Duration = Duration::from_secs(10);

/// The pipeline and the worker threads.
pub struct LiveBackend {
    pipeline: Pipeline,
    pictures: PictureReader,
    look_for_cameras: Sender<()>,
    store: Sender<(Box<Settings>, PathBuf)>,
    installer: Installer,
    /// Started when tiles are first to be read.
    readings: Option<TileReader>,
    training: RunWatcher,
    saving: Option<JoinHandle<()>>,
    reporter: Reporter,
    reports: Receiver<Report>,
}

impl LiveBackend {
    /// Starts everything. `wake` is called from other threads whenever there is something new to draw.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(settings: PipelineSettings, wake: &Wake) -> std::io::Result<Self> {
        let (reporter, reports) = reporter(wake.clone());
        let notify: Notify = wake.clone();
        Ok(Self {
            pipeline: Pipeline::start(settings, notify),
            pictures: PictureReader::start(reporter.clone())?,
            look_for_cameras: watch_cameras(reporter.clone())?,
            store: store_settings(reporter.clone())?,
            installer: Installer::new(reporter.clone()),
            readings: None,
            training: RunWatcher::start(reporter.clone())?,
            saving: None,
            reporter,
            reports,
        })
    }

    fn read_tiles(&mut self, set: Arc<TileSet>) {
        if self.readings.is_none() {
            match TileReader::start(self.reporter.clone()) {
                Ok(reader) => self.readings = Some(reader),
                Err(error) => self.reporter.report(Report::NoReadings(no_thread(&error))),
            }
        }
        if let Some(reader) = &self.readings {
            reader.read(set);
        }
    }

    /// Writes on a thread of its own, for which a closed window waits a little.
    fn save(&mut self, write: impl FnOnce() -> Report + Send + 'static) {
        let reporter = self.reporter.clone();
        let run = move || {
            let saved = catch_unwind(AssertUnwindSafe(write));
            reporter.report(saved.unwrap_or_else(|_| {
                Report::NotSaved("Saving has failed inside the program; save again.".to_owned())
            }));
        };
        match std::thread::Builder::new().name("save".to_owned()).spawn(run) {
            Ok(thread) => self.saving = Some(thread),
            Err(error) => self.reporter.report(Report::NotSaved(no_thread(&error))),
        }
    }
}

impl Backend for LiveBackend {
    fn view(&self) -> LiveView {
        self.pipeline.view()
    }

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn send(&mut self, command: Command) {
        self.pipeline.send(command);
    }

    fn request(&mut self, request: Request) {
        match request {
            Request::ChooseFiles => {
                spawn("dialog", &self.reporter, || dialogs::choose_files().map(Report::Chosen))
            }
            Request::ChooseFolder => {
                spawn("dialog", &self.reporter, || dialogs::choose_folders().map(Report::Chosen));
            }
            Request::ChooseSaveFolder(present) => {
                spawn("dialog", &self.reporter, move || dialogs::choose_save_folder(&present));
            }
            Request::ShowFolder(folder) => {
                spawn("file manager", &self.reporter, move || dialogs::show_folder(&folder));
            }
            Request::ChooseWeights => {
                spawn("dialog", &self.reporter, || dialogs::choose_weights().map(Report::Chosen));
            }
            Request::OpenAddress(address) => {
                spawn("web browser", &self.reporter, move || dialogs::open_address(&address));
            }
            Request::LookAtWeights => {
                spawn("weights", &self.reporter, || Some(Report::Weights(weights::look())));
            }
            Request::ReadTiles(set) => self.read_tiles(set),
            Request::ChooseRun(present) => {
                spawn("dialog", &self.reporter, move || dialogs::choose_run(present.as_deref()));
            }
            Request::WatchRun(folder) => self.training.watch(folder),
            Request::Install(paths) => self.installer.begin(paths),
            Request::StopInstalling => self.installer.stop(),
            Request::Paste => self.pictures.paste(),
            Request::Sample => self.pictures.sample(),
            Request::Collect(paths) => self.pictures.collect(paths),
            Request::Read { id, path } => self.pictures.read(id, path),
            Request::Thumbnail { id, path } => self.pictures.thumbnail(id, path),
            Request::Save { folder, tiles, labels, source } => {
                self.save(move || save(&SaveJob { folder, tiles, labels, source }));
            }
            Request::SaveSweep { folder, pictures, input, edge, model, source } => {
                self.save(move || save_sweep(&SweepJob { folder, pictures, input, edge, model, source }));
            }
            Request::ListCameras => {
                // A full slot means that the thread is about to look anyway.
                let _ = self.look_for_cameras.try_send(());
            }
            Request::Store { settings, path } => {
                if self.store.send((settings, path)).is_err() {
                    tracing::error!("the thread that stores the settings has ended");
                }
            }
        }
    }

    fn reports(&mut self) -> Vec<Report> {
        self.reports.try_iter().collect()
    }
}

impl Drop for LiveBackend {
    /// Tiles that are being written are still written; nothing else is waited for.
    fn drop(&mut self) {
        let Some(thread) = self.saving.take() else { return };
        let deadline = Instant::now() + LAST_SAVE;
        while !thread.is_finished() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Looks for cameras on a thread of its own, now and then and when asked, and reports every change.
fn watch_cameras(reporter: Reporter) -> std::io::Result<Sender<()>> {
    let (ask, asked) = bounded(1);
    let watch = move || {
        let mut known = None;
        loop {
            let cameras = camera::list_cameras();
            if known.as_ref() != Some(&cameras) {
                reporter.report(Report::Cameras(cameras.clone()));
                known = Some(cameras);
            }
            if asked.recv_timeout(CAMERA_LIST_PERIOD) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("camera list".to_owned()).spawn(watch)?;
    Ok(ask)
}

/// Stores settings on a thread of its own, in the order in which they come.
fn store_settings(reporter: Reporter) -> std::io::Result<Sender<(Box<Settings>, PathBuf)>> {
    let (sender, receiver) = unbounded::<(Box<Settings>, PathBuf)>();
    let store = move || {
        for (settings, path) in receiver {
            if let Err(error) = settings.store(&path) {
                reporter.report(Report::Failed(error.to_string()));
            }
        }
    };
    std::thread::Builder::new().name("settings".to_owned()).spawn(store)?;
    Ok(sender)
}
