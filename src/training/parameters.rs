//! Trainable parameters: named, started from a seed, saved in a fixed order.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{VarBuilder, VarMap};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Named trainable tensors in the order of their names.
pub struct Parameters(BTreeMap<String, Var>);

impl Parameters {
    /// Builds a network by `build` and starts its parameters from `seed`: weights normal with the
    /// variance that keeps the size of signals (He et al., 2015), biases zero. `gain` scales a weight
    /// down by its name, such as the last of a residual block.
    ///
    /// # Errors
    /// When the network cannot be built.
    pub fn start<T>(
        seed: u64,
        device: &Device,
        gain: impl Fn(&str) -> f32,
        build: impl FnOnce(VarBuilder<'_>) -> Result<T>,
    ) -> Result<(Self, T)> {
        let map = VarMap::new();
        let network = build(VarBuilder::from_varmap(&map, DType::F32, device))?;
        let vars: BTreeMap<String, Var> = match map.data().lock() {
            Ok(data) => data.iter().map(|(name, var)| (name.clone(), var.clone())).collect(),
            Err(_) => candle_core::bail!("the parameters were lost by a panic"),
        };
        let mut random = StdRng::seed_from_u64(seed);
        for (name, var) in &vars {
            let dims = var.dims();
            let inputs: usize = dims.iter().skip(1).product();
            let spread = if dims.len() < 2 { 0.0 } else { gain(name) * (2.0 / inputs as f32).sqrt() };
            let values: Vec<f32> = (0..var.elem_count()).map(|_| spread * normal(&mut random)).collect();
            var.set(&Tensor::from_vec(values, dims, device)?)?;
        }
        Ok((Self(vars), network))
    }

    /// Every parameter with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.0.iter().map(|(name, var)| (name.as_str(), var))
    }

    /// Copies of the present values.
    ///
    /// # Errors
    /// When the device fails.
    pub fn snapshot(&self) -> Result<BTreeMap<String, Tensor>> {
        self.iter().map(|(name, var)| Ok((name.to_owned(), var.as_detached_tensor().copy()?))).collect()
    }

    /// Takes the values that `tensors` holds under `prefix`.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn restore(&self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (name, var) in self.iter() {
            let Some(value) = tensors.get(&format!("{prefix}{name}")) else {
                candle_core::bail!("{prefix}{name} is missing");
            };
            var.set(value)?;
        }
        Ok(())
    }
}

/// A standard normal number (Box and Muller, 1958).
fn normal(random: &mut StdRng) -> f32 {
    let (radius, angle): (f32, f32) = (random.random::<f32>().max(1e-7), random.random());
    (-2.0 * radius.ln()).sqrt() * (std::f32::consts::TAU * angle).cos()
}
