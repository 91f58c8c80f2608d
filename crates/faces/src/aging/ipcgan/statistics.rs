//! The choice of batch-norm statistics.

use std::cell::OnceCell;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use super::network::{FrozenNetwork, Network};
use super::{CLASSES, prepared};
use crate::aging::picture::Resampling;

/// Source of the batch-norm mean and variance. The choice changes the results visibly.
#[derive(Clone, Default)]
pub enum Statistics {
    /// The moving averages from training, which cGAN's authors use for single pictures. The default: it needs
    /// no pictures, and a face's result does not depend on other faces.
    #[default]
    MovingAverages,
    /// Statistics of other faces alone, measured once per class and cached: close to [`Self::Batch`] and as
    /// fast as the default, but requires companions.
    Frozen(Vec<RgbImage>),
    /// Statistics of the face together with other faces, as in the authors' own test, with 31 companions.
    /// Every age of a face costs as much as all its companions together.
    Batch(Vec<RgbImage>),
}

/// A network with its statistics.
pub(super) enum Normalised {
    MovingAverages(FrozenNetwork),
    Frozen { network: Network, companions: Tensor, classes: [OnceCell<FrozenNetwork>; CLASSES] },
    Batch { network: Network, companions: Tensor },
}

impl Normalised {
    pub(super) fn new(network: Network, statistics: &Statistics, device: &Device) -> Result<Self> {
        Ok(match statistics {
            Statistics::MovingAverages => Self::MovingAverages(network.by_moving_averages()?),
            Statistics::Frozen(pictures) => {
                let companions = prepared(pictures, Resampling::Plain, device)?;
                Self::Frozen { network, companions, classes: Default::default() }
            }
            Statistics::Batch(pictures) => {
                Self::Batch { network, companions: prepared(pictures, Resampling::Plain, device)? }
            }
        })
    }

    /// Ages one prepared face (1, 3, 128, 128) to each of `classes`: (N, 3, 128, 128) in -1..1.
    pub(super) fn run(&self, face: &Tensor, classes: &[usize]) -> Result<Tensor> {
        if let Self::MovingAverages(network) = self {
            let inputs = classes.iter().map(|class| with_class(face, *class)).collect::<Result<Vec<_>>>()?;
            return network.run(&Tensor::cat(&inputs, 0)?);
        }
        let faces = classes.iter().map(|class| self.run_class(face, *class)).collect::<Result<Vec<_>>>()?;
        Tensor::cat(&faces, 0)
    }

    fn run_class(&self, face: &Tensor, class: usize) -> Result<Tensor> {
        match self {
            Self::MovingAverages(network) => network.run(&with_class(face, class)?),
            Self::Frozen { network, companions, classes } => {
                let frozen = match classes[class].get() {
                    Some(frozen) => frozen,
                    None => {
                        let (_, moments) = network.run_by_batch(&with_class(companions, class)?)?;
                        let frozen = network.frozen(&moments)?;
                        classes[class].get_or_init(|| frozen)
                    }
                };
                frozen.run(&with_class(face, class)?)
            }
            Self::Batch { network, companions } => {
                let all = with_class(&Tensor::cat(&[face, companions], 0)?, class)?;
                network.run_by_batch(&all)?.0.narrow(0, 0, 1)
            }
        }
    }
}

/// Appends a one-hot map per class to faces (N, 3, H, W): (N, 8, H, W), 1 for `class`, 0 for the others.
///
/// # Errors
/// When the faces have another shape.
pub fn with_class(faces: &Tensor, class: usize) -> Result<Tensor> {
    with_classes(faces, &vec![class; faces.dim(0)?])
}

/// Appends a one-hot map per class to maps (N, C, H, W): (N, C + 5, H, W), 1 for the picture's class in
/// `classes`, 0 for the others.
///
/// # Errors
/// When there is not a class for each picture.
pub fn with_classes(pictures: &Tensor, classes: &[usize]) -> Result<Tensor> {
    let (count, _, height, width) = pictures.dims4()?;
    let one_hot =
        |class: &usize| (0..CLASSES).map(|i| if i == *class { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
    let one_hot: Vec<f32> = classes.iter().flat_map(one_hot).collect();
    let maps = Tensor::from_vec(one_hot, (count, CLASSES, 1, 1), pictures.device())?;
    // Without `contiguous`, the result is a strided view that every layer copies first.
    let maps = maps.broadcast_as((count, CLASSES, height, width))?.contiguous()?;
    Tensor::cat(&[pictures, &maps], 1)
}
