//! Selects the faces of a run and measures them on all cores.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use image::RgbImage;

use super::error::EvaluationError;
use super::face::{Measured, Subject};
use super::pairs::{PairTable, PairedInput};
use super::record::{FaceRecord, Label};
use super::store::Store;
use super::traits::InputTraits;
use super::worker::Worker;
use crate::dataset::{Face, Split, read_labels};
use agemirror_faces::compose::{Captioned, strip};
use agemirror_faces::face::{Similarity, align};
use agemirror_pictures::load_picture;
use agemirror_storage::write_atomically;

/// The slider is measured on every n-th input.
const SLIDER_SHARE: usize = 5;
/// Side of a tile in the report's strips, in pixels.
const TILE: u32 = 96;

/// Which faces become inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    /// Inclusive age range of the labels, in years.
    pub ages: (f32, f32),
    /// Maximum number of inputs, evenly spread.
    pub limit: Option<usize>,
}

/// What to measure.
enum Task {
    /// A labelled face; whether the model ages it, and whether its slider is measured.
    Face { face: Face, input: bool, slider: bool },
    /// A face with outputs made by another program.
    Pair(PairedInput),
}

/// A task and its index within the run.
struct Item {
    index: usize,
    task: Task,
}

impl Item {
    fn label(&self) -> Label {
        match &self.task {
            Task::Face { face, .. } => Label::from(face),
            Task::Pair(pair) => pair.label.clone(),
        }
    }
}

/// The faces of a run.
pub(crate) struct Work {
    data: PathBuf,
    items: Vec<Item>,
}

impl Work {
    /// The faces of the validation split in the table `labels`, whose files are in `data`. Those that
    /// `selection` accepts are inputs.
    ///
    /// # Errors
    /// When the labels cannot be read or contain no input.
    pub(crate) fn plan(data: &Path, labels: &Path, selection: Selection) -> Result<Self, EvaluationError> {
        let faces = validation_faces(labels)?;
        let (low, high) = selection.ages;
        let fits = |face: &Face| face.age_low >= low && face.age_high <= high;
        let eligible = faces.iter().filter(|face| fits(face)).count();
        if eligible == 0 {
            let what = format!("face of {low} to {high} years");
            return Err(EvaluationError::Nothing { table: labels.to_owned(), what });
        }
        let limit_count = selection.limit.map_or(eligible, |limit| limit.min(eligible));
        let mut number = 0;
        let item = |(index, face): (usize, Face)| {
            let (mut input, mut slider) = (false, false);
            if fits(&face) {
                // Spreads the inputs evenly: a face is one where its share of the limit reaches the next
                // integer.
                input = number * limit_count / eligible != (number + 1) * limit_count / eligible;
                slider = input && (number * limit_count / eligible).is_multiple_of(SLIDER_SHARE);
                number += 1;
            }
            Item { index, task: Task::Face { face, input, slider } }
        };
        Ok(Self { data: data.to_owned(), items: faces.into_iter().enumerate().map(item).collect() })
    }

    /// The inputs of a table of pairs. With `data` (a folder and its table of labels), also the real faces of
    /// the validation split, to compare them with.
    ///
    /// # Errors
    /// When the labels cannot be read.
    pub(crate) fn pairs(pairs: PairTable, data: Option<(&Path, &Path)>) -> Result<Self, EvaluationError> {
        let faces = match data {
            Some((_, labels)) => validation_faces(labels)?,
            None => Vec::new(),
        };
        let real = |face| Task::Face { face, input: false, slider: false };
        let tasks = pairs.inputs.into_iter().map(Task::Pair).chain(faces.into_iter().map(real));
        let items = tasks.enumerate().map(|(index, task)| Item { index, task }).collect();
        Ok(Self { data: data.map_or(Path::new(""), |(data, _)| data).to_owned(), items })
    }

    /// Number of faces.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}

fn validation_faces(table: &Path) -> Result<Vec<Face>, EvaluationError> {
    Ok(read_labels(table)?.into_iter().filter(|face| face.split == Split::Validation).collect())
}

/// Progress of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Finished faces, including those of earlier runs.
    pub done: usize,
    /// Total number of faces.
    pub all: usize,
}

/// Measures the faces of `work` that belong to the store's part and have no result yet, with one thread per
/// worker, until all are done or `stop` is set. Returns whether all are done.
///
/// # Errors
/// When a model or judge fails or a result cannot be written. A picture that cannot be read is recorded as
/// failed.
pub(crate) fn run(
    work: &Work,
    store: &mut Store,
    workers: Vec<Worker>,
    stop: &AtomicBool,
    mut progress: impl FnMut(Progress),
) -> Result<bool, EvaluationError> {
    let shard = store.settings().shard;
    let part = work.items.iter().filter(|item| shard.holds(item.index));
    let (done, open): (Vec<&Item>, Vec<&Item>) = part.partition(|item| store.holds(item.index));
    let (mut done, all) = (done.len(), done.len() + open.len());
    progress(Progress { done, all });
    let next = AtomicUsize::new(0);
    let aborted = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (sender, results) = crossbeam_channel::bounded(4);
        for worker in workers {
            let (sender, next, open, aborted) = (sender.clone(), &next, &open, &aborted);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) && !aborted.load(Ordering::Relaxed) {
                    let Some(item) = open.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    if sender.send((*item, measure(&worker, &work.data, item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (item, measured) in results {
            let written = measured.and_then(|measured| store_result(store, item, measured));
            if let Err(error) = written {
                aborted.store(true, Ordering::Relaxed);
                return Err(error);
            }
            done += 1;
            progress(Progress { done, all });
        }
        Ok(done == all)
    })
}

fn measure(worker: &Worker, data: &Path, item: &Item) -> Result<Measured, EvaluationError> {
    let (face, input, slider) = match &item.task {
        Task::Pair(pair) => return worker.measure_pair(pair),
        Task::Face { face, input, slider } => (face, *input, *slider),
    };
    let picture = match load_picture(&data.join(&face.file)) {
        Ok(picture) => picture.picture,
        Err(error) => return Ok(Measured::failed(error.to_string())),
    };
    let traits = InputTraits { beard: face.beard, glasses: face.glasses, ..InputTraits::default() };
    let (points, gender) = (face.points, face.gender);
    worker.measure(&Subject { picture: &picture, points, gender, traits, input, slider })
}

/// Writes the strip first, so that every stored face has its strip.
fn store_result(store: &mut Store, item: &Item, measured: Measured) -> Result<(), EvaluationError> {
    if let Some(input) = &measured.input {
        let input = tile(input);
        let ages = &store.settings().ages;
        let aged: Vec<(&str, RgbImage)> = measured
            .pictures
            .iter()
            .filter_map(|(index, picture)| Some((ages.get(*index)?.0.as_str(), tile(picture))))
            .collect();
        let tiles: Vec<Captioned> =
            aged.iter().map(|(caption, picture)| Captioned { caption, picture }).collect();
        let picture = strip(Captioned { caption: "now", picture: &input }, &tiles);
        let encode = |out: &mut dyn std::io::Write| {
            image::codecs::jpeg::JpegEncoder::new_with_quality(out, 88)
                .encode_image(&picture)
                .map_err(std::io::Error::other)
        };
        write_atomically(&store.strip(item.index), encode)?;
    }
    store.add(FaceRecord { index: item.index, label: item.label(), outcome: measured.outcome })
}

fn tile(picture: &RgbImage) -> RgbImage {
    let scale = TILE as f32 / picture.width().max(1) as f32;
    align(picture, &Similarity { a: scale, ..Similarity::IDENTITY }, TILE)
}
