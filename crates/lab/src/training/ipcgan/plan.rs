//! The variables of the networks and their initial distributions.

use crate::training::parameters::{Init, Plan};
use agemirror_faces::aging::ipcgan::CLASSES;

/// Standard deviation of all initial kernels.
const INIT_DEVIATION: f32 = 0.02;
/// Standard deviation of the last dense layer.
const LAST_INIT_DEVIATION: f32 = 0.01;
/// Divisor for AlexNet's first layer, which takes bytes, so that its output is about 1.
const BYTE_SCALE: f32 = 64.0;
const UNITS: usize = 6;

fn kernel(plan: &mut Plan, name: &str, shape: [usize; 4], outputs: usize, start: Init) {
    plan.push((format!("{name}/weights"), shape.to_vec(), start));
    plan.push((format!("{name}/biases"), vec![outputs], Init::Constant(0.0)));
}

fn convolution(plan: &mut Plan, name: &str, size: usize, inputs: usize, outputs: usize) {
    kernel(plan, name, [size, size, inputs, outputs], outputs, Init::Truncated(INIT_DEVIATION));
}

fn norm(plan: &mut Plan, name: &str, channels: usize) {
    plan.push((format!("{name}/gamma"), vec![channels], Init::Constant(1.0)));
    plan.push((format!("{name}/beta"), vec![channels], Init::Constant(0.0)));
}

/// The generator. `base` is its width after the first layer (32).
pub(super) fn generator(base: usize) -> Plan {
    let mut plan = Plan::new();
    let wide = 4 * base;
    for (i, size, inputs, outputs) in
        [(1, 7, 3 + CLASSES, base), (2, 3, base, 2 * base), (3, 3, 2 * base, wide)]
    {
        convolution(&mut plan, &format!("generator/conv{i}"), size, inputs, outputs);
        norm(&mut plan, &format!("generator/bn{i}"), outputs);
    }
    for unit in 0..UNITS {
        for half in 1..=2 {
            let name = |part: &str| format!("generator/unit_{unit}/sub{half}/{part}{half}");
            convolution(&mut plan, &name("conv"), 3, wide, wide);
            norm(&mut plan, &name("bn"), wide);
        }
    }
    for (i, inputs) in [(1, wide), (2, 2 * base)] {
        let outputs = inputs / 2;
        let name = format!("generator/deconv{i}");
        kernel(&mut plan, &name, [3, 3, outputs, inputs], outputs, Init::Normal(0.0, INIT_DEVIATION));
        norm(&mut plan, &format!("generator/bn{}", 3 + i), outputs);
    }
    convolution(&mut plan, "generator/conv4", 7, base, 3);
    plan
}

/// The patch discriminator. `base` is the generator's width, `outputs` the number of logits per patch.
pub(super) fn discriminator(base: usize, outputs: usize) -> Plan {
    let mut plan = Plan::new();
    let first = 2 * base;
    convolution(&mut plan, "discriminator/dis", 4, 3, first);
    let mut inputs = first + CLASSES;
    for layer in 1..=3 {
        let width = first << layer;
        convolution(&mut plan, &format!("discriminator/dis_{layer}"), 4, inputs, width);
        norm(&mut plan, &format!("discriminator/dis_bn{}", layer - 1), width);
        inputs = width;
    }
    convolution(&mut plan, "discriminator/dis_4", 4, inputs, outputs);
    plan
}

/// AlexNet's convolutions with all widths divided by `divisor`.
pub(super) fn alexnet_trunk(divisor: usize) -> Plan {
    let mut plan = Plan::new();
    for (i, size, inputs, outputs) in
        [(1, 11, 3, 96), (2, 5, 48, 256), (3, 3, 256, 384), (4, 3, 192, 384), (5, 3, 192, 256)]
    {
        let inputs = if i == 1 { inputs } else { inputs / divisor };
        let deviation = he(size * size * inputs) / if i == 1 { BYTE_SCALE } else { 1.0 };
        let shape = [size, size, inputs, outputs / divisor];
        let name = format!("alexnet/conv{i}");
        kernel(&mut plan, &name, shape, outputs / divisor, Init::Normal(0.0, deviation));
    }
    plan
}

/// The standard deviation that keeps the size of values through a ReLU (He et al., 2015).
fn he(inputs: usize) -> f32 {
    (2.0 / inputs as f32).sqrt()
}

/// AlexNet's age branch on a trunk with `inputs` values; `hidden` is the width of its hidden layers (4096).
pub(super) fn age_branch(inputs: usize, hidden: usize) -> Plan {
    let mut plan = Plan::new();
    for (i, inputs, outputs) in [(6, inputs, hidden), (7, hidden, hidden), (8, hidden, CLASSES)] {
        let name = format!("alexnet/age_fc{i}");
        let deviation = if i == 8 { LAST_INIT_DEVIATION } else { he(inputs) };
        plan.push((format!("{name}/weights"), vec![inputs, outputs], Init::Normal(0.0, deviation)));
        plan.push((format!("{name}/biases"), vec![outputs], Init::Constant(0.0)));
    }
    plan
}
