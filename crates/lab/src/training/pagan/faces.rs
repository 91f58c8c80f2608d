//! The faces that PAGAN is trained on: young ones, and those of the age cluster.

use candle_core::{Device, Tensor};
use image::RgbImage;

use crate::dataset::{DatasetError, PictureStore, shuffled};
use crate::training::TrainingError;
use agemirror_faces::aging::pagan::TEMPLATE;
use agemirror_faces::aging::picture::{Resampling, middle_square, planes};
use agemirror_faces::face::{FivePoints, Similarity, align};

/// Source of the faces of each step, (N, 3, S, S) in -1..1; a batch must depend only on the step.
pub(crate) trait ClusterSource {
    /// Faces of up to 30 years for the step after `done` others.
    ///
    /// # Errors
    /// When a picture can no longer be read.
    fn young(&self, done: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError>;

    /// Faces of the cluster for that step.
    ///
    /// # Errors
    /// As [`ClusterSource::young`].
    fn elder(&self, done: u64, batch: usize, device: &Device) -> Result<Tensor, TrainingError>;
}

/// First and last year of the young faces.
pub(crate) const YOUNG: (u8, u8) = (0, 30);

/// The picture as network input of `side` pixels: aligned like the model's crops if the landmarks are known,
/// otherwise its middle square.
///
/// # Errors
/// When the picture has no pixels.
pub(crate) fn prepared(
    picture: &RgbImage,
    points: Option<&FivePoints>,
    side: u32,
) -> candle_core::Result<RgbImage> {
    if let Some(points) = points {
        return Ok(align(picture, &Similarity::from_points(points, &TEMPLATE, side), side));
    }
    middle_square(picture, side, Resampling::Antialiased)
}

/// Two sets of pictures, each in its own random order, which changes every epoch. The last batch of an epoch
/// may be short.
pub(crate) struct Clusters {
    sets: [PictureStore<Option<FivePoints>>; 2],
    seed: u64,
}

impl Clusters {
    /// Creates the source from pictures prepared at the networks' size.
    ///
    /// # Errors
    /// When one of the two is empty.
    pub(crate) fn new(
        young: PictureStore<Option<FivePoints>>,
        elder: PictureStore<Option<FivePoints>>,
        seed: u64,
    ) -> Result<Self, DatasetError> {
        for (store, what) in [(&young, "the young group"), (&elder, "the age cluster")] {
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
