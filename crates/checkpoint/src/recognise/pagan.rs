//! The tensors of PAGAN: its generator, its discriminator, and the VGG-16 that trains it
//! (`lumosity4tpj/Pytorch-Implementation-of-A-Pyramid-Architecture-of-GANs`).

use super::System;
use super::blueprint::{Blueprint, Shapes};

/// The generator for one age cluster.
pub(super) fn generator(shapes: &Shapes) -> Blueprint {
    let base = shapes.side("encoder.0.weight", 0, 32).min(4096);
    let mut plan = Blueprint::new(System::Pagan { base });
    plan.layer("encoder.0", &[base, 3, 9, 9]);
    plan.layer("encoder.1", &[base]);
    for (layer, width) in [(3, base), (4, 2 * base)] {
        plan.layer(&format!("encoder.{layer}.0"), &[2 * width, width, 3, 3]);
        plan.layer(&format!("encoder.{layer}.1"), &[2 * width]);
    }
    for block in 0..4 {
        for half in [0, 3] {
            plan.layer(&format!("residual.{block}.block.{half}"), &[4 * base, 4 * base, 3, 3]);
            plan.layer(&format!("residual.{block}.block.{}", half + 1), &[4 * base]);
        }
    }
    for (layer, width) in [(0, 4 * base), (1, 2 * base)] {
        // The filter of a transposed convolution has the input channels before the output channels.
        plan.require(format!("decoder.{layer}.0.weight"), &[width, width / 2, 3, 3]);
        plan.require(format!("decoder.{layer}.0.bias"), &[width / 2]);
        plan.layer(&format!("decoder.{layer}.1"), &[width / 2]);
    }
    plan.require("decoder.2.weight", &[base, 3, 9, 9]);
    plan.require("decoder.2.bias", &[3]);
    plan
}

/// The pyramid of four discriminators.
pub(super) fn discriminator(_: &Shapes) -> Blueprint {
    let mut plan = Blueprint::new(System::PaganDiscriminator);
    let widths = [64, 128, 256, 512, 512, 512];
    for path in 1..=4 {
        let widths = &widths[path - 1..];
        for (block, sides) in widths.windows(2).enumerate() {
            plan.layer(&format!("path{path}.{block}.0"), &[sides[1], sides[0], 4, 4]);
            plan.batch_norm(&format!("path{path}.{block}.1"), sides[1]);
        }
        plan.layer(&format!("path{path}.{}", widths.len() - 1), &[1, 512, 4, 4]);
    }
    plan
}

/// VGG-16 with VGG-Face's layer names.
pub(super) fn vgg_face(_: &Shapes) -> Blueprint {
    let mut plan = Blueprint::new(System::VggFace);
    let mut input = 3;
    for (stage, layers, width) in [(1, 2, 64), (2, 2, 128), (3, 3, 256), (4, 3, 512), (5, 3, 512)] {
        for layer in 1..=layers {
            plan.layer(&format!("conv{stage}_{layer}"), &[width, input, 3, 3]);
            input = width;
        }
    }
    plan.layer("fc6", &[4096, 25088]);
    plan.layer("fc7", &[4096, 4096]);
    // The classifier of identities or ages, of any size.
    plan.ignored = |name| matches!(name, "fc8.weight" | "fc8.bias");
    plan
}
