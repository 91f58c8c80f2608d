//! The trainable network. The decoder has batch normalisation, which is folded into its convolutions when weights are
//! exported; the encoder's is folded from the start.

use std::collections::BTreeMap;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use crate::training::NamedTensors;
use agemirror_faces::face::regions::depthwise;
use agemirror_faces::face::regions::layers::{Layer, RunLayers, check_crops, layers, logits};
use agemirror_kernels::{BatchNorm, batch_norm_training, channel_statistics, conv2d, conv2d_same};

/// Epsilon of the batch normalisation.
const EPSILON: f64 = 1e-5;

struct Trained {
    layer: Layer,
    weight: Tensor,
    /// The normalisation's gamma minus one; `None` without normalisation.
    gamma: Option<Tensor>,
    /// The normalisation's beta, or the convolution's bias if there is none.
    beta: Tensor,
}

/// The trainable network.
pub(super) struct TrainedNetwork(Vec<Trained>);

/// Sums of the means, the squared means and the variances of a layer's channels.
type Sums = [Tensor; 3];

impl TrainedNetwork {
    /// Loads the parameters from `vb`: `NAME.weight` and `NAME.bias` for each layer, and `NAME.gamma` for normalised
    /// ones.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub(super) fn new(vb: VarBuilder<'_>) -> Result<Self> {
        let trained = |layer: Layer| {
            let vb = vb.pp(&layer.name);
            let weight = vb.get(layer.filter_shape(), "weight")?;
            let gamma = layer.normalised.then(|| vb.get(layer.outputs, "gamma")).transpose()?;
            Ok(Trained { weight, gamma, beta: vb.get(layer.outputs, "bias")?, layer })
        };
        layers().into_iter().map(trained).collect::<Result<_>>().map(Self)
    }

    /// The logits (N, REGIONS, S, S) of head crops (N, 3, S, S) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(super) fn logits(&self, x: &Tensor) -> Result<Tensor> {
        check_crops(x)?;
        logits(&mut Pass { layers: &self.0, sums: None }, x)
    }

    /// The weights to publish: `NAME.weight` and `NAME.bias` for each layer, in half precision, with the normalisation
    /// folded in. Its statistics are measured on `batches`, head crops (N, 3, S, S) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit, or there are no batches.
    pub(super) fn fold(&self, batches: &[Tensor]) -> Result<NamedTensors> {
        let mut pass = Pass { layers: &self.0, sums: Some(BTreeMap::new()) };
        for batch in batches {
            logits(&mut pass, &batch.detach())?;
        }
        let mut weights = NamedTensors::new();
        for (index, trained) in self.0.iter().enumerate() {
            let (weight, bias) = match (&trained.gamma, pass.sums.as_ref().and_then(|sums| sums.get(&index)))
            {
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

/// A forward pass; collects statistics in `sums` if given.
struct Pass<'a> {
    layers: &'a [Trained],
    sums: Option<BTreeMap<usize, Sums>>,
}

impl Pass<'_> {
    fn gather(&mut self, index: usize, y: &Tensor) -> Result<()> {
        let Some(sums) = &mut self.sums else { return Ok(()) };
        let (mean, variance) = channel_statistics(y)?;
        let square = mean.sqr()?;
        match sums.get_mut(&index) {
            Some([means, squares, variances]) => {
                *means = (&*means + mean)?;
                *squares = (&*squares + square)?;
                *variances = (&*variances + variance)?;
            }
            None => {
                sums.insert(index, [mean, square, variance]);
            }
        }
        Ok(())
    }
}

impl RunLayers for Pass<'_> {
    fn run(&mut self, index: usize, x: &Tensor, added: Option<&Tensor>) -> Result<Tensor> {
        let Some(trained) = self.layers.get(index) else { candle_core::bail!("there is no layer {index}") };
        let Trained { layer, weight, gamma, beta } = trained;
        let y = match gamma {
            _ if layer.depthwise => depthwise(layer, x, weight, beta)?,
            None => conv2d_same(x, weight, Some(beta), layer.stride, layer.activation)?,
            Some(gamma) => {
                let y = conv2d(x, weight, None, layer.stride, layer.kernel / 2)?;
                self.gather(index, &y)?;
                batch_norm_training(&y, &(gamma + 1.0)?, beta, EPSILON, layer.activation)?
            }
        };
        added.map_or(Ok(y.clone()), |added| y + added)
    }
}

/// A network with the given parameters.
///
/// # Errors
/// When one is missing or has another shape.
pub(super) fn network_of(parameters: &NamedTensors, device: &Device) -> Result<TrainedNetwork> {
    TrainedNetwork::new(VarBuilder::from_tensors(parameters.clone(), DType::F32, device))
}
