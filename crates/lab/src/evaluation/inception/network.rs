//! Layers of Inception-v3.

use std::collections::BTreeMap;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Origin;
use agemirror_checkpoint::inception_layers;
use agemirror_kernels::{Activation, BatchNorm, Convolution, max_pool2d};

/// Convolutions without padding.
const WITHOUT_PADDING: [&str; 7] = [
    "Conv2d_1a_3x3",
    "Conv2d_2a_3x3",
    "Conv2d_4a_3x3",
    "Mixed_6a.branch3x3",
    "Mixed_6a.branch3x3dbl_3",
    "Mixed_7a.branch3x3_2",
    "Mixed_7a.branch7x7x3_4",
];
/// Convolutions with stride 2.
const HALVING: [&str; 5] = [
    "Conv2d_1a_3x3",
    "Mixed_6a.branch3x3",
    "Mixed_6a.branch3x3dbl_3",
    "Mixed_7a.branch3x3_2",
    "Mixed_7a.branch7x7x3_4",
];
/// Epsilon added to the variance.
const EPSILON: f64 = 1e-3;

/// A convolution with its batch normalization folded in, followed by ReLU.
struct Layer {
    convolution: Convolution,
    /// Padding rows (above and below) and columns (left and right).
    padding: [usize; 2],
}

impl Layer {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let [down, across] = self.padding;
        let x = if down > 0 { x.pad_with_zeros(2, down, down)? } else { x.clone() };
        let x = if across > 0 { x.pad_with_zeros(3, across, across)? } else { x };
        self.convolution.forward(&x, Activation::Relu)
    }
}

/// The network up to its logits.
pub(super) struct Network {
    layers: BTreeMap<String, Layer>,
    /// Weights (C, 2048) and bias (C) of the classes.
    classes: Option<(Tensor, Tensor)>,
    origin: Origin,
}

