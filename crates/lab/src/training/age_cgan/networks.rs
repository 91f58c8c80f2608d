//! Generator and discriminator: five convolutions each, without biases.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::training::parameters::{Init, Plan};
use agemirror_kernels::{Activation, batch_norm_training, conv_transpose2d, conv2d, tanh};

/// Number of age groups.
pub(super) const GROUPS: usize = 6;
/// Length of the noise vector.
pub(super) const NOISE: usize = 100;
/// Added to variances.
const EPSILON: f64 = 1e-5;
const KERNEL: usize = 4;
const LAYERS: usize = 5;
/// Standard deviation of initial weights, and of initial `gamma`s around 1 (as in DCGAN).
const INIT_DEVIATION: f32 = 0.02;

fn layer(plan: &mut Plan, name: &str, shape: [usize; 2], norm: Option<usize>) {
    plan.push((
        format!("{name}.conv.weight"),
        vec![shape[0], shape[1], KERNEL, KERNEL],
        Init::Normal(0.0, INIT_DEVIATION),
    ));
    if let Some(channels) = norm {
        plan.push((format!("{name}.norm.weight"), vec![channels], Init::Normal(1.0, INIT_DEVIATION)));
        plan.push((format!("{name}.norm.bias"), vec![channels], Init::Constant(0.0)));
    }
}

/// Variables of the generator. `base` is the width before its last layer (64).
pub(super) fn generator(base: usize) -> Plan {
    let mut plan = Plan::new();
    let widths = [NOISE + GROUPS, 8 * base, 4 * base, 2 * base, base, 3];
    for i in 0..LAYERS {
        let norm = (i + 1 < LAYERS).then_some(widths[i + 1]);
        layer(&mut plan, &format!("g.{i}"), [widths[i], widths[i + 1]], norm);
    }
    plan
}

/// Variables of the discriminator. `base` is the width after its first layer (64).
pub(super) fn discriminator(base: usize) -> Plan {
    let mut plan = Plan::new();
    let widths = [3, base, 2 * base, 4 * base, 8 * base, 1];
    for i in 0..LAYERS {
        let inputs = if i == 1 { widths[i] + GROUPS } else { widths[i] };
        let norm = (1..LAYERS - 1).contains(&i).then_some(widths[i + 1]);
        layer(&mut plan, &format!("d.{i}"), [widths[i + 1], inputs], norm);
    }
    plan
}

/// Batch normalisation, if the layer has one, and a ReLU.
fn normalised(vb: &VarBuilder<'_>, name: &str, x: &Tensor) -> Result<Tensor> {
    let (gamma, beta) = (format!("{name}.norm.weight"), format!("{name}.norm.bias"));
    if !vb.contains_tensor(&gamma) {
        return x.relu();
    }
    batch_norm_training(x, &vb.get_unchecked(&gamma)?, &vb.get_unchecked(&beta)?, EPSILON, Activation::Relu)
}

/// Generates faces (N, 3, 64, 64) in -1..1 from noise (N, 100) and labels (N, 6).
pub(super) fn generate(vb: &VarBuilder<'_>, noise: &Tensor, labels: &Tensor) -> Result<Tensor> {
    let x = Tensor::cat(&[noise, labels], 1)?;
    let (count, length) = x.dims2()?;
    let mut x = x.reshape((count, length, 1, 1))?;
    for i in 0..LAYERS {
        let name = format!("g.{i}");
        let weight = vb.get_unchecked(&format!("{name}.conv.weight"))?;
        let (stride, pad) = if i == 0 { (1, 0) } else { (2, 1) };
        x = conv_transpose2d(&x, &weight, None, stride, pad)?;
        x = if i + 1 < LAYERS { normalised(vb, &name, &x)? } else { tanh(&x)? };
    }
    Ok(x)
}

/// The logits (N) of faces (N, 3, 64, 64) with their labels (N, 6).
pub(super) fn discriminate(vb: &VarBuilder<'_>, faces: &Tensor, labels: &Tensor) -> Result<Tensor> {
    let mut x = faces.clone();
    for i in 0..LAYERS {
        let name = format!("d.{i}");
        let weight = vb.get_unchecked(&format!("{name}.conv.weight"))?;
        let (stride, pad) = if i + 1 == LAYERS { (1, 0) } else { (2, 1) };
        x = conv2d(&x, &weight, None, stride, pad)?;
        if i + 1 < LAYERS {
            x = normalised(vb, &name, &x)?;
        }
        if i == 0 {
            let (count, _, height, width) = x.dims4()?;
            let maps = labels.reshape((count, GROUPS, 1, 1))?.broadcast_as((count, GROUPS, height, width))?;
            x = Tensor::cat(&[&x, &maps.contiguous()?], 1)?;
        }
    }
    x.flatten_all()
}
