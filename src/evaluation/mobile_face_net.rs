//! MobileFaceNet: 192 numbers of length one that tell whether two pictures show one person.
//!
//! Chen et al., "MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification on Mobile
//! Devices", 2018 (<https://arxiv.org/abs/1804.07573>). Inverted residual blocks with PReLU and, at the end,
//! a depthwise convolution over the whole map in place of a mean. No aging model is trained against it.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;

use super::pixels::planes;
use crate::face::AlignmentTemplate;
use crate::tensor::{BiasPrelu, Padding, conv2d, depthwise_conv2d};

const WEIGHTS: &[u8] = include_bytes!("../../weights/mobile_face_net.safetensors");

/// The blocks: name, channels that come in, inside and out, and the stride.
const BLOCKS: [(&str, [usize; 3], usize); 15] = [
    ("Conv2d_2_InvResBlock_0", [64, 128, 64], 2),
    ("Conv2d_2_InvResBlock_1", [64, 128, 64], 1),
    ("Conv2d_2_InvResBlock_2", [64, 128, 64], 1),
    ("Conv2d_2_InvResBlock_3", [64, 128, 64], 1),
    ("Conv2d_2_InvResBlock_4", [64, 128, 64], 1),
    ("Conv2d_3_InvResBlock_0", [64, 256, 128], 2),
    ("Conv2d_4_InvResBlock_0", [128, 256, 128], 1),
    ("Conv2d_4_InvResBlock_1", [128, 256, 128], 1),
    ("Conv2d_4_InvResBlock_2", [128, 256, 128], 1),
    ("Conv2d_4_InvResBlock_3", [128, 256, 128], 1),
    ("Conv2d_4_InvResBlock_4", [128, 256, 128], 1),
    ("Conv2d_4_InvResBlock_5", [128, 256, 128], 1),
    ("Conv2d_5_InvResBlock_0", [128, 512, 128], 2),
    ("Conv2d_6_InvResBlock_0", [128, 256, 128], 1),
    ("Conv2d_6_InvResBlock_1", [128, 256, 128], 1),
];

/// The bundled network.
pub struct MobileFaceNet {
    stem: Conv,
    first_depthwise: Depthwise,
    first_pointwise: Conv,
    blocks: Vec<Block>,
    wide: Conv,
    whole: Depthwise,
    mix: Conv,
    last: Conv,
    device: Device,
}

impl MobileFaceNet {
    /// How many numbers an embedding has.
    pub const LENGTH: usize = 192;

    /// Side of the picture it takes, in pixels.
    pub const SIDE: u32 = 112;

    /// Where it wants the landmarks: the usual template of 112 pixels.
    pub const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
        points: [
            [0.341_9, 0.461_6],
            [0.656_5, 0.459_8],
            [0.500_2, 0.640_5],
            [0.371_0, 0.824_7],
            [0.631_5, 0.823_3],
        ],
    };

    /// Takes the weights that come with the program.
    ///
    /// # Errors
    /// When they are not this network's.
    pub fn bundled(device: &Device) -> Result<Self> {
        let vb = VarBuilder::from_slice_safetensors(WEIGHTS, DType::F32, device)?;
        let block =
            |(name, channels, stride): &(&str, [usize; 3], usize)| Block::new(&vb, name, *channels, *stride);
        Ok(Self {
            stem: Conv::new(&vb, "Conv2d_0", [64, 3], 3, true)?,
            first_depthwise: Depthwise::new(&vb, "SeparableConv2d", 64, 3, 1, true)?,
            first_pointwise: Conv::new(&vb, "Conv", [64, 64], 1, false)?,
            blocks: BLOCKS.iter().map(block).collect::<Result<_>>()?,
            wide: Conv::new(&vb, "Conv2d_7", [512, 128], 1, true)?,
            whole: Depthwise::new(&vb, "Logits/SeparableConv2d", 512, 7, 1, false)?,
            mix: Conv::new(&vb, "Logits/Conv", [512, 512], 1, false)?,
            last: Conv::new(&vb, "Logits/LinearConv1x1", [Self::LENGTH, 512], 1, false)?,
            device: device.clone(),
        })
    }

    /// The embeddings of crops of [`MobileFaceNet::SIDE`] pixels aligned to [`MobileFaceNet::TEMPLATE`].
    ///
    /// # Errors
    /// When a crop has another size.
    pub fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        if crops.is_empty() {
            return Ok(Vec::new());
        }
        // The network divides by 128, not by 127.5.
        self.forward(&(planes(crops, Self::SIDE, &self.device)? * (127.5 / 128.0))?)?.to_vec2()
    }

    /// The embeddings (N, 192), each of length one, of `x` (N, 3, 112, 112), RGB as `(byte - 127.5) / 128`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        // TensorFlow's SAME with stride 2: the zeros lie at the bottom and at the right only.
        let x = x.pad_with_zeros(2, 0, 1)?.pad_with_zeros(3, 0, 1)?;
        let mut x = self.stem.forward(&x, 2)?;
        x = self.first_pointwise.forward(&self.first_depthwise.forward(&x)?, 1)?;
        for block in &self.blocks {
            x = block.forward(&x)?;
        }
        x = self.whole.forward(&self.wide.forward(&x, 1)?)?;
        x = self.last.forward(&self.mix.forward(&x, 1)?, 1)?.flatten_from(1)?;
        let length = (x.sqr()?.sum_keepdim(D::Minus1)? + 1e-12)?.sqrt()?;
        x.broadcast_div(&length)
    }
}

