//! An inverted residual block: expansion, depthwise convolution, projection.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_kernels::relu6;
use agemirror_kernels::{Padding, conv2d, depthwise_conv2d};

/// Added to variances, as when the network was trained.
const EPSILON: f64 = 1e-3;

/// An inverted residual block.
pub(super) struct Block {
    expand: Option<(Tensor, Tensor)>,
    depthwise: (Tensor, Tensor),
    project: (Tensor, Tensor),
    kernel: usize,
    stride: usize,
    /// Whether the input is added to the output.
    shortcut: bool,
}

impl Block {
    /// Loads a block with the given channels.
    ///
    /// # Errors
    /// When a weight is missing or has another shape.
    pub(super) fn new(
        vb: &VarBuilder<'_>,
        (inputs, outputs): (usize, usize),
        expansion: usize,
        kernel: usize,
        stride: usize,
    ) -> Result<Self> {
        let wide = inputs * expansion;
        let expand = (expansion > 1)
            .then(|| fold_batch_norm(&vb.pp("_expand_conv"), &vb.pp("_bn0"), (wide, inputs, 1)))
            .transpose()?;
        Ok(Self {
            expand,
            depthwise: fold_batch_norm(&vb.pp("_depthwise_conv"), &vb.pp("_bn1"), (wide, 1, kernel))?,
            project: fold_batch_norm(&vb.pp("_project_conv"), &vb.pp("_bn2"), (outputs, wide, 1))?,
            kernel,
            stride,
            shortcut: stride == 1 && inputs == outputs,
        })
    }

    /// Applies the block to maps (N, inputs, H, W).
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let wide = match &self.expand {
            Some((filter, bias)) => relu6(&conv2d(x, filter, Some(bias), 1, 0)?)?,
            None => x.clone(),
        };
        let (_, channels, height, width) = wide.dims4()?;
        let (filter, bias) = &self.depthwise;
        let padding = Padding::tensorflow_same((height, width), (self.kernel, self.kernel), self.stride);
        let filtered = depthwise_conv2d(&wide, filter, self.stride, padding)?;
        let filtered = relu6(&filtered.broadcast_add(&bias.reshape((1, channels, 1, 1))?)?)?;
        let (filter, bias) = &self.project;
        let narrow = conv2d(&filtered, filter, Some(bias), 1, 0)?;
        if self.shortcut { narrow + x } else { Ok(narrow) }
    }
}

/// The filter (outputs, inputs, kernel, kernel) and bias of a convolution with the batch normalisation after
/// it folded in.
///
/// # Errors
/// When a weight is missing or has another shape.
pub(crate) fn fold_batch_norm(
    conv: &VarBuilder<'_>,
    norm: &VarBuilder<'_>,
    (outputs, inputs, kernel): (usize, usize, usize),
) -> Result<(Tensor, Tensor)> {
    let filter = conv.get((outputs, inputs, kernel, kernel), "weight")?;
    let [gamma, beta] = [norm.get(outputs, "weight")?, norm.get(outputs, "bias")?];
    let [mean, variance] = [norm.get(outputs, "running_mean")?, norm.get(outputs, "running_var")?];
    let scale = (gamma / (variance + EPSILON)?.sqrt()?)?;
    let bias = (beta - (mean * &scale)?)?;
    Ok((filter.broadcast_mul(&scale.reshape((outputs, 1, 1, 1))?)?.contiguous()?, bias))
}
