//! The network in training: batch normalisation after every convolution, which is folded away when weights are
//! written.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use crate::training::NamedTensors;
use agemirror_faces::face::regions::layers::{After, Layer, RunLayers, layers, logits};
use agemirror_kernels::{
    Activation, BatchNorm, LEAKY_SLOPE, batch_norm_training, channel_statistics, conv2d,
};

/// Added to variances.
const EPSILON: f64 = 1e-5;

struct Trained {
    layer: Layer,
    weight: Tensor,
    /// The factor after the normalisation, as the difference to one; `None` for the logits.
    gamma: Option<Tensor>,
    /// What is added after the normalisation, or to the logits.
    beta: Tensor,
}

/// The trainable network.
pub struct TrainedNetwork(Vec<Trained>);

/// Sums of the means, the squared means and the variances of a layer's channels.
type Sums = [Tensor; 3];

impl TrainedNetwork {
    /// Takes the parameters from `vb`: `NAME.weight`, `NAME.gamma` and `NAME.bias` for each layer.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let trained = |layer: Layer| {
            let vb = vb.pp(&layer.name);
            let weight = vb.get((layer.outputs, layer.inputs, layer.kernel, layer.kernel), "weight")?;
            let gamma = (layer.after != After::Logits).then(|| vb.get(layer.outputs, "gamma")).transpose()?;
            Ok(Trained { weight, gamma, beta: vb.get(layer.outputs, "bias")?, layer })
        };
        layers().into_iter().map(trained).collect::<Result<_>>().map(Self)
    }

    /// The logits (N, REGIONS, S, S) of head crops (N, 3, S, S) in -1..1, each layer normalised over the batch.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn logits(&self, x: &Tensor) -> Result<Tensor> {
        logits(&mut Pass { layers: &self.0, sums: None }, x)
    }

    /// The weights as they ship: for each layer `NAME.weight` and `NAME.bias`, in half precision, with the
    /// normalisation folded in. It is measured on `batches`, head crops (N, 3, S, S) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit, or there are no batches.
    pub fn fold(&self, batches: &[Tensor]) -> Result<NamedTensors> {
        let mut pass = Pass { layers: &self.0, sums: Some(Vec::new()) };
        for batch in batches {
            logits(&mut pass, &batch.detach())?;
        }
        let mut weights = NamedTensors::new();
        for (index, trained) in self.0.iter().enumerate() {
            let (weight, bias) = match (&trained.gamma, pass.sums.as_ref().and_then(|sums| sums.get(index))) {
                (None, _) => (trained.weight.clone(), trained.beta.clone()),
                (Some(_), None) => candle_core::bail!("normalisation needs at least one batch"),
                (Some(gamma), Some(sums)) => {
                    let [mean, square, variance] =
                        [0, 1, 2].map(|i: usize| &sums[i] / batches.len().max(1) as f64);
                    let (mean, square, variance) = (mean?, square?, variance?);
                    let variance = ((variance + square)? - mean.sqr()?)?;
                    let gamma = (gamma + 1.0)?;
                    let norm = BatchNorm { mean, variance, gamma, beta: trained.beta.clone(), eps: EPSILON };
                    norm.fold(&trained.weight, None)?
                }
            };
            let half = |tensor: Tensor| tensor.detach().to_dtype(DType::F16);
            weights.insert(format!("{}.weight", trained.layer.name), half(weight)?);
            weights.insert(format!("{}.bias", trained.layer.name), half(bias)?);
        }
        Ok(weights)
    }
}

/// One run through the layers; it gathers statistics where `sums` is given.
struct Pass<'a> {
    layers: &'a [Trained],
    sums: Option<Vec<Sums>>,
}

impl Pass<'_> {
    fn gather(&mut self, index: usize, y: &Tensor) -> Result<()> {
        let Some(sums) = &mut self.sums else { return Ok(()) };
        let (mean, variance) = channel_statistics(y)?;
        let square = mean.sqr()?;
        match sums.get_mut(index) {
            Some([means, squares, variances]) => {
                *means = (&*means + mean)?;
                *squares = (&*squares + square)?;
                *variances = (&*variances + variance)?;
            }
            None => sums.push([mean, square, variance]),
        }
        Ok(())
    }
}

impl RunLayers for Pass<'_> {
    fn run(&mut self, index: usize, x: &Tensor, added: Option<&Tensor>) -> Result<Tensor> {
        let Some(trained) = self.layers.get(index) else { candle_core::bail!("there is no layer {index}") };
        let Some(gamma) = &trained.gamma else {
            return conv2d(x, &trained.weight, Some(&trained.beta), 1, trained.layer.kernel / 2);
        };
        let y = conv2d(x, &trained.weight, None, 1, trained.layer.kernel / 2)?;
        self.gather(index, &y)?;
        let activation = match trained.layer.after {
            After::Leaky => Activation::Leaky(LEAKY_SLOPE),
            After::Nothing | After::Logits => Activation::Identity,
        };
        let y = batch_norm_training(&y, &(gamma + 1.0)?, &trained.beta, EPSILON, activation)?;
        added.map_or(Ok(y.clone()), |added| y + added)
    }
}

/// A network with the given parameters.
///
/// # Errors
/// When one is missing or has another shape.
pub fn network_of(parameters: &NamedTensors, device: &Device) -> Result<TrainedNetwork> {
    TrainedNetwork::new(VarBuilder::from_tensors(parameters.clone(), DType::F32, device))
}
