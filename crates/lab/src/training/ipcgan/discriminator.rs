//! The patch discriminator, with the parameter names of the authors' TensorFlow checkpoints.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_faces::aging::ipcgan::with_classes;
use agemirror_faces::aging::tensorflow::{Direction, Kernel};
use agemirror_kernels::{Activation, batch_norm_training, conv2d_same};

/// Added to variances.
const EPSILON: f64 = 1e-3;
const LEAKY: Activation = Activation::Leaky(0.2);
const KERNEL: usize = 4;

fn kernel(vb: &VarBuilder<'_>, layer: &str) -> Result<Kernel> {
    let name = |part: &str| format!("discriminator/{layer}/{part}");
    Kernel::load(vb, &name("weights"), &name("biases"), KERNEL, Direction::Forward)
}

/// A convolution with batch normalisation.
struct Layer {
    kernel: Kernel,
    gamma: Tensor,
    beta: Tensor,
    stride: usize,
}

impl Layer {
    fn new(vb: &VarBuilder<'_>, i: usize) -> Result<Self> {
        let of_norm = |part: &str| vb.get_unchecked(&format!("discriminator/dis_bn{}/{part}", i - 1));
        let stride = if i < 3 { 2 } else { 1 };
        let kernel = kernel(vb, &format!("dis_{i}"))?;
        Ok(Self { kernel, gamma: of_norm("gamma")?, beta: of_norm("beta")?, stride })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y =
            conv2d_same(x, &self.kernel.weight, Some(&self.kernel.bias), self.stride, Activation::Identity)?;
        batch_norm_training(&y, &self.gamma, &self.beta, EPSILON, LEAKY)
    }
}

/// Judges patches of faces, given their age group.
pub(super) struct Discriminator {
    first: Kernel,
    layers: Vec<Layer>,
    last: Kernel,
}

impl Discriminator {
    pub(super) fn new(vb: &VarBuilder<'_>) -> Result<Self> {
        let layers = (1..=3).map(|i| Layer::new(vb, i)).collect::<Result<_>>()?;
        Ok(Self { first: kernel(vb, "dis")?, layers, last: kernel(vb, "dis_4")? })
    }

    /// The logits (N, outputs, 16, 16) of faces (N, 3, 128, 128) in -1..1; `classes` are the claimed groups,
    /// one per face.
    pub(super) fn forward(&self, faces: &Tensor, classes: &[usize]) -> Result<Tensor> {
        let x = conv2d_same(faces, &self.first.weight, Some(&self.first.bias), 2, LEAKY)?;
        let mut x = with_classes(&x, classes)?;
        for layer in &self.layers {
            x = layer.forward(&x)?;
        }
        conv2d_same(&x, &self.last.weight, Some(&self.last.bias), 1, Activation::Identity)
    }
}
