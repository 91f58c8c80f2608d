//! The generator, with the tensor names of the authors' TensorFlow checkpoints.
//!
//! A residual network: three convolutions downsample from 128 to 32 px, followed by six residual units and
//! two transposed convolutions back. Batch normalisation follows every layer but the last;
//! [`super::Statistics`] selects its mean and variance.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

use crate::aging::tensorflow::{Direction, Kernel, must_take};
use agemirror_kernels::{
    Activation, BatchNorm, batch_norm_training, channel_statistics, conv_transpose2d_same, conv2d_same, tanh,
};

/// Epsilon of TensorFlow's batch normalisation.
const EPSILON: f64 = 1e-3;
/// Number of layers before the residual units; [`LAST_LAYERS`] follow them.
const FIRST_LAYERS: usize = 3;
const UNITS: usize = 6;
const LAST_LAYERS: usize = 2;
/// Colour channels of a picture; the class maps follow them.
const COLOURS: usize = 3;

/// How a layer scales the side of its map.
#[derive(Clone, Copy)]
enum Step {
    Keep,
    Halve,
    Double,
}

impl Step {
    fn apply(self, x: &Tensor, kernel: &Kernel) -> Result<Tensor> {
        let (weight, bias) = (&kernel.weight, Some(&kernel.bias));
        match self {
            Self::Keep => conv2d_same(x, weight, bias, 1, Activation::Identity),
            Self::Halve => conv2d_same(x, weight, bias, 2, Activation::Identity),
            Self::Double => conv_transpose2d_same(x, weight, bias, 2, Activation::Identity),
        }
    }
}

/// Mean and variance of each channel of a map, both (channels).
#[derive(Clone)]
pub struct Moments {
    /// Mean.
    pub mean: Tensor,
    /// Biased variance.
    pub variance: Tensor,
}

/// A convolution with its batch normalisation.
struct Layer {
    kernel: Kernel,
    step: Step,
    gamma: Tensor,
    beta: Tensor,
    moving: Moments,
}

impl Layer {
    fn new(vb: &VarBuilder<'_>, conv: &str, norm: &str, size: usize, step: Step) -> Result<Self> {
        let kernel = kernel(vb, conv, size, step)?;
        let of_norm = |name: &str| vb.get(kernel.outputs, &format!("generator/{norm}/{name}"));
        let (gamma, beta) = (of_norm("gamma")?, of_norm("beta")?);
        let moving = Moments { mean: of_norm("moving_mean")?, variance: of_norm("moving_variance")? };
        Ok(Self { kernel, step, gamma, beta, moving })
    }

    fn norm(&self, moments: &Moments) -> BatchNorm {
        let Moments { mean, variance } = moments.clone();
        BatchNorm { mean, variance, gamma: self.gamma.clone(), beta: self.beta.clone(), eps: EPSILON }
    }

    /// The kernel with normalisation by `moments` folded in.
    fn folded(&self, moments: &Moments) -> Result<Kernel> {
        // The output channels of a transposed convolution are the kernel's second axis.
        let turn = |weight: &Tensor| match self.step {
            Step::Double => weight.transpose(0, 1),
            Step::Keep | Step::Halve => Ok(weight.clone()),
        };
        let (weight, bias) = self.norm(moments).fold(&turn(&self.kernel.weight)?, Some(&self.kernel.bias))?;
        Ok(Kernel { weight: turn(&weight)?.contiguous()?, bias, ..self.kernel.clone() })
    }

    /// Normalises the layer's output by its own moments and returns both; the moments carry no gradient.
    fn by_batch(&self, x: &Tensor, activation: Activation) -> Result<(Tensor, Moments)> {
        let y = self.step.apply(x, &self.kernel)?;
        let (mean, variance) = channel_statistics(&y)?;
        let normalised = batch_norm_training(&y, &self.gamma, &self.beta, EPSILON, activation)?;
        Ok((normalised, Moments { mean, variance }))
    }
}

/// Reads the kernel `generator/<layer>/weights` and `generator/<layer>/biases`.
fn kernel(vb: &VarBuilder<'_>, layer: &str, size: usize, step: Step) -> Result<Kernel> {
    let direction = match step {
        Step::Double => Direction::Transposed,
        Step::Keep | Step::Halve => Direction::Forward,
    };
    let name = |part: &str| format!("generator/{layer}/{part}");
    Kernel::load(vb, &name("weights"), &name("biases"), size, direction)
}

