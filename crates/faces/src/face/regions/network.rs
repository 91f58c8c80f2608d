//! The network for inference: from a head crop to soft masks.

use candle_core::{DType, Device, Result, Tensor, bail};
use candle_nn::VarBuilder;
use image::RgbImage;
use rayon::prelude::*;

use super::layers::{Layer, RunLayers, check_crops, layers, logits};
use super::masks::{REGIONS, RegionMasks};
use crate::face::scaled;
use crate::pixels::planes;
use agemirror_kernels::{Convolution, Padding, conv2d_same, depthwise_conv2d_activated, exponential, widest};

/// Side of the network's input and of its masks, in pixels.
pub const REGIONS_SIDE: usize = 160;

/// The bundled weights, in half precision.
static BUNDLED: &[u8] = include_bytes!("../../../../../weights/regions.safetensors");

/// Segments a head into regions, from a crop aligned to [`HEAD_TEMPLATE`](super::HEAD_TEMPLATE).
pub struct RegionNetwork {
    layers: Vec<(Layer, Weights)>,
    device: Device,
}

impl RegionNetwork {
    /// Loads the bundled weights.
    ///
    /// # Errors
    /// When they belong to another network.
    pub fn bundled(device: &Device) -> Result<Self> {
        Self::from_bytes(BUNDLED, device)
    }

    /// Loads weights from the bytes of a safetensors file.
    ///
    /// # Errors
    /// When they belong to another network.
    pub fn from_bytes(bytes: &[u8], device: &Device) -> Result<Self> {
        Self::new(&VarBuilder::from_slice_safetensors(bytes, DType::F32, device)?, device)
    }

    /// Loads the weights from `vb`: for each layer `NAME.weight` (out, in, k, k), with one input channel for depthwise
    /// layers, and `NAME.bias` (out).
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub fn new(vb: &VarBuilder<'_>, device: &Device) -> Result<Self> {
        let ready = |layer: Layer| {
            let vb = vb.pp(&layer.name);
            let (filter, bias) = (vb.get(layer.filter_shape(), "weight")?, vb.get(layer.outputs, "bias")?);
            let weights = if layer.depthwise || layer.stride > 1 {
                Weights::Plain { filter, bias }
            } else {
                Weights::Packed(Convolution::new(filter, Some(bias), 1, layer.kernel / 2)?)
            };
            Ok((layer, weights))
        };
        Ok(Self { layers: layers().into_iter().map(ready).collect::<Result<_>>()?, device: device.clone() })
    }

    /// Lets the convolutions round weights and inputs to bf16 on processors that multiply them faster; see
    /// [`Convolution::in_bf16`]. Depthwise convolutions and the first one, whose stride is 2, remain in f32.
    #[must_use]
    pub fn in_bf16(self) -> Self {
        let in_bf16 = |(layer, weights)| match weights {
            Weights::Packed(convolution) => (layer, Weights::Packed(convolution.in_bf16())),
            plain @ Weights::Plain { .. } => (layer, plain),
        };
        Self { layers: self.layers.into_iter().map(in_bf16).collect(), ..self }
    }

    /// The soft masks of a square head crop of any side; their side is [`REGIONS_SIDE`].
    ///
    /// # Errors
    /// When the crop is not square, or the device fails.
    pub fn masks(&self, head: &RgbImage) -> Result<RegionMasks> {
        self.masks_of(&SmallHead::of(head)?)
    }

    /// [`masks`](Self::masks) of a head that is already at the network's size.
    ///
    /// # Errors
    /// When the device fails.
    pub fn masks_of(&self, head: &SmallHead) -> Result<RegionMasks> {
        let x = planes(std::slice::from_ref(&head.0), REGIONS_SIDE as u32, &self.device)?;
        let shares = self.probabilities(&x)?.flatten_all()?.to_vec1()?;
        match RegionMasks::from_planes(REGIONS_SIDE, shares) {
            Some(masks) => Ok(masks),
            None => bail!("the network's masks have another size than its input"),
        }
    }

    /// The probabilities (N, [`REGIONS`], S, S) of head crops (N, 3, S, S) in -1..1; S is a multiple of
    /// [`SIDE_STEP`](super::layers::SIDE_STEP).
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn probabilities(&self, x: &Tensor) -> Result<Tensor> {
        check_crops(x)?;
        softmax(&logits(&mut Runner(&self.layers), x)?)
    }
}

