//! The thread that takes weight files into the store, and what tells them from pictures.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::backend::Report;
use super::reporter::{Reporter, spawn};
use crate::app::state::weights;
use agemirror_checkpoint::{Checkpoint, ConvertError, Store, StoreError, System, recognise};
use agemirror_pictures::looks_like_picture;

/// Endings of weight files; what has none of them and is no picture is looked into.
const ENDINGS: [&str; 9] = ["pt", "pth", "ckpt", "safetensors", "index", "meta", "dat", "tar", "pkl"];

/// Whether the file or folder at `path` holds weights and no pictures, as far as can be told quickly.
pub fn is_weight_file(path: &Path) -> bool {
    if path.is_dir() {
        return path.join("checkpoint").is_file();
    }
    if looks_like_picture(path) {
        return false;
    }
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    ENDINGS.contains(&ending.as_str()) || ending.starts_with("data-") || Checkpoint::open(path).is_ok()
}

/// Takes weight files in, one installation at a time.
pub struct Installer {
    reporter: Reporter,
    stop: Arc<AtomicBool>,
}

impl Installer {
    /// Nothing is begun yet; what comes of it goes to `reporter`.
    pub fn new(reporter: Reporter) -> Self {
        Self { reporter, stop: Arc::default() }
    }

    /// Takes in the weights among `paths` on a thread of its own.
    pub fn begin(&mut self, paths: Vec<PathBuf>) {
        self.stop();
        self.stop = Arc::default();
        let (stop, reporter) = (Arc::clone(&self.stop), self.reporter.clone());
        spawn("weights", &self.reporter, move || {
            let installed = catch_unwind(AssertUnwindSafe(|| install(&paths, &stop, &reporter)));
            // What was looked at before may have changed, whatever came of it.
            reporter.report(Report::Weights(weights::look()));
            Some(installed.unwrap_or_else(|_| {
                let text = "A weight file could not be read: it brought its reader down.".to_owned();
                Report::Installed { models: Vec::new(), problems: vec![text], stopped: false }
            }))
        });
    }

    /// Gives up what is under way.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Drop for Installer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn install(paths: &[PathBuf], stop: &AtomicBool, reporter: &Reporter) -> Report {
    let (mut models, mut problems) = (Vec::new(), Vec::new());
    let stopped = || stop.load(Ordering::Relaxed);
    for path in whole_files(paths, &mut problems) {
        if stopped() {
            break;
        }
        match install_one(&path, stop, reporter) {
            Ok(model) => models.push(model),
            Err(Refusal::Stopped) => break,
            Err(Refusal::Because(reason)) => problems.push(reason),
        }
    }
    Report::Installed { models, problems, stopped: stopped() }
}

/// Why a file was not taken in.
enum Refusal {
    Stopped,
    Because(String),
}

/// Takes one file in and says which model it is for.
fn install_one(path: &Path, stop: &AtomicBool, reporter: &Reporter) -> Result<&'static str, Refusal> {
    let because = |error: &dyn std::fmt::Display| Refusal::Because(error.to_string());
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let tell = |share: f32| reporter.report(Report::Installing { name: name.clone(), share });
    tell(0.0);
    let checkpoint = Checkpoint::open(path).map_err(|error| because(&error))?;
    let Some(recognition) = recognise(&checkpoint) else { return Err(Refusal::Because(unknown(path))) };
    let Some(model) = model_of(recognition.system) else {
        return Err(Refusal::Because(no_model(path, recognition.system)));
    };
    drop(checkpoint);
    let store = Store::of_user().map_err(|error| because(&error))?;
    let mut told = 0.0;
    let installed = store.install_while(path, None, &mut |share| {
        if stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        // A bar of a hundred steps is smooth enough.
        if share - told >= 0.01 {
            told = share;
            tell(share);
        }
        ControlFlow::Continue(())
    });
    match installed {
        Ok(_) => Ok(model),
        Err(StoreError::Convert(ConvertError::Stopped)) => Err(Refusal::Stopped),
        Err(error) => Err(because(&error)),
    }
}

