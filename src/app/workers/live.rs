//! The backend of the program: the pipeline and the workers.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use super::backend::{Backend, Report, Request};
use super::copy::Clipboard;
use super::dialogs;
use super::import::Importer;
use super::outputs::Outputs;
use super::pictures::PictureReader;
use super::readings::TileReader;
use super::reporter::{Reporter, Wake, no_thread, reporter, spawn_guarded, spawn_task};
use super::save::{SaveJob, save};
use super::save_sweep::{SweepJob, save_sweep};
use super::training::RunWatcher;
use crate::app::state::settings::Settings;
use crate::app::state::weights;
use crate::camera;
use crate::pipeline::{Command, LiveView, Notify, Pipeline, PipelineSettings, TileSet};
use crate::text::{current_language, message, set_language, system_fonts};
use crate::video::{RecordingStatus, VirtualCameraStatus};

/// Interval between updates of the list of cameras.
const CAMERA_LIST_PERIOD: Duration = Duration::from_secs(2);
/// Longest time that a closed window waits for files that are being written.
const SAVE_TIMEOUT: Duration = Duration::from_secs(10);

/// The pipeline and the workers.
pub(crate) struct LiveBackend {
    pipeline: Pipeline,
    pictures: PictureReader,
    list_cameras: Sender<()>,
    store: Sender<(Box<Settings>, PathBuf)>,
    importer: Importer,
    /// Started by the first request to read tiles.
    readings: Option<TileReader>,
    training: RunWatcher,
    saving: Option<JoinHandle<()>>,
    clipboard: Clipboard,
    outputs: Outputs,
    reporter: Reporter,
    reports: Receiver<Report>,
}