/// The bias and PReLU of the layer `name`. The file holds half of each slope.
fn prelu(vb: &VarBuilder, name: &str, bias: &str, channels: usize) -> Result<BiasPrelu> {
    let slope = (vb.get(channels, &format!("{name}/mul"))? * 2.0)?;
    BiasPrelu::new(&vb.get(channels, &format!("{name}/{bias}"))?, &slope)
}

/// A dense convolution, followed by PReLU or by nothing.
struct Conv {
    weight: Tensor,
    /// Used where there is no activation.
    bias: Tensor,
    activation: Option<BiasPrelu>,
}

impl Conv {
    fn new(
        vb: &VarBuilder,
        name: &str,
        [outputs, inputs]: [usize; 2],
        kernel: usize,
        active: bool,
    ) -> Result<Self> {
        let bias = "Conv2D_bn_offset";
        Ok(Self {
            weight: vb.get((outputs, inputs, kernel, kernel), &format!("{name}/Conv2D_weights"))?,
            bias: vb.get(outputs, &format!("{name}/{bias}"))?,
            activation: active.then(|| prelu(vb, name, bias, outputs)).transpose()?,
        })
    }

    fn forward(&self, x: &Tensor, stride: usize) -> Result<Tensor> {
        match &self.activation {
            Some(activation) => activation.forward(&conv2d(x, &self.weight, None, stride, 0)?, None),
            None => conv2d(x, &self.weight, Some(&self.bias), stride, 0),
        }
    }
}

/// A depthwise convolution, followed by PReLU or by nothing.
struct Depthwise {
    weight: Tensor,
    bias: Tensor,
    activation: Option<BiasPrelu>,
    stride: usize,
}

impl Depthwise {
    fn new(
        vb: &VarBuilder,
        name: &str,
        channels: usize,
        kernel: usize,
        stride: usize,
        active: bool,
    ) -> Result<Self> {
        let bias = "depthwise_bn_offset";
        Ok(Self {
            weight: vb.get((channels, 1, kernel, kernel), &format!("{name}/depthwise_weights"))?,
            bias: vb.get(channels, &format!("{name}/{bias}"))?.reshape((1, channels, 1, 1))?,
            activation: active.then(|| prelu(vb, name, bias, channels)).transpose()?,
            stride,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        match &self.activation {
            Some(activation) => {
                let padding = Padding::tensorflow_same((height, width), (3, 3), self.stride);
                activation.forward(&depthwise_conv2d(x, &self.weight, self.stride, padding)?, None)
            }
            None => {
                depthwise_conv2d(x, &self.weight, self.stride, Padding::even(0))?.broadcast_add(&self.bias)
            }
        }
    }
}

/// Widen, convolve each channel, narrow; the input is added where the shape stays.
struct Block {
    widen: Conv,
    depthwise: Depthwise,
    narrow: Conv,
    straight: bool,
}

impl Block {
    fn new(
        vb: &VarBuilder,
        name: &str,
        [inputs, inside, outputs]: [usize; 3],
        stride: usize,
    ) -> Result<Self> {
        Ok(Self {
            widen: Conv::new(vb, &format!("{name}/Conv"), [inside, inputs], 1, true)?,
            depthwise: Depthwise::new(vb, &format!("{name}/SeparableConv2d"), inside, 3, stride, true)?,
            narrow: Conv::new(vb, &format!("{name}/Conv_1"), [outputs, inside], 1, false)?,
            straight: stride == 1,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = self.narrow.forward(&self.depthwise.forward(&self.widen.forward(x, 1)?)?, 1)?;
        if self.straight { x + y } else { Ok(y) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::tensor::testing::assert_close;

    #[derive(serde::Deserialize)]
    struct Golden {
        embeddings: Vec<Vec<f32>>,
    }

    /// The pictures of the reference script.
    fn pictures() -> Tensor {
        let side = MobileFaceNet::SIDE as usize;
        let value = |index: usize| {
            let at = |stride: usize, length: usize| (index / stride % length) as f64;
            let (n, c, y, x) = (at(3 * side * side, 2), at(side * side, 3), at(side, side), at(1, side));
            ((0.13 * x + 0.7 * c + 0.3 * n).sin() * ((0.09 - 0.02 * n) * y - 0.4 * c).cos()) as f32
        };
        let values = (0..2 * 3 * side * side).map(value).collect::<Vec<_>>();
        Tensor::from_vec(values, (2, 3, side, side), &Device::Cpu).unwrap()
    }

    /// `tests/reference/mobile_face_net.py` runs the published graph operation by operation in NumPy.
    #[test]
    fn it_agrees_with_the_published_graph() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../tests/reference/mobile_face_net.json")).unwrap();
        let network = MobileFaceNet::bundled(&Device::Cpu).unwrap();
        let ours = network.forward(&pictures()).unwrap();
        let wanted = Tensor::from_vec(golden.embeddings.concat(), (2, 192), &Device::Cpu).unwrap();
        assert_close(&ours, &wanted, 1e-4).unwrap();
    }

    #[test]
    fn crops_of_another_size_are_refused() {
        let network = MobileFaceNet::bundled(&Device::Cpu).unwrap();
        assert!(network.embed(&[RgbImage::new(64, 64)]).is_err());
        assert!(network.embed(&[]).unwrap().is_empty());
    }
}
