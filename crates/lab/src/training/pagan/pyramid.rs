//! PAGAN's discriminator: four small networks, each on one map of VGG, from fine to coarse.

use std::collections::BTreeMap;

use candle_core::{Device, Result, Tensor, bail};
use candle_nn::VarBuilder;

use super::vgg::LEVELS;
use crate::training::NamedTensors;
use agemirror_kernels::{Activation, batch_norm_training, channel_statistics, conv2d};

/// Added to variances, and update rate of the running statistics, both as in PyTorch.
const EPSILON: f64 = 1e-5;
const MOMENTUM: f64 = 0.1;
/// Slope of the leaky ReLUs.
const SLOPE: f32 = 0.2;

/// Channels of path `path` of 0..4, from its input map to the input of its last layer.
fn widths(path: usize, base: usize) -> Vec<usize> {
    [1, 2, 4, 8, 8, 8].iter().skip(path).map(|times| times * base).collect()
}

/// Names and shapes of the parameters for a VGG whose first maps have `base` channels (64 as published).
pub(super) fn parameters(base: usize) -> Vec<(String, Vec<usize>)> {
    let mut list = Vec::new();
    for path in 0..LEVELS {
        let name = |layer: &str| format!("path{}.{layer}", path + 1);
        let widths = widths(path, base);
        for (i, pair) in widths.windows(2).enumerate() {
            list.push((name(&format!("{i}.0.weight")), vec![pair[1], pair[0], 4, 4]));
            list.push((name(&format!("{i}.0.bias")), vec![pair[1]]));
            list.push((name(&format!("{i}.1.weight")), vec![pair[1]]));
            list.push((name(&format!("{i}.1.bias")), vec![pair[1]]));
        }
        let last = widths.len() - 1;
        list.push((name(&format!("{last}.weight")), vec![1, widths[last], 4, 4]));
        list.push((name(&format!("{last}.bias")), vec![1]));
    }
    list
}

/// Running statistics of the batch normalisations, by checkpoint name. Training updates but never uses them.
pub(super) struct Statistics(BTreeMap<String, Tensor>);

impl Statistics {
    /// The initial statistics.
    ///
    /// # Errors
    /// When the device fails.
    pub(super) fn new(base: usize, device: &Device) -> Result<Self> {
        let mut all = BTreeMap::new();
        for (name, shape) in parameters(base) {
            if let Some(name) = name.strip_suffix("1.weight").filter(|_| shape.len() == 1) {
                let zeros = Tensor::zeros(shape, candle_core::DType::F32, device)?;
                all.insert(format!("{name}1.running_var"), zeros.ones_like()?);
                all.insert(format!("{name}1.running_mean"), zeros);
                all.insert(format!("{name}1.num_batches_tracked"), Tensor::new(0i64, &Device::Cpu)?);
            }
        }
        Ok(Self(all))
    }

    fn update(&mut self, name: &str, x: &Tensor) -> Result<()> {
        let (mean, variance) = channel_statistics(x)?;
        let count = x.elem_count() as f64 / mean.elem_count() as f64;
        let variance = (variance * (count / (count - 1.0).max(1.0)))?;
        for (part, now) in [("running_mean", mean), ("running_var", variance)] {
            if let Some(before) = self.0.get_mut(&format!("{name}.{part}")) {
                *before = ((&*before * (1.0 - MOMENTUM))? + (now * MOMENTUM)?)?;
            }
        }
        if let Some(count) = self.0.get_mut(&format!("{name}.num_batches_tracked")) {
            *count = (&*count + 1.0)?;
        }
        Ok(())
    }

    /// All statistics by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Tensor)> {
        self.0.iter()
    }

    /// Loads the statistics that `state` holds under `prefix`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn restore(&mut self, state: &NamedTensors, prefix: &str) -> Result<()> {
        for (name, value) in &mut self.0 {
            match state.get(&format!("{prefix}{name}")) {
                Some(saved) if saved.dims() == value.dims() => *value = saved.to_device(value.device())?,
                Some(saved) => bail!("{prefix}{name} has the shape {:?}", saved.dims()),
                None => bail!("{prefix}{name} is missing"),
            }
        }
        Ok(())
    }
}

/// A 4 x 4 convolution that halves its map.
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

impl Layer {
    fn new([inputs, outputs]: [usize; 2], vb: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self { weight: vb.get((outputs, inputs, 4, 4), "weight")?, bias: vb.get(outputs, "bias")? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        conv2d(x, &self.weight, Some(&self.bias), 2, 1)
    }
}

/// A layer with its batch normalisation and the normalisation's name.
struct Block {
    layer: Layer,
    gamma: Tensor,
    beta: Tensor,
    name: String,
}

/// The discriminator with the weights of one step.
pub(super) struct Pyramid {
    paths: Vec<(Vec<Block>, Layer)>,
}

impl Pyramid {
    /// Loads the weights from `vb`, for a VGG whose first maps have `base` channels.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(super) fn new(vb: &VarBuilder<'_>, base: usize) -> Result<Self> {
        let path = |path: usize| {
            let vb = vb.pp(format!("path{}", path + 1));
            let widths = widths(path, base);
            let block = |(i, pair): (usize, &[usize])| {
                let norm = vb.pp(i).pp(1);
                Ok(Block {
                    layer: Layer::new([pair[0], pair[1]], &vb.pp(i).pp(0))?,
                    gamma: norm.get(pair[1], "weight")?,
                    beta: norm.get(pair[1], "bias")?,
                    name: format!("path{}.{i}.1", path + 1),
                })
            };
            let blocks = widths.windows(2).enumerate().map(block).collect::<Result<_>>()?;
            let last = widths.len() - 1;
            Ok((blocks, Layer::new([widths[last], 1], &vb.pp(last))?))
        };
        Ok(Self { paths: (0..LEVELS).map(path).collect::<Result<_>>()? })
    }

    /// Scores for pictures with these maps, near 1 for real and 0 for generated: (N, paths * h, w), the paths
    /// stacked vertically. Normalises by the batch and updates `statistics`.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(super) fn forward(&self, maps: &[Tensor], statistics: &mut Statistics) -> Result<Tensor> {
        if maps.len() != self.paths.len() {
            bail!("{} maps do not fit {} paths", maps.len(), self.paths.len());
        }
        let mut judged = Vec::with_capacity(maps.len());
        for ((blocks, last), map) in self.paths.iter().zip(maps) {
            let mut x = map.clone();
            for block in blocks {
                let y = block.layer.forward(&x)?;
                statistics.update(&block.name, &y)?;
                x = batch_norm_training(&y, &block.gamma, &block.beta, EPSILON, Activation::Leaky(SLOPE))?;
            }
            judged.push(last.forward(&x)?.squeeze(1)?);
        }
        Tensor::cat(&judged, 1)
    }
}
