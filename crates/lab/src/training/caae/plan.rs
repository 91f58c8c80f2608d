//! The variables of all four networks and their initial distributions.

use crate::training::parameters::{Init, Plan};

/// Kernel width.
const KERNEL: usize = 5;
/// Standard deviation of all initial weights.
const INIT_DEVIATION: f32 = 0.02;
/// Sides of the smallest maps of the autoencoder and of the face discriminator.
const SMALLEST_SIDE: usize = 4;
const DISCRIMINATOR_SMALLEST: usize = 8;
/// Label channels of the face discriminator.
const LABEL_CHANNELS: usize = 20;
/// Widths of the code discriminator's layers.
const CODE_WIDTHS: [usize; 4] = [64, 32, 16, 1];

fn convolution(plan: &mut Plan, name: &str, inputs: usize, outputs: usize) {
    plan.push((format!("{name}/w"), vec![KERNEL, KERNEL, inputs, outputs], Init::Truncated(INIT_DEVIATION)));
    plan.push((format!("{name}/b"), vec![outputs], Init::Constant(0.0)));
}

fn transposed(plan: &mut Plan, name: &str, inputs: usize, outputs: usize) {
    plan.push((
        format!("{name}/w"),
        vec![KERNEL, KERNEL, outputs, inputs],
        Init::Normal(0.0, INIT_DEVIATION),
    ));
    plan.push((format!("{name}/b"), vec![outputs], Init::Constant(0.0)));
}

fn dense(plan: &mut Plan, name: &str, inputs: usize, outputs: usize) {
    plan.push((format!("{name}/w"), vec![inputs, outputs], Init::Normal(0.0, INIT_DEVIATION)));
    plan.push((format!("{name}/b"), vec![outputs], Init::Constant(0.0)));
}

fn norm(plan: &mut Plan, name: &str, channels: usize) {
    plan.push((format!("{name}/beta"), vec![channels], Init::Constant(0.0)));
}

/// Encoder and generator. `base` is the encoder's width after its first layer (64), `code` the length of a
/// code (50).
pub(super) fn autoencoder(base: usize, code: usize) -> Plan {
    let mut plan = Plan::new();
    let mut inputs = 3;
    for layer in 0..5 {
        convolution(&mut plan, &format!("E_conv{layer}"), inputs, base << layer);
        inputs = base << layer;
    }
    let flat = inputs * SMALLEST_SIDE * SMALLEST_SIDE;
    dense(&mut plan, "E_fc", flat, code);
    // Ages and genders are each repeated to the length of the code.
    dense(&mut plan, "G_fc", 3 * code, flat);
    for layer in 0..7 {
        let outputs = if layer == 6 { 3 } else { (base * 8) >> layer };
        transposed(&mut plan, &format!("G_deconv{layer}"), inputs, outputs);
        inputs = outputs;
    }
    plan
}

/// The code discriminator.
pub(super) fn code_discriminator(code: usize) -> Plan {
    let mut plan = Plan::new();
    let mut inputs = code;
    for (layer, outputs) in CODE_WIDTHS.into_iter().enumerate() {
        dense(&mut plan, &format!("D_z_fc{layer}"), inputs, outputs);
        if layer + 1 < CODE_WIDTHS.len() {
            norm(&mut plan, &format!("D_z_bn{layer}"), outputs);
        }
        inputs = outputs;
    }
    plan
}

/// The face discriminator.
pub(super) fn face_discriminator(base: usize) -> Plan {
    let mut plan = Plan::new();
    let mut inputs = 3;
    for layer in 0..4 {
        let outputs = (base / 4) << layer;
        convolution(&mut plan, &format!("D_img_conv{layer}"), inputs, outputs);
        norm(&mut plan, &format!("D_img_bn{layer}"), outputs);
        inputs = if layer == 0 { outputs + LABEL_CHANNELS } else { outputs };
    }
    dense(&mut plan, "D_img_fc1", inputs * DISCRIMINATOR_SMALLEST * DISCRIMINATOR_SMALLEST, base * 16);
    dense(&mut plan, "D_img_fc2", base * 16, 1);
    plan
}
