//! Trainable parameters: named, started from a seed, saved in a fixed order.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{VarBuilder, VarMap};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Named trainable tensors in the order of their names.
pub struct Parameters(BTreeMap<String, Var>);

/// What the values of a parameter are drawn from before the first step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// All the same.
    Constant(f32),
    /// Normal with this mean and deviation.
    Normal(f32, f32),
    /// Normal with mean 0 and this deviation, drawn again where it is more than two deviations off
    /// (TensorFlow's `truncated_normal`).
    Truncated(f32),
}

impl Init {
    fn sample(self, random: &mut StdRng) -> f32 {
        match self {
            Self::Constant(value) => value,
            Self::Normal(mean, deviation) => mean + deviation * normal(random),
            Self::Truncated(deviation) => loop {
                let value = normal(random);
                if value.abs() <= 2.0 {
                    return deviation * value;
                }
            },
        }
    }
}

impl Parameters {
    /// Parameters with these values.
    ///
    /// # Errors
    /// When the device fails.
    pub fn from_tensors(tensors: impl IntoIterator<Item = (String, Tensor)>) -> Result<Self> {
        let vars = tensors.into_iter().map(|(name, value)| Ok((name, Var::from_tensor(&value)?)));
        vars.collect::<Result<_>>().map(Self)
    }

    /// Parameters of the names and shapes of `plan`, drawn from `seed` in its order.
    ///
    /// # Errors
    /// When the device fails.
    pub fn random(seed: u64, device: &Device, plan: &[(String, Vec<usize>, Init)]) -> Result<Self> {
        let mut random = StdRng::seed_from_u64(seed);
        let tensors = plan.iter().map(|(name, shape, init)| {
            let count = shape.iter().product();
            let values: Vec<f32> = (0..count).map(|_| init.sample(&mut random)).collect();
            Ok((name.clone(), Tensor::from_vec(values, shape.as_slice(), device)?))
        });
        Self::from_tensors(tensors.collect::<Result<Vec<_>>>()?)
    }

    /// Hands the parameters out by their names; what is computed from them has gradients to them.
    pub fn var_builder(&self, device: &Device) -> VarBuilder<'static> {
        let tensors = self.iter().map(|(name, var)| (name.to_owned(), var.as_tensor().clone())).collect();
        VarBuilder::from_tensors(tensors, DType::F32, device)
    }

    /// As [`Self::var_builder`], but what is computed has no gradients to the parameters.
    pub fn frozen_builder(&self, device: &Device) -> VarBuilder<'static> {
        let tensors = self.iter().map(|(name, var)| (name.to_owned(), var.as_detached_tensor())).collect();
        VarBuilder::from_tensors(tensors, DType::F32, device)
    }

    /// Puts the present values among `tensors` under `prefix`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (name, value) in self.snapshot()? {
            tensors.insert(format!("{prefix}{name}"), value);
        }
        Ok(())
    }

    /// Builds a network by `build` and starts its parameters from `seed`: weights normal with the
    /// variance that keeps the size of signals (He et al., 2015), biases zero. `gain` scales a weight
    /// down by its name, such as the last of a residual block.
    ///
    /// # Errors
    /// When the network cannot be built.
    pub fn init<T>(
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
            var.set(&value.to_device(var.device())?)?;
        }
        Ok(())
    }
}

/// A standard normal number (Box and Muller, 1958).
pub(super) fn normal(random: &mut impl Rng) -> f32 {
    let (radius, angle): (f32, f32) = (random.random::<f32>().max(1e-7), random.random());
    (-2.0 * radius.ln()).sqrt() * (std::f32::consts::TAU * angle).cos()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn drawn(init: Init) -> Vec<f32> {
        let parameters = Parameters::random(7, &Device::Cpu, &[("x".into(), vec![40, 500], init)]).unwrap();
        let (_, var) = parameters.iter().next().unwrap();
        var.flatten_all().unwrap().to_vec1().unwrap()
    }

    fn mean_and_deviation(values: &[f32]) -> (f32, f32) {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let squares: f32 = values.iter().map(|v| (v - mean).powi(2)).sum();
        (mean, (squares / values.len() as f32).sqrt())
    }

    /// Twenty thousand values: their mean is known to 0.7 per cent of a deviation, a deviation to 0.5.
    #[test]
    fn values_have_the_requested_distribution() {
        let (mean, deviation) = mean_and_deviation(&drawn(Init::Normal(1.0, 0.02)));
        assert!((mean - 1.0).abs() < 6e-4 && (deviation - 0.02).abs() < 4e-4, "{mean} {deviation}");
        let truncated = drawn(Init::Truncated(0.02));
        assert!(truncated.iter().all(|v| v.abs() <= 0.04));
        // A normal distribution cut at two deviations keeps 0.8796 of one.
        let (mean, deviation) = mean_and_deviation(&truncated);
        assert!(mean.abs() < 6e-4 && (deviation - 0.02 * 0.8796).abs() < 4e-4, "{mean} {deviation}");
        assert!(drawn(Init::Constant(2.0)).iter().all(|v| *v == 2.0));
        assert_eq!(drawn(Init::Normal(0.0, 1.0)), drawn(Init::Normal(0.0, 1.0)));
    }

    #[test]
    fn only_unfrozen_parameters_get_gradients() {
        let plan = [("x".to_owned(), vec![3], Init::Constant(2.0))];
        let parameters = Parameters::random(1, &Device::Cpu, &plan).unwrap();
        let (_, var) = parameters.iter().next().unwrap();
        let gradient = |vb: VarBuilder<'_>| {
            let loss = vb.get(3, "x").unwrap().sqr().unwrap().sum_all().unwrap();
            loss.backward().unwrap().get(var).map(|grad| grad.to_vec1::<f32>().unwrap())
        };
        assert_eq!(gradient(parameters.var_builder(&Device::Cpu)), Some(vec![4.0; 3]));
        assert_eq!(gradient(parameters.frozen_builder(&Device::Cpu)), None);
    }
}
