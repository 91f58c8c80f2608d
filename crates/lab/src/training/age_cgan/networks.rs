//! Generator and discriminator: five convolutions each, without biases.

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use crate::training::parameters::Init;
use agemirror_kernels::{Activation, batch_norm_training, conv_transpose2d, conv2d, tanh};

/// Groups of ages.
pub(super) const GROUPS: usize = 6;
/// Length of the noise.
pub(super) const NOISE: usize = 100;
/// What is added to a variance.
const EPSILON: f64 = 1e-5;
const KERNEL: usize = 4;
const LAYERS: usize = 5;
/// Of weights, and of gains about 1, at the beginning (as DCGAN begins).
const INIT_DEVIATION: f32 = 0.02;

/// A list of variables: name, shape, what they begin with.
pub(super) type Plan = Vec<(String, Vec<usize>, Init)>;

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

/// The generator's variables. `base` is the width before its last layer (64).
pub(super) fn generator(base: usize) -> Plan {
    let mut plan = Plan::new();
    let widths = [NOISE + GROUPS, 8 * base, 4 * base, 2 * base, base, 3];
    for i in 0..LAYERS {
        let norm = (i + 1 < LAYERS).then_some(widths[i + 1]);
        layer(&mut plan, &format!("g.{i}"), [widths[i], widths[i + 1]], norm);
    }
    plan
}

/// The discriminator's variables. `base` is the width after its first layer (64).
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

/// One-hot labels (N, 6) of groups.
pub(super) fn labels(groups: &[usize], device: &Device) -> Result<Tensor> {
    let one_hot =
        |group: &usize| (0..GROUPS).map(move |i| if i == *group { 1f32 } else { 0.0 }).collect::<Vec<_>>();
    let values: Vec<f32> = groups.iter().flat_map(one_hot).collect();
    Tensor::from_vec(values, (groups.len(), GROUPS), device)
}

/// Normalised by the batch, where the layer has a normalisation, and a ReLU.
fn normalised(vb: &VarBuilder<'_>, name: &str, x: &Tensor) -> Result<Tensor> {
    let (gamma, beta) = (format!("{name}.norm.weight"), format!("{name}.norm.bias"));
    if !vb.contains_tensor(&gamma) {
        return x.relu();
    }
    batch_norm_training(x, &vb.get_unchecked(&gamma)?, &vb.get_unchecked(&beta)?, EPSILON, Activation::Relu)
}

/// Faces (N, 3, 64, 64), -1..1, of noise (N, 100) with its labels (N, 6).
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
