//! The generator, with the tensor names of the PyTorch checkpoints.
//!
//! Two convolutions of stride 2 downsample from 224 to 56 px, followed by four residual blocks and two
//! transposed convolutions back. Instance normalisation follows every layer but the last, always with the
//! picture's own mean and variance: the checkpoints store none.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

use agemirror_kernels::{Activation, conv_transpose2d, conv2d, instance_norm, instance_norm_activated, tanh};

/// Epsilon of PyTorch's instance normalisation.
const EPSILON: f64 = 1e-5;
/// Number of residual blocks.
const BLOCKS: usize = 4;
/// Padding of the 9 x 9 kernels.
const WIDE: usize = 4;

/// A kernel and its bias, or gamma and beta of a normalisation.
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

impl Layer {
    /// A convolution (outputs, inputs, size, size).
    fn conv(vb: VarBuilder<'_>, outputs: usize, inputs: usize, size: usize) -> Result<Self> {
        Ok(Self { weight: vb.get((outputs, inputs, size, size), "weight")?, bias: vb.get(outputs, "bias")? })
    }

    /// A transposed convolution (inputs, outputs, size, size).
    fn transposed(vb: VarBuilder<'_>, inputs: usize, outputs: usize, size: usize) -> Result<Self> {
        Ok(Self { weight: vb.get((inputs, outputs, size, size), "weight")?, bias: vb.get(outputs, "bias")? })
    }

    fn norm(vb: VarBuilder<'_>, channels: usize) -> Result<Self> {
        Ok(Self { weight: vb.get(channels, "weight")?, bias: vb.get(channels, "bias")? })
    }

    fn convolve(&self, x: &Tensor, stride: usize, pad: usize) -> Result<Tensor> {
        conv2d(x, &self.weight, Some(&self.bias), stride, pad)
    }

    /// Upsamples by 2, cropping one row and column of the full result at the top left only.
    fn double(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        let full = conv_transpose2d(x, &self.weight, Some(&self.bias), 2, 0)?;
        full.narrow(2, 1, 2 * height)?.narrow(3, 1, 2 * width)?.contiguous()
    }

    fn normalise(&self, x: &Tensor) -> Result<Tensor> {
        instance_norm(x, &self.weight, &self.bias, EPSILON)
    }

    fn normalise_relu(&self, x: &Tensor) -> Result<Tensor> {
        instance_norm_activated(x, &self.weight, &self.bias, EPSILON, Activation::Relu)
    }
}

/// Names and shapes of the parameters of a generator whose first layer has `base` channels (32 as published).
pub fn parameters(base: usize) -> Vec<(String, Vec<usize>)> {
    let mut list = Vec::new();
    let mut layer = |name: String, weight: &[usize], outputs: usize| {
        list.push((format!("{name}.weight"), weight.to_vec()));
        list.push((format!("{name}.bias"), vec![outputs]));
    };
    layer("encoder.0".to_owned(), &[base, 3, 9, 9], base);
    layer("encoder.1".to_owned(), &[base], base);
    for (i, width) in [(3, base), (4, 2 * base)] {
        layer(format!("encoder.{i}.0"), &[2 * width, width, 3, 3], 2 * width);
        layer(format!("encoder.{i}.1"), &[2 * width], 2 * width);
    }
    for block in 0..BLOCKS {
        for half in [0, 3] {
            layer(format!("residual.{block}.block.{half}"), &[4 * base, 4 * base, 3, 3], 4 * base);
            layer(format!("residual.{block}.block.{}", half + 1), &[4 * base], 4 * base);
        }
    }
    for (i, width) in [(0, 4 * base), (1, 2 * base)] {
        layer(format!("decoder.{i}.0"), &[width, width / 2, 3, 3], width / 2);
        layer(format!("decoder.{i}.1"), &[width / 2], width / 2);
    }
    layer("decoder.2".to_owned(), &[base, 3, 9, 9], 3);
    list
}

/// A layer and the normalisation after it.
struct Pair(Layer, Layer);

/// The generator of one cluster of ages.
pub struct Network {
    stem: Pair,
    down: [Pair; 2],
    residual: Vec<[Pair; 2]>,
    up: [Pair; 2],
    last: Layer,
}

impl Network {
    /// Loads the weights from `vb`. Their shapes determine the width, 32 channels as published.
    ///
    /// # Errors
    /// When one is missing or has a shape that does not fit.
    pub fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let first = vb.get_unchecked("encoder.0.weight")?;
        let &[base, _, _, _] = first.dims() else {
            bail!("tensor encoder.0.weight has the shape {:?}, which is not a kernel", first.dims());
        };
        let down = |i: usize, outputs, inputs| {
            let vb = vb.pp("encoder").pp(i);
            Ok::<_, candle_core::Error>(Pair(
                Layer::conv(vb.pp(0), outputs, inputs, 3)?,
                Layer::norm(vb.pp(1), outputs)?,
            ))
        };
        let half = |block: usize, i: usize| {
            let vb = vb.pp("residual").pp(block).pp("block");
            Ok::<_, candle_core::Error>(Pair(
                Layer::conv(vb.pp(i), 4 * base, 4 * base, 3)?,
                Layer::norm(vb.pp(i + 1), 4 * base)?,
            ))
        };
        let up = |i: usize, inputs, outputs| {
            let vb = vb.pp("decoder").pp(i);
            Ok::<_, candle_core::Error>(Pair(
                Layer::transposed(vb.pp(0), inputs, outputs, 3)?,
                Layer::norm(vb.pp(1), outputs)?,
            ))
        };
        Ok(Self {
            stem: Pair(Layer::conv(vb.pp("encoder.0"), base, 3, 9)?, Layer::norm(vb.pp("encoder.1"), base)?),
            down: [down(3, 2 * base, base)?, down(4, 4 * base, 2 * base)?],
            residual: (0..BLOCKS)
                .map(|block| Ok([half(block, 0)?, half(block, 3)?]))
                .collect::<Result<_>>()?,
            up: [up(0, 4 * base, 2 * base)?, up(1, 2 * base, base)?],
            last: Layer::transposed(vb.pp("decoder.2"), base, 3, 9)?,
        })
    }

    /// Ages faces (N, 3, H, W) in -1..1 to the cluster, with the same shape; the published size is 224 px,
    /// and the sides must be divisible by 4.
    ///
    /// # Errors
    /// When the sides do not fit.
    pub fn run(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        if height % 4 != 0 || width % 4 != 0 {
            bail!("the sides of a face must be divisible by 4, but are {width} x {height}");
        }
        let mut x = self.stem.1.normalise_relu(&self.stem.0.convolve(x, 1, WIDE)?)?;
        for Pair(conv, norm) in &self.down {
            x = norm.normalise_relu(&conv.convolve(&x, 2, 1)?)?;
        }
        for [first, second] in &self.residual {
            let y = first.1.normalise_relu(&first.0.convolve(&x, 1, 1)?)?;
            x = (second.1.normalise(&second.0.convolve(&y, 1, 1)?)? + x)?.relu()?;
        }
        for Pair(conv, norm) in &self.up {
            x = norm.normalise_relu(&conv.double(&x)?)?;
        }
        tanh(&conv_transpose2d(&x, &self.last.weight, Some(&self.last.bias), 1, WIDE)?)
    }
}
