//! The tensors of CAAE: the authors' TensorFlow version (`ZZUTK/Face-Aging-CAAE`), and the encoder and
//! generator of the PyTorch variant (`mattans/AgeProgression`).

use super::System;
use super::blueprint::{Blueprint, Shapes};

/// Length of the label: ten ages and two genders, each repeated.
const LABEL: usize = 100;
/// Length of the label in the PyTorch variant.
const TORCH_LABEL: usize = 20;

/// Encoder and generator; the two discriminators in the file are ignored.
pub(super) fn tensorflow(shapes: &Shapes) -> Blueprint {
    let base = shapes.side("E_conv0/w", 3, 64).min(4096);
    let code = shapes.side("E_fc/w", 1, 50);
    let mut plan = Blueprint::new(System::Caae { base });
    plan.ignored = |name| name.starts_with("D_img_") || name.starts_with("D_z_");
    let mut input = 3;
    for layer in 0..5 {
        let output = base << layer;
        plan.require(format!("E_conv{layer}/w"), &[5, 5, input, output]);
        plan.require(format!("E_conv{layer}/b"), &[output]);
        input = output;
    }
    plan.require("E_fc/w", &[4 * 4 * input, code]);
    plan.require("E_fc/b", &[code]);
    // The generator starts as wide as the encoder ends; its last hidden layer is half as wide as the
    // encoder's first.
    plan.require("G_fc/w", &[code + LABEL, 4 * 4 * input]);
    plan.require("G_fc/b", &[4 * 4 * input]);
    for layer in 0..7 {
        let output = if layer == 6 { 3 } else { (base * 8) >> layer };
        plan.require(format!("G_deconv{layer}/w"), &[5, 5, output, input]);
        plan.require(format!("G_deconv{layer}/b"), &[output]);
        input = output;
    }
    plan
}

/// The encoder of the PyTorch variant.
pub(super) fn torch_encoder(shapes: &Shapes) -> Blueprint {
    let code = shapes.side("fc_layer.e_fc_1.weight", 0, 100);
    let mut plan = Blueprint::new(System::CaaeTorchEncoder { code });
    let mut input = 3;
    for layer in 1..=5 {
        let output = 32 << layer;
        plan.layer(&format!("conv_layers.e_conv_{layer}.0"), &[output, input, 5, 5]);
        input = output;
    }
    plan.layer("fc_layer.e_fc_1", &[code, input]);
    plan
}

/// The generator of the PyTorch variant.
pub(super) fn torch_generator(shapes: &Shapes) -> Blueprint {
    let code = shapes.side("fc.0.weight", 1, 120).saturating_sub(TORCH_LABEL).max(1);
    let mut plan = Blueprint::new(System::CaaeTorchGenerator { code });
    plan.layer("fc.0", &[16384, code + TORCH_LABEL]);
    let layers = [(512, 5), (256, 5), (128, 5), (64, 5), (32, 5), (16, 5), (3, 1)];
    let mut input = 1024;
    for (layer, (output, kernel)) in (1..).zip(layers) {
        plan.require(format!("deconv_layers.g_deconv_{layer}.0.weight"), &[input, output, kernel, kernel]);
        plan.require(format!("deconv_layers.g_deconv_{layer}.0.bias"), &[output]);
        input = output;
    }
    plan
}
