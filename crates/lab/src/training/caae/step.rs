//! One step: computes the losses and updates all networks at once.

use candle_core::{Device, Result, Tensor};
use serde::{Deserialize, Serialize};

use super::discriminators::{CodeDiscriminator, FaceDiscriminator, LABEL_TILES};
use super::plan;
use crate::training::NamedTensors;
use crate::training::adam::{Adam, AdamForm, AdamSettings};
use crate::training::losses::binary_cross_entropy;
use crate::training::parameters::Parameters;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::Network;

/// Weights of the loss terms besides the reconstruction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LossWeights {
    /// Adversarial loss of the face discriminator.
    pub face: f64,
    /// Adversarial loss of the code discriminator.
    pub code: f64,
    /// Total variation of the generated faces.
    pub smoothness: f64,
}

impl LossWeights {
    /// The authors' weights.
    pub(crate) const PUBLISHED: Self = Self { face: 1e-4, code: 0.0, smoothness: 0.0 };
    /// Trains the autoencoder alone.
    pub(crate) const AUTOENCODER: Self = Self { face: 0.0, code: 0.0, smoothness: 0.0 };
}

/// A batch of faces.
pub(super) struct TrainingBatch {
    /// Faces (N, 3, 128, 128) in -1..1.
    pub faces: Tensor,
    /// Age group and gender of each face.
    pub labels: Vec<(usize, Gender)>,
    /// Codes (N, 50) drawn from the prior.
    pub prior: Tensor,
}

/// Losses and logits of a step, before the update.
#[derive(Debug)]
pub(crate) struct Losses {
    /// Mean absolute error of the reconstruction.
    pub reconstruction: Tensor,
    /// Adversarial loss of the generated faces.
    pub generator: Tensor,
    /// Adversarial loss of the codes.
    pub encoder: Tensor,
    /// Total variation of the generated faces.
    pub smoothness: Tensor,
    /// Code discriminator's losses on the prior and on codes.
    pub codes: [Tensor; 2],
    /// Face discriminator's losses on real and on generated faces.
    pub faces: [Tensor; 2],
    /// The codes.
    pub code: Tensor,
    /// Logits of the prior, the codes, the real and the generated faces.
    pub logits: [Tensor; 4],
}

/// A group of variables with its optimiser.
pub(super) struct TrainedNetwork {
    pub parameters: Parameters,
    adam: Adam,
}

impl TrainedNetwork {
    fn new(parameters: Parameters, settings: AdamSettings) -> Result<Self> {
        let adam = Adam::new(&parameters, settings)?;
        Ok(Self { parameters, adam })
    }

    fn step(&mut self, loss: &Tensor, rate: f64) -> Result<()> {
        self.adam.set_learning_rate(rate);
        self.adam.step(&self.parameters, &loss.backward()?)
    }
}

/// The four networks with their optimisers.
pub(super) struct Networks {
    pub autoencoder: TrainedNetwork,
    pub of_codes: TrainedNetwork,
    pub of_faces: TrainedNetwork,
    device: Device,
}

/// Names of the networks in checkpoints.
const NETWORK_NAMES: [&str; 3] = ["autoencoder", "of_codes", "of_faces"];

impl Networks {
    /// Initialises networks of width `base` with codes of length `code`.
    pub(super) fn start(base: usize, code: usize, seed: u64, beta1: f64, device: &Device) -> Result<Self> {
        let plans =
            [plan::autoencoder(base, code), plan::code_discriminator(code), plan::face_discriminator(base)];
        let mut network_index = 0;
        let parameters = plans.map(|plan| {
            network_index += 1;
            Parameters::random(seed.wrapping_mul(3).wrapping_add(network_index), device, &plan)
        });
        let [autoencoder, of_codes, of_faces] = parameters;
        Self::of([autoencoder?, of_codes?, of_faces?], beta1, device)
    }

    pub(super) fn of(parameters: [Parameters; 3], beta1: f64, device: &Device) -> Result<Self> {
        let settings = AdamSettings { beta1, form: AdamForm::TensorFlow, ..AdamSettings::default() };
        let [autoencoder, of_codes, of_faces] =
            parameters.map(|parameters| TrainedNetwork::new(parameters, settings));
        Ok(Self {
            autoencoder: autoencoder?,
            of_codes: of_codes?,
            of_faces: of_faces?,
            device: device.clone(),
        })
    }

