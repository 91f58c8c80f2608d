//! Which faces a run measures, and measuring them on all cores.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use image::RgbImage;

use super::bench::Bench;
use super::error::EvaluationError;
use super::face::{Measured, Subject};
use super::record::{FaceRecord, Label, Outcome};
use super::store::Store;
use crate::camera::load_picture;
use crate::compose::{Captioned, strip, write_atomically};
use crate::dataset::{Face, Split, read_labels};
use crate::face::{Similarity, align};

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

/// A face to be measured.
struct Item {
    index: usize,
    face: Face,
    input: bool,
    slider: bool,
}

/// The faces of a run.
pub struct Work {
    data: PathBuf,
    items: Vec<Item>,
}

impl Work {
    /// The faces of the validation split in `data/labels.csv`; those that `selection` takes are inputs.
    ///
    /// # Errors
    /// When the labels cannot be read or hold no input.
    pub fn plan(data: &Path, selection: Selection) -> Result<Self, EvaluationError> {
        let table = data.join("labels.csv");
        let faces: Vec<Face> =
            read_labels(&table)?.into_iter().filter(|face| face.split == Split::Validation).collect();
        let (low, high) = selection.ages;
        let fits = |face: &Face| face.age_low >= low && face.age_high <= high;
        let able = faces.iter().filter(|face| fits(face)).count();
        if able == 0 {
            let what = format!("face of {low} to {high} years");
            return Err(EvaluationError::Nothing { table, what });
        }
        let wanted = selection.limit.map_or(able, |limit| limit.min(able));
        let mut number = 0;
        let item = |(index, face): (usize, Face)| {
            let mut item = Item { index, input: false, slider: false, face };
            if fits(&item.face) {
                // Evenly spread: the inputs are where the share of the way steps on.
                item.input = number * wanted / able != (number + 1) * wanted / able;
                item.slider = item.input && (number * wanted / able).is_multiple_of(SLIDER_SHARE);
                number += 1;
            }
            item
        };
        Ok(Self { data: data.to_owned(), items: faces.into_iter().enumerate().map(item).collect() })
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
    let picture = match load_picture(&data.join(&item.face.file)) {
        Ok(picture) => picture.picture,
        Err(error) => {
            return Ok(Measured { outcome: Outcome::Failed(error.to_string()), pictures: Vec::new() });
        }
    };
    bench.measure(&Subject {
        picture: &picture,
        points: item.face.points,
        gender: item.face.gender,
        input: item.input,
        slider: item.slider,
    })
}

/// Writes the strip first: a face that is written down has its strip.
fn note(store: &mut Store, item: &Item, measured: Measured) -> Result<(), EvaluationError> {
    if let Some((input, aged)) = measured.pictures.split_first() {
        let (input, aged) = (tile(input), aged.iter().map(tile).collect::<Vec<_>>());
        let labels: Vec<String> = store.settings().ages.iter().map(|(label, _)| label.clone()).collect();
        let tiles: Vec<Captioned> =
            labels.iter().zip(&aged).map(|(caption, picture)| Captioned { caption, picture }).collect();
        let picture = strip(Captioned { caption: "now", picture: &input }, &tiles);
        let encode = |out: &mut dyn std::io::Write| {
            image::codecs::jpeg::JpegEncoder::new_with_quality(out, 88)
                .encode_image(&picture)
                .map_err(std::io::Error::other)
        };
        write_atomically(&store.strip(item.index), encode)?;
    }
    store.add(FaceRecord { index: item.index, label: Label::from(&item.face), outcome: measured.outcome })
}

fn tile(picture: &RgbImage) -> RgbImage {
    let scale = TILE as f32 / picture.width().max(1) as f32;
    align(picture, &Similarity { a: scale, ..Similarity::IDENTITY }, TILE)
}