impl Network {
    /// Loads the weights from `vb`. The scale of a normalization may be missing, as in Keras's files.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(super) fn new(vb: &VarBuilder, origin: Origin) -> Result<Self> {
        let mut layers = BTreeMap::new();
        for (name, [outputs, inputs, height, width]) in inception_layers() {
            let of_norm = |part: &str| vb.get(outputs, &format!("{name}.bn.{part}"));
            let mean = of_norm("running_mean")?;
            let gamma = match vb.contains_tensor(&format!("{name}.bn.weight")) {
                true => of_norm("weight")?,
                false => mean.ones_like()?,
            };
            let norm = BatchNorm {
                gamma,
                beta: of_norm("bias")?,
                variance: of_norm("running_var")?,
                mean,
                eps: EPSILON,
            };
            let filter = vb.get((outputs, inputs, height, width), &format!("{name}.conv.weight"))?;
            let (filter, bias) = norm.fold(&filter, None)?;
            let stride = if HALVING.contains(&name.as_str()) { 2 } else { 1 };
            let padded = !WITHOUT_PADDING.contains(&name.as_str());
            let padding = if padded { [height / 2, width / 2] } else { [0, 0] };
            let even = padding[0] == padding[1];
            let layer = Layer {
                convolution: Convolution::new(filter, Some(bias), stride, if even { padding[0] } else { 0 })?,
                padding: if even { [0, 0] } else { padding },
            };
            layers.insert(name, layer);
        }
        let classes = if vb.contains_tensor("fc.weight") {
            let weight = vb.get_unchecked("fc.weight")?;
            let bias = vb.get(weight.dim(0)?, "fc.bias")?;
            Some((weight, bias))
        } else {
            None
        };
        Ok(Self { layers, classes, origin })
    }

    /// Pooled features (N, 2048) of `x` (N, 3, 299, 299), RGB in -1..1.
    pub(super) fn pooled(&self, x: &Tensor) -> Result<Tensor> {
        let mut x = self.chain("", x, &["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3"])?;
        x = max_pool2d(&x, 3, 2)?;
        x = self.chain("", &x, &["Conv2d_3b_1x1", "Conv2d_4a_3x3"])?;
        x = max_pool2d(&x, 3, 2)?;
        for name in ["Mixed_5b.", "Mixed_5c.", "Mixed_5d."] {
            x = self.block_of_35(name, &x)?;
        }
        let narrow = self.chain("Mixed_6a.", &x, &["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"])?;
        x = Tensor::cat(&[self.chain("Mixed_6a.", &x, &["branch3x3"])?, narrow, max_pool2d(&x, 3, 2)?], 1)?;
        for name in ["Mixed_6b.", "Mixed_6c.", "Mixed_6d.", "Mixed_6e."] {
            x = self.block_of_17(name, &x)?;
        }
        let one = self.chain("Mixed_7a.", &x, &["branch3x3_1", "branch3x3_2"])?;
        let seven = ["branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"];
        x = Tensor::cat(&[one, self.chain("Mixed_7a.", &x, &seven)?, max_pool2d(&x, 3, 2)?], 1)?;
        for name in ["Mixed_7b.", "Mixed_7c."] {
            x = self.block_of_8(name, &x)?;
        }
        x.mean((2, 3))
    }

    /// Logits of pooled features (N, 2048); `None` if the file has no classes.
    pub(super) fn logits(&self, pooled: &Tensor) -> Result<Option<Tensor>> {
        let Some((weight, bias)) = &self.classes else { return Ok(None) };
        let logits = pooled.matmul(&weight.t()?)?;
        Ok(Some(if self.origin == Origin::Year2015 { logits } else { logits.broadcast_add(bias)? }))
    }

    /// Number of classes.
    pub(super) fn classes(&self) -> usize {
        self.classes.as_ref().map_or(0, |(_, bias)| bias.elem_count())
    }

    fn block_of_35(&self, name: &str, x: &Tensor) -> Result<Tensor> {
        let parts = [
            self.chain(name, x, &["branch1x1"])?,
            self.chain(name, x, &["branch5x5_1", "branch5x5_2"])?,
            self.chain(name, x, &["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"])?,
            self.chain(name, &self.mean_of_nine(x)?, &["branch_pool"])?,
        ];
        Tensor::cat(&parts, 1)
    }

    fn block_of_17(&self, name: &str, x: &Tensor) -> Result<Tensor> {
        let doubled =
            ["branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"];
        let parts = [
            self.chain(name, x, &["branch1x1"])?,
            self.chain(name, x, &["branch7x7_1", "branch7x7_2", "branch7x7_3"])?,
            self.chain(name, x, &doubled)?,
            self.chain(name, &self.mean_of_nine(x)?, &["branch_pool"])?,
        ];
        Tensor::cat(&parts, 1)
    }

    fn block_of_8(&self, name: &str, x: &Tensor) -> Result<Tensor> {
        let three = self.chain(name, x, &["branch3x3_1"])?;
        let doubled = self.chain(name, x, &["branch3x3dbl_1", "branch3x3dbl_2"])?;
        // The last block of the 2015 network uses max pooling where the others use average pooling.
        let largest = self.origin == Origin::Year2015 && name == "Mixed_7c.";
        let pooled = if largest {
            // After ReLU no value is below the padding's zeros.
            max_pool2d(&x.pad_with_zeros(2, 1, 1)?.pad_with_zeros(3, 1, 1)?, 3, 1)?
        } else {
            self.mean_of_nine(x)?
        };
        let parts = [
            self.chain(name, x, &["branch1x1"])?,
            self.chain(name, &three, &["branch3x3_2a"])?,
            self.chain(name, &three, &["branch3x3_2b"])?,
            self.chain(name, &doubled, &["branch3x3dbl_3a"])?,
            self.chain(name, &doubled, &["branch3x3dbl_3b"])?,
            self.chain(name, &pooled, &["branch_pool"])?,
        ];
        Tensor::cat(&parts, 1)
    }

    /// Runs the layers `names` in order.
    fn chain(&self, block: &str, x: &Tensor, names: &[&str]) -> Result<Tensor> {
        let mut x = x.clone();
        for name in names {
            let Some(layer) = self.layers.get(&format!("{block}{name}")) else {
                candle_core::bail!("Inception-v3 has no layer {block}{name}");
            };
            x = layer.forward(&x)?;
        }
        Ok(x)
    }

    /// 3 x 3 average pooling with padding. TensorFlow divides by the pixels inside the picture, torchvision
    /// counts the padding as well.
    fn mean_of_nine(&self, x: &Tensor) -> Result<Tensor> {
        let padded = x.pad_with_zeros(2, 1, 1)?.pad_with_zeros(3, 1, 1)?;
        let mean = padded.avg_pool2d_with_stride(3, 1)?;
        if self.origin == Origin::Torchvision {
            return Ok(mean);
        }
        let (_, _, height, width) = x.dims4()?;
        let inside = |position: usize, length: usize| {
            3 - usize::from(position == 0) - usize::from(position + 1 == length)
        };
        let share = |y: usize, x: usize| 9.0 / (inside(y, height) * inside(x, width)) as f32;
        let shares: Vec<f32> = (0..height).flat_map(|y| (0..width).map(move |x| share(y, x))).collect();
        mean.broadcast_mul(&Tensor::from_vec(shares, (1, 1, height, width), x.device())?)
    }
}
