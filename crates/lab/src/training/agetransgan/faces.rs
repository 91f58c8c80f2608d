//! The faces that AgeTransGAN is trained on.

use candle_core::{Device, Tensor};
use image::{RgbImage, imageops};
use rand::Rng;

use crate::dataset::{DatasetError, EpochOrder, Labelled, PictureStore, seeded};
use crate::training::TrainingError;
use agemirror_faces::aging::agetransgan::{group_years, templates};
use agemirror_faces::aging::picture::{Resampling, middle_square, planes};
use agemirror_faces::face::{FivePoints, Similarity, align};

/// Pictures with the groups of ages that they are of.
pub struct Faces {
    /// (N, 3, S, S) in -1..1.
    pub pictures: Tensor,
    /// The number of each one's group.
    pub groups: Vec<usize>,
}

/// Where the faces of a step come from. What it gives depends on the step alone.
pub trait FaceSource {
    /// `batch` faces for the step that `done` steps come before.
    ///
    /// # Errors
    /// When a picture cannot be read any more.
    fn faces(&self, done: u64, batch: usize, device: &Device) -> Result<Faces, TrainingError>;
}

/// A face before it is read: its group, and its landmarks in pixels where they are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupedFace {
    /// The group of ages.
    pub group: usize,
    /// The landmarks.
    pub points: Option<FivePoints>,
}

impl GroupedFace {
    /// What a network of `groups` groups of ages is told of a labelled picture, or why it cannot be used.
    ///
    /// # Errors
    /// When its age is in none of the groups.
    pub fn of(labelled: &Labelled, groups: usize) -> Result<Self, String> {
        let group = labelled.age.group_in(&group_years(groups)).ok_or("its age is in no group")?;
        Ok(Self { group, points: labelled.points })
    }

    /// The picture as a network of pictures of `side` pixels is shown it: cut out like the model's crops where
    /// there are landmarks, else its middle square.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub fn prepared(&self, picture: &RgbImage, side: u32) -> candle_core::Result<RgbImage> {
        if let Some(points) = &self.points {
            let to_crop = Similarity::from_points_to_nearest(points, &templates(side as usize), side);
            return Ok(align(picture, &to_crop, side));
        }
        middle_square(picture, side, Resampling::Antialiased)
    }
}

/// In which order faces come.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Balance {
    /// Every group as often as any other.
    #[default]
    Groups,
    /// Every face as often as any other, in a new order each time round.
    Faces,
}

/// Faces of a data set.
pub struct FaceSet {
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
    pub fn new(
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
            Balance::Faces => Some(EpochOrder::new(store.len(), batch, seed, 0, "any age")?),
        };
        Ok(Self { store, members, order, seed })
    }

    /// How many faces each group has.
    pub fn counts(&self) -> Vec<usize> {
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
