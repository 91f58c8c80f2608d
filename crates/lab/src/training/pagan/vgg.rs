//! VGG-16 (Simonyan and Zisserman, 2015) as PAGAN uses it: four of its maps, and the features of its second
//! to last layer, which identify a person. The user provides the weights: VGG-Face's (Parkhi et al., "Deep
//! Face Recognition", 2015) or others of that network.

use std::path::Path;
use std::sync::Arc;

use candle_core::{D, Device, Result, Tensor, bail};
use candle_nn::VarBuilder;
use rand::Rng;
use rand::rngs::StdRng;

use crate::training::TrainingError;
use agemirror_checkpoint::{Checkpoint, CheckpointError, var_builder};
use agemirror_kernels::{Activation, Convolution, max_pool2d};

/// Convolutions per stage.
const STAGES: [usize; 5] = [2, 2, 3, 3, 3];
/// Number of stages whose last maps the discriminator sees.
pub(super) const LEVELS: usize = 4;
/// Mean red, green and blue of VGG-Face's faces, 0 to 255.
const MEAN: [f32; 3] = [129.186_28, 104.762_38, 93.593_96];

/// How pictures in -1..1 are scaled for the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputScaling {
    /// Not scaled, as in the version of `lumosity4tpj`.
    Unscaled,
    /// To 0..255 minus the mean, as the network was trained.
    Trained,
}

/// The network, or its first four stages.
pub(crate) struct Vgg {
    input_scaling: InputScaling,
    stages: Vec<Vec<Convolution>>,
    /// `fc6` and `fc7`: weights (inputs, outputs) and biases.
    dense: Vec<(Tensor, Tensor)>,
}

impl Vgg {
    /// Loads the network from the file at `path`: all of it if `whole`, otherwise only the first four stages,
    /// and the file need not hold more. Layers are called `conv1_1` to `conv5_3`, `fc6` and `fc7`.
    ///
    /// # Errors
    /// When the file cannot be read or lacks a layer.
    pub(crate) fn open(
        path: &Path,
        whole: bool,
        input_scaling: InputScaling,
        device: &Device,
    ) -> std::result::Result<Self, TrainingError> {
        let checkpoint = Arc::new(Checkpoint::open(path)?);
        let first = "conv1_1.weight";
        let named = checkpoint.entries().iter().find_map(|entry| entry.name.strip_suffix(first));
        let prefix = named.unwrap_or_default().to_owned();
        let built = Self::new(&var_builder(checkpoint, &prefix, device), whole, input_scaling);
        built.map_err(|error| CheckpointError::new(path, error).into())
    }

