//! AgeTransGAN's age estimator: probabilities of the ages 0 to 100 for a whole picture.
//!
//! A ResNet-50 (He et al., 2016) in VGGFace2's Caffe variant, with the stride in the first 1x1 convolution of
//! a stage, trained with the mean-variance loss. The user provides the weights.

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;
use image::RgbImage;

use super::weights::tensors;
use agemirror_checkpoint::System;
use agemirror_faces::aging::agetransgan::frontal_template;
use agemirror_faces::aging::picture::{Resampling, planes, resized};
use agemirror_faces::judges::age_estimator::expected_age;
use agemirror_faces::judges::{AgeJudge, Cut};
use agemirror_kernels::{Activation, BatchNorm, Convolution, max_pool2d};

/// Number of age classes: 0..=100 years.
const AGES: usize = 101;
/// Number, block count and inner channels of each stage.
const STAGES: [(usize, usize, usize); 4] = [(2, 3, 64), (3, 4, 128), (4, 6, 256), (5, 3, 512)];
/// Output channels of a block, as a multiple of its inner channels.
const WIDER: usize = 4;

/// The trained network.
pub(crate) struct AgeTransGanEstimator {
    first: Convolution,
    blocks: Vec<Block>,
    ages: Convolution,
    device: Device,
}

impl AgeTransGanEstimator {
    /// Side of the input picture in pixels.
    pub(crate) const SIDE: u32 = 224;

    /// Reads the weights at `path`, in any supported format.
    ///
    /// # Errors
    /// When the file cannot be read or contains another network.
    pub(crate) fn load(path: &Path, device: &Device) -> Result<Self> {
        Self::new(&tensors(path, System::AgetransganEstimator, device)?, device)
    }

    /// Loads the weights from `vb`.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(crate) fn new(vb: &VarBuilder<'_>, device: &Device) -> Result<Self> {
        let mut blocks = Vec::new();
        let mut inputs = 64;
        for (stage, count, width) in STAGES {
            for number in 1..=count {
                let stride = if number == 1 && stage > 2 { 2 } else { 1 };
                blocks.push(Block::new(vb, &format!("conv{stage}_{number}"), [inputs, width], stride)?);
                inputs = WIDER * width;
            }
        }
        let weight = vb.get((AGES, inputs, 1, 1), "classage.weight")?;
        Ok(Self {
            first: folded(vb, "conv1_7x7_s2", [64, 3], 7, 2)?,
            blocks,
            ages: Convolution::new(weight, Some(vb.get(AGES, "classage.bias")?), 1, 0)?,
            device: device.clone(),
        })
    }

    /// Ages in years of whole pictures of any size, resized to [`AgeTransGanEstimator::SIDE`] as OpenCV does.
    /// The authors round the ages that they write.
    ///
    /// # Errors
    /// When a picture has no pixels.
    pub(crate) fn read_whole(&self, pictures: &[RgbImage]) -> Result<Vec<f32>> {
        let resize = |picture| resized(picture, Self::SIDE, Self::SIDE, Resampling::Plain);
        AgeJudge::read(self, &pictures.iter().map(resize).collect::<Result<Vec<_>>>()?)
    }

    /// Logits (N, 101) of `x` (N, 3, 224, 224), BGR, 0..255; no mean is subtracted.
    ///
    /// # Errors
    /// When the pictures have another size.
    pub(crate) fn logits(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.first.forward(x, Activation::Relu)?;
        // Caffe rounds the size up, so the last window extends past the edge. Zeros do not change a maximum
        // after ReLU.
        let x = x.pad_with_zeros(2, 0, 1)?.pad_with_zeros(3, 0, 1)?;
        let mut x = max_pool2d(&x, 3, 2)?;
        for block in &self.blocks {
            x = block.forward(&x)?;
        }
        self.ages.forward(&x.mean_keepdim((2, 3))?, Activation::Identity)?.flatten_from(1)
    }
}

impl AgeJudge for AgeTransGanEstimator {
    fn name(&self) -> &'static str {
        "agetransgan"
    }

    fn about(&self) -> &'static str {
        "AgeTransGAN's estimator, by which its authors measure it; no model is trained against it here"
    }

    fn is_used_in_training(&self) -> bool {
        false
    }

    fn cut(&self) -> Cut {
        Cut { template: frontal_template(Self::SIDE), side: Self::SIDE }
    }

    fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
        let read = |crop: &RgbImage| {
            if crop.dimensions() != (Self::SIDE, Self::SIDE) {
                candle_core::bail!(
                    "a crop must have {} pixels a side, not {:?}",
                    Self::SIDE,
                    crop.dimensions()
                );
            }
            let rgb = planes(std::slice::from_ref(crop), &self.device)?;
            let bgr = Tensor::cat(&[rgb.narrow(1, 2, 1)?, rgb.narrow(1, 1, 1)?, rgb.narrow(1, 0, 1)?], 1)?;
            expected_age(&self.logits(&bgr)?)?.get(0)?.to_scalar()
        };
        crops.iter().map(read).collect()
    }
}

