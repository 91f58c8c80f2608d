//! Frozen networks that say how old a made face looks and whether it is still the same person.

use std::path::Path;

use candle_core::{Device, Result, Tensor};

use super::losses::{Seen, age_loss};
use crate::aging::mirror::TEMPLATE;
use crate::dataset::seeded;
use crate::tensor::{down2, up2};
use crate::training::frozen::{AgeNetwork, CropWindow, IdentityNetwork};
use rand::Rng;

/// Distances below this one are those of one person on a good day; nothing is gained by going lower.
const SAME_PERSON: f64 = 0.3;
/// The spread of the noise under which the age must still be read, in a picture of -1..1.
const NOISE: f64 = 0.04;

/// The two networks with the parts of mirror's crop that they look at.
pub struct Judges {
    age: AgeNetwork,
    identity: IdentityNetwork,
}

impl Judges {
    /// Reads both from `folder`.
    ///
    /// # Errors
    /// When a file is missing or holds another network.
    pub fn load(folder: &Path, device: &Device) -> Result<Self> {
        Ok(Self {
            age: AgeNetwork::load(&folder.join("dlib_age_v1.safetensors"), device)?,
            identity: IdentityNetwork::load(
                &folder.join("faceapi_face_recognition_model.safetensors"),
                device,
            )?,
        })
    }

    /// How far the ages read off the made faces are from those asked for, in decades. The look is a
    /// little off, blurred and noisy each time, so that only what a face shows robustly counts and no
    /// pattern made for the network alone.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn age_loss(&self, made: &Seen, seed: u64, step: u64) -> Result<Tensor> {
        let mut random = seeded(seed, step, u64::MAX);
        let mut window = CropWindow::between(&TEMPLATE, &AgeNetwork::TEMPLATE);
        let (dx, dy): (f32, f32) = (random.random_range(-0.02..0.02), random.random_range(-0.02..0.02));
        window.left += dx;
        window.right += dx;
        window.top += dy;
        window.bottom += dy;
        let blurred =
            if random.random_bool(0.5) { up2(&down2(&made.pictures)?)? } else { made.pictures.clone() };
        let chip = window.cut(&blurred, AgeNetwork::SIDE)?;
        let noise: Vec<f32> = (0..chip.elem_count()).map(|_| random.random_range(-1.0..1.0)).collect();
        let chip = (&chip + (Tensor::from_vec(noise, chip.shape(), chip.device())? * NOISE)?)?;
        age_loss(&self.age.expected_age(&self.age.logits(&chip)?)?, &made.ages)
    }

    /// How far the first `count` made faces are from their inputs, beyond what one person varies.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn identity_loss(&self, input: &Seen, made: &Seen, count: usize) -> Result<Tensor> {
        let window = CropWindow::between(&TEMPLATE, &IdentityNetwork::TEMPLATE);
        let descriptors = |seen: &Seen| {
            let some = seen.pictures.narrow(0, 0, count)?;
            self.identity.descriptors(&window.cut(&some, IdentityNetwork::SIDE)?)
        };
        let distance = IdentityNetwork::distance(&descriptors(input)?.detach(), &descriptors(made)?)?;
        (distance - SAME_PERSON)?.relu()?.mean_all()
    }
}
