//! The tensors of AgeTransGAN: generator, discriminator and age estimator (`AvLab-CV/AgeTransGAN`).

use super::System;
use super::blueprint::{Blueprint, Shapes};

/// Width of the latent code and of all small maps, in channels.
const WIDTH: usize = 512;
/// Largest number of halvings considered, for pictures with sides of 2^12 pixels.
const MAX_HALVINGS: usize = 10;

/// Channels of maps with sides of `side` pixels, as in StyleGAN2 with channel multiplier 2.
fn channels(side: usize) -> usize {
    match side {
        0..=64 => WIDTH,
        _ => (WIDTH * 128 / side / 2).max(1),
    }
}

/// Number of residual blocks `PREFIX.N`, N counting from 1.
fn blocks(shapes: &Shapes, prefix: &str, usual: usize) -> usize {
    let has = |block: &usize| shapes.has(&format!("{prefix}.{block}.conv1.0.weight"));
    (1..=MAX_HALVINGS).rev().find(has).unwrap_or(usual)
}

/// A residual block that halves the sides.
fn halving(plan: &mut Blueprint, name: &str, input: usize, output: usize) {
    plan.require(format!("{name}.conv1.0.weight"), &[input, input, 3, 3]);
    plan.require(format!("{name}.conv1.1.bias"), &[input]);
    plan.allow(format!("{name}.conv2.0.kernel"), &[4, 4]);
    plan.require(format!("{name}.conv2.1.weight"), &[output, input, 3, 3]);
    plan.require(format!("{name}.conv2.2.bias"), &[output]);
    plan.allow(format!("{name}.skip.0.kernel"), &[4, 4]);
    plan.require(format!("{name}.skip.1.weight"), &[output, input, 1, 1]);
}

/// A residual block that keeps the sides.
fn keeping(plan: &mut Blueprint, name: &str) {
    plan.require(format!("{name}.conv1.0.weight"), &[WIDTH, WIDTH, 3, 3]);
    plan.require(format!("{name}.conv1.1.bias"), &[WIDTH]);
    plan.require(format!("{name}.conv2.0.weight"), &[WIDTH, WIDTH, 3, 3]);
    plan.require(format!("{name}.conv2.1.bias"), &[WIDTH]);
    plan.require(format!("{name}.skip.0.weight"), &[WIDTH, WIDTH, 1, 1]);
}

/// A modulated convolution.
fn modulated(plan: &mut Blueprint, name: &str, [output, input]: [usize; 2], kernel: usize) {
    plan.require(format!("{name}.weight"), &[1, output, input, kernel, kernel]);
    plan.require(format!("{name}.modulation.weight"), &[input, WIDTH]);
    plan.require(format!("{name}.modulation.bias"), &[input]);
}

fn styled(plan: &mut Blueprint, name: &str, sides: [usize; 2]) {
    modulated(plan, &format!("{name}.conv"), sides, 3);
    plan.require(format!("{name}.noise.weight"), &[1]);
    plan.require(format!("{name}.activate.bias"), &[sides[0]]);
}

fn to_rgb(plan: &mut Blueprint, name: &str, input: usize) {
    plan.require(format!("{name}.bias"), &[1, 3, 1, 1]);
    modulated(plan, &format!("{name}.conv"), [3, input], 1);
}

/// The generator.
pub(super) fn generator(shapes: &Shapes) -> Blueprint {
    let halvings = blocks(shapes, "convs_e", 6);
    let side = 1 << (halvings + 4);
    let groups = shapes.side("convs_e.0.0.weight", 1, 13).saturating_sub(3).max(1);
    let mut plan = Blueprint::new(System::Agetransgan { groups, side });
    for layer in 1..=8 {
        plan.layer(&format!("style.{layer}"), &[WIDTH, WIDTH]);
    }
    plan.require("convs_e.0.0.weight", &[channels(side), 3 + groups, 1, 1]);
    plan.require("convs_e.0.1.bias", &[channels(side)]);
    for block in 1..=halvings {
        let output = side >> block;
        halving(&mut plan, &format!("convs_e.{block}"), channels(2 * output), channels(output));
    }
    for block in 0..2 {
        keeping(&mut plan, &format!("convs_ei.{block}"));
        halving(&mut plan, &format!("convs_es.{block}"), WIDTH, WIDTH);
    }
    plan.require("final_conv.0.weight", &[WIDTH, WIDTH, 3, 3]);
    plan.require("final_conv.1.bias", &[WIDTH]);
    decoder(&mut plan, halvings);
    for plane in 0..2 * (halvings + 4) - 3 {
        let side = 1 << (plane.div_ceil(2) + 2);
        plan.allow(format!("noises.noise_{plane}"), &[1, 1, side, side]);
    }
    plan
}

