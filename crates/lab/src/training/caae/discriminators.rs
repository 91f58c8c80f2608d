//! The two discriminators, with the parameter names of the authors' TensorFlow checkpoints.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_faces::aging::caae::Tiles;
use agemirror_faces::aging::tensorflow::{Direction, Kernel};
use agemirror_kernels::{Activation, batch_norm_training, conv2d_same};

/// Added to variances (`tf.contrib.layers.batch_norm`).
const EPSILON: f64 = 1e-3;
/// Slope of the leaky ReLU.
const SLOPE: f64 = 0.2;
const KERNEL: usize = 5;
/// Dense layers of the code discriminator, and convolutions of the face discriminator.
const LAYERS: usize = 4;
/// Side of the face discriminator's last map.
const LAST_SIDE: usize = 8;

/// How often ages and genders are repeated in the labels of the face discriminator.
pub(super) const LABEL_TILES: Tiles = Tiles { age: 1, gender: 5 };

struct Dense {
    weight: Tensor,
    bias: Tensor,
}

impl Dense {
    fn new(vb: &VarBuilder<'_>, name: &str) -> Result<Self> {
        Ok(Self {
            weight: vb.get_unchecked(&format!("{name}/w"))?,
            bias: vb.get_unchecked(&format!("{name}/b"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

/// Batch normalisation with `gamma` 1, and a ReLU.
fn normalised(x: &Tensor, beta: &Tensor) -> Result<Tensor> {
    batch_norm_training(x, &beta.detach().ones_like()?, beta, EPSILON, Activation::Relu)
}

/// Tells codes of faces from codes drawn from the prior.
pub(super) struct CodeDiscriminator {
    layers: Vec<Dense>,
    betas: Vec<Tensor>,
}

impl CodeDiscriminator {
    pub(super) fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let layers = (0..LAYERS).map(|i| Dense::new(vb, &format!("D_z_fc{i}"))).collect::<Result<_>>()?;
        let betas = (0..LAYERS - 1).map(|i| vb.get_unchecked(&format!("D_z_bn{i}/beta")));
        Ok(Self { layers, betas: betas.collect::<Result<_>>()? })
    }

    /// The logits (N, 1) of codes (N, 50), positive for codes from the prior.
    pub(super) fn forward(&self, codes: &Tensor) -> Result<Tensor> {
        let mut x = codes.clone();
        for (layer, beta) in self.layers.iter().zip(&self.betas) {
            let (count, width) = (x.dim(0)?, beta.dim(0)?);
            let y = layer.forward(&x)?.reshape((count, width, 1, 1))?;
            x = normalised(&y, beta)?.reshape((count, width))?;
        }
        self.layers[LAYERS - 1].forward(&x)
    }
}

/// Tells generated faces from real ones of the same age and gender.
pub(super) struct FaceDiscriminator {
    convolutions: Vec<(Kernel, Tensor)>,
    fc1: Dense,
    fc2: Dense,
}

impl FaceDiscriminator {
    pub(super) fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let layer = |i: usize| {
            let name = format!("D_img_conv{i}");
            let kernel =
                Kernel::load(vb, &format!("{name}/w"), &format!("{name}/b"), KERNEL, Direction::Forward)?;
            Ok((kernel, vb.get_unchecked(&format!("D_img_bn{i}/beta"))?))
        };
        let convolutions: Vec<(Kernel, Tensor)> = (0..LAYERS).map(layer).collect::<Result<_>>()?;
        // TensorFlow flattens with the channels last, candle stores them first.
        let fc1 = Dense::new(vb, "D_img_fc1")?;
        let (inputs, outputs) = fc1.weight.dims2()?;
        let channels = inputs / (LAST_SIDE * LAST_SIDE);
        let weight = fc1.weight.reshape((LAST_SIDE, LAST_SIDE, channels, outputs))?.permute((2, 0, 1, 3))?;
        let fc1 = Dense { weight: weight.reshape((inputs, outputs))?, ..fc1 };
        Ok(Self { convolutions, fc1, fc2: Dense::new(vb, "D_img_fc2")? })
    }

    /// The logits (N, 1) of faces (N, 3, 128, 128) with labels (N, 20), see [`LABEL_TILES`].
    pub(super) fn forward(&self, faces: &Tensor, labels: &Tensor) -> Result<Tensor> {
        let mut x = faces.clone();
        for (i, (kernel, beta)) in self.convolutions.iter().enumerate() {
            x = normalised(
                &conv2d_same(&x, &kernel.weight, Some(&kernel.bias), 2, Activation::Identity)?,
                beta,
            )?;
            if i == 0 {
                let ((count, _, height, width), label_channels) = (x.dims4()?, labels.dim(1)?);
                let maps = labels.reshape((count, label_channels, 1, 1))?.broadcast_as((
                    count,
                    label_channels,
                    height,
                    width,
                ))?;
                x = Tensor::cat(&[&x, &maps.contiguous()?], 1)?;
            }
        }
        let x = candle_nn::ops::leaky_relu(&self.fc1.forward(&x.flatten_from(1)?)?, SLOPE)?;
        self.fc2.forward(&x)
    }
}