/// Bottleneck block: 1x1, 3x3 and 1x1 convolutions plus the shortcut.
struct Block {
    reduce: Convolution,
    middle: Convolution,
    increase: Convolution,
    projection: Option<Convolution>,
}

impl Block {
    fn new(vb: &VarBuilder, name: &str, [inputs, width]: [usize; 2], stride: usize) -> Result<Self> {
        let outputs = WIDER * width;
        let projects = name.ends_with("_1");
        let projection = || folded(vb, &format!("{name}_1x1_proj"), [outputs, inputs], 1, stride);
        Ok(Self {
            reduce: folded(vb, &format!("{name}_1x1_reduce"), [width, inputs], 1, stride)?,
            middle: folded(vb, &format!("{name}_3x3"), [width, width], 3, 1)?,
            increase: folded(vb, &format!("{name}_1x1_increase"), [outputs, width], 1, 1)?,
            projection: projects.then(projection).transpose()?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let straight = match &self.projection {
            Some(projection) => projection.forward(x, Activation::Identity)?,
            None => x.clone(),
        };
        let y = self.reduce.forward(x, Activation::Relu)?;
        let y = self.middle.forward(&y, Activation::Relu)?;
        self.increase.forward_with_residual(&y, &straight)?.relu()
    }
}

/// A convolution with padding `kernel / 2` and the batch normalization after it folded in.
fn folded(
    vb: &VarBuilder,
    name: &str,
    [outputs, inputs]: [usize; 2],
    kernel: usize,
    stride: usize,
) -> Result<Convolution> {
    let of_norm = |part: &str| vb.get(outputs, &format!("{name}_bn.{part}"));
    let norm = BatchNorm {
        mean: of_norm("running_mean")?,
        variance: of_norm("running_var")?,
        gamma: of_norm("weight")?,
        beta: of_norm("bias")?,
        eps: 1e-5,
    };
    let filter = vb.get((outputs, inputs, kernel, kernel), &format!("{name}.weight"))?;
    let (filter, bias) = norm.fold(&filter, None)?;
    Convolution::new(filter, Some(bias), stride, kernel / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agemirror_faces::aging::testing::{hashed_weights, picture};

    #[derive(serde::Deserialize)]
    struct Golden {
        logits: Vec<f32>,
        age: f32,
    }

    /// `tests/reference/agetransgan_estimator.py` runs the published layers in ONNX Runtime without folding.
    #[test]
    fn it_agrees_with_onnx_runtime() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../tests/reference/agetransgan_estimator.json"))
                .unwrap();
        let network = AgeTransGanEstimator::new(&hashed_weights(&[]), &Device::Cpu).unwrap();
        let rgb = planes(&[picture(AgeTransGanEstimator::SIDE)], &Device::Cpu).unwrap();
        let bgr = rgb.index_select(&Tensor::new(&[2_u32, 1, 0], &Device::Cpu).unwrap(), 1).unwrap();
        let logits = network.logits(&bgr).unwrap().get(0).unwrap().to_vec1::<f32>().unwrap();
        let largest = golden.logits.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        assert_eq!(logits.len(), AGES);
        for (ours, theirs) in logits.iter().zip(&golden.logits) {
            assert!((ours - theirs).abs() < 1e-4 * largest, "{ours} instead of {theirs}");
        }
        let age = network.read_whole(&[picture(AgeTransGanEstimator::SIDE)]).unwrap()[0];
        assert!((age - golden.age).abs() < 0.01, "{age} instead of {}", golden.age);
    }

    #[test]
    fn crops_of_another_size_and_other_files_are_refused() {
        let network = AgeTransGanEstimator::new(&hashed_weights(&[]), &Device::Cpu).unwrap();
        assert!(AgeJudge::read(&network, &[RgbImage::new(64, 64)]).is_err());
        let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../weights/mobile_face.safetensors");
        let error = AgeTransGanEstimator::load(&other, &Device::Cpu).err().unwrap().to_string();
        assert!(error.contains("mobile_face") && error.contains("age estimator"), "{error}");
    }
}
