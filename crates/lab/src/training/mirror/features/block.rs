//! The weights of an inverted residual block.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use agemirror_kernels::InvertedResidual;

/// Added to variances, as when the network was trained.
const EPSILON: f64 = 1e-3;

/// Loads the inverted residual block with the given channels from `vb`.
///
/// # Errors
/// When a weight is missing or has another shape.
pub(super) fn load_block(
    vb: &VarBuilder<'_>,
    (inputs, outputs): (usize, usize),
    expansion: usize,
    kernel: usize,
    stride: usize,
) -> Result<InvertedResidual> {
    let wide = inputs * expansion;
    let expand = (expansion > 1)
        .then(|| fold_batch_norm(&vb.pp("_expand_conv"), &vb.pp("_bn0"), (wide, inputs, 1)))
        .transpose()?;
    let depthwise = fold_batch_norm(&vb.pp("_depthwise_conv"), &vb.pp("_bn1"), (wide, 1, kernel))?;
    let project = fold_batch_norm(&vb.pp("_project_conv"), &vb.pp("_bn2"), (outputs, wide, 1))?;
    InvertedResidual::new(expand, depthwise, project, stride, stride == 1 && inputs == outputs)
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
