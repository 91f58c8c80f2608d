//! The face expert: a frozen face network that measures whether a person is still the same. It is ArcFace's
//! IR-50 as published by face.evoLVe (Deng et al., "ArcFace", 2019); the user provides the file. The authors'
//! final recipe omits it: with it, faces are recognised better, but their ages come out worse.

use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Result, Tensor, bail};
use candle_nn::VarBuilder;

use super::losses::square_difference;
use crate::training::TrainingError;
use agemirror_checkpoint::{Checkpoint, CheckpointError, var_builder};
use agemirror_kernels::upfirdn;
use agemirror_kernels::{Activation, BatchNorm, Fir, conv2d};

/// Units of each stage; the first unit of a stage halves its map.
const STAGES: [usize; 4] = [3, 4, 14, 3];
/// Side of the network's input in pixels.
const SIDE: usize = 112;
/// Added to variances, as in PyTorch.
const EPSILON: f64 = 1e-5;

/// The network.
pub(crate) struct FaceExpert {
    stem: (Tensor, BatchNorm, Tensor),
    units: Vec<Unit>,
    head: (BatchNorm, Tensor, Tensor, BatchNorm),
}

/// A residual unit: two convolutions and a shortcut.
struct Unit {
    first: BatchNorm,
    conv1: Tensor,
    slope: Tensor,
    conv2: Tensor,
    second: BatchNorm,
    /// Projection where the number of channels changes; otherwise the shortcut subsamples.
    shortcut: Option<(Tensor, BatchNorm)>,
    stride: usize,
}

impl FaceExpert {
    /// Loads the network from `backbone_ir50_ms1m_epoch63.pth` or a converted file.
    ///
    /// # Errors
    /// When the file cannot be read or contains another network.
    pub(crate) fn open(path: &Path, device: &Device) -> std::result::Result<Self, TrainingError> {
        let checkpoint = Arc::new(Checkpoint::open(path)?);
        let prefix = if checkpoint.entry("module.input_layer.0.weight").is_some() { "module." } else { "" };
        let built = Self::new(&var_builder(checkpoint, prefix, device));
        built.map_err(|error| CheckpointError::new(path, error).into())
    }

    /// Loads the weights from `vb`. The width, 64 channels as published, follows from their shapes.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(crate) fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let width = vb.get_unchecked("input_layer.1.weight")?.elem_count();
        let input = vb.pp("input_layer");
        let mut units = Vec::new();
        let mut inputs = width;
        for (stage, count) in STAGES.into_iter().enumerate() {
            for i in 0..count {
                let stride = if i == 0 { 2 } else { 1 };
                let outputs = width << stage;
                units.push(Unit::new([inputs, outputs], stride, &vb.pp("body").pp(units.len()))?);
                inputs = outputs;
            }
        }
        let output = vb.pp("output_layer");
        let map = SIDE >> STAGES.len();
        let codes = output.get_unchecked("3.bias")?.elem_count();
        Ok(Self {
            stem: (
                input.get((width, 3, 3, 3), "0.weight")?,
                norm(width, &input.pp(1))?,
                input.get(width, "2.weight")?,
            ),
            units,
            head: (
                norm(inputs, &output.pp(0))?,
                output.get((codes, inputs * map * map), "3.weight")?.t()?.contiguous()?,
                output.get(codes, "3.bias")?,
                norm(codes, &output.pp(4))?,
            ),
        })
    }

    /// The identity codes (N, codes) of `pictures` (N, 3, S, S) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn codes(&self, pictures: &Tensor) -> Result<Tensor> {
        let (conv, first, slope) = &self.stem;
        let small = nearest(pictures)?;
        let mut x = prelu(&first.forward(&conv2d(&small, conv, None, 1, 1)?, Activation::Identity)?, slope)?;
        for unit in &self.units {
            x = unit.forward(&x)?;
        }
        let (last, weight, bias, code_norm) = &self.head;
        let flat = last.forward(&x, Activation::Identity)?.flatten_from(1)?;
        let codes = flat.matmul(weight)?.broadcast_add(bias)?;
        let (n, count) = codes.dims2()?;
        code_norm.forward(&codes.reshape((n, count, 1, 1))?, Activation::Identity)?.reshape((n, count))
    }

    /// L_id^pre: the mean squared difference between the codes of two sets of pictures.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn loss(&self, pictures: &Tensor, generated: &Tensor) -> Result<Tensor> {
        square_difference(&self.codes(pictures)?.detach(), &self.codes(generated)?)
    }
}

impl Unit {
    fn new([inputs, outputs]: [usize; 2], stride: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let (main, shortcut) = (vb.pp("res_layer"), vb.pp("shortcut_layer"));
        let shortcut = match inputs == outputs {
            true => None,
            false => {
                Some((shortcut.get((outputs, inputs, 1, 1), "0.weight")?, norm(outputs, &shortcut.pp(1))?))
            }
        };
        Ok(Self {
            first: norm(inputs, &main.pp(0))?,
            conv1: main.get((outputs, inputs, 3, 3), "1.weight")?,
            slope: main.get(outputs, "2.weight")?,
            conv2: main.get((outputs, outputs, 3, 3), "3.weight")?,
            second: norm(outputs, &main.pp(4))?,
            shortcut,
            stride,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = conv2d(&self.first.forward(x, Activation::Identity)?, &self.conv1, None, 1, 1)?;
        let y = conv2d(&prelu(&y, &self.slope)?, &self.conv2, None, self.stride, 1)?;
        let y = self.second.forward(&y, Activation::Identity)?;
        match &self.shortcut {
            Some((conv, norm)) => {
                y + norm.forward(&conv2d(x, conv, None, self.stride, 0)?, Activation::Identity)?
            }
            None if self.stride == 1 => y + x,
            None => y + upfirdn(x, &Fir { taps: vec![1.0], up: 1, down: self.stride, pad: (0, 0) })?,
        }
    }
}

fn norm(channels: usize, vb: &VarBuilder<'_>) -> Result<BatchNorm> {
    let get = |name: &str| vb.get(channels, name);
    Ok(BatchNorm {
        mean: get("running_mean")?,
        variance: get("running_var")?,
        gamma: get("weight")?,
        beta: get("bias")?,
        eps: EPSILON,
    })
}

/// PReLU with one slope per channel.
fn prelu(x: &Tensor, slope: &Tensor) -> Result<Tensor> {
    x.relu()? - x.neg()?.relu()?.broadcast_mul(&slope.reshape((1, (), 1, 1))?)?
}

/// Scales pictures to [`SIDE`] by nearest neighbour, as PyTorch's `nearest` does: each value is that of the
/// pixel under its corner.
fn nearest(pictures: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = pictures.dims4()?;
    if height != width {
        bail!("faces must be square, not {width} x {height}");
    }
    let picks: Vec<u32> = (0..SIDE).map(|i| (i * width / SIDE) as u32).collect();
    let picks = Tensor::from_vec(picks, SIDE, pictures.device())?;
    pictures.index_select(&picks, 2)?.index_select(&picks, 3)?.contiguous()
}
