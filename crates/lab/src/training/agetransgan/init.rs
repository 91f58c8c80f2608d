//! The parameters before the first step: as StyleGAN2 starts, weights of unit variance that are scaled when
//! they are used.

use candle_core::{Device, Result};

use crate::training::parameters::{Init, Parameters};

/// What the parameter `name` starts from.
fn init_of(name: &str) -> Init {
    match name {
        _ if name.ends_with(".modulation.bias") => Init::Constant(1.0),
        _ if name.ends_with(".bias") || name.ends_with(".noise.weight") => Init::Constant(0.0),
        // They are multiplied by their rate, a hundredth.
        _ if name.starts_with("style.") => Init::Normal(0.0, 100.0),
        _ => Init::Normal(0.0, 1.0),
    }
}

/// Parameters of these names and shapes, drawn from `seed`.
///
/// # Errors
/// When the device fails.
pub fn random_parameters(list: Vec<(String, Vec<usize>)>, seed: u64, device: &Device) -> Result<Parameters> {
    let plan = list.into_iter().map(|(name, shape)| {
        let init = init_of(&name);
        (name, shape, init)
    });
    Parameters::random(seed, device, &plan.collect::<Vec<_>>())
}
