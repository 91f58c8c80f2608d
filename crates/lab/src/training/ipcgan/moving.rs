//! Moving averages of the generator's batch normalisations, with which it processes single pictures.

use candle_core::{Device, Result, Tensor, bail};

use crate::training::NamedTensors;
use crate::training::parameters::Parameters;
use agemirror_faces::aging::ipcgan::{Moments, Network};

/// Decay of the averages.
const DECAY: f64 = 0.9;
const PARTS: [&str; 2] = ["moving_mean", "moving_variance"];

/// Averages that start at zero and are divided by the share accumulated so far (TensorFlow's
/// `zero_debias_moving_mean`).
pub(super) struct MovingMoments {
    norms: Vec<String>,
    /// Mean and variance of each normalisation.
    sums: Vec<[Tensor; 2]>,
    updates: i32,
}

impl MovingMoments {
    pub(super) fn new(generator: &Parameters) -> Result<Self> {
        let norms = Network::norms();
        let zeros = |norm: &String| {
            let Some((_, beta)) = generator.iter().find(|(name, _)| *name == format!("{norm}/beta")) else {
                bail!("{norm}/beta is missing");
            };
            Ok([beta.zeros_like()?, beta.zeros_like()?])
        };
        Ok(Self { sums: norms.iter().map(zeros).collect::<Result<_>>()?, norms, updates: 0 })
    }

    pub(super) fn update(&mut self, moments: &[Moments]) -> Result<()> {
        self.updates += 1;
        for (sums, Moments { mean, variance }) in self.sums.iter_mut().zip(moments) {
            for (sum, now) in sums.iter_mut().zip([mean, variance]) {
                *sum = (&*sum - ((&*sum - now)? * (1.0 - DECAY))?)?;
            }
        }
        Ok(())
    }

    /// The averages by checkpoint name; before the first update the identity (mean 0, variance 1).
    pub(super) fn values(&self) -> Result<NamedTensors> {
        let share = 1.0 - DECAY.powi(self.updates);
        let mut values = NamedTensors::new();
        for (norm, [mean, variance]) in self.norms.iter().zip(&self.sums) {
            let [mean, variance] = match self.updates {
                0 => [mean.clone(), variance.ones_like()?],
                _ => [(mean / share)?, (variance / share)?],
            };
            values.insert(format!("{norm}/{}", PARTS[0]), mean);
            values.insert(format!("{norm}/{}", PARTS[1]), variance);
        }
        Ok(values)
    }

    pub(super) fn save(&self, state: &mut NamedTensors, prefix: &str) -> Result<()> {
        for (norm, sums) in self.norms.iter().zip(&self.sums) {
            for (part, sum) in PARTS.iter().zip(sums) {
                state.insert(format!("{prefix}{norm}/{part}"), sum.clone());
            }
        }
        state.insert(format!("{prefix}updates"), Tensor::new(&[i64::from(self.updates)], &Device::Cpu)?);
        Ok(())
    }

    pub(super) fn restore(&mut self, state: &NamedTensors, prefix: &str) -> Result<()> {
        let get = |name: String| match state.get(&name) {
            Some(tensor) => Ok(tensor),
            None => bail!("{name} is missing"),
        };
        for (norm, sums) in self.norms.iter().zip(&mut self.sums) {
            for (part, sum) in PARTS.iter().zip(sums.iter_mut()) {
                *sum = get(format!("{prefix}{norm}/{part}"))?.to_device(sum.device())?;
            }
        }
        let updates = get(format!("{prefix}updates"))?.to_vec1::<i64>()?;
        self.updates = updates.first().and_then(|updates| i32::try_from(*updates).ok()).unwrap_or(0);
        Ok(())
    }
}