    fn networks(&self) -> [(&'static str, &TrainedNetwork); 3] {
        [
            (NETWORK_NAMES[0], &self.autoencoder),
            (NETWORK_NAMES[1], &self.of_codes),
            (NETWORK_NAMES[2], &self.of_faces),
        ]
    }

    /// The autoencoder, without gradients.
    pub(super) fn network(&self) -> Result<Network> {
        Network::new(&self.autoencoder.parameters.frozen_builder(&self.device))
    }

    /// Updates all networks by the gradients of one forward pass.
    pub(super) fn step(&mut self, batch: &TrainingBatch, weights: &LossWeights, rate: f64) -> Result<Losses> {
        let labels = LABEL_TILES.labels_of(&batch.labels, &self.device)?;
        let (code, generated, loss, losses) = self.autoencoder_losses(batch, &labels, weights)?;
        let of_codes = CodeDiscriminator::new(&self.of_codes.parameters.var_builder(&self.device))?;
        let of_faces = FaceDiscriminator::new(&self.of_faces.parameters.var_builder(&self.device))?;
        let logits = [
            of_codes.forward(&batch.prior)?,
            of_codes.forward(&code)?,
            of_faces.forward(&batch.faces, &labels)?,
            of_faces.forward(&generated, &labels)?,
        ];
        let truth = |i: usize| binary_cross_entropy(&logits[i], i.is_multiple_of(2));
        let (codes, faces) = ([truth(0)?, truth(1)?], [truth(2)?, truth(3)?]);
        self.autoencoder.step(&loss, rate)?;
        self.of_codes.step(&(&codes[0] + &codes[1])?, rate)?;
        self.of_faces.step(&(&faces[0] + &faces[1])?, rate)?;
        let [reconstruction, generator, encoder, smoothness] = losses;
        let logits = logits.map(|logits| logits.detach());
        let (codes, faces) = (codes.map(|loss| loss.detach()), faces.map(|loss| loss.detach()));
        Ok(Losses { reconstruction, generator, encoder, smoothness, codes, faces, code, logits })
    }

    /// Codes and faces without gradients, the loss of the autoencoder, and its four terms.
    fn autoencoder_losses(
        &self,
        batch: &TrainingBatch,
        labels: &Tensor,
        weights: &LossWeights,
    ) -> Result<(Tensor, Tensor, Tensor, [Tensor; 4])> {
        let network = Network::new(&self.autoencoder.parameters.var_builder(&self.device))?;
        let of_codes = CodeDiscriminator::new(&self.of_codes.parameters.frozen_builder(&self.device))?;
        let of_faces = FaceDiscriminator::new(&self.of_faces.parameters.frozen_builder(&self.device))?;
        let code = network.encode(&batch.faces)?;
        let generated = network.decode(&code, &network.tiles().labels_of(&batch.labels, &self.device)?)?;
        let mut loss = (&batch.faces - &generated)?.abs()?.mean_all()?;
        let mut terms = vec![loss.detach()];
        // A term with weight zero is logged, but needs no gradient.
        let tracked_if = |x: &Tensor, weight: f64| if weight == 0.0 { x.detach() } else { x.clone() };
        let (face, own_code) = (tracked_if(&generated, weights.face), tracked_if(&code, weights.code));
        for (weight, term) in [
            (weights.face, binary_cross_entropy(&of_faces.forward(&face, labels)?, true)?),
            (weights.code, binary_cross_entropy(&of_codes.forward(&own_code)?, true)?),
            (weights.smoothness, total_variation(&tracked_if(&generated, weights.smoothness))?),
        ] {
            terms.push(term.detach());
            if weight != 0.0 {
                loss = (loss + (term * weight)?)?;
            }
        }
        let terms = <[Tensor; 4]>::try_from(terms);
        let terms = terms.map_err(|_| candle_core::Error::Msg("expected four loss terms".to_owned()))?;
        Ok((code.detach(), generated.detach(), loss, terms))
    }

    /// Resets the optimisers. The authors change the weights of the losses between two sessions, which has
    /// the same effect.
    pub(super) fn reset_optimisers(&mut self) -> Result<()> {
        self.autoencoder.adam.reset()?;
        self.of_codes.adam.reset()?;
        self.of_faces.adam.reset()
    }

    /// All weights under the authors' names, including the moving averages that the authors never update.
    pub(super) fn weights(&self) -> Result<NamedTensors> {
        let mut weights = NamedTensors::new();
        for (_, part) in self.networks() {
            part.parameters.save(&mut weights, "")?;
        }
        let betas: Vec<(String, Tensor)> = weights
            .iter()
            .filter_map(|(name, beta)| Some((name.strip_suffix("beta")?.to_owned(), beta.clone())))
            .collect();
        for (norm, beta) in betas {
            weights.insert(format!("{norm}moving_mean"), beta.zeros_like()?);
            weights.insert(format!("{norm}moving_variance"), beta.ones_like()?);
        }
        Ok(weights)
    }

    pub(super) fn save(&self, state: &mut NamedTensors) -> Result<()> {
        for (name, part) in self.networks() {
            part.parameters.save(state, &format!("{name}."))?;
            part.adam.save(state, &format!("adam.{name}."))?;
        }
        Ok(())
    }

    pub(super) fn restore(&mut self, state: &NamedTensors) -> Result<()> {
        let parts = [&mut self.autoencoder, &mut self.of_codes, &mut self.of_faces];
        for (name, part) in NETWORK_NAMES.iter().zip(parts) {
            part.parameters.restore(state, &format!("{name}."))?;
            part.adam.restore(state, &format!("adam.{name}."))?;
        }
        Ok(())
    }
}

/// Total variation per face: half the sum of the squared differences of neighbours, divided by the length of
/// each axis.
fn total_variation(faces: &Tensor) -> Result<Tensor> {
    let (count, _, height, width) = faces.dims4()?;
    let along = |axis: usize, length: usize| {
        let differences = (faces.narrow(axis, 1, length - 1)? - faces.narrow(axis, 0, length - 1)?)?;
        differences.sqr()?.sum_all()? * (0.5 / (length * count) as f64)
    };
    along(2, height)? + along(3, width)?
}
