//! The network of the authors' TensorFlow checkpoints, with their tensor names.
//!
//! Sizes in comments are those of the published model; the actual ones come from the checkpoint's shapes.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

use super::labels::{AGES, GENDERS, Tiles};
use crate::aging::tensorflow::{Direction, Kernel, must_take};
use agemirror_kernels::{Activation, conv_transpose2d_same, conv2d_same, tanh};

/// Kernel width.
const KERNEL: usize = 5;
/// How often the encoder halves the side and the generator doubles it: from 128 to 4 and back.
const HALVINGS: usize = 5;
/// Number of generator layers that keep the side.
const FLAT: usize = 2;
/// Side of the smallest map.
const SMALLEST_SIDE: usize = 4;

/// A fully connected layer with a weight of (inputs, outputs).
struct Dense {
    weight: Tensor,
    bias: Tensor,
}

impl Dense {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

/// Encoder and generator.
pub struct Network {
    encoder: Encoder,
    generator: Generator,
    tiles: Tiles,
}

impl Network {
    /// Loads the weights from `vb`.
    ///
    /// # Errors
    /// When one is missing or has a shape that does not fit.
    pub fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let encoder = Encoder::new(vb)?;
        let code = encoder.fc.bias.dim(0)?;
        let tiles = Tiles { age: code / AGES, gender: code / GENDERS };
        let generator = Generator::new(vb, code + tiles.length())?;
        Ok(Self { encoder, generator, tiles })
    }

    /// Repetitions of the labels for the generator.
    pub fn tiles(&self) -> Tiles {
        self.tiles
    }

    /// Encodes faces (N, 3, 128, 128) in -1..1 to codes (N, 50) in -1..1.
    ///
    /// # Errors
    /// When the faces have another size.
    pub fn encode(&self, x: &Tensor) -> Result<Tensor> {
        self.encoder.forward(x)
    }

    /// Decodes codes (N, 50) with labels (N, 100) to faces (N, 3, 128, 128) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn decode(&self, code: &Tensor, labels: &Tensor) -> Result<Tensor> {
        self.generator.forward(&Tensor::cat(&[code, labels], 1)?)
    }
}

/// Reads the kernel `<layer>/w` and `<layer>/b`.
fn kernel(vb: &VarBuilder<'_>, layer: &str, direction: Direction) -> Result<Kernel> {
    Kernel::load(vb, &format!("{layer}/w"), &format!("{layer}/b"), KERNEL, direction)
}

struct Encoder {
    convolutions: Vec<Kernel>,
    fc: Dense,
}

impl Encoder {
    fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let mut convolutions = Vec::new();
        let mut channels = 3;
        for i in 0..HALVINGS {
            let layer = format!("E_conv{i}");
            let kernel = kernel(vb, &layer, Direction::Forward)?;
            must_take(&format!("{layer}/w"), kernel.inputs, channels)?;
            channels = kernel.outputs;
            convolutions.push(kernel);
        }
        // TensorFlow flattens with the channels last, candle with the channels first.
        let weight = vb.get_unchecked("E_fc/w")?;
        let (inputs, code) = weight.dims2()?;
        must_take("E_fc/w", inputs, channels * SMALLEST_SIDE * SMALLEST_SIDE)?;
        let weight = weight.reshape((SMALLEST_SIDE, SMALLEST_SIDE, channels, code))?.permute((2, 0, 1, 3))?;
        let weight = weight.reshape((inputs, code))?;
        Ok(Self { convolutions, fc: Dense { weight, bias: vb.get(code, "E_fc/b")? } })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = x.clone();
        for kernel in &self.convolutions {
            x = conv2d_same(&x, &kernel.weight, Some(&kernel.bias), 2, Activation::Relu)?;
        }
        tanh(&self.fc.forward(&x.flatten_from(1)?)?)
    }
}

struct Generator {
    fc: Dense,
    up: Vec<Kernel>,
    flat: Vec<Kernel>,
}

impl Generator {
    fn new(vb: &VarBuilder<'_>, inputs: usize) -> Result<Self> {
        let weight = vb.get_unchecked("G_fc/w")?;
        let (rows, columns) = weight.dims2()?;
        must_take("G_fc/w", rows, inputs)?;
        let mut channels = columns / (SMALLEST_SIDE * SMALLEST_SIDE);
        if columns % (SMALLEST_SIDE * SMALLEST_SIDE) != 0 {
            bail!("tensor G_fc/w has the shape {:?}, which does not form 4 x 4 maps", weight.dims());
        }
        let channels_first = |x: Tensor, rows: usize| {
            let x = x.reshape((rows, SMALLEST_SIDE, SMALLEST_SIDE, channels))?;
            x.permute((0, 3, 1, 2))?.reshape((rows, columns))
        };
        let bias = channels_first(vb.get(columns, "G_fc/b")?, 1)?;
        let fc = Dense { weight: channels_first(weight, rows)?, bias };
        let (mut up, mut flat) = (Vec::new(), Vec::new());
        for i in 0..HALVINGS + FLAT {
            let layer = format!("G_deconv{i}");
            let kernel = kernel(vb, &layer, Direction::Transposed)?;
            must_take(&format!("{layer}/w"), kernel.inputs, channels)?;
            channels = kernel.outputs;
            if i < HALVINGS { up.push(kernel) } else { flat.push(kernel) }
        }
        if channels != 3 {
            bail!("the last layer, G_deconv6, has {channels} output channels instead of 3");
        }
        Ok(Self { fc, up, flat })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.fc.forward(x)?.relu()?;
        let mut x = x.reshape((x.dim(0)?, (), SMALLEST_SIDE, SMALLEST_SIDE))?;
        let layer = |x: &Tensor, kernel: &Kernel, stride, activation| {
            conv_transpose2d_same(x, &kernel.weight, Some(&kernel.bias), stride, activation)
        };
        for kernel in &self.up {
            x = layer(&x, kernel, 2, Activation::Relu)?;
        }
        for kernel in &self.flat[..FLAT - 1] {
            x = layer(&x, kernel, 1, Activation::Relu)?;
        }
        tanh(&layer(&x, &self.flat[FLAT - 1], 1, Activation::Identity)?)
    }
}
