//! The faces that PAGAN is trained on: young ones, and those of the cluster of ages.

use candle_core::{Device, Tensor};
use image::RgbImage;

use crate::dataset::{DatasetError, PictureStore, shuffled};
use crate::training::TrainingError;
use agemirror_faces::aging::pagan::TEMPLATE;
use agemirror_faces::aging::picture::{Resampling, middle_square, planes};
use agemirror_faces::face::{FivePoints, Similarity, align};

/// Where the faces of a step come from, (N, 3, S, S) in -1..1. What it gives depends on the step alone.
pub trait ClusterSource {
    /// Faces of up to 30 years for the step that `done` steps come before.
    ///
    /// # Errors
    /// When a picture cannot be read any more.
    fn young(&self, done: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError>;

    /// Faces of the cluster for that step.
    ///
    /// # Errors
    /// As [`ClusterSource::young`].
    fn elder(&self, done: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError>;
}

/// The years of the young faces.
pub const YOUNG: (u8, u8) = (0, 30);

/// The picture at `side` pixels as the networks are shown it: cut out like the model's crops where the landmarks are
/// known, else its middle square.
///
/// # Errors
/// When the picture has no pixels.
pub fn prepared(picture: &RgbImage, points: Option<&FivePoints>, side: u32) -> candle_core::Result<RgbImage> {
    if let Some(points) = points {
        return Ok(align(picture, &Similarity::from_points(points, &TEMPLATE, side), side));
    }
    middle_square(picture, side, Resampling::Antialiased)
}

/// Two sets of pictures, each gone through in an order of its own that is drawn anew when all were shown. The last
/// batch of a round may be short.
pub struct Clusters {
    sets: [PictureStore<Option<FivePoints>>; 2],
    seed: u64,
}

impl Clusters {
    /// Young and elder pictures of the networks' size.
    ///
    /// # Errors
    /// When one of the two is empty.
    pub fn new(
        young: PictureStore<Option<FivePoints>>,
        elder: PictureStore<Option<FivePoints>>,
        seed: u64,
    ) -> Result<Self, DatasetError> {
        for (store, what) in [(&young, "the young"), (&elder, "the cluster of ages")] {
            if store.is_empty() {
                return Err(DatasetError::TooFew { what: what.to_owned(), found: 0, needed: 1 });
            }
        }
        Ok(Self { sets: [young, elder], seed })
    }

    fn batch(&self, set: usize, done: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError> {
        let (store, batch) = (&self.sets[set], batch.max(1));
        let batches = store.len().div_ceil(batch) as u64;
        let order = shuffled(store.len(), self.seed, done / batches, set as u64);
        let start = (done % batches) as usize * batch;
        let pictures = store.get_first(&order[start..(start + batch).min(order.len())])?;
        Ok(((planes(&pictures, device)? / 127.5)? - 1.0)?)
    }
}

impl ClusterSource for Clusters {
    fn young(&self, done: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError> {
        self.batch(0, done, batch, device)
    }

    fn elder(&self, done: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError> {
        self.batch(1, done, batch, device)
    }
}