impl LiveBackend {
    /// Starts the pipeline and the workers. Other threads call `wake` whenever the window must repaint.
    ///
    /// # Errors
    /// When the system cannot start another thread.
    pub(crate) fn start(settings: PipelineSettings, wake: &Wake) -> std::io::Result<Self> {
        let (reporter, reports) = reporter(wake.clone());
        let notify: Notify = wake.clone();
        let importer = Importer::new(reporter.clone());
        let pipeline = Pipeline::start(settings, notify);
        let outputs = Outputs::new(pipeline.viewer(), reporter.clone());
        Ok(Self {
            pipeline,
            outputs,
            pictures: PictureReader::start(reporter.clone(), importer.clone())?,
            list_cameras: watch_cameras(&reporter)?,
            store: store_settings(&reporter)?,
            importer,
            readings: None,
            training: RunWatcher::start(reporter.clone())?,
            saving: None,
            clipboard: Clipboard::default(),
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

    /// Writes files, or copies a picture, on its own thread. A closed window waits for it, up to [`SAVE_TIMEOUT`].
    fn save(&mut self, write: impl FnOnce() -> Report + Send + 'static) {
        let on_panic = Report::NotSaved(message!("save-panic"));
        match spawn_guarded("save", &self.reporter, on_panic, || Some(write())) {
            Ok(thread) => self.saving = Some(thread),
            Err(error) => self.reporter.report(Report::NotSaved(no_thread(&error))),
        }
    }

    /// Runs a dialog or another program on its own thread.
    fn spawn(&self, name: &str, work: impl FnOnce() -> Option<Report> + Send + 'static) {
        spawn_task(name, &self.reporter, work);
    }

    /// Opens a dialog, in the language of the window, whose thread calls this.
    fn open_dialog(&self, dialog: impl FnOnce() -> Option<Report> + Send + 'static) {
        let language = current_language();
        self.spawn("dialog", move || {
            set_language(language);
            dialog()
        });
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
            Request::FindFonts => self.spawn("fonts", || Some(Report::Fonts(system_fonts()))),
            Request::ChooseFiles => self.open_dialog(dialogs::choose_files),
            Request::ChooseFolder => self.open_dialog(dialogs::choose_folders),
            Request::ChooseWeights => self.open_dialog(dialogs::choose_weights),
            Request::ChooseSaveFolder(current) => {
                self.open_dialog(move || dialogs::choose_save_folder(&current));
            }
            Request::ChooseRun(current) => {
                self.open_dialog(move || dialogs::choose_run(current.as_deref()));
            }
            Request::ShowFolder(folder) => {
                self.spawn("file manager", move || dialogs::show_folder(&folder));
            }
            Request::OpenAddress(address) => {
                self.spawn("web browser", move || dialogs::open_address(&address));
            }
            Request::RefreshWeights => self.spawn("weights", || Some(Report::Weights(weights::check()))),
            Request::CancelImport => self.importer.cancel(),
            Request::ReadTiles(set) => self.read_tiles(set),
            Request::WatchRun(folder) => self.training.watch(folder),
            Request::Paste => self.pictures.paste(),
            Request::Sample => self.pictures.sample(),
            Request::Open(paths) => self.pictures.open(paths),
            Request::LoadPicture { id, path } => self.pictures.load(id, path),
            Request::LoadThumbnail { id, path } => self.pictures.load_thumbnail(id, path),
            Request::Save { folder, tiles, labels, source } => {
                self.save(move || save(&SaveJob { folder, tiles, labels, source }));
            }
            Request::SaveSweep { folder, pictures, input, edge, model, source } => {
                self.save(move || save_sweep(&SweepJob { folder, pictures, input, edge, model, source }));
            }
            Request::Copy(view) => {
                let clipboard = self.clipboard.clone();
                self.save(move || clipboard.copy(&view));
            }
            Request::Record(settings) => self.outputs.record(*settings),
            Request::StopRecording => self.outputs.stop_recording(),
            Request::VirtualCamera(settings) => self.outputs.serve_camera(settings),
            Request::VirtualCameraAge(age) => self.outputs.show_on_camera(age),
            Request::ListCameras => {
                // A full channel means that the thread is about to look anyway.
                let _ = self.list_cameras.try_send(());
            }
            Request::StoreSettings { settings, path } => {
                if self.store.send((settings, path)).is_err() {
                    tracing::error!("the thread that stores the settings has ended");
                }
            }
        }
    }

    fn reports(&mut self) -> Vec<Report> {
        self.reports.try_iter().collect()
    }

    fn recording(&mut self) -> Option<RecordingStatus> {
        self.outputs.recording()
    }

    fn virtual_camera(&self) -> Option<VirtualCameraStatus> {
        self.outputs.camera()
    }
}

impl Drop for LiveBackend {
    /// Cancels an import and waits for files that are being written; does not wait for anything else.
    fn drop(&mut self) {
        self.importer.cancel();
        let Some(thread) = self.saving.take() else { return };
        let deadline = Instant::now() + SAVE_TIMEOUT;
        while !thread.is_finished() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Starts the thread that lists the cameras, periodically and on request, and reports every change.
fn watch_cameras(reporter: &Reporter) -> std::io::Result<Sender<()>> {
    let (requests, requested) = bounded(1);
    let changes = reporter.clone();
    let watch = move || {
        let mut known = None;
        loop {
            let cameras = camera::list_cameras();
            if known.as_ref() != Some(&cameras) {
                changes.report(Report::Cameras(cameras.clone()));
                known = Some(cameras);
            }
            if requested.recv_timeout(CAMERA_LIST_PERIOD) == Err(RecvTimeoutError::Disconnected) {
                return None;
            }
        }
    };
    let on_panic = Report::Failed(message!("camera-list-panic"));
    spawn_guarded("camera list", reporter, on_panic, watch)?;
    Ok(requests)
}

/// Starts the thread that stores settings, in the order in which they are sent.
fn store_settings(reporter: &Reporter) -> std::io::Result<Sender<(Box<Settings>, PathBuf)>> {
    let (sender, receiver) = unbounded::<(Box<Settings>, PathBuf)>();
    let failures = reporter.clone();
    let store = move || {
        for (settings, path) in receiver {
            if let Err(error) = settings.store(&path) {
                failures.report(Report::Failed(error.to_string().into()));
            }
        }
        None
    };
    let on_panic = Report::Failed(message!("settings-panic"));
    spawn_guarded("settings", reporter, on_panic, store)?;
    Ok(sender)
}
