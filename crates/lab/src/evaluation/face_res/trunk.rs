//! Convolutions that both networks share.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;

use crate::evaluation::judge_files::JudgeFile;
use agemirror_faces::pixels::planes;
use agemirror_kernels::{Activation, Convolution, Padding, conv2d_same, depthwise_conv2d};

/// Side of the input, in pixels.
pub(super) const SIDE: u32 = 224;
/// Number of features.
pub(super) const FEATURES: usize = 1024;

/// Output channels of the first convolution.
const FIRST: usize = 32;
/// Output channels of each block, and the stride of its depthwise convolution.
const BLOCKS: [(usize, usize); 13] = [
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (FEATURES, 1),
];
/// Means of red, green and blue that are subtracted, 0..255.
const MEANS: [f32; 3] = [123.68, 116.779, 103.939];
/// Upper bound of ReLU6.
const SIX: f64 = 6.0;
/// Pictures per batch; limits memory use.
const BATCH_SIZE: usize = 4;

/// The network up to its pooled features.
pub(super) struct Trunk {
    /// Filter (32, 3, 3, 3) for RGB input.
    first: Tensor,
    first_bias: Tensor,
    blocks: Vec<Block>,
    /// Added to 127.5 times a picture in -1..1, (1, 3, 1, 1).
    shift: Tensor,
    device: Device,
}

impl Trunk {
    /// Loads the weights, and returns the builder for the remaining tensors.
    pub(super) fn load(file: &JudgeFile, device: &Device) -> Result<(Self, VarBuilder<'static>)> {
        let vb = file.open(device)?;
        let mut inputs = FIRST;
        let mut blocks = Vec::with_capacity(BLOCKS.len());
        for (index, (outputs, stride)) in BLOCKS.into_iter().enumerate() {
            blocks.push(Block::new(&vb, index + 1, [inputs, outputs], stride)?);
            inputs = outputs;
        }
        let filter = vb.get((FIRST, 3, 3, 3), "conv1/convolution/merged_input")?;
        let shift = MEANS.map(|mean| 127.5 - mean);
        let trunk = Self {
            // The published network expects BGR.
            first: filter.flip(&[1])?.contiguous()?,
            first_bias: vb.get(FIRST, "conv1_bn/batchnorm_1/sub")?,
            blocks,
            shift: Tensor::new(&shift[..], device)?.reshape((1, 3, 1, 1))?,
            device: device.clone(),
        };
        Ok((trunk, vb))
    }

    /// Features (N, 1024) of pictures with a side of [`SIDE`] pixels.
    pub(super) fn read(&self, pictures: &[RgbImage]) -> Result<Tensor> {
        let some = |pictures: &[RgbImage]| self.forward(&planes(pictures, SIDE, &self.device)?);
        let rows = pictures.chunks(BATCH_SIZE).map(some).collect::<Result<Vec<_>>>()?;
        if rows.is_empty() {
            return Tensor::zeros((0, FEATURES), DType::F32, &self.device);
        }
        Tensor::cat(&rows, 0)
    }

    /// Features (N, 1024) of `x` (N, 3, H, W), RGB in -1..1.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = (x * 127.5)?.broadcast_add(&self.shift)?;
        let mut x =
            conv2d_same(&x, &self.first, Some(&self.first_bias), 2, Activation::Relu)?.minimum(SIX)?;
        for block in &self.blocks {
            x = block.forward(&x)?;
        }
        x.mean((2, 3))
    }
}

/// A depthwise convolution followed by a pointwise one.
struct Block {
    kernel: Tensor,
    /// (1, C, 1, 1)
    bias: Tensor,
    stride: usize,
    mix: Convolution,
}

impl Block {
    fn new(vb: &VarBuilder, number: usize, [inputs, outputs]: [usize; 2], stride: usize) -> Result<Self> {
        let kernel = vb.get((inputs, 1, 3, 3), &format!("conv_dw_{number}/depthwise_kernel"))?;
        let gain = vb.get(inputs, &format!("conv_dw_{number}_bn/batchnorm_1/mul"))?;
        let bias = vb.get(inputs, &format!("conv_dw_{number}_bn/batchnorm_1/sub"))?;
        let filter =
            vb.get((outputs, inputs, 1, 1), &format!("conv_pw_{number}/convolution/merged_input"))?;
        let mix_bias = vb.get(outputs, &format!("conv_pw_{number}_bn/batchnorm_1/sub"))?;
        Ok(Self {
            kernel: kernel.broadcast_mul(&gain.reshape((inputs, 1, 1, 1))?)?,
            bias: bias.reshape((1, inputs, 1, 1))?,
            stride,
            mix: Convolution::new(filter, Some(mix_bias), 1, 0)?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        let padding = Padding::tensorflow_same((height, width), (3, 3), self.stride);
        let x = depthwise_conv2d(x, &self.kernel, self.stride, padding)?;
        let x = x.broadcast_add(&self.bias)?.clamp(0.0, SIX)?;
        self.mix.forward(&x, Activation::Relu)?.minimum(SIX)
    }
}
