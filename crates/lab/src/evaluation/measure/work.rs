//! Which faces a run measures, and measuring them on all cores.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use image::RgbImage;

use super::bench::Bench;
use super::error::EvaluationError;
use super::face::{Measured, Subject};
use super::pairs::{PairTable, PairedInput};
use super::record::{FaceRecord, Label};
use super::store::Store;
use super::traits::InputTraits;
use crate::dataset::{Face, Split, read_labels};
use agemirror_faces::compose::{Captioned, strip};
use agemirror_faces::face::{Similarity, align};
use agemirror_pictures::load_picture;
use agemirror_storage::write_atomically;

/// One input in so many has its slider measured.
const SLIDER_SHARE: usize = 5;
/// The side of a tile in the strips that the report shows.
const TILE: u32 = 96;

/// Which faces become inputs.
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// The ages in years that the labels must lie within.
    pub ages: (f32, f32),
    /// At most so many, spread evenly.
    pub limit: Option<usize>,
}

/// What is to be measured.
enum Task {
    /// A labelled face; whether the model is to age it, and whether its slider is run.
    Face { face: Face, input: bool, slider: bool },
    /// A face with pictures that were made of it elsewhere.
    Pair(PairedInput),
}

/// Something to be measured.
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
pub struct Work {
    data: PathBuf,
    items: Vec<Item>,
}

impl Work {
    /// The faces of the validation split in the table `labels`, whose files lie in `data`; those that
    /// `selection` takes are inputs.
    ///
    /// # Errors
    /// When the labels cannot be read or hold no input.
    pub fn plan(data: &Path, labels: &Path, selection: Selection) -> Result<Self, EvaluationError> {
        let faces = validation_faces(labels)?;
        let (low, high) = selection.ages;
        let fits = |face: &Face| face.age_low >= low && face.age_high <= high;
        let able = faces.iter().filter(|face| fits(face)).count();
        if able == 0 {
            let what = format!("face of {low} to {high} years");
            return Err(EvaluationError::Nothing { table: labels.to_owned(), what });
        }
        let wanted = selection.limit.map_or(able, |limit| limit.min(able));
        let mut number = 0;
        let item = |(index, face): (usize, Face)| {
            let (mut input, mut slider) = (false, false);
            if fits(&face) {
                // Evenly spread: the inputs are where the share of the way steps on.
                input = number * wanted / able != (number + 1) * wanted / able;
                slider = input && (number * wanted / able).is_multiple_of(SLIDER_SHARE);
                number += 1;
            }
            Item { index, task: Task::Face { face, input, slider } }
        };
        Ok(Self { data: data.to_owned(), items: faces.into_iter().enumerate().map(item).collect() })
    }

    /// The inputs of a table of pairs and, where `data` is given with its table of labels, the real faces of the
    /// validation split, with which they are compared.
    ///
    /// # Errors
    /// When the labels cannot be read.
    pub fn pairs(pairs: PairTable, data: Option<(&Path, &Path)>) -> Result<Self, EvaluationError> {
        let faces = match data {
            Some((_, labels)) => validation_faces(labels)?,
            None => Vec::new(),
        };
        let real = |face| Task::Face { face, input: false, slider: false };
        let tasks = pairs.inputs.into_iter().map(Task::Pair).chain(faces.into_iter().map(real));
        let items = tasks.enumerate().map(|(index, task)| Item { index, task }).collect();
        Ok(Self { data: data.map_or(Path::new(""), |(data, _)| data).to_owned(), items })
    }

    /// How many faces there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

fn validation_faces(table: &Path) -> Result<Vec<Face>, EvaluationError> {
    Ok(read_labels(table)?.into_iter().filter(|face| face.split == Split::Validation).collect())
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Faces done, those of earlier runs included.
    pub done: usize,
    /// Faces in all.
    pub all: usize,
}

/// Measures what `store` lacks of its part of `work`, with as many workers as there are benches, until all
/// is done or `stop` is set. Returns whether all is done.
///
/// # Errors
/// When a model or judge fails or a result cannot be written. A picture that cannot be read is noted as
/// failed and counted.
pub fn run(
    work: &Work,
    store: &mut Store,
    benches: Vec<Bench>,
    stop: &AtomicBool,
    mut progress: impl FnMut(Progress),
) -> Result<bool, EvaluationError> {
    let shard = store.settings().shard;
    let part = work.items.iter().filter(|item| shard.holds(item.index));
    let (done, open): (Vec<&Item>, Vec<&Item>) = part.partition(|item| store.holds(item.index));
    let (mut done, all) = (done.len(), done.len() + open.len());
    progress(Progress { done, all });
    let next = AtomicUsize::new(0);
    let given_up = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (sender, results) = crossbeam_channel::bounded(4);
        for bench in benches {
            let (sender, next, open, given_up) = (sender.clone(), &next, &open, &given_up);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) && !given_up.load(Ordering::Relaxed) {
                    let Some(item) = open.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    if sender.send((*item, measure(&bench, &work.data, item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (item, measured) in results {
            let written = measured.and_then(|measured| note(store, item, measured));
            if let Err(error) = written {
                given_up.store(true, Ordering::Relaxed);
                return Err(error);
            }
            done += 1;
            progress(Progress { done, all });
        }
        Ok(done == all)
    })
}

fn measure(bench: &Bench, data: &Path, item: &Item) -> Result<Measured, EvaluationError> {
    let (face, input, slider) = match &item.task {
        Task::Pair(pair) => return bench.measure_pair(pair),
        Task::Face { face, input, slider } => (face, *input, *slider),
    };
    let picture = match load_picture(&data.join(&face.file)) {
        Ok(picture) => picture.picture,
        Err(error) => return Ok(Measured::failed(error.to_string())),
    };
    let traits = InputTraits { beard: face.beard, glasses: face.glasses, ..InputTraits::default() };
    let (points, gender) = (face.points, face.gender);
    bench.measure(&Subject { picture: &picture, points, gender, traits, input, slider })
}

/// Writes the strip first: a face that is written down has its strip.
fn note(store: &mut Store, item: &Item, measured: Measured) -> Result<(), EvaluationError> {
    if let Some(input) = &measured.input {
        let input = tile(input);
        let ages = &store.settings().ages;
        let aged: Vec<(&str, RgbImage)> = measured
            .pictures
            .iter()
            .filter_map(|(place, picture)| Some((ages.get(*place)?.0.as_str(), tile(picture))))
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
