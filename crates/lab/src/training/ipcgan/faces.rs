//! Faces as the networks take them.

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use super::alexnet;
use crate::dataset::{DatasetError, Labelled, PictureStore};
use crate::training::TrainingError;
use agemirror_faces::aging::ipcgan::{Flavour, MEANS, SIDE};
use agemirror_faces::aging::picture::{Mapping, Resampling, per_channel, pictures, planes, resized};
use agemirror_faces::face::{FivePoints, Similarity, align};
use agemirror_kernels::{PixelGrid, resize_bilinear};

/// The side of the authors' pictures.
const SOURCE_SIDE: u32 = 400;

/// What the trainers are told of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IpcganFace {
    /// Its group of ages.
    pub group: usize,
    /// Whether it is one that is aged.
    pub source: bool,
    /// Its landmarks in the picture, where they are known.
    pub points: Option<FivePoints>,
}

/// Which of a face's pictures are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaceViews {
    /// As a real face of 128 pixels and, of those that are aged, as a source of 128 and of 227 pixels.
    Generator,
    /// Of 227 pixels alone, for the classifier.
    Classifier,
}

impl IpcganFace {
    /// What the trainers are told of a labelled picture, whose group is looked for in `groups`; `is_source`
    /// says which groups are aged.
    ///
    /// # Errors
    /// When its age is in no group.
    pub fn of(
        labelled: &Labelled,
        groups: &[(u8, u8)],
        is_source: impl Fn(usize) -> bool,
    ) -> std::result::Result<Self, String> {
        let group = labelled.age.group_in(groups).ok_or("its age is in no group")?;
        Ok(Self { group, source: is_source(group), points: labelled.points })
    }

    /// The face's pictures. It is cut out where its landmarks are known; else the picture is taken whole, as
    /// the authors take it. Real faces are resized as OpenCV does, sources as TensorFlow 1 does.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub fn views(&self, picture: &RgbImage, flavour: &Flavour, views: FaceViews) -> Result<Vec<RgbImage>> {
        let cut = self.points.as_ref().map(|points| {
            let similarity = Similarity::from_points(points, &flavour.template, SOURCE_SIDE);
            flavour.cut(&align(picture, &similarity, SOURCE_SIDE))
        });
        let picture = cut.as_ref().unwrap_or(picture);
        let judged = alexnet::SIDE as u32;
        if views == FaceViews::Classifier {
            return Ok(vec![as_tensorflow(picture, judged)?]);
        }
        let mut made = vec![resized(picture, SIDE, SIDE, Resampling::Plain)?];
        if self.source {
            made.extend([as_tensorflow(picture, SIDE)?, as_tensorflow(picture, judged)?]);
        }
        Ok(made)
    }
}

/// Bilinear between the four nearest pixels, the corner of the picture being that of the first pixel.
fn as_tensorflow(picture: &RgbImage, side: u32) -> Result<RgbImage> {
    let side = side as usize;
    let planes = planes(std::slice::from_ref(picture), &Device::Cpu)?;
    let small = resize_bilinear(&planes, (side, side), PixelGrid::Origin)?;
    Ok(pictures(&((small / 127.5)? - 1.0)?, Mapping::Rounded)?.swap_remove(0))
}

/// Hands out batches of the faces' pictures.
pub(super) struct Faces {
    store: PictureStore<IpcganFace>,
    means: Tensor,
    device: Device,
}

impl Faces {
    pub(super) fn new(store: PictureStore<IpcganFace>, device: &Device) -> Result<Self> {
        Ok(Self { store, means: per_channel(MEANS, device)?, device: device.clone() })
    }

    /// The groups of all faces.
    pub(super) fn groups(&self) -> Vec<usize> {
        self.store.labels().map(|face| face.group).collect()
    }

    /// The faces that are aged.
    pub(super) fn sources(&self) -> Vec<usize> {
        self.store.labels().enumerate().filter(|(_, face)| face.source).map(|(index, _)| index).collect()
    }

    fn view(&self, indices: &[usize], view: usize) -> std::result::Result<Tensor, TrainingError> {
        let all = self.store.get(indices)?;
        let mut chosen = Vec::with_capacity(all.len());
        for mut views in all {
            if view >= views.len() {
                let what = "the faces that are aged".to_owned();
                return Err(DatasetError::TooFew { what, found: 0, needed: 1 }.into());
            }
            chosen.push(views.swap_remove(view));
        }
        Ok(planes(&chosen, &self.device)?)
    }

    /// Real faces (N, 3, 128, 128), -1..1.
    pub(super) fn real(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(((self.view(indices, 0)? / 127.5)? - 1.0)?)
    }

    /// Sources (N, 3, 128, 128), the means taken off.
    pub(super) fn small_sources(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(self.view(indices, 1)?.broadcast_sub(&self.means)?)
    }

    /// Sources (N, 3, 227, 227), the means taken off.
    pub(super) fn large_sources(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(self.view(indices, 2)?.broadcast_sub(&self.means)?)
    }

    /// Faces (N, 3, 227, 227) for the classifier, the means taken off.
    pub(super) fn classified(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(self.view(indices, 0)?.broadcast_sub(&self.means)?)
    }
}
