//! Faces in the form that the networks take.

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use super::alexnet;
use crate::dataset::{DatasetError, Labelled, PictureStore};
use crate::training::TrainingError;
use agemirror_faces::aging::ipcgan::{Flavour, MEANS, SIDE};
use agemirror_faces::aging::picture::{Mapping, Resampling, per_channel, pictures, planes, resized};
use agemirror_faces::face::{FivePoints, Similarity, align};
use agemirror_kernels::{PixelGrid, resize_bilinear};

/// Side of the authors' pictures, in pixels.
const SOURCE_SIDE: u32 = 400;

/// The label of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct IpcganFace {
    /// Its age group.
    pub group: usize,
    /// Whether it is a source, that is, a face to be aged.
    pub source: bool,
    /// Its landmarks in the picture, if known.
    pub points: Option<FivePoints>,
}

/// Which views of a face are prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaceViews {
    /// A real face of 128 pixels; for sources also one of 128 and one of 227 pixels.
    Generator,
    /// Only 227 pixels, for the classifier.
    Classifier,
}

impl IpcganFace {
    /// The label of a labelled picture; its group is one of `groups`, and `is_source` returns which groups
    /// are aged.
    ///
    /// # Errors
    /// When its age is in no group.
    pub(crate) fn of(
        labelled: &Labelled,
        groups: &[(u8, u8)],
        is_source: impl Fn(usize) -> bool,
    ) -> std::result::Result<Self, String> {
        let group = labelled.age.group_in(groups).ok_or("its age is in no group")?;
        Ok(Self { group, source: is_source(group), points: labelled.points })
    }

    /// The views of the face. The face is aligned if its landmarks are known; otherwise the whole picture is
    /// used, as by the authors. Real faces are resized as in OpenCV, sources as in TensorFlow 1.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub(crate) fn views(
        &self,
        picture: &RgbImage,
        flavour: &Flavour,
        views: FaceViews,
    ) -> Result<Vec<RgbImage>> {
        let cut = self.points.as_ref().map(|points| {
            let similarity = Similarity::from_points(points, &flavour.template, SOURCE_SIDE);
            flavour.cut(&align(picture, &similarity, SOURCE_SIDE))
        });
        let picture = cut.as_ref().unwrap_or(picture);
        let judged = alexnet::SIDE as u32;
        if views == FaceViews::Classifier {
            return Ok(vec![as_tensorflow(picture, judged)?]);
        }
        let mut prepared = vec![resized(picture, SIDE, SIDE, Resampling::Plain)?];
        if self.source {
            prepared.extend([as_tensorflow(picture, SIDE)?, as_tensorflow(picture, judged)?]);
        }
        Ok(prepared)
    }
}

/// Resizes bilinearly as TensorFlow 1 does: the corners of the first pixels coincide.
fn as_tensorflow(picture: &RgbImage, side: u32) -> Result<RgbImage> {
    let side = side as usize;
    let planes = planes(std::slice::from_ref(picture), &Device::Cpu)?;
    let small = resize_bilinear(&planes, (side, side), PixelGrid::Origin)?;
    Ok(pictures(&((small / 127.5)? - 1.0)?, Mapping::Rounded)?.swap_remove(0))
}

/// Returns batches of the faces' views.
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

    /// Indices of the faces to be aged.
    pub(super) fn sources(&self) -> Vec<usize> {
        self.store.labels().enumerate().filter(|(_, face)| face.source).map(|(index, _)| index).collect()
    }

    fn view(&self, indices: &[usize], view: usize) -> std::result::Result<Tensor, TrainingError> {
        let all = self.store.get(indices)?;
        let mut chosen = Vec::with_capacity(all.len());
        for mut views in all {
            if view >= views.len() {
                let what = "the source age groups".to_owned();
                return Err(DatasetError::TooFew { what, found: 0, needed: 1 }.into());
            }
            chosen.push(views.swap_remove(view));
        }
        Ok(planes(&chosen, &self.device)?)
    }

    /// Real faces (N, 3, 128, 128) in -1..1.
    pub(super) fn real(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(((self.view(indices, 0)? / 127.5)? - 1.0)?)
    }

    /// Sources (N, 3, 128, 128), means subtracted.
    pub(super) fn small_sources(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(self.view(indices, 1)?.broadcast_sub(&self.means)?)
    }

    /// Sources (N, 3, 227, 227), means subtracted.
    pub(super) fn large_sources(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(self.view(indices, 2)?.broadcast_sub(&self.means)?)
    }

    /// Faces (N, 3, 227, 227) for the classifier, means subtracted.
    pub(super) fn classified(&self, indices: &[usize]) -> std::result::Result<Tensor, TrainingError> {
        Ok(self.view(indices, 0)?.broadcast_sub(&self.means)?)
    }
}
