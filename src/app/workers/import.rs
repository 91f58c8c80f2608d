//! The worker that imports weight files into the store, and the test that tells them from pictures.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::backend::Report;
use super::reporter::{Reporter, guarded, no_thread, spawn_guarded};
use crate::app::state::weights;
use crate::text::{Message, message};
use agemirror_checkpoint::{Checkpoint, ConvertError, Store, StoreError, System, recognise};
use agemirror_faces::aging::ModelId;
use agemirror_pictures::looks_like_picture;

/// Extensions of weight files. A file with another extension that is not a picture is opened to find out.
const EXTENSIONS: [&str; 9] = ["pt", "pth", "ckpt", "safetensors", "index", "meta", "dat", "tar", "pkl"];

/// Whether the file or folder at `path` holds weights rather than pictures, as far as a quick look can tell.
/// A file whose reader panics counts as a picture, which is then reported as unreadable.
pub(crate) fn is_weight_file(path: &Path) -> bool {
    if path.is_dir() {
        return path.join("checkpoint").is_file();
    }
    if looks_like_picture(path) {
        return false;
    }
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    EXTENSIONS.contains(&extension.as_str())
        || extension.starts_with("data-")
        || guarded(|| Checkpoint::open(path).is_ok()).unwrap_or(false)
}

/// Imports weight files, one import at a time. Clones share the import in progress.
#[derive(Clone)]
pub(crate) struct Importer {
    reporter: Reporter,
    /// The number of the current import. An import with another number is cancelled.
    current: Arc<AtomicU64>,
}

/// The number of an import, by which it learns that it was cancelled.
struct Ticket {
    number: u64,
    current: Arc<AtomicU64>,
}

impl Ticket {
    fn is_cancelled(&self) -> bool {
        self.current.load(Ordering::Relaxed) != self.number
    }
}

impl Importer {
    /// An idle importer that reports to `reporter`.
    pub(crate) fn new(reporter: Reporter) -> Self {
        Self { reporter, current: Arc::default() }
    }

    /// Imports the weights among `paths` on its own thread. An earlier import is cancelled.
    pub(crate) fn start(&self, paths: Vec<PathBuf>) {
        let ticket = self.next_ticket();
        let reporter = self.reporter.clone();
        reporter.report(Report::ImportStarted);
        let work = move || {
            let result = guarded(|| import(&paths, &ticket, &reporter));
            // Whatever the result, the state of the weights may have changed.
            reporter.report(Report::Weights(weights::check()));
            Some(result.unwrap_or_else(|| failed(message!("weights-panic"))))
        };
        let on_panic = failed(message!("import-panic"));
        if let Err(error) = spawn_guarded("weights", &self.reporter, on_panic, work) {
            self.reporter.report(failed(no_thread(&error)));
        }
    }

    fn next_ticket(&self) -> Ticket {
        let number = self.current.fetch_add(1, Ordering::Relaxed) + 1;
        Ticket { number, current: Arc::clone(&self.current) }
    }

    /// Cancels the import in progress.
    pub(crate) fn cancel(&self) {
        self.current.fetch_add(1, Ordering::Relaxed);
    }
}

fn failed(reason: Message) -> Report {
    Report::WeightsImported { models: Vec::new(), problems: vec![reason], cancelled: false }
}

fn import(paths: &[PathBuf], ticket: &Ticket, reporter: &Reporter) -> Report {
    let (mut models, mut problems) = (Vec::new(), Vec::new());
    for path in complete_files(paths, &mut problems) {
        if ticket.is_cancelled() {
            break;
        }
        match import_file(&path, ticket, reporter) {
            Ok(model) => models.push(model),
            Err(ImportError::Cancelled) => break,
            Err(ImportError::Refused(reason)) => problems.push(reason),
        }
    }
    Report::WeightsImported { models, problems, cancelled: ticket.is_cancelled() }
}

/// Why a file was not imported.
enum ImportError {
    Cancelled,
    Refused(Message),
}

/// Imports one file and returns the name of its model.
fn import_file(path: &Path, ticket: &Ticket, reporter: &Reporter) -> Result<&'static str, ImportError> {
    let refused = |error: &dyn std::fmt::Display| ImportError::Refused(error.to_string().into());
    let name = agemirror_pictures::short_name(path);
    let report = |fraction: f32| reporter.report(Report::ImportProgress { name: name.clone(), fraction });
    report(0.0);
    let checkpoint = Checkpoint::open(path).map_err(|error| refused(&error))?;
    let Some(recognition) = recognise(&checkpoint) else { return Err(ImportError::Refused(unknown(path))) };
    // The store refuses mirror's own weights and says why.
    let Some(model) = ModelId::from_system(recognition.system).map(ModelId::name) else {
        return Err(ImportError::Refused(no_model(path, recognition.system)));
    };
    drop(checkpoint);
    let store = Store::for_user().map_err(|error| refused(&error))?;
    let mut reported = 0.0;
    let imported = store.install_cancellable(path, None, &mut |fraction| {
        if ticket.is_cancelled() {
            return ControlFlow::Break(());
        }
        // A bar of a hundred steps is smooth enough.
        if fraction - reported >= 0.01 {
            reported = fraction;
            report(fraction);
        }
        ControlFlow::Continue(())
    });
    match imported {
        Ok(_) => Ok(model),
        Err(StoreError::Convert(ConvertError::Cancelled)) => Err(ImportError::Cancelled),
        Err(error) => Err(refused(&error)),
    }
}

