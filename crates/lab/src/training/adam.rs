//! Adam (Kingma and Ba, 2015) with accessible state, so that a stopped run resumes exactly.

use std::collections::{BTreeMap, HashMap};

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var};

use super::parameters::Parameters;
use agemirror_kernels::{adam_step, ema_update};

/// Variants of the update rule; they differ in where epsilon is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum AdamForm {
    /// Epsilon is added to the bias-corrected root, as in the paper's algorithm and in PyTorch:
    /// `rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
    #[default]
    Corrected,
    /// Epsilon is added to the uncorrected root, as in TensorFlow 1:
    /// `rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)`. The first steps are shorter
    /// where gradients are tiny.
    TensorFlow,
}

/// Hyperparameters of [`Adam`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdamSettings {
    /// Learning rate.
    pub learning_rate: f64,
    /// Decay of the running mean of the gradients, 0..1.
    pub beta1: f64,
    /// Decay of the running mean of the squared gradients, 0..1.
    pub beta2: f64,
    /// Added to the divisor to keep it from zero.
    pub epsilon: f64,
    /// Variant of the update rule.
    pub form: AdamForm,
    /// Weight decay: this share of each parameter is added to its gradient (L2, as in PyTorch's Adam; not the
    /// decoupled decay of AdamW).
    pub weight_decay: f64,
}

impl Default for AdamSettings {
    fn default() -> Self {
        Self {
            learning_rate: 1e-3,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            form: AdamForm::Corrected,
            weight_decay: 0.0,
        }
    }
}

/// Running means of one parameter's gradient and of its square.
struct Moments {
    mean: Tensor,
    square: Tensor,
}

/// The optimiser of one network.
pub(crate) struct Adam {
    settings: AdamSettings,
    steps: i32,
    moments: BTreeMap<String, Moments>,
}

impl Adam {
    /// Creates an optimiser for `parameters` with zero moments.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn new(parameters: &Parameters, settings: AdamSettings) -> Result<Self> {
        let moments = parameters
            .iter()
            .map(|(name, var)| {
                Ok((name.to_owned(), Moments { mean: var.zeros_like()?, square: var.zeros_like()? }))
            })
            .collect::<Result<_>>()?;
        Ok(Self { settings, steps: 0, moments })
    }

    /// Sets the learning rate of the following steps.
    pub(crate) fn set_learning_rate(&mut self, learning_rate: f64) {
        self.settings.learning_rate = learning_rate;
    }

    /// Sets the weight decay of the following steps.
    pub(crate) fn set_weight_decay(&mut self, weight_decay: f64) {
        self.settings.weight_decay = weight_decay;
    }

    /// Resets moments and step count, as if the optimiser were newly created. The next step then moves every
    /// parameter by the learning rate, and only the sign of its gradient counts.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn reset(&mut self) -> Result<()> {
        self.steps = 0;
        for moments in self.moments.values_mut() {
            *moments = Moments { mean: moments.mean.zeros_like()?, square: moments.square.zeros_like()? };
        }
        Ok(())
    }

    /// Updates every parameter that has a gradient.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn step(&mut self, parameters: &Parameters, grads: &GradStore) -> Result<()> {
        self.step_scaled(parameters, grads, |_| 1.0)
    }

    /// As [`Self::step`], with each parameter's learning rate multiplied by what `scale` gives for its name.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn step_scaled(
        &mut self,
        parameters: &Parameters,
        grads: &GradStore,
        scale: impl Fn(&str) -> f64,
    ) -> Result<()> {
        self.steps += 1;
        for (name, var) in parameters.iter() {
            let (Some(grad), Some(moments)) = (grads.get(var.as_tensor()), self.moments.get_mut(name)) else {
                continue;
            };
            moments.update(&with_weight_decay(grad, var, self.settings.weight_decay)?, &self.settings)?;
            let learning_rate = self.settings.learning_rate * scale(name);
            let settings = AdamSettings { learning_rate, ..self.settings };
            var.set(&moments.updated_value(&var.as_detached_tensor(), &settings, self.steps)?)?;
        }
        Ok(())
    }

    /// Adds the state to `tensors`, with `prefix` before each name.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn save(&self, tensors: &mut HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        for (name, moments) in &self.moments {
            tensors.insert(format!("{prefix}mean.{name}"), moments.mean.clone());
            tensors.insert(format!("{prefix}square.{name}"), moments.square.clone());
        }
        let device = candle_core::Device::Cpu;
        tensors.insert(format!("{prefix}steps"), Tensor::new(&[i64::from(self.steps)], &device)?);
        Ok(())
    }

    /// Loads the state from `tensors`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(crate) fn restore(&mut self, tensors: &HashMap<String, Tensor>, prefix: &str) -> Result<()> {
        let get = |name: String| {
            tensors.get(&name).cloned().ok_or_else(|| candle_core::Error::Msg(format!("{name} is missing")))
        };
        for (name, moments) in &mut self.moments {
            let (mean, square) =
                (get(format!("{prefix}mean.{name}"))?, get(format!("{prefix}square.{name}"))?);
            if mean.dims() != moments.mean.dims() || square.dims() != moments.square.dims() {
                candle_core::bail!("{prefix}mean.{name} has the shape {:?}", mean.dims());
            }
            let device = moments.mean.device().clone();
            *moments = Moments { mean: mean.to_device(&device)?, square: square.to_device(&device)? };
        }
        let steps = get(format!("{prefix}steps"))?.to_vec1::<i64>()?;
        self.steps = steps.first().and_then(|s| i32::try_from(*s).ok()).unwrap_or(0);
        Ok(())
    }
}

