//! Inception-v3, whose features the FID compares. The user provides the weights.
//!
//! Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016
//! (<https://arxiv.org/abs/1512.00567>). Three sets of weights are common. They pool differently and have
//! different features, so their distances are not comparable.

mod keras;
mod network;

#[cfg(test)]
mod tests;

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use super::weights::tensors_of;
use agemirror_checkpoint::{Checkpoint, Format, System, recognise};
use agemirror_faces::aging::picture::planes;
use agemirror_kernels::{PixelGrid, resize_bilinear};
use network::Network;

/// Side of the network's input, in pixels.
const SIDE: usize = 299;

/// Publisher of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The network of 2015 with 1008 classes, with which FID and Inception Score are usually reported.
    Year2015,
    /// torchvision's, with 1000 classes.
    Torchvision,
    /// Keras's, with 1000 classes or none.
    Keras,
}

impl Origin {
    /// Name in a table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Year2015 => "the weights of 2015",
            Self::Torchvision => "torchvision's weights",
            Self::Keras => "Keras's weights",
        }
    }
}

/// How a picture is resized to the network's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sizing {
    /// Bilinear between the four nearest pixels, as PyTorch ports of the FID do.
    Bilinear,
    /// The nearest pixel, as `Face_Aging_cGAN` loads its pictures with Keras.
    Nearest,
}

/// Output of the network for one picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InceptionOutput {
    /// Pooled features: the mean of each of the last 2048 maps.
    pub pooled: Vec<f32>,
    /// Class logits; `None` if the file has no classes. With the weights of 2015 the bias is left out, as the
    /// authors of the Inception Score do.
    pub logits: Option<Vec<f32>>,
}

/// The network with the user's weights.
pub(crate) struct Inception {
    network: Network,
    origin: Origin,
    device: Device,
}

impl Inception {
    /// Number of pooled features.
    pub(crate) const FEATURES: usize = 2048;

    /// Reads the weights at `path`: a PyTorch or safetensors file with torchvision's names, or a Keras .h5
    /// file.
    ///
    /// # Errors
    /// When the file cannot be read or contains another network.
    pub(crate) fn load(path: &Path, device: &Device) -> Result<Self> {
        let checkpoint = Checkpoint::open(path).map_err(candle_core::Error::wrap)?;
        if checkpoint.format() == Format::Hdf5 {
            let vb = keras::tensors(&checkpoint, device)?;
            return Self::new(&vb, Origin::Keras, device);
        }
        let origin = match recognise(&checkpoint).map(|known| known.system) {
            Some(System::InceptionV3 { classes: 1008 }) => Origin::Year2015,
            _ => Origin::Torchvision,
        };
        let is_inception = |system: System| matches!(system, System::InceptionV3 { .. });
        Self::new(&tensors_of(checkpoint, is_inception, "Inception-v3", device)?, origin, device)
    }

    fn new(vb: &candle_nn::VarBuilder, origin: Origin, device: &Device) -> Result<Self> {
        Ok(Self { network: Network::new(vb, origin)?, origin, device: device.clone() })
    }

    /// Number of classes; 0 if the file has none.
    pub(crate) fn classes(&self) -> usize {
        self.network.classes()
    }

    /// Publisher of the weights.
    pub(crate) fn origin(&self) -> Origin {
        self.origin
    }

    /// Runs the network on a picture of any size.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub(crate) fn run(&self, picture: &RgbImage, sizing: Sizing) -> Result<InceptionOutput> {
        let x = match sizing {
            Sizing::Bilinear => {
                let x = planes(std::slice::from_ref(picture), &self.device)?;
                resize_bilinear(&x, (SIDE, SIDE), PixelGrid::Squares)?
            }
            Sizing::Nearest => planes(&[nearest(picture)?], &self.device)?,
        };
        self.run_tensor(&((x / 127.5)? - 1.0)?)
    }

    /// The same for `x` (1, 3, 299, 299), RGB in -1..1.
    fn run_tensor(&self, x: &Tensor) -> Result<InceptionOutput> {
        let pooled = self.network.pooled(x)?;
        let row = |x: &Tensor| x.get(0)?.to_vec1::<f32>();
        let logits = self.network.logits(&pooled)?.map(|logits| row(&logits)).transpose()?;
        Ok(InceptionOutput { pooled: row(&pooled)?, logits })
    }
}

/// The picture at the network's size by nearest-pixel sampling, as Pillow does it.
fn nearest(picture: &RgbImage) -> Result<RgbImage> {
    let (width, height) = picture.dimensions();
    if width == 0 || height == 0 {
        candle_core::bail!("a picture without pixels cannot be resized");
    }
    let at = |position: u32, length: u32| {
        let position = (f64::from(position) + 0.5) * f64::from(length) / SIDE as f64;
        (position as u32).min(length - 1)
    };
    let side = SIDE as u32;
    Ok(RgbImage::from_fn(side, side, |x, y| *picture.get_pixel(at(x, width), at(y, height))))
}