fn decoder(plan: &mut Blueprint, doublings: usize) {
    styled(plan, "conv1", [WIDTH, WIDTH]);
    to_rgb(plan, "to_rgb1", WIDTH);
    for stage in 0..doublings {
        let (input, output) = (channels(16 << stage), channels(32 << stage));
        styled(plan, &format!("convs.{}", 2 * stage), [output, input]);
        plan.allow(format!("convs.{}.conv.blur.kernel", 2 * stage), &[4, 4]);
        styled(plan, &format!("convs.{}", 2 * stage + 1), [output, output]);
        to_rgb(plan, &format!("to_rgbs.{stage}"), output);
        plan.allow(format!("to_rgbs.{stage}.upsample.kernel"), &[4, 4]);
    }
}

/// The discriminator.
pub(super) fn discriminator(shapes: &Shapes) -> Blueprint {
    let halvings = blocks(shapes, "convs", 8);
    let side = 1 << (halvings + 2);
    let groups = shapes.side("project.weight", 0, 10);
    let mut plan = Blueprint::new(System::AgetransganDiscriminator { groups, side });
    plan.require("convs.0.0.weight", &[channels(side), 3, 1, 1]);
    plan.require("convs.0.1.bias", &[channels(side)]);
    for block in 1..=halvings {
        let output = side >> block;
        halving(&mut plan, &format!("convs.{block}"), channels(2 * output), channels(output));
    }
    plan.require("final_conv.0.weight", &[WIDTH, WIDTH + 1, 3, 3]);
    plan.require("final_conv.1.bias", &[WIDTH]);
    plan.layer("final_linear1", &[WIDTH, 16 * WIDTH]);
    plan.require("project.weight", &[groups, WIDTH]);
    plan.layer("final_linear2", &[1, WIDTH]);
    for (layer, shape) in [(0, [WIDTH, 16 * WIDTH]), (1, [groups, WIDTH])] {
        plan.allow(format!("final_linear_cls.{layer}.weight"), &shape);
        plan.allow(format!("final_linear_cls.{layer}.bias"), &shape[..1]);
    }
    plan
}

/// The age estimator: ResNet-50 as published with VGGFace2.
pub(super) fn estimator(_: &Shapes) -> Blueprint {
    let mut plan = Blueprint::new(System::AgetransganEstimator);
    let convolution = |plan: &mut Blueprint, name: &str, shape: [usize; 4]| {
        plan.require(format!("{name}.weight"), &shape);
        plan.batch_norm(&format!("{name}_bn"), shape[0]);
    };
    convolution(&mut plan, "conv1_7x7_s2", [64, 3, 7, 7]);
    let mut input = 64;
    for (stage, blocks, width) in [(2, 3, 64), (3, 4, 128), (4, 6, 256), (5, 3, 512)] {
        for block in 1..=blocks {
            let name = format!("conv{stage}_{block}");
            convolution(&mut plan, &format!("{name}_1x1_reduce"), [width, input, 1, 1]);
            convolution(&mut plan, &format!("{name}_3x3"), [width, width, 3, 3]);
            convolution(&mut plan, &format!("{name}_1x1_increase"), [4 * width, width, 1, 1]);
            if block == 1 {
                convolution(&mut plan, &format!("{name}_1x1_proj"), [4 * width, input, 1, 1]);
            }
            input = 4 * width;
        }
    }
    plan.layer("classage", &[101, 2048, 1, 1]);
    for (name, shape) in [("classifier", [8631, 2048, 1, 1]), ("classgage", [164, 2048, 1, 1])] {
        plan.allow(format!("{name}.weight"), &shape);
        plan.allow(format!("{name}.bias"), &shape[..1]);
    }
    plan.allow("fc.weight", &[101, 101]);
    plan.allow("fc.bias", &[101]);
    plan
}
