//! The faces that AgeTransGAN is trained on.

use candle_core::{Device, Tensor};
use image::{RgbImage, imageops};
use rand::Rng;

use crate::dataset::{DatasetError, EpochOrder, Labelled, PictureStore, seeded};
use crate::training::TrainingError;
use agemirror_faces::aging::agetransgan::{group_years, templates};
use agemirror_faces::aging::picture::{Resampling, middle_square, planes};
use agemirror_faces::face::{FivePoints, Similarity, align};

/// A batch of pictures with their age groups.
pub(crate) struct Faces {
    /// (N, 3, S, S) in -1..1.
    pub pictures: Tensor,
    /// The index of each picture's group.
    pub groups: Vec<usize>,
}

/// Source of the faces of each step; a batch must depend only on the step.
pub(crate) trait FaceSource {
    /// Returns `batch` faces for the step after `done` others.
    ///
    /// # Errors
    /// When a picture can no longer be read.
    fn faces(&self, done: u64, batch: usize, device: &Device) -> Result<Faces, TrainingError>;
}

/// The label of a face: its group, and its landmarks in pixels if they are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct GroupedFace {
    /// Index of the age group.
    pub group: usize,
    /// Landmarks in pixels.
    pub points: Option<FivePoints>,
}

impl GroupedFace {
    /// The label of a labelled picture for a network of `groups` age groups.
    ///
    /// # Errors
    /// When its age is in no group. The error says why the picture cannot be used.
    pub(crate) fn of(labelled: &Labelled, groups: usize) -> Result<Self, String> {
        let group = labelled.age.group_in(&group_years(groups)).ok_or("its age is in no group")?;
        Ok(Self { group, points: labelled.points })
    }

    /// The picture as the input of a network with pictures of `side` pixels: aligned like the model's crops
    /// if there are landmarks, otherwise its middle square.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub(crate) fn prepared(&self, picture: &RgbImage, side: u32) -> candle_core::Result<RgbImage> {
        if let Some(points) = &self.points {
            let to_crop = Similarity::from_points_to_nearest(points, &templates(side as usize), side);
            return Ok(align(picture, &to_crop, side));
        }
        middle_square(picture, side, Resampling::Antialiased)
    }
}

/// How faces are drawn.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Balance {
    /// All groups equally often.
    #[default]
    Groups,
    /// All faces equally often, in a new order every epoch.
    Faces,
}

/// The faces of a data set.
pub(crate) struct FaceSet {
    store: PictureStore<GroupedFace>,
    members: Vec<Vec<usize>>,
    order: Option<EpochOrder>,
    seed: u64,
}

impl FaceSet {
    /// The faces of `store` for a network of `groups` groups, in batches of `batch`.
    ///
    /// # Errors
    /// When a group has no face, or there are fewer faces than a batch.
    pub(crate) fn new(
        store: PictureStore<GroupedFace>,
        groups: usize,
        (balance, batch, seed): (Balance, usize, u64),
    ) -> Result<Self, DatasetError> {
        let mut members = vec![Vec::new(); groups];
        for (face, label) in store.labels().enumerate() {
            if let Some(members) = members.get_mut(label.group) {
                members.push(face);
            }
        }
        for (members, (first, last)) in members.iter().zip(group_years(groups)) {
            if members.is_empty() {
                let what = format!("the group of {first} to {last} years");
                return Err(DatasetError::TooFew { what, found: 0, needed: 1 });
            }
        }
        let order = match balance {
            Balance::Groups => None,
            Balance::Faces => Some(EpochOrder::new(store.len(), batch, seed, 0, "all ages")?),
        };
        Ok(Self { store, members, order, seed })
    }

    /// Number of faces in each group.
    pub(crate) fn counts(&self) -> Vec<usize> {
        self.members.iter().map(Vec::len).collect()
    }

    fn chosen(&self, done: u64, batch: usize) -> Vec<usize> {
        if let Some(order) = &self.order {
            return order.batch(done);
        }
        let mut random = seeded(self.seed, done, 0);
        let mut face = || {
            let members = &self.members[random.random_range(0..self.members.len())];
            members[random.random_range(0..members.len())]
        };
        (0..batch).map(|_| face()).collect()
    }
}

impl FaceSource for FaceSet {
    fn faces(&self, done: u64, batch: usize, device: &Device) -> Result<Faces, TrainingError> {
        let chosen = self.chosen(done, batch);
        let mut random = seeded(self.seed, done, 1);
        let mut pictures = self.store.get_first(&chosen)?;
        for picture in &mut pictures {
            if random.random() {
                imageops::flip_horizontal_in_place(picture);
            }
        }
        let pictures = ((planes(&pictures, device)? / 127.5)? - 1.0)?;
        let groups = chosen.iter().map(|face| self.store.label(*face).group).collect();
        Ok(Faces { pictures, groups })
    }
}