/// The model that a system's weights are for; none where they only serve training and measuring.
fn model_of(system: System) -> Option<&'static str> {
    match system {
        System::Agetransgan { .. } => Some("agetransgan"),
        System::Caae { .. } | System::CaaeTorchEncoder { .. } | System::CaaeTorchGenerator { .. } => {
            Some("caae")
        }
        System::Ipcgan { .. } => Some("ipcgan"),
        System::Pagan { .. } => Some("pagan"),
        // The store refuses these and says why.
        System::Mirror => Some("mirror"),
        _ => None,
    }
}

fn unknown(path: &Path) -> String {
    format!(
        "{} holds weights of another system; those of AgeTransGAN, CAAE, IPCGAN, Face_Aging_cGAN and PAGAN can \
         be used here.",
        path.display()
    )
}

fn no_model(path: &Path, system: System) -> String {
    format!("{} is {system}. It serves training or measuring and ages no face.", path.display())
}

/// The files to take in: of a set of TensorFlow's its index alone. What is half of a set is named.
fn whole_files(paths: &[PathBuf], problems: &mut Vec<String>) -> BTreeSet<PathBuf> {
    let mut whole = BTreeSet::new();
    for path in paths {
        match whole_file(path) {
            Ok(path) => whole.extend([path]),
            Err(problem) => problems.push(problem),
        }
    }
    // A folder stands for what lies in it.
    let folders: Vec<PathBuf> = whole.iter().filter(|path| path.is_dir()).cloned().collect();
    whole.retain(|path| path.parent().is_none_or(|folder| !folders.iter().any(|other| other == folder)));
    whole
}

fn whole_file(path: &Path) -> Result<PathBuf, String> {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let stem = match (name.strip_suffix(".meta"), name.rsplit_once(".data-")) {
        (Some(stem), _) | (None, Some((stem, _))) => stem,
        (None, None) => return Ok(path.to_owned()),
    };
    let index = path.with_file_name(format!("{stem}.index"));
    if fs::exists(&index).unwrap_or(false) {
        return Ok(index);
    }
    let what =
        if name.ends_with(".meta") { "the plan of a network without its weights" } else { "half of a set" };
    Err(format!(
        "{} is {what}. Put {stem}.index and {stem}.data-00000-of-00001 into its folder and add them again.",
        path.display()
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

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
        let safe = [&(header.len() as u64).to_le_bytes()[..], header, &[0; 4]].concat();
        assert!(is_weight_file(&file("no ending", &safe)), "told by its content");
        assert!(!is_weight_file(folder.path()));
        file("checkpoint", b"");
        assert!(is_weight_file(folder.path()));
    }

    #[test]
    fn a_set_is_taken_by_its_index_and_half_of_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.index", "a.data-00000-of-00001", "a.meta", "b.data-00000-of-00001", "c.meta"] {
            fs::write(at(name), b"").unwrap();
        }
        let mut problems = Vec::new();
        let all = ["a.meta", "a.data-00000-of-00001", "a.index", "b.data-00000-of-00001", "c.meta", "d.pth"];
        let whole = whole_files(&all.map(at), &mut problems);
        assert_eq!(whole.into_iter().collect::<Vec<_>>(), [at("a.index"), at("d.pth")]);
        assert_eq!(problems.len(), 2);
        assert!(problems[0].contains("half of a set") && problems[0].contains("b.index"), "{problems:?}");
        assert!(problems[1].contains("without its weights"), "{problems:?}");
    }

    #[test]
    fn what_is_no_weight_file_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.pt");
        fs::write(&path, b"<!DOCTYPE html><html>").unwrap();
        let (reporter, reports) = crate::app::workers::reporter::reporter(Arc::new(|| ()));
        let Report::Installed { models, problems, stopped } =
            install(&[path], &AtomicBool::new(false), &reporter)
        else {
            panic!("no answer")
        };
        assert!(models.is_empty() && !stopped);
        assert!(problems[0].contains("page.pt") && problems[0].contains("web page"), "{problems:?}");
        assert!(reports.try_iter().any(|report| matches!(report, Report::Installing { .. })));
    }
}
