//! MobileFace: 256-dimensional embeddings whose distance tells whether two pictures show one person.
//!
//! The identification network of the project of that name (<https://github.com/becauseofAI/MobileFace>,
//! 2018): four stages of one pointwise and three depthwise convolutions with PReLU, then a dense layer over
//! the whole map instead of a mean. There are no biases. No aging model is trained against it.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;

use super::judge_files;
use agemirror_faces::face::AlignmentTemplate;
use agemirror_faces::judges::{Cut, IdentityJudge};
use agemirror_faces::pixels::planes;
use agemirror_kernels::{BiasPrelu, Padding, conv2d, depthwise_conv2d};

/// Channels of the first convolution and of each stage.
const CHANNELS: [usize; 5] = [32, 32, 32, 64, 128];
/// Side of the last stage's map.
const LAST_SIDE: usize = 4;

/// The network.
pub(crate) struct MobileFace {
    /// (32, 3, 3, 3)
    first: Tensor,
    first_prelu: BiasPrelu,
    stages: Vec<Stage>,
    /// (256, 2048)
    dense: Tensor,
    gain: Tensor,
    shift: Tensor,
    device: Device,
}

impl MobileFace {
    /// Length of an embedding.
    pub(crate) const LENGTH: usize = 256;

    /// Side of the input, in pixels.
    pub(crate) const SIDE: u32 = 112;

    /// Positions of the landmarks: the usual template of 112 pixels.
    pub(crate) const TEMPLATE: AlignmentTemplate = AlignmentTemplate {
        points: [
            [0.341_9, 0.461_6],
            [0.656_5, 0.459_8],
            [0.500_2, 0.640_5],
            [0.371_0, 0.824_7],
            [0.631_5, 0.823_3],
        ],
    };

    /// Loads its weights.
    ///
    /// # Errors
    /// When they are missing or belong to another network.
    pub(crate) fn bundled(device: &Device) -> Result<Self> {
        let vb = judge_files::MOBILE_FACE.open(device)?;
        let stages = CHANNELS.windows(2).enumerate();
        let flat = CHANNELS[4] * LAST_SIDE * LAST_SIDE;
        Ok(Self {
            first: vb.get((CHANNELS[0], 3, 3, 3), "conv1_weight")?,
            first_prelu: prelu(&vb, "prelu1_gamma", CHANNELS[0])?,
            stages: stages
                .map(|(i, pair)| Stage::new(&vb, &format!("stage{}_unit1", i + 1), pair[0], pair[1]))
                .collect::<Result<_>>()?,
            dense: vb.get((Self::LENGTH, flat), "dense/kernel")?,
            gain: vb.get(Self::LENGTH, "batchnorm0/mul")?,
            shift: vb.get(Self::LENGTH, "batchnorm0/sub")?,
            device: device.clone(),
        })
    }

    /// Embeds crops of [`MobileFace::SIDE`] pixels aligned to [`MobileFace::TEMPLATE`].
    ///
    /// # Errors
    /// When a crop has another size.
    pub(crate) fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        if crops.is_empty() {
            return Ok(Vec::new());
        }
        // The network divides by 128, not by 127.5.
        self.forward(&(planes(crops, Self::SIDE, &self.device)? * (127.5 / 128.0))?)?.to_vec2()
    }

    /// Embeddings (N, 256) of unit length, of `x` (N, 3, 112, 112), RGB as `(byte - 127.5) / 128`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = self.first_prelu.forward(&conv2d(x, &self.first, None, 2, 1)?, None)?;
        for stage in &self.stages {
            x = stage.forward(&x)?;
        }
        // The weights of the dense layer are in TensorFlow's order: rows, columns, channels.
        let flat = x.permute((0, 2, 3, 1))?.contiguous()?.flatten_from(1)?;
        let x = flat.matmul(&self.dense.t()?)?.broadcast_mul(&self.gain)?.broadcast_add(&self.shift)?;
        let length = (x.sqr()?.sum_keepdim(D::Minus1)? + 1e-12)?.sqrt()?;
        x.broadcast_div(&length)
    }
}

impl IdentityJudge for MobileFace {
    fn name(&self) -> &'static str {
        "mobileface"
    }

    fn about(&self) -> &'static str {
        "MobileFace; no model is trained against it"
    }

    fn cut(&self) -> Cut {
        Cut { template: Self::TEMPLATE, side: Self::SIDE }
    }

    fn usual_threshold(&self) -> Option<f32> {
        None
    }

    fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        MobileFace::embed(self, crops)
    }
}

fn prelu(vb: &VarBuilder, name: &str, channels: usize) -> Result<BiasPrelu> {
    BiasPrelu::new(&Tensor::zeros(channels, DType::F32, vb.device())?, &vb.get(channels, name)?)
}

/// Mixes the channels, halves the map and adds two depthwise convolutions to the result.
struct Stage {
    mix: Tensor,
    depthwise: Vec<(Tensor, BiasPrelu)>,
}

impl Stage {
    fn new(vb: &VarBuilder, name: &str, inputs: usize, outputs: usize) -> Result<Self> {
        let kernels = ["conv0_1_df", "conv1_df", "conv2_df"];
        let depthwise = kernels.iter().enumerate().map(|(i, kernel)| {
            let kernel = vb.get((outputs, 1, 3, 3), &format!("{name}_{kernel}"))?;
            Ok((kernel, prelu(vb, &format!("{name}_prelu{i}_gamma"), outputs)?))
        });
        Ok(Self {
            mix: vb.get((outputs, inputs, 1, 1), &format!("{name}_conv0_0_weight"))?,
            depthwise: depthwise.collect::<Result<_>>()?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mixed = conv2d(x, &self.mix, None, 1, 0)?;
        let step = |x: &Tensor, index: usize, stride: usize| {
            let (kernel, prelu) = &self.depthwise[index];
            prelu.forward(&depthwise_conv2d(x, kernel, stride, Padding::uniform(1))?, None)
        };
        let halved = step(&mixed, 0, 2)?;
        step(&step(&halved, 1, 1)?, 2, 1)? + halved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_faces::face::testing::reference_pictures;
    use agemirror_kernels::testing::assert_close;

    #[derive(serde::Deserialize)]
    struct Golden {
        embeddings: Vec<Vec<f32>>,
    }

    /// `tests/reference/mobile_face.py` runs the published graph operation by operation in NumPy.
    #[test]
    fn it_matches_the_published_graph() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../tests/reference/mobile_face.json")).unwrap();
        let network = MobileFace::bundled(&Device::Cpu).unwrap();
        let pictures = reference_pictures(MobileFace::SIDE as usize).unwrap();
        let ours = network.forward(&(pictures * (127.5 / 128.0)).unwrap()).unwrap();
        let wanted =
            Tensor::from_vec(golden.embeddings.concat(), (2, MobileFace::LENGTH), &Device::Cpu).unwrap();
        assert_close(&ours, &wanted, 1e-4).unwrap();
    }

    #[test]
    fn crops_of_another_size_are_refused() {
        let network = MobileFace::bundled(&Device::Cpu).unwrap();
        assert!(network.embed(&[RgbImage::new(64, 64)]).is_err());
        assert!(network.embed(&[]).unwrap().is_empty());
    }
}
