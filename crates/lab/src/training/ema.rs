//! The exponential moving mean of a network's parameters, which ages faces better than any single step.

use std::collections::{BTreeMap, HashMap};

use candle_core::{Result, Tensor, bail};

use super::parameters::Parameters;

/// The moving mean of named parameters.
pub struct Ema(BTreeMap<String, Tensor>);

impl Ema {
    /// Begins at the present values of `parameters`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(parameters: &Parameters) -> Result<Self> {
        parameters.snapshot().map(Self)
    }

    /// Keeps the share `keep` of the mean and takes the rest from `parameters`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn update(&mut self, parameters: &Parameters, decay: f64) -> Result<()> {
        for (name, var) in parameters.iter() {
            if let Some(mean) = self.0.get_mut(name) {
                *mean = ((&*mean * decay)? + (var.as_detached_tensor() * (1.0 - decay))?)?;
            }
        }
        Ok(())
    }

    /// The means by the names of their parameters.
    pub fn values(&self) -> &BTreeMap<String, Tensor> {
        &self.0
    }

    /// Puts the means among `tensors` under `prefix`.
    pub fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) {
        tensors.extend(self.0.iter().map(|(name, value)| (format!("{prefix}{name}"), value.clone())));
    }

    /// Takes the means from `tensors`.
    ///
    /// # Errors
    /// When one is missing.
    pub fn restore(&mut self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (name, mean) in &mut self.0 {
            let Some(value) = tensors.get(&format!("{prefix}{name}")) else {
                bail!("{prefix}{name} is missing");
            };
            *mean = value.to_device(mean.device())?;
        }
        Ok(())
    }
}
