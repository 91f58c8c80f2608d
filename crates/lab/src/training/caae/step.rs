//! One step: the losses, and all networks moved at once.

use candle_core::{Device, Result, Tensor};
use serde::{Deserialize, Serialize};

use super::discriminators::{CodeDiscriminator, FaceDiscriminator, LABEL_TILES};
use super::plan;
use crate::training::adam::{Adam, AdamForm, AdamSettings};
use crate::training::losses::binary_cross_entropy;
use crate::training::parameters::Parameters;
use crate::training::session::NamedTensors;
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::Network;

/// How much each term counts beside the reconstruction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossWeights {
    /// That the discriminator of faces takes a face for real.
    pub face: f64,
    /// That the discriminator of codes takes a code for one of the prior.
    pub code: f64,
    /// That a face is smooth.
    pub smoothness: f64,
}

impl LossWeights {
    /// The authors'.
    pub const PUBLISHED: Self = Self { face: 1e-4, code: 0.0, smoothness: 0.0 };
    /// The autoencoder alone.
    pub const AUTOENCODER: Self = Self { face: 0.0, code: 0.0, smoothness: 0.0 };
}

/// What a step trains on.
pub(super) struct TrainingBatch {
    /// Faces (N, 3, 128, 128), -1..1.
    pub faces: Tensor,
    /// Age class and gender of each.
    pub labels: Vec<(usize, Gender)>,
    /// Codes (N, 50) drawn from the prior.
    pub prior: Tensor,
}

/// The losses and logits of a step, before the networks moved.
#[derive(Debug)]
pub struct Losses {
    /// The mean absolute error of the reconstruction.
    pub reconstruction: Tensor,
    /// Of the generator, by the discriminator of faces.
    pub generator: Tensor,
    /// Of the encoder, by the discriminator of codes.
    pub encoder: Tensor,
    /// The total variation of the faces that were made.
    pub smoothness: Tensor,
    /// Of the discriminator of codes, on the prior and on codes.
    pub codes: [Tensor; 2],
    /// Of the discriminator of faces, on real and on made ones.
    pub faces: [Tensor; 2],
    /// The codes.
    pub code: Tensor,
    /// What the discriminators said of the prior and of codes, of real and of made faces.
    pub logits: [Tensor; 4],
}

/// One group of variables with its optimiser.
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

/// The parts by the names under which checkpoints hold them.
const NETWORK_NAMES: [&str; 3] = ["autoencoder", "of_codes", "of_faces"];

impl Networks {
    /// Networks of the width `base` and with codes of length `code`, from the beginning.
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

    /// Moves all networks by the gradients of one forward pass.
    pub(super) fn step(&mut self, batch: &TrainingBatch, weights: &LossWeights, rate: f64) -> Result<Losses> {
        let labels = LABEL_TILES.labels_of(&batch.labels, &self.device)?;
        let (code, made, loss, losses) = self.autoencoder_losses(batch, &labels, weights)?;
        let of_codes = CodeDiscriminator::new(&self.of_codes.parameters.var_builder(&self.device))?;
        let of_faces = FaceDiscriminator::new(&self.of_faces.parameters.var_builder(&self.device))?;
        let logits = [
            of_codes.forward(&batch.prior)?,
            of_codes.forward(&code)?,
            of_faces.forward(&batch.faces, &labels)?,
            of_faces.forward(&made, &labels)?,
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

    /// Codes and faces without gradients, what the autoencoder is to lower, and its four terms.
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
        let made = network.decode(&code, &network.tiles().labels_of(&batch.labels, &self.device)?)?;
        let mut loss = (&batch.faces - &made)?.abs()?.mean_all()?;
        let mut terms = vec![loss.detach()];
        // A term that does not count is logged, but needs no gradient.
        let tracked_if = |x: &Tensor, weight: f64| if weight == 0.0 { x.detach() } else { x.clone() };
        let (face, own_code) = (tracked_if(&made, weights.face), tracked_if(&code, weights.code));
        for (weight, term) in [
            (weights.face, binary_cross_entropy(&of_faces.forward(&face, labels)?, true)?),
            (weights.code, binary_cross_entropy(&of_codes.forward(&own_code)?, true)?),
            (weights.smoothness, total_variation(&tracked_if(&made, weights.smoothness))?),
        ] {
            terms.push(term.detach());
            if weight != 0.0 {
                loss = (loss + (term * weight)?)?;
            }
        }
        let terms = <[Tensor; 4]>::try_from(terms);
        let terms = terms.map_err(|_| candle_core::Error::Msg("there are four terms".to_owned()))?;
        Ok((code.detach(), made.detach(), loss, terms))
    }

    /// The optimisers' memory is lost where the weights of the losses change, as a new session loses it.
    pub(super) fn reset_optimisers(&mut self) -> Result<()> {
        self.autoencoder.adam.reset()?;
        self.of_codes.adam.reset()?;
        self.of_faces.adam.reset()
    }

    /// Everything under the authors' names, also the averages that the authors never update.
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

/// Half the sum of the squared differences of neighbours, along each axis divided by its length, for one face.
fn total_variation(faces: &Tensor) -> Result<Tensor> {
    let (count, _, height, width) = faces.dims4()?;
    let along = |axis: usize, length: usize| {
        let differences = (faces.narrow(axis, 1, length - 1)? - faces.narrow(axis, 0, length - 1)?)?;
        differences.sqr()?.sum_all()? * (0.5 / (length * count) as f64)
    };
    along(2, height)? + along(3, width)?
}