/// The gradient plus the weight decay term.
fn with_weight_decay(grad: &Tensor, var: &Var, decay: f64) -> Result<Tensor> {
    let grad = grad.detach();
    if decay == 0.0 { Ok(grad) } else { grad + (var.as_detached_tensor() * decay)? }
}

impl Moments {
    fn update(&mut self, grad: &Tensor, settings: &AdamSettings) -> Result<()> {
        self.mean = ema_update(&self.mean, grad, settings.beta1, false)?;
        self.square = ema_update(&self.square, grad, settings.beta2, true)?;
        Ok(())
    }

    /// The new value of parameter `x` at step `steps`, counted from 1.
    fn updated_value(&self, x: &Tensor, settings: &AdamSettings, steps: i32) -> Result<Tensor> {
        let AdamSettings { learning_rate: rate, beta1, beta2, epsilon, form, .. } = *settings;
        let (mean_scale, square_scale) = (1.0 - beta1.powi(steps), 1.0 - beta2.powi(steps));
        let (scale, rate) = match form {
            AdamForm::Corrected => (square_scale, rate / mean_scale),
            AdamForm::TensorFlow => (1.0, rate * square_scale.sqrt() / mean_scale),
        };
        adam_step(x, [&self.mean, &self.square], scale, epsilon, rate)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};

    use super::*;

    /// The first steps of Adam on `x^2` from 1, learning rate 0.1, betas 0.9 and 0.999, computed by hand from
    /// the paper's formulas: the first step has the length of the learning rate whatever the gradient.
    const STEPS: [f32; 3] = [0.9, 0.800_412, 0.701_586];

    fn one() -> Result<(Parameters, Tensor)> {
        let (parameters, x) = Parameters::init(
            1,
            &Device::Cpu,
            |_| 1.0,
            |vb| vb.get_with_hints(1, "x", candle_nn::Init::Const(0.0)),
        )?;
        for (_, var) in parameters.iter() {
            var.set(&Tensor::ones(1, DType::F32, &Device::Cpu)?)?;
        }
        Ok((parameters, x))
    }

    #[test]
    fn steps_follow_the_paper() -> Result<()> {
        for form in [AdamForm::Corrected, AdamForm::TensorFlow] {
            let (parameters, x) = one()?;
            let mut adam =
                Adam::new(&parameters, AdamSettings { learning_rate: 0.1, form, ..AdamSettings::default() })?;
            for expected in STEPS {
                adam.step(&parameters, &x.sqr()?.sum_all()?.backward()?)?;
                let now = x.to_vec1::<f32>()?[0];
                assert!((now - expected).abs() < 1e-5, "{form:?}: {now}, not {expected}");
            }
        }
        Ok(())
    }

    /// `tests/reference/adam.py` runs each variant through five gradients, some of them tiny.
    #[derive(serde::Deserialize)]
    struct Golden {
        gradients: Vec<Vec<f32>>,
        start: Vec<f32>,
        corrected: Vec<Vec<f32>>,
        tensorflow: Vec<Vec<f32>>,
        decayed: Vec<Vec<f32>>,
        forgetful: Vec<Vec<f32>>,
    }

    /// The parameter after each of the golden gradients; with `resetting`, the optimiser is reset before each
    /// step.
    fn replay(golden: &Golden, settings: AdamSettings, resetting: bool) -> Result<Vec<Vec<f32>>> {
        let start = Tensor::new(&golden.start[..], &Device::Cpu)?;
        let parameters = Parameters::from_tensors([("x".to_owned(), start)])?;
        let mut adam = Adam::new(&parameters, settings)?;
        let (_, var) = parameters.iter().next().unwrap();
        let step = |grad: &Vec<f32>| {
            if resetting {
                adam.reset()?;
            }
            let loss = (var.as_tensor() * Tensor::new(&grad[..], &Device::Cpu)?)?.sum_all()?;
            adam.step(&parameters, &loss.backward()?)?;
            var.as_detached_tensor().to_vec1::<f32>()
        };
        golden.gradients.iter().map(step).collect()
    }

    #[test]
    fn every_variant_agrees_with_numpy() -> Result<()> {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../tests/reference/adam.json")).unwrap();
        let plain = AdamSettings { learning_rate: 1e-2, beta1: 0.5, ..AdamSettings::default() };
        let tensorflow = AdamSettings { form: AdamForm::TensorFlow, ..plain };
        let decay = AdamSettings { weight_decay: 0.5, ..plain };
        for (expected, settings, resetting) in [
            (&golden.corrected, plain, false),
            (&golden.tensorflow, tensorflow, false),
            (&golden.decayed, decay, false),
            (&golden.forgetful, plain, true),
        ] {
            let ours = replay(&golden, settings, resetting)?;
            for (ours, expected) in ours.iter().flatten().zip(expected.iter().flatten()) {
                assert!((ours - expected).abs() < 2e-6, "{settings:?}: {ours}, not {expected}");
            }
        }
        Ok(())
    }
}
