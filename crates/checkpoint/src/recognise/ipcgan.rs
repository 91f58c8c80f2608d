//! The tensors of IPCGAN's generator, which `Face_Aging_cGAN` shares, and of the AlexNet that trains both
//! (`dawei6875797/Face-Aging-with-Identity-Preserved-Conditional-Generative-Adversarial-Networks`).

use super::System;
use super::blueprint::{Blueprint, Shapes};

/// Input channels: three of the picture and five of the age class.
const INPUT: usize = 8;

/// The generator.
pub(super) fn generator(shapes: &Shapes) -> Blueprint {
    let base = shapes.side("generator/conv1/weights", 3, 32).min(4096);
    let mut plan = Blueprint::new(System::Ipcgan { base });
    // Training state of the averages, and the discriminator.
    plan.ignored = |name| {
        name.starts_with("discriminator/") || name.ends_with("/biased") || name.ends_with("/local_step")
    };
    let wide = 4 * base;
    convolution(&mut plan, "conv1", [7, 7, INPUT, base], base);
    convolution(&mut plan, "conv2", [3, 3, base, 2 * base], 2 * base);
    convolution(&mut plan, "conv3", [3, 3, 2 * base, wide], wide);
    for unit in 0..6 {
        for half in 1..=2 {
            convolution(&mut plan, &format!("unit_{unit}/sub{half}/conv{half}"), [3, 3, wide, wide], wide);
            batch_norm(&mut plan, &format!("unit_{unit}/sub{half}/bn{half}"), wide);
        }
    }
    // The filter of a transposed convolution has the output channels before the input channels.
    convolution(&mut plan, "deconv1", [3, 3, 2 * base, wide], 2 * base);
    convolution(&mut plan, "deconv2", [3, 3, base, 2 * base], base);
    convolution(&mut plan, "conv4", [7, 7, base, 3], 3);
    for (number, channels) in (1..).zip([base, 2 * base, wide, 2 * base, base]) {
        batch_norm(&mut plan, &format!("bn{number}"), channels);
    }
    plan
}

fn convolution(plan: &mut Blueprint, name: &str, kernel: [usize; 4], output: usize) {
    plan.require(format!("generator/{name}/weights"), &kernel);
    plan.require(format!("generator/{name}/biases"), &[output]);
}

fn batch_norm(plan: &mut Blueprint, name: &str, channels: usize) {
    for part in ["beta", "gamma", "moving_mean", "moving_variance"] {
        plan.require(format!("generator/{name}/{part}"), &[channels]);
    }
}

/// AlexNet up to the identity classifier.
pub(super) fn alexnet_identity(_: &Shapes) -> Blueprint {
    let mut plan = Blueprint::new(System::AlexnetIdentity);
    plan.ignored = |name| name.starts_with("alexnet/age_");
    alexnet_layer(&mut plan, "conv1", &[11, 11, 3, 96]);
    alexnet_layer(&mut plan, "conv2", &[5, 5, 48, 256]);
    alexnet_layer(&mut plan, "conv3", &[3, 3, 256, 384]);
    alexnet_layer(&mut plan, "conv4", &[3, 3, 192, 384]);
    alexnet_layer(&mut plan, "conv5", &[3, 3, 192, 256]);
    alexnet_layer(&mut plan, "fc6", &[9216, 4096]);
    alexnet_layer(&mut plan, "fc7", &[4096, 4096]);
    alexnet_layer(&mut plan, "new_1", &[4096, 256]);
    alexnet_layer(&mut plan, "new_2", &[256, 2000]);
    plan
}

/// AlexNet's age classifier.
pub(super) fn alexnet_age(_: &Shapes) -> Blueprint {
    let mut plan = Blueprint::new(System::AlexnetAge);
    plan.ignored = |name| name.starts_with("alexnet/");
    alexnet_layer(&mut plan, "age_fc6", &[9216, 4096]);
    alexnet_layer(&mut plan, "age_fc7", &[4096, 4096]);
    alexnet_layer(&mut plan, "age_fc8", &[4096, 5]);
    plan
}

fn alexnet_layer(plan: &mut Blueprint, name: &str, weights: &[usize]) {
    plan.require(format!("alexnet/{name}/weights"), weights);
    plan.require(format!("alexnet/{name}/biases"), &weights[weights.len() - 1..]);
}
