//! Exponential moving average of a network's parameters, which ages faces better than the parameters of any
//! single step.

use std::collections::{BTreeMap, HashMap};

use candle_core::{Result, Tensor, bail};

use super::parameters::Parameters;

/// The moving averages of named parameters.
pub(crate) struct Ema(BTreeMap<String, Tensor>);

impl Ema {
    /// Starts at the current values of `parameters`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn new(parameters: &Parameters) -> Result<Self> {
        parameters.snapshot().map(Self)
    }

    /// Keeps the share `decay` of the averages and adds the rest from `parameters`.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn update(&mut self, parameters: &Parameters, decay: f64) -> Result<()> {
        for (name, var) in parameters.iter() {
            if let Some(mean) = self.0.get_mut(name) {
                *mean = ((&*mean * decay)? + (var.as_detached_tensor() * (1.0 - decay))?)?;
            }
        }
        Ok(())
    }

    /// Like [`Self::update`] after `done` earlier steps; early in a run the averages forget faster.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn update_with_warmup(
        &mut self,
        parameters: &Parameters,
        decay: f64,
        done: u64,
    ) -> Result<()> {
        self.update(parameters, decay.min((done as f64 + 1.0) / (done as f64 + 10.0)))
    }

    /// The averages by parameter name.
    pub(crate) fn values(&self) -> &BTreeMap<String, Tensor> {
        &self.0
    }

    /// Adds the averages to `tensors`, with `prefix` before each name.
    pub(crate) fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) {
        tensors.extend(self.0.iter().map(|(name, value)| (format!("{prefix}{name}"), value.clone())));
    }

    /// Loads the averages from `tensors`.
    ///
    /// # Errors
    /// When a tensor is missing.
    pub(crate) fn restore(&mut self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (name, mean) in &mut self.0 {
            let Some(value) = tensors.get(&format!("{prefix}{name}")) else {
                bail!("{prefix}{name} is missing");
            };
            *mean = value.to_device(mean.device())?;
        }
        Ok(())
    }
}
