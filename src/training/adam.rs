//! Adam (Kingma and Ba, 2015) with its state in the open, so that a stopped run goes on as it was.

use std::collections::{BTreeMap, HashMap};

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor};

use super::parameters::Parameters;

/// The settings of [`Adam`].
#[derive(Clone, Copy, Debug)]
pub struct AdamSettings {
    /// The length of a step.
    pub rate: f64,
    /// How long the mean of the gradients remembers.
    pub beta1: f64,
    /// How long the mean of their squares remembers.
    pub beta2: f64,
}

/// The two running means of one parameter's gradient.
struct Moments {
    mean: Tensor,
    square: Tensor,
}

/// The optimiser of one network.
pub struct Adam {
    settings: AdamSettings,
    steps: i32,
    moments: BTreeMap<String, Moments>,
}

const EPSILON: f64 = 1e-8;

impl Adam {
    /// An optimiser for `parameters`, with no memory yet.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(parameters: &Parameters, settings: AdamSettings) -> Result<Self> {
        let moments = parameters
            .iter()
            .map(|(name, var)| {
                Ok((name.to_owned(), Moments { mean: var.zeros_like()?, square: var.zeros_like()? }))
            })
            .collect::<Result<_>>()?;
        Ok(Self { settings, steps: 0, moments })
    }

    /// Sets the length of the steps from here on.
    pub fn set_rate(&mut self, rate: f64) {
        self.settings.rate = rate;
    }

    /// Moves every parameter that has a gradient.
    ///
    /// # Errors
    /// When the device fails.
    pub fn step(&mut self, parameters: &Parameters, grads: &GradStore) -> Result<()> {
        self.steps += 1;
        let AdamSettings { rate, beta1, beta2 } = self.settings;
        let (mean_scale, square_scale) = (1.0 - beta1.powi(self.steps), 1.0 - beta2.powi(self.steps));
        for (name, var) in parameters.iter() {
            let (Some(grad), Some(moments)) = (grads.get(var.as_tensor()), self.moments.get_mut(name)) else {
                continue;
            };
            let grad = grad.detach();
            moments.mean = ((&moments.mean * beta1)? + (&grad * (1.0 - beta1))?)?;
            moments.square = ((&moments.square * beta2)? + (grad.sqr()? * (1.0 - beta2))?)?;
            let length = ((&moments.square / square_scale)?.sqrt()? + EPSILON)?;
            let change = (&moments.mean / length)?;
            var.set(&(var.as_detached_tensor() - (change * (rate / mean_scale))?)?)?;
        }
        Ok(())
    }

    /// Puts the state among `tensors` under `prefix`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (name, moments) in &self.moments {
            tensors.insert(format!("{prefix}mean.{name}"), moments.mean.clone());
            tensors.insert(format!("{prefix}square.{name}"), moments.square.clone());
        }
        let device = candle_core::Device::Cpu;
        tensors.insert(format!("{prefix}steps"), Tensor::new(&[i64::from(self.steps)], &device)?);
        Ok(())
    }

    /// Takes the state from `tensors`.
    ///
    /// # Errors
    /// When a part is missing.
    pub fn restore(&mut self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        let get = |name: String| {
            tensors.get(&name).cloned().ok_or_else(|| candle_core::Error::Msg(format!("{name} is missing")))
        };
        for (name, moments) in &mut self.moments {
            moments.mean = get(format!("{prefix}mean.{name}"))?;
            moments.square = get(format!("{prefix}square.{name}"))?;
        }
        let steps = get(format!("{prefix}steps"))?.to_vec1::<i64>()?;
        self.steps = steps.first().and_then(|s| i32::try_from(*s).ok()).unwrap_or(0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;

    /// The first steps of Adam on `x^2` from 1, rate 0.1, betas 0.9 and 0.999, worked out by hand from the
    /// paper's formulas: the first step has the length of the rate whatever the gradient.
    const STEPS: [f32; 3] = [0.9, 0.800_412, 0.701_586];

    #[test]
    fn it_moves_as_the_paper_says() -> Result<()> {
        let settings = AdamSettings { rate: 0.1, beta1: 0.9, beta2: 0.999 };
        let (parameters, x) = Parameters::start(
            1,
            &Device::Cpu,
            |_| 1.0,
            |vb| vb.get_with_hints(1, "x", candle_nn::Init::Const(0.0)),
        )?;
        for (_, var) in parameters.iter() {
            var.set(&Tensor::ones(1, DType::F32, &Device::Cpu)?)?;
        }
        let mut adam = Adam::new(&parameters, settings)?;
        for expected in STEPS {
            adam.step(&parameters, &x.sqr()?.sum_all()?.backward()?)?;
            let now = x.to_vec1::<f32>()?[0];
            assert!((now - expected).abs() < 1e-5, "{now}, not {expected}");
        }
        Ok(())
    }
}