/// Softmax of logits (N, [`REGIONS`], H, W), without gradients.
///
/// # Errors
/// When shapes do not fit.
pub fn softmax(logits: &Tensor) -> Result<Tensor> {
    let (images, regions, height, width) = logits.dims4()?;
    let size = (REGIONS * height * width).max(1);
    if regions != REGIONS {
        bail!("the logits of {REGIONS} regions are needed, not of {regions}");
    }
    let mut values: Vec<f32> = logits.flatten_all()?.to_vec1()?;
    values.par_chunks_exact_mut(size).for_each(below_maximum);
    let shape = (images, regions, height, width);
    let exponentials = exponential(&Tensor::from_vec(values, shape, logits.device())?)?;
    let mut values: Vec<f32> = exponentials.flatten_all()?.to_vec1()?;
    values.par_chunks_exact_mut(size).for_each(normalise);
    Tensor::from_vec(values, shape, logits.device())
}

widest! {
    /// Subtracts the maximum over the planes of one picture at every pixel.
    fn below_maximum(planes: &mut [f32]) {
        let size = planes.len() / REGIONS;
        let mut largest = planes[..size].to_vec();
        for plane in planes.chunks_exact(size) {
            largest.iter_mut().zip(plane).for_each(|(largest, value)| *largest = largest.max(*value));
        }
        for plane in planes.chunks_exact_mut(size) {
            plane.iter_mut().zip(&largest).for_each(|(value, largest)| *value -= largest);
        }
    }
}

widest! {
    /// Divides the planes of one picture by their sum at every pixel.
    fn normalise(planes: &mut [f32]) {
        let size = planes.len() / REGIONS;
        let mut sum = vec![0f32; size];
        for plane in planes.chunks_exact(size) {
            sum.iter_mut().zip(plane).for_each(|(sum, value)| *sum += value);
        }
        sum.iter_mut().for_each(|sum| *sum = 1.0 / *sum);
        for plane in planes.chunks_exact_mut(size) {
            plane.iter_mut().zip(&sum).for_each(|(value, share)| *value *= share);
        }
    }
}

/// The weights of one layer.
enum Weights {
    /// Packed for the kernels: convolutions of stride 1.
    Packed(Convolution),
    /// As in the file.
    Plain { filter: Tensor, bias: Tensor },
}

struct Runner<'a>(&'a [(Layer, Weights)]);

impl RunLayers for Runner<'_> {
    fn run(&mut self, index: usize, x: &Tensor, added: Option<&Tensor>) -> Result<Tensor> {
        let Some((layer, weights)) = self.0.get(index) else { bail!("the network has no layer {index}") };
        match (weights, added) {
            (Weights::Packed(convolution), Some(added)) => convolution.forward_with_residual(x, added),
            (Weights::Packed(convolution), None) => convolution.forward(x, layer.activation),
            (Weights::Plain { filter, bias }, _) if layer.depthwise => depthwise(layer, x, filter, bias),
            (Weights::Plain { filter, bias }, _) => {
                conv2d_same(x, filter, Some(bias), layer.stride, layer.activation)
            }
        }
    }
}

/// Runs a depthwise `layer` with these weights.
///
/// # Errors
/// When shapes do not fit.
pub fn depthwise(layer: &Layer, x: &Tensor, filter: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = x.dims4()?;
    let padding = Padding::tensorflow_same((height, width), (layer.kernel, layer.kernel), layer.stride);
    depthwise_conv2d_activated(x, filter, Some(bias), layer.stride, padding, layer.activation)
}

/// A head crop at the network's size: [`REGIONS_SIDE`] pixels square.
#[derive(Clone, PartialEq)]
pub struct SmallHead(pub(super) RgbImage);

impl SmallHead {
    /// Scales a square head crop.
    ///
    /// # Errors
    /// When the crop is not square.
    pub fn of(head: &RgbImage) -> Result<Self> {
        match head.dimensions() {
            (width, height) if width == height && width > 0 => Ok(Self::by_width(head)),
            (width, height) => bail!("a head crop must be square, not {width} x {height} pixels"),
        }
    }

    /// Scales a crop by its width; see [`scaled`].
    pub(super) fn by_width(head: &RgbImage) -> Self {
        Self(scaled(head, REGIONS_SIDE as u32))
    }
}

/// Number of output planes.
const _: () = assert!(REGIONS == super::Region::ALL.len());