fn unknown(path: &Path) -> Message {
    let systems = "AgeTransGAN, CAAE, IPCGAN, Face_Aging_cGAN, PAGAN";
    message!("weights-unknown", file = path.display(), systems = systems)
}

fn no_model(path: &Path, system: System) -> Message {
    message!("weights-no-model", file = path.display(), system = system.to_string())
}

/// The files to import: a TensorFlow set is represented by its index alone. Incomplete sets become problems.
fn complete_files(paths: &[PathBuf], problems: &mut Vec<Message>) -> BTreeSet<PathBuf> {
    let mut complete = BTreeSet::new();
    for path in paths {
        match complete_file(path) {
            Ok(path) => complete.extend([path]),
            Err(problem) => problems.push(problem),
        }
    }
    // A folder includes the files in it.
    let folders: Vec<PathBuf> = complete.iter().filter(|path| path.is_dir()).cloned().collect();
    complete.retain(|path| path.parent().is_none_or(|folder| !folders.iter().any(|other| other == folder)));
    complete
}

fn complete_file(path: &Path) -> Result<PathBuf, Message> {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let stem = match (name.strip_suffix(".meta"), name.rsplit_once(".data-")) {
        (Some(stem), _) | (None, Some((stem, _))) => stem,
        (None, None) => return Ok(path.to_owned()),
    };
    let index = path.with_file_name(format!("{stem}.index"));
    if fs::exists(&index).unwrap_or(false) {
        return Ok(index);
    }
    Err(match name.ends_with(".meta") {
        true => message!("weights-graph-only", file = path.display(), stem = stem),
        false => message!("weights-half", file = path.display(), stem = stem),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::workers::reporter::reporter;

    #[test]
    fn weights_are_told_from_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        assert!(is_weight_file(&file("model.PTH", b"")));
        assert!(is_weight_file(&file("model.ckpt.data-00000-of-00001", b"")));
        assert!(!is_weight_file(&file("face.jpg", b"")));
        assert!(!is_weight_file(&file("readme", b"some words")));
        let header = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
        let safetensors = [&(header.len() as u64).to_le_bytes()[..], header, &[0; 4]].concat();
        assert!(is_weight_file(&file("no extension", &safetensors)), "by its content");
        assert!(!is_weight_file(folder.path()));
        file("checkpoint", b"");
        assert!(is_weight_file(folder.path()));
    }

    #[test]
    fn a_tensorflow_set_is_imported_by_its_index_and_an_incomplete_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.index", "a.data-00000-of-00001", "a.meta", "b.data-00000-of-00001", "c.meta"] {
            fs::write(at(name), b"").unwrap();
        }
        let mut problems = Vec::new();
        let all = ["a.meta", "a.data-00000-of-00001", "a.index", "b.data-00000-of-00001", "c.meta", "d.pth"];
        let complete = complete_files(&all.map(at), &mut problems);
        assert_eq!(complete.into_iter().collect::<Vec<_>>(), [at("a.index"), at("d.pth")]);
        assert_eq!(problems.len(), 2);
        assert!(
            problems[0].to_string().contains("half of a checkpoint")
                && problems[0].to_string().contains("b.index"),
            "{problems:?}"
        );
        assert!(problems[1].to_string().contains("without its weights"), "{problems:?}");
    }

    #[test]
    fn a_file_without_weights_is_refused_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.pt");
        fs::write(&path, b"<!DOCTYPE html><html>").unwrap();
        let (reporter, reports) = reporter(Arc::new(|| ()));
        let ticket = Importer::new(reporter.clone()).next_ticket();
        let Report::WeightsImported { models, problems, cancelled } = import(&[path], &ticket, &reporter)
        else {
            panic!("no answer")
        };
        assert!(models.is_empty() && !cancelled);
        assert!(
            problems[0].to_string().contains("page.pt") && problems[0].to_string().contains("web page"),
            "{problems:?}"
        );
        assert!(reports.try_iter().any(|report| matches!(report, Report::ImportProgress { .. })));
    }

    #[test]
    fn a_new_import_cancels_the_one_before() {
        let (reporter, _reports) = reporter(Arc::new(|| ()));
        let importer = Importer::new(reporter.clone());
        let first = importer.next_ticket();
        assert!(!first.is_cancelled());
        let second = importer.clone().next_ticket();
        assert!(first.is_cancelled() && !second.is_cancelled());
        importer.cancel();
        assert!(matches!(import(&[], &second, &reporter), Report::WeightsImported { cancelled: true, .. }));
    }
}
