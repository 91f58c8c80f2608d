//! The generator, with the names of the authors' TensorFlow checkpoints.
//!
//! A residual network: three convolutions lead from 128 to 32 px, six residual units stay there, two
//! transposed convolutions lead back. Every layer but the last is followed by batch normalisation; whose
//! mean and variance that takes is for [`super::Statistics`] to say.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

use crate::aging::tensorflow::{Direction, Kernel, must_take};
use agemirror_kernels::{
    Activation, BatchNorm, batch_norm_training, channel_statistics, conv_transpose2d_same, conv2d_same, tanh,
};

/// What TensorFlow adds to a variance.
const EPSILON: f64 = 1e-3;
/// Layers before and after the residual units.
const ENTER: usize = 3;
const UNITS: usize = 6;
const LEAVE: usize = 2;
/// Channels of a picture; the classes' maps follow them.
const COLOURS: usize = 3;

/// What a layer does to the side of its map.
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

/// Mean and variance of each channel of a map, each (channels).
#[derive(Clone)]
pub struct Moments {
    /// The mean.
    pub mean: Tensor,
    /// The variance, divided by the count.
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

    /// The kernel that normalises by `moments` as well.
    fn folded(&self, moments: &Moments) -> Result<Kernel> {
        // A transposed convolution's outputs are its kernel's second axis.
        let turn = |weight: &Tensor| match self.step {
            Step::Double => weight.transpose(0, 1),
            Step::Keep | Step::Halve => Ok(weight.clone()),
        };
        let (weight, bias) = self.norm(moments).fold(&turn(&self.kernel.weight)?, Some(&self.kernel.bias))?;
        Ok(Kernel { weight: turn(&weight)?.contiguous()?, bias, ..self.kernel.clone() })
    }

    /// The layer's output normalised by its own moments, and these, which have no gradients.
    fn by_batch(&self, x: &Tensor, activation: Activation) -> Result<(Tensor, Moments)> {
        let y = self.step.apply(x, &self.kernel)?;
        let (mean, variance) = channel_statistics(&y)?;
        let normalised = batch_norm_training(&y, &self.gamma, &self.beta, EPSILON, activation)?;
        Ok((normalised, Moments { mean, variance }))
    }
}

/// A kernel under the names `generator/<layer>/weights` and `generator/<layer>/biases`.
fn kernel(vb: &VarBuilder<'_>, layer: &str, size: usize, step: Step) -> Result<Kernel> {
    let direction = match step {
        Step::Double => Direction::Transposed,
        Step::Keep | Step::Halve => Direction::Forward,
    };
    let name = |part: &str| format!("generator/{layer}/{part}");
    Kernel::load(vb, &name("weights"), &name("biases"), size, direction)
}

/// The normalised layers in their order: convolution, normalisation, size of the kernel, step.
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
    /// Takes the weights from `vb`.
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

    /// The names of the normalisations, such as `generator/bn1`, in the order of [`Network::run_by_batch`]'s
    /// moments.
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
            bail!("the last layer, generator/conv4, gives {given} channels and not {COLOURS}");
        }
        Ok(())
    }

    /// Runs pictures with their classes' maps (N, 8, 128, 128), every layer normalised by the moments of
    /// this batch. Returns pictures (N, 3, 128, 128), -1..1, and each layer's moments.
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

    /// The network normalised by `moments`, one for each layer, whatever the batch.
    ///
    /// # Errors
    /// When they do not fit the layers.
    pub fn frozen(&self, moments: &[Moments]) -> Result<FrozenNetwork> {
        let fold = |(layer, moments): (&Layer, &Moments)| Ok((layer.folded(moments)?, layer.step));
        let layers = self.layers.iter().zip(moments).map(fold).collect::<Result<_>>()?;
        Ok(FrozenNetwork { layers, last: self.last.clone() })
    }

    /// The network normalised by the moving averages of its training.
    ///
    /// # Errors
    /// When the device fails.
    pub fn by_moving_averages(&self) -> Result<FrozenNetwork> {
        let moving: Vec<Moments> = self.layers.iter().map(|layer| layer.moving.clone()).collect();
        self.frozen(&moving)
    }
}

/// The generator with its normalisation folded into the kernels.
pub struct FrozenNetwork {
    layers: Vec<(Kernel, Step)>,
    last: Kernel,
}

impl FrozenNetwork {
    /// Runs pictures with their classes' maps (N, 8, 128, 128) to pictures (N, 3, 128, 128), -1..1.
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

/// The way through the network; `layer` is the normalised layer of a number with its activation.
fn run(
    x: &Tensor,
    last: &Kernel,
    mut layer: impl FnMut(usize, &Tensor, Activation) -> Result<Tensor>,
) -> Result<Tensor> {
    let mut x = x.clone();
    for i in 0..ENTER {
        x = layer(i, &x, Activation::Relu)?;
    }
    for i in (ENTER..).step_by(2).take(UNITS) {
        let y = layer(i, &x, Activation::Relu)?;
        x = (x + layer(i + 1, &y, Activation::Identity)?)?;
    }
    for i in (ENTER + 2 * UNITS..).take(LEAVE) {
        x = layer(i, &x, Activation::Relu)?;
    }
    tanh(&Step::Keep.apply(&x, last)?)
}
