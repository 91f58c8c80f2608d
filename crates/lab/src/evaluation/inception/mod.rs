//! Inception-v3: the features by which sets of pictures are compared. The user brings its weights.
//!
//! Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016
//! (<https://arxiv.org/abs/1512.00567>). Three sets of weights are common. They differ in how they pool and in
//! what they find, so that their distances do not compare with one another.

mod keras;
mod network;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use super::weights::tensors_of;
use agemirror_checkpoint::{Checkpoint, Format, System, recognise};
use agemirror_faces::aging::picture::planes;
use agemirror_kernels::{PixelGrid, resize_bilinear};
use network::Network;

/// Side of the picture that the network takes, in pixels.
const SIDE: usize = 299;

/// Whose weights they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The network of 2015 with 1008 classes, by which others report FID and Inception Score.
    Year2015,
    /// torchvision's, with 1000 classes.
    Torchvision,
    /// Keras's, with 1000 classes or without any.
    Keras,
}

impl Origin {
    /// What they are called in a table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Year2015 => "the weights of 2015",
            Self::Torchvision => "torchvision's weights",
            Self::Keras => "Keras's weights",
        }
    }
}

/// How a picture is brought to the network's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizing {
    /// Bilinear between the four nearest pixels, as PyTorch's ports of the FID do.
    Bilinear,
    /// The nearest pixel, as `Face_Aging_cGAN` has Keras load its pictures.
    Nearest,
}

/// What the network finds in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The mean of the last maps, 2048 numbers.
    pub pooled: Vec<f32>,
    /// What the classes get, before the softmax; none where the file has no classes. With the weights of 2015
    /// without the bias, as the authors of the Inception Score left it out.
    pub logits: Option<Vec<f32>>,
}

/// The network with a user's weights.
pub struct Inception {
    network: Network,
    origin: Origin,
    device: Device,
}

impl Inception {
    /// How many features a picture has.
    pub const FEATURES: usize = 2048;

    /// Reads the weights at `path`: a file of PyTorch or safetensors with torchvision's names, or a .h5 file
    /// of Keras.
    ///
    /// # Errors
    /// When the file cannot be read or is that of another network.
    pub fn load(path: &Path, device: &Device) -> Result<Self> {
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

    /// How many classes it tells apart; 0 where the file has none.
    pub fn classes(&self) -> usize {
        self.network.classes()
    }

    /// Whose weights they are.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What the network finds in a picture of any size.
    ///
    /// # Errors
    /// When the picture has no pixels.
    pub fn look(&self, picture: &RgbImage, sizing: Sizing) -> Result<Found> {
        let x = match sizing {
            Sizing::Bilinear => {
                let x = planes(std::slice::from_ref(picture), &self.device)?;
                resize_bilinear(&x, (SIDE, SIDE), PixelGrid::Squares)?
            }
            Sizing::Nearest => planes(&[nearest(picture)?], &self.device)?,
        };
        self.found(&((x / 127.5)? - 1.0)?)
    }

    /// The same for `x` (1, 3, 299, 299), RGB in -1..1.
    fn found(&self, x: &Tensor) -> Result<Found> {
        let pooled = self.network.pooled(x)?;
        let row = |x: &Tensor| x.get(0)?.to_vec1::<f32>();
        let logits = self.network.logits(&pooled)?.map(|logits| row(&logits)).transpose()?;
        Ok(Found { pooled: row(&pooled)?, logits })
    }
}

/// The picture at the network's size by its nearest pixels, as Pillow takes them.
fn nearest(picture: &RgbImage) -> Result<RgbImage> {
    let (width, height) = picture.dimensions();
    if width == 0 || height == 0 {
        candle_core::bail!("a picture without pixels cannot be resized");
    }
    let at = |place: u32, length: u32| {
        let place = (f64::from(place) + 0.5) * f64::from(length) / SIDE as f64;
        (place as u32).min(length - 1)
    };
    let side = SIDE as u32;
    Ok(RgbImage::from_fn(side, side, |x, y| *picture.get_pixel(at(x, width), at(y, height))))
}