    /// Loads the weights from `vb`. The width, 64 channels as published, follows from their shapes.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(crate) fn new(vb: &VarBuilder<'_>, whole: bool, input_scaling: InputScaling) -> Result<Self> {
        let base = vb.get_unchecked("conv1_1.bias")?.elem_count();
        let mut inputs = 3;
        let mut stages = Vec::new();
        for (stage, count) in STAGES.into_iter().enumerate().take(if whole { STAGES.len() } else { LEVELS }) {
            let outputs = stage_channels(base, stage);
            let mut layers = Vec::new();
            for layer in 1..=count {
                let vb = vb.pp(format!("conv{}_{layer}", stage + 1));
                let weight = vb.get((outputs, inputs, 3, 3), "weight")?;
                layers.push(Convolution::new(weight, Some(vb.get(outputs, "bias")?), 1, 1)?);
                inputs = outputs;
            }
            stages.push(layers);
        }
        let dense = |name: &&str| {
            let vb = vb.pp(*name);
            let bias = vb.get_unchecked("bias")?;
            let weight = vb.get_unchecked("weight")?;
            if weight.rank() != 2 || weight.dim(0)? != bias.elem_count() {
                bail!("{name}.weight has the shape {:?}, which does not fit a dense layer", weight.dims());
            }
            Ok((weight.t()?.contiguous()?, bias))
        };
        let names = if whole { &["fc6", "fc7"][..] } else { &[] };
        Ok(Self { input_scaling, stages, dense: names.iter().map(dense).collect::<Result<_>>()? })
    }

    /// Channels of the first maps, 64 as published.
    pub(crate) fn base(&self) -> usize {
        self.stages.first().and_then(|stage| stage.first()).map_or(0, Convolution::outputs)
    }

    /// The last map of each of the first four stages, after its ReLU, for pictures (N, 3, S, S) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn maps(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        let mut x = self.scaled_input(pictures)?;
        let mut maps = Vec::with_capacity(LEVELS);
        for stage in &self.stages[..LEVELS.min(self.stages.len())] {
            if !maps.is_empty() {
                x = max_pool2d(&x, 2, 2)?;
            }
            x = run_stage(stage, x)?;
            maps.push(x.clone());
        }
        Ok(maps)
    }

    /// The output of `fc7`, after its ReLU, for pictures (N, 3, S, S) in -1..1. With `dropout`, half of the
    /// values of `fc6` and of `fc7` are zeroed at random and the rest doubled.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn identity_features(
        &self,
        pictures: &Tensor,
        mut dropout: Option<&mut StdRng>,
    ) -> Result<Tensor> {
        let mut x = self.scaled_input(pictures)?;
        for stage in &self.stages {
            x = max_pool2d(&run_stage(stage, x)?, 2, 2)?;
        }
        let mut x = x.flatten_from(1)?;
        for (weight, bias) in &self.dense {
            if x.dim(D::Minus1)? != weight.dim(0)? {
                bail!("pictures of {} pixels do not fit the network", pictures.dim(D::Minus1)?);
            }
            x = x.matmul(weight)?.broadcast_add(bias)?.relu()?;
            if let Some(random) = dropout.as_mut() {
                x = (x.clone() * dropout_mask(&x, random)?)?;
            }
        }
        Ok(x)
    }

    fn scaled_input(&self, pictures: &Tensor) -> Result<Tensor> {
        if self.input_scaling == InputScaling::Unscaled {
            return Ok(pictures.clone());
        }
        let mean = Tensor::new(&MEAN, pictures.device())?.reshape((1, 3, 1, 1))?;
        ((pictures + 1.0)? * 127.5)?.broadcast_sub(&mean)
    }
}

/// Channels of the maps of `stage`, counted from 0; `base` in the first.
fn stage_channels(base: usize, stage: usize) -> usize {
    base << stage.min(3)
}

/// Names and shapes of the parameters of the whole network with `base` channels in its first maps and `codes`
/// features, for pictures of `side` pixels.
pub(crate) fn vgg_shapes(base: usize, codes: usize, side: usize) -> Vec<(String, Vec<usize>)> {
    let mut list = Vec::new();
    let mut layer = |name: String, weight: Vec<usize>| {
        list.push((format!("{name}.bias"), vec![weight[0]]));
        list.push((format!("{name}.weight"), weight));
    };
    let mut inputs = 3;
    for (stage, count) in STAGES.into_iter().enumerate() {
        let outputs = stage_channels(base, stage);
        for index in 1..=count {
            layer(format!("conv{}_{index}", stage + 1), vec![outputs, inputs, 3, 3]);
            inputs = outputs;
        }
    }
    // Each stage ends with a pooling that halves the side.
    layer("fc6".to_owned(), vec![codes, inputs * (side >> STAGES.len()).pow(2)]);
    layer("fc7".to_owned(), vec![codes, codes]);
    list
}

fn run_stage(stage: &[Convolution], x: Tensor) -> Result<Tensor> {
    stage.iter().try_fold(x, |x, layer| layer.forward(&x, Activation::Relu))
}

/// Random zeros and twos in the shape of `x`.
fn dropout_mask(x: &Tensor, random: &mut StdRng) -> Result<Tensor> {
    let values: Vec<f32> =
        (0..x.elem_count()).map(|_| if random.random::<bool>() { 2.0 } else { 0.0 }).collect();
    Tensor::from_vec(values, x.shape(), x.device())
}
