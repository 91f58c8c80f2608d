//! The recolouring of heads that accompanies the network's change, for training.

use candle_core::{Device, Result};
use image::RgbImage;

use super::appearance::{Head, HeadAppearance, LineAtlas, Person, Plane, Traits, mesh_on_atlas, skin_tone};
use super::apply::CropPart;
use super::face_state::FaceState;
use crate::face::FaceMesh;
use crate::face::regions::{EdgeGuide, Region, RegionMasks, RegionNetwork};

/// Recolours heads like the program: hair, beards, lines and skin.
pub struct Recolourer {
    mesh: FaceMesh,
    regions: RegionNetwork,
    atlas: LineAtlas,
}

/// A head crop at another age with nothing moved; planes have its side squared.
pub struct RecolouredHead {
    /// The crop.
    pub picture: RgbImage,
    /// Weight of the network's colours at each pixel, 0..=1.
    pub network_weight: Vec<f32>,
    /// Probability that each pixel is skin, 0..=1.
    pub skin: Vec<f32>,
}

impl Recolourer {
    /// Loads the bundled networks and the line atlas.
    ///
    /// # Errors
    /// When they are damaged, which tests rule out.
    pub fn bundled() -> Result<Self> {
        Ok(Self {
            mesh: FaceMesh::bundled(&Device::Cpu)?,
            regions: RegionNetwork::bundled(&Device::Cpu)?,
            atlas: LineAtlas::bundled()?,
        })
    }

    /// Recolours the head in `crop` from age `from` to age `to` (years); `male` is the probability that it is
    /// male, 0..=1.
    ///
    /// # Errors
    /// When a network fails.
    pub fn recolour(&self, crop: &RgbImage, male: f32, from: f32, to: f32) -> Result<RecolouredHead> {
        let masks = self.regions.masks(crop)?;
        let mesh = FaceState::default().fit_mesh(&self.mesh, crop)?;
        let mut person = mesh.as_ref().map(|mesh| person_of(&self.atlas, crop, &masks, male, mesh));
        let face = mesh.as_deref().zip(person.as_mut());
        let appearance = HeadAppearance::of(
            crop,
            Head { masks: &masks, guide: &EdgeGuide::new(crop), face },
            &self.atlas,
        )?;
        let side = crop.width() as usize;
        let (picture, network_weight) = appearance.recoloured(&CropPart::whole(crop), from, to);
        let skin = Plane::new(masks.side(), masks.sum(&[Region::Skin, Region::Neck])).resized(side);
        Ok(RecolouredHead {
            picture,
            network_weight: network_weight.iter().map(|weight| f32::from(*weight) / 255.0).collect(),
            skin: skin.values,
        })
    }
}

/// Chooses the lines that suit the face in a crop.
pub(super) fn person_of(
    atlas: &LineAtlas,
    crop: &RgbImage,
    masks: &RegionMasks,
    male: f32,
    mesh: &[[f32; 2]],
) -> Person {
    Person::of(atlas, &Traits { male, tone: skin_tone(crop, masks), mesh: &mesh_on_atlas(mesh) })
}
