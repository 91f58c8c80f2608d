//! The PyTorch variant of `mattans/AgeProgression`, with its tensor names.
//!
//! It differs from the original in more than the framework: the encoder's convolutions have no padding, so
//! that a single pixel remains; the labels are not repeated to the length of the code; the generator's last
//! layer is a 1 x 1 convolution; and the transposed convolutions are shifted one pixel to the top left. It
//! was published as two files, `E.dat` and `G.dat`.

use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

use super::labels::{AGES, GENDERS, Tiles};
use agemirror_kernels::{conv_transpose2d, conv2d, tanh};

/// Side of the generator's smallest map.
const SMALLEST_SIDE: usize = 4;
/// Ages occur once; genders are repeated to the same length.
const TILES: Tiles = Tiles { age: 1, gender: AGES / GENDERS };

/// A weight with its bias.
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

impl Layer {
    /// `biases` is the axis of the weight along which the bias runs.
    fn new(vb: VarBuilder<'_>, biases: usize) -> Result<Self> {
        let weight = vb.get_unchecked("weight")?;
        let bias = vb.get(weight.dim(biases)?, "bias")?;
        Ok(Self { weight, bias })
    }

    fn halve(&self, x: &Tensor) -> Result<Tensor> {
        conv2d(x, &self.weight, Some(&self.bias), 2, 0)
    }

    /// A transposed convolution of stride 1.
    fn keep(&self, x: &Tensor, pad: usize) -> Result<Tensor> {
        conv_transpose2d(x, &self.weight, Some(&self.bias), 1, pad)
    }

    fn dense(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)
    }

    /// Upsamples by 2, cropping two rows and columns of the full result before and one after.
    fn double(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        let full = conv_transpose2d(x, &self.weight, Some(&self.bias), 2, 1)?;
        full.narrow(2, 1, 2 * height)?.narrow(3, 1, 2 * width)?.contiguous()
    }
}

/// Encoder and generator.
pub struct PyTorchNetwork {
    convolutions: Vec<Layer>,
    code: Layer,
    fc: Layer,
    up: Vec<Layer>,
    flat: Layer,
    colours: Layer,
}

impl PyTorchNetwork {
    /// Loads the weights of the encoder and of the generator, which may come from two files.
    ///
    /// # Errors
    /// When one is missing or has a shape that does not fit.
    pub fn new(encoder: &VarBuilder<'_>, generator: &VarBuilder<'_>) -> Result<Self> {
        let layer = |vb: &VarBuilder<'_>, name: &str, biases| Layer::new(vb.pp(name), biases);
        let e_conv = |i| layer(encoder, &format!("conv_layers.e_conv_{i}.0"), 0);
        let g_deconv = |i| layer(generator, &format!("deconv_layers.g_deconv_{i}.0"), 1);
        let network = Self {
            convolutions: (1..=5).map(e_conv).collect::<Result<_>>()?,
            code: layer(encoder, "fc_layer.e_fc_1", 0)?,
            fc: layer(generator, "fc.0", 0)?,
            up: (1..=5).map(g_deconv).collect::<Result<_>>()?,
            flat: g_deconv(6)?,
            colours: g_deconv(7)?,
        };
        let (_, inputs) = network.fc.weight.dims2()?;
        let code = network.code.bias.dim(0)?;
        if inputs != code + TILES.length() {
            bail!(
                "fc.0.weight takes {inputs} values instead of a code of {code} and {} labels",
                TILES.length()
            );
        }
        Ok(network)
    }

    /// Repetitions of the labels for the generator.
    pub fn tiles(&self) -> Tiles {
        TILES
    }

    /// Encodes faces (N, 3, 128, 128) in -1..1 to codes (N, 50 or 100) in -1..1.
    ///
    /// # Errors
    /// When the faces have another size.
    pub fn encode(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = x.clone();
        for layer in &self.convolutions {
            x = layer.halve(&x)?.relu()?;
        }
        tanh(&self.code.dense(&x.flatten_from(1)?)?)
    }

    /// Decodes codes with labels (N, 20) to faces (N, 3, 128, 128) in -1..1.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn decode(&self, code: &Tensor, labels: &Tensor) -> Result<Tensor> {
        let x = self.fc.dense(&Tensor::cat(&[code, labels], 1)?)?.relu()?;
        let mut x = x.reshape((x.dim(0)?, (), SMALLEST_SIDE, SMALLEST_SIDE))?;
        for layer in &self.up {
            x = layer.double(&x)?.relu()?;
        }
        tanh(&self.colours.keep(&self.flat.keep(&x, 2)?.relu()?, 0)?)
    }
}
