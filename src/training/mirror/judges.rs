//! Frozen networks that say what a face looks like, how old it is, and whether it is still the same person.

use std::path::Path;

use candle_core::{Device, Result, Tensor};
use rand::Rng;
use rand::rngs::StdRng;

use super::losses::{Seen, age_loss};
use crate::aging::mirror::TEMPLATE;
use crate::dataset::seeded;
use crate::face::dlib::{AgeNetwork, CropWindow, IdentityNetwork};
use crate::tensor::{down2, up2};

/// Distances below this one are those of one person on a good day; nothing is gained by going lower.
const SAME_PERSON: f64 = 0.3;
/// The largest noise under which a face is looked at, in a picture of -1..1.
const NOISE: f32 = 0.04;
/// The largest shift of the look, in fractions of the side.
const SHIFT: f32 = 0.02;
/// The part of a crop that is looked at closely: its side, and how far left and top it may lie, in fractions.
const PART: f32 = 0.5;
const PART_LEFT: std::ops::Range<f32> = 0.1..0.4;
const PART_TOP: std::ops::Range<f32> = 0.12..0.48;

/// The two networks.
pub struct Judges {
    age: AgeNetwork,
    identity: IdentityNetwork,
}

/// What the age network sees in some pictures.
pub struct Look {
    /// Its maps of the whole face at four scales, then of a part of it at three.
    pub maps: Vec<Tensor>,
    /// The ages it reads, in years: (N).
    pub ages: Tensor,
}

impl Look {
    /// The same look, not followed by gradients.
    pub fn detach(&self) -> Self {
        Self { maps: self.maps.iter().map(Tensor::detach).collect(), ages: self.ages.detach() }
    }
}

/// A chip under a little noise.
fn noisy(chip: &Tensor, random: &mut StdRng) -> Result<Tensor> {
    let strength = random.random_range(0.0..NOISE);
    let noise: Vec<f32> = (0..chip.elem_count()).map(|_| random.random_range(-1.0..1.0) * strength).collect();
    chip + Tensor::from_vec(noise, chip.shape(), chip.device())?
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

    /// Looks at faces through their masks, a little shifted, blurred and noisy each time: what the draw
    /// decides. So only what a face shows robustly counts, and no pattern made for the network alone.
    ///
    /// # Errors
    /// When shapes do not fit.
    pub fn look(&self, seen: &Seen, seed: u64, draw: u64) -> Result<Look> {
        let mut random = seeded(seed, draw, u64::MAX);
        let mut window = CropWindow::between(&TEMPLATE, &AgeNetwork::TEMPLATE);
        let (dx, dy) = (random.random_range(-SHIFT..SHIFT), random.random_range(-SHIFT..SHIFT));
        window.left += dx;
        window.right += dx;
        window.top += dy;
        window.bottom += dy;
        let sharp = seen.pictures.broadcast_mul(&seen.masks)?;
        let pictures = if random.random_bool(0.3) { up2(&down2(&sharp)?)? } else { sharp.clone() };
        let (mut maps, logits) =
            self.age.look(&noisy(&window.cut(&pictures, AgeNetwork::SIDE)?, &mut random)?)?;
        let (left, top) = (random.random_range(PART_LEFT), random.random_range(PART_TOP));
        let part = CropWindow { left, top, right: left + PART, bottom: top + PART };
        let (close, _) = self.age.look(&noisy(&part.cut(&sharp, AgeNetwork::SIDE)?, &mut random)?)?;
        maps.extend(close.into_iter().take(3));
        Ok(Look { maps, ages: self.age.expected_age(&logits)? })
    }

    /// How far the ages that a look reads are from `wanted`, in decades.
    ///
    /// # Errors
    /// When the numbers differ.
    pub fn age_loss(look: &Look, wanted: &[f32]) -> Result<Tensor> {
        age_loss(&look.ages, wanted)
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
