//! The changes of age that the network does not make, at the crop's resolution: hair greys, thins
//! out or regains its colour, lips pale, children lose beards, lines of other old faces are drawn, and the person's own
//! lines fade. Everything shared by all ages is computed once per crop.

mod atlas;
mod beard;
mod beneath;
mod bristles;
mod full_beard;
mod hair;
mod hair_loss;
mod layers;
mod lines;
mod lips;
mod low_res;
mod neck;
mod outlines;
mod person;
mod plane;
mod recolouring;
mod refined;
mod row_reader;
mod rows;
mod shares;
mod sharpness;
mod skin;
mod soft_lines;

use candle_core::Result;
use image::RgbImage;

pub use atlas::{ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LOGARITHM_STEP, LineAtlas, LinedFace, NO_LINE};
pub(super) use lines::mesh_on_atlas;
pub(super) use person::{Person, Traits};
pub use plane::Plane;
pub(super) use refined::Head;

use full_beard::with_full_beard;
use hair::dyed::with_dyed_hair;
use hair_loss::hairline::Hairline;
use hair_loss::lowered::LoweredHairline;
use hair_loss::moving::MovedPart;
use hair_loss::skull::Skull;
use layers::{HeadPixels, Layers};
use low_res::LowRes;
use recolouring::{Recolouring, Scratch};

use super::apply::CropPart;
use super::eyes::Eyes;
use super::face_window::FaceWindow;
use super::mouth::Mouth;
use crate::face::regions::RegionMasks;
use crate::interpolation::smooth_step_between;

/// The age-independent data of one crop.
pub(super) struct HeadAppearance {
    side: usize,
    pixels: HeadPixels,
    /// Years by which hair greys early.
    pace_years: f32,
    /// Average colour of the skin, of luma 1.
    skin_hue: [f32; 3],
    /// How much the hair on top thins out, 0..=1.
    thinning: f32,
    hairline: Option<Hairline>,
    lowered_hairline: Option<LoweredHairline>,
    eyes: Option<Eyes>,
    mouth: Option<Mouth>,
}

/// Of what appears between the ages `appears`, the fraction present at age `from` and absent at age `to` (years): 0..=1.
pub(super) fn outgrown(appears: [f32; 2], from: f32, to: f32) -> f32 {
    let [before, after] = [from, to].map(|age| smooth_step_between(appears, age));
    (before - after).max(0.0)
}

/// The skin's colour in a crop, as in [`Traits`].
pub(super) fn skin_tone(crop: &RgbImage, masks: &RegionMasks) -> [f32; 2] {
    let colour = LowRes::of(crop, masks).skin_colour().unwrap_or([128.0; 3]);
    let [red, green, blue] = colour.map(|value| value.max(8.0));
    [(red / green).ln(), (green / blue).ln()]
}

impl HeadAppearance {
    /// Computes the age-independent data of `crop`.
    ///
    /// # Errors
    /// When the masks and the guide differ in size.
    pub(super) fn of(crop: &RgbImage, head: Head, atlas: &LineAtlas) -> Result<Self> {
        let dyed = with_dyed_hair(crop, head.masks);
        let masks = dyed.as_ref().unwrap_or(head.masks);
        let bearded = with_full_beard(masks);
        let masks = bearded.as_ref().unwrap_or(masks);
        let (pace_years, baldness) =
            head.face.as_ref().map_or((0.0, 0.0), |(_, person)| (person.pace_years, person.baldness));
        let skull = head.face.as_ref().and_then(|(mesh, _)| Skull::of(mesh));
        let mouth = head.face.as_ref().and_then(|(mesh, _)| Mouth::of(mesh));
        let balding = skull.as_ref().filter(|_| baldness > 0.0);
        let layers = Layers::of(crop, Head { masks, ..head }, atlas, balding)?;
        let pixels = layers.pixels();
        let Layers { scalp, eyes, skin_colour, .. } = layers;
        let thinning = scalp.as_ref().map_or(0.0, |scalp| baldness * scalp.visible);
        let hairline = balding.and_then(|skull| Hairline::of(skull, masks, thinning));
        let lowered_hairline = skull.as_ref().and_then(|skull| LoweredHairline::of(skull, masks));
        Ok(Self {
            side: crop.width() as usize,
            pixels,
            pace_years,
            skin_hue: lips::skin_hue(skin_colour),
            thinning,
            hairline,
            lowered_hairline,
            eyes,
            mouth,
        })
    }

    /// The eyes, where there is a mesh.
    pub(super) fn eyes(&self) -> Option<&Eyes> {
        self.eyes.as_ref()
    }

    /// The mouth, where there is a mesh.
    pub(super) fn mouth(&self) -> Option<&Mouth> {
        self.mouth.as_ref()
    }

    /// Recolours a part of the crop from age `from` to age `to` (years), and moves its hairline. Returns it with the
    /// weights of the network's colours at each pixel, of 255.
    pub(super) fn recoloured(&self, part: &CropPart, from: f32, to: f32) -> (RgbImage, Vec<u8>) {
        let mut picture = part.picture.clone();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let columns = part.left..part.left + width;
        let weights = self.pixels.network_weights[usize::from(to < from)].chunks_exact(self.side.max(1));
        let weights = weights.skip(part.top).take(height).map(|row| &row[columns.clone()]);
        let mut weights = weights.collect::<Vec<_>>().concat();
        if from == to {
            return (picture, weights);
        }
        let change = Recolouring::between(from, to, self.pace_years, self.thinning, self.skin_hue);
        let mut scratch = Scratch::new(width);
        for (y, to) in (part.top..).zip(picture.chunks_exact_mut(3 * width.max(1))) {
            let row = || self.pixels.rows.row(y, columns.clone());
            match (&change, self.pixels.changes[y]) {
                (Recolouring::Older(change), [true, _]) => change.draw(to, &row(), &mut scratch),
                (Recolouring::Younger(change), [_, true]) => change.draw(to, &row(), &mut scratch),
                _ => {}
            }
        }
        let (at, thinning) = ([part.left, part.top], self.thinning);
        let moved = MovedPart { picture: &mut picture, weights: &mut weights, at, thinning };
        match (&self.hairline, &self.lowered_hairline) {
            (Some(hairline), _) if from < to => hairline.recede(moved, &self.pixels.rows, from, to),
            (_, Some(hairline)) if to < from => hairline.lower(moved, &self.pixels.rows, from, to),
            _ => {}
        }
        (picture, weights)
    }

    /// Weights of the network's colours towards an older age in a square of the crop, as a plane of `side` pixels: 0..=1,
    /// and 0 outside the crop.
    pub(super) fn weight_within(&self, window: FaceWindow, side: usize) -> Plane {
        let position = |from: f32, i: usize| (from + (i as f32 + 0.5) * window.side / side as f32) as usize;
        let value = |x: usize, y: usize| match x < self.side {
            true => self.pixels.network_weights[0]
                .get(y * self.side + x)
                .map_or(0.0, |weight| f32::from(*weight) / 255.0),
            false => 0.0,
        };
        let rows = (0..side).map(|y| position(window.top, y));
        let values = rows.flat_map(|y| (0..side).map(move |x| (position(window.left, x), y)));
        Plane::new(side, values.map(|(x, y)| value(x, y)).collect())
    }
}
