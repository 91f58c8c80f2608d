//! Frozen networks that judge a head's appearance, age and identity.

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use rand::Rng;
use rand::rngs::StdRng;

use super::degrade::degrade;
use super::features::FeatureNetwork;
use super::losses::{HeadViews, age_loss};
use super::mixing::Mixing;
use crate::dataset::seeded;
use crate::training::TrainingError;
use agemirror_faces::aging::mirror::TrainingView;
use agemirror_faces::face::dlib::{AgeNetwork, CropWindow, IdentityNetwork};
use agemirror_kernels::{down2, up2, weigh};

/// Descriptor distances below this are typical of one person, so the loss does not push them lower.
const SAME_PERSON_DISTANCE: f64 = 0.3;
/// Largest noise added before the age is read, in a range of -1..1.
const NOISE: f32 = 0.04;
/// Largest shift of the chip before the age is read, as a fraction of its side.
const SHIFT: f32 = 0.02;

/// The networks; their inputs are views of heads.
pub(crate) struct Judges {
    age: AgeNetwork,
    identity: IdentityNetwork,
    features: FeatureNetwork,
    mixing: Mixing,
}

/// The chip with random noise.
fn noisy(chip: &Tensor, random: &mut StdRng) -> Result<Tensor> {
    let strength = random.random_range(0.0..NOISE);
    let noise: Vec<f32> = (0..chip.elem_count()).map(|_| random.random_range(-1.0..1.0) * strength).collect();
    chip + Tensor::from_vec(noise, chip.shape(), chip.device())?
}

impl Judges {
    /// Loads all networks from `folder`.
    ///
    /// # Errors
    /// When a file is missing or contains another network.
    pub(crate) fn load(folder: &Path, device: &Device) -> std::result::Result<Self, TrainingError> {
        let age = AgeNetwork::load(&folder.join("dlib_age_v1.safetensors"), device)?;
        let identity = folder.join("faceapi_face_recognition_model.safetensors");
        let identity = IdentityNetwork::load(&identity, device)?;
        Ok(Self::new(age, identity, FeatureNetwork::load(folder, device)?, device)?)
    }

    /// Judges with these networks.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) fn new(
        age: AgeNetwork,
        identity: IdentityNetwork,
        features: FeatureNetwork,
        device: &Device,
    ) -> Result<Self> {
        Ok(Self { age, identity, features, mixing: Mixing::new(device)? })
    }

    /// The mixed feature maps for the discriminator: `pictures` are multiplied by `masks` and degraded as
    /// `seed` and `draw` determine.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn maps(
        &self,
        pictures: &Tensor,
        masks: &Tensor,
        (seed, draw): (u64, u64),
    ) -> Result<Vec<Tensor>> {
        let degraded = weigh(&degrade(pictures, seed, draw)?, masks)?;
        self.mixing.mixed(&self.features.maps(&degraded)?)
    }

    /// Distance in decades between the ages that the age network reads and the target ages. The network reads
    /// masked views, shifted, blurred and noisy at random (from `seed` and `draw`), so that only robust signs
    /// of age count, not patterns made for this network.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn age_loss(&self, generated: &HeadViews, seed: u64, draw: u64) -> Result<Tensor> {
        let mut random = seeded(seed, draw, u64::MAX);
        let mut window = CropWindow::between(&TrainingView::template(), &AgeNetwork::TEMPLATE);
        let shift = SHIFT * window.width();
        let (dx, dy) = (random.random_range(-shift..shift), random.random_range(-shift..shift));
        window.left += dx;
        window.right += dx;
        window.top += dy;
        window.bottom += dy;
        let sharp = weigh(&generated.pictures, &generated.masks)?;
        let pictures = if random.random_bool(0.3) { up2(&down2(&sharp)?)? } else { sharp };
        let chip = noisy(&window.cut(&pictures, AgeNetwork::SIDE)?, &mut random)?;
        age_loss(&self.age.expected_age(&self.age.logits(&chip)?)?, &generated.ages)
    }

    /// Mean descriptor distance of the first `count` generated faces from their inputs, beyond the variation
    /// of one person. Both are views.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub(crate) fn identity_loss(&self, input: &Tensor, generated: &Tensor, count: usize) -> Result<Tensor> {
        let window = CropWindow::between(&TrainingView::template(), &IdentityNetwork::TEMPLATE);
        let descriptors = |views: &Tensor| {
            self.identity.descriptors(&window.cut(&views.narrow(0, 0, count)?, IdentityNetwork::SIDE)?)
        };
        let distance = IdentityNetwork::distance(&descriptors(input)?.detach(), &descriptors(generated)?)?;
        (distance - SAME_PERSON_DISTANCE)?.relu()?.mean_all()
    }
}