/// The normalised layers in order: convolution, normalisation, kernel size, step.
fn normalised_layers() -> Vec<(String, String, usize, Step)> {
    let outer = |conv: &str, norm: &str, size, step| (conv.to_owned(), norm.to_owned(), size, step);
    let mut layers = vec![
        outer("conv1", "bn1", 7, Step::Keep),
        outer("conv2", "bn2", 3, Step::Halve),
        outer("conv3", "bn3", 3, Step::Halve),
    ];
    for unit in 0..UNITS {
        let half = |i: usize| {
            let name = |part| format!("unit_{unit}/sub{i}/{part}{i}");
            (name("conv"), name("bn"), 3, Step::Keep)
        };
        layers.extend([1, 2].map(half));
    }
    layers.push(outer("deconv1", "bn4", 3, Step::Double));
    layers.push(outer("deconv2", "bn5", 3, Step::Double));
    layers
}

/// The generator.
pub struct Network {
    layers: Vec<Layer>,
    last: Kernel,
}

impl Network {
    /// Loads the weights from `vb`.
    ///
    /// # Errors
    /// When one is missing or has a shape that does not fit.
    pub fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let layers = normalised_layers().into_iter();
        let layers = layers.map(|(conv, norm, size, step)| Layer::new(vb, &conv, &norm, size, step));
        let layers = layers.collect::<Result<_>>()?;
        let last = kernel(vb, "conv4", 7, Step::Keep)?;
        let network = Self { layers, last };
        network.check()?;
        Ok(network)
    }

    /// Names of the normalisations, such as `generator/bn1`, in the order of the moments of
    /// [`Network::run_by_batch`].
    pub fn norms() -> Vec<String> {
        normalised_layers().into_iter().map(|(_, norm, ..)| format!("generator/{norm}")).collect()
    }

    fn check(&self) -> Result<()> {
        let mut given = COLOURS + super::CLASSES;
        for (i, kernel) in self.layers.iter().map(|layer| &layer.kernel).chain([&self.last]).enumerate() {
            must_take(&format!("of layer {}", i + 1), kernel.inputs, given)?;
            given = kernel.outputs;
        }
        if given != COLOURS {
            bail!("the last layer, generator/conv4, has {given} output channels instead of {COLOURS}");
        }
        Ok(())
    }

    /// Runs pictures with their class maps (N, 8, 128, 128), normalising every layer by the moments of this
    /// batch. Returns pictures (N, 3, 128, 128) in -1..1 and the moments of each layer.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn run_by_batch(&self, x: &Tensor) -> Result<(Tensor, Vec<Moments>)> {
        let mut seen = Vec::with_capacity(self.layers.len());
        let y = run(x, &self.last, |i, x, activation| {
            let (y, moments) = self.layers[i].by_batch(x, activation)?;
            seen.push(moments);
            Ok(y)
        })?;
        Ok((y, seen))
    }

    /// The network normalised by fixed `moments`, one per layer, for any batch.
    ///
    /// # Errors
    /// When they do not fit the layers.
    pub fn frozen(&self, moments: &[Moments]) -> Result<FrozenNetwork> {
        let fold = |(layer, moments): (&Layer, &Moments)| Ok((layer.folded(moments)?, layer.step));
        let layers = self.layers.iter().zip(moments).map(fold).collect::<Result<_>>()?;
        Ok(FrozenNetwork { layers, last: self.last.clone() })
    }

    /// The network normalised by the moving averages from training.
    ///
    /// # Errors
    /// When the device fails.
    pub fn by_moving_averages(&self) -> Result<FrozenNetwork> {
        let moving: Vec<Moments> = self.layers.iter().map(|layer| layer.moving.clone()).collect();
        self.frozen(&moving)
    }
}

/// The generator with normalisation folded into its kernels.
pub struct FrozenNetwork {
    layers: Vec<(Kernel, Step)>,
    last: Kernel,
}

impl FrozenNetwork {
    /// Runs pictures with their class maps (N, 8, 128, 128): (N, 3, 128, 128) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn run(&self, x: &Tensor) -> Result<Tensor> {
        run(x, &self.last, |i, x, activation| {
            let (kernel, step) = &self.layers[i];
            let y = step.apply(x, kernel)?;
            if activation == Activation::Relu { y.relu() } else { Ok(y) }
        })
    }
}

/// The network's topology; `layer` runs the normalised layer of an index with its activation.
fn run(
    x: &Tensor,
    last: &Kernel,
    mut layer: impl FnMut(usize, &Tensor, Activation) -> Result<Tensor>,
) -> Result<Tensor> {
    let mut x = x.clone();
    for i in 0..FIRST_LAYERS {
        x = layer(i, &x, Activation::Relu)?;
    }
    for i in (FIRST_LAYERS..).step_by(2).take(UNITS) {
        let y = layer(i, &x, Activation::Relu)?;
        x = (x + layer(i + 1, &y, Activation::Identity)?)?;
    }
    for i in (FIRST_LAYERS + 2 * UNITS..).take(LAST_LAYERS) {
        x = layer(i, &x, Activation::Relu)?;
    }
    tanh(&Step::Keep.apply(&x, last)?)
}
