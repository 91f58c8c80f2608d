//! The changes of age that the network does not make, at the crop's resolution: hair greys or regains its
//! colour, children lose beards, lines of other old faces are drawn, and the person's own lines fade.
//! Everything shared by all ages is computed once per crop.

mod atlas;
mod beard;
mod hair;
mod lines;
mod low_res;
mod outlines;
mod person;
mod plane;
mod recolouring;
mod rows;
mod sharpness;
mod skin;

use candle_core::Result;
use image::RgbImage;
use rayon::prelude::*;

pub use atlas::{ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LOGARITHM_STEP, LineAtlas, LinedFace, NO_LINE};
pub(super) use lines::mesh_on_atlas;
pub(super) use person::{Person, Traits};
pub use plane::Plane;

use beard::{BeardMasks, Surroundings};
use hair::HairTones;
use lines::DrawnLines;
use low_res::LowRes;
use outlines::Outlines;
use plane::RowReader;
use recolouring::{Recolouring, Scratch};
use rows::{BeardPlanes, PixelRows, Row, byte, split_mut};
use skin::EvenSkin;

use crate::face::regions::{EdgeGuide, Region, RegionMasks};
use crate::pixels::separate_channels;
use agemirror_kernels::widest;

/// A hat counts as worn if it covers this many times the area of the hair, or the share [`LARGE`] of the
/// crop; a smaller one is hair that looks like a hat.
const WORN: f32 = 1.6;
const LARGE: f32 = 0.085;
/// Fraction of the network's colours that beards do not get towards a younger age.
const BEARDS: f32 = 0.5;
/// Mesh points at the temples.
const TEMPLES: [usize; 2] = [127, 356];

/// The age-independent data of one crop.
pub(super) struct HeadAppearance {
    side: usize,
    rows: PixelRows,
    /// Whether an older and a younger age change each row at all.
    changes: Vec<[bool; 2]>,
    /// Weights of the network's colours at each pixel towards an older and a younger age, of 255: zero in hair and
    /// where something covers the face. Beards and brows get younger without the network, which would lighten them
    /// a second time.
    network_weights: [Vec<u8>; 2],
    pace_years: f32,
}

/// The input of [`HeadAppearance::of`].
pub(super) struct Head<'a> {
    pub masks: &'a RegionMasks,
    pub guide: &'a EdgeGuide,
    /// The mesh in fractions of the crop's side, and the person whose lines are drawn; `None` without a mesh.
    pub lines: Option<(&'a [[f32; 2]], &'a mut Person)>,
}

/// The skin's colour in a crop, as in [`Traits`].
pub(super) fn skin_tone(crop: &RgbImage, masks: &RegionMasks) -> [f32; 2] {
    let small = LowRes::of(crop, masks);
    let skin = small.mask(&[Region::Skin]).map(|share| (share - 0.7).max(0.0));
    let [red, green, blue] =
        small.colours.each_ref().map(|plane| plane.mean_within(&skin).unwrap_or(128.0).max(8.0));
    [(red / green).ln(), (green / blue).ln()]
}

/// The refined masks of a crop, each of its size.
struct Refined {
    hair: Vec<f32>,
    beard: Vec<f32>,
    brows: Vec<f32>,
    skin: Vec<f32>,
    covered: Vec<f32>,
}

impl Refined {
    /// `beard_weight` is the share of the beard mask that counts; without any, it is not refined.
    fn of(head: &Head, beard_weight: f32) -> Result<Self> {
        let (guide, masks) = (head.guide, head.masks);
        let outlines = head.lines.as_ref().map(|(mesh, _)| Outlines::of(mesh, masks.side()));
        let amount = |region: Region| masks.plane(region).iter().sum::<f32>();
        let (hair, hat) = (amount(Region::Hair), amount(Region::Hat));
        let is_worn = hat > WORN * hair || hat > LARGE * (masks.side() * masks.side()) as f32;
        let (hair, covers): (&[Region], &[Region]) = match is_worn {
            true => (&[Region::Hair], &[Region::Glasses, Region::Hat, Region::Front]),
            false => (&[Region::Hair, Region::Hat], &[Region::Glasses, Region::Front]),
        };
        let regions: [(&[Region], f32); 5] = [
            (hair, 1.0),
            (&[Region::Beard], beard_weight),
            (&[Region::Brows], 1.0),
            (&[Region::Skin, Region::Neck], 1.0),
            (covers, 1.0),
        ];
        let refine = |&(regions, weight): &(&[Region], f32)| {
            let mut mask = masks.sum(regions);
            mask.iter_mut().for_each(|share| *share *= weight);
            if let (Some(outlines), [region]) = (&outlines, regions) {
                outlines.correct(*region, &mut mask);
            }
            match mask.iter().any(|share| *share > FAINT) {
                true => guide.refine(&mask),
                false => Ok(vec![0.0; guide.side() * guide.side()]),
            }
        };
        let refined = regions.par_iter().map(refine);
        let mut refined = refined.collect::<Result<Vec<_>>>()?.into_iter();
        let mut next = || refined.next().unwrap_or_default();
        Ok(Self { hair: next(), beard: next(), brows: next(), skin: next(), covered: next() })
    }
}

impl HeadAppearance {
    /// Computes the age-independent data of `crop`.
    ///
    /// # Errors
    /// When the masks and the guide differ in size.
    pub(super) fn of(crop: &RgbImage, head: Head, atlas: &LineAtlas) -> Result<Self> {
        let side = crop.width() as usize;
        let person = head.lines.as_ref().map(|(_, person)| &**person);
        let beard_weight = person.map_or(1.0, |person| person.beard_weight);
        let (whiteness, pace_years) =
            person.map_or((0.0, 0.0), |person| (person.whiteness, person.pace_years));
        let temples = head
            .lines
            .as_ref()
            .map(|(mesh, _)| TEMPLES.map(|point| mesh.get(point).copied().unwrap_or([0.5; 2])));
        let smooth = || {
            let small = LowRes::of(crop, head.masks);
            let half = small.halved();
            let (even, (tones, beneath)) = rayon::join(
                || EvenSkin::of(&small),
                || (HairTones::of(&half, temples, whiteness), Surroundings::of(&half, beard_weight)),
            );
            (even, tones, beneath)
        };
        let (refined, (even, tones, beneath)) = rayon::join(|| Refined::of(&head, beard_weight), smooth);
        let refined = refined?;
        let drawn = head.lines.map(|(mesh, person)| {
            let mesh = mesh_on_atlas(mesh);
            let sigma = sharpness::blur_of(crop, &refined.skin) * lines::atlas_pixels(side);
            DrawnLines::of(atlas, person, &mesh, sigma)
        });
        let across = (0..side).map(|x| hair::within_crop((x as f32 + 0.5) / side as f32)).collect();
        let has_beard = refined.beard.iter().any(|share| *share > 0.5);
        let layers = Layers { crop, refined, tones, even, beneath, drawn, across, has_beard };
        let mut rows = PixelRows::new(side);
        let mut network_weights = [(); 2].map(|()| vec![0; side * side]);
        let mut changes = vec![[false; 2]; side];
        let (length, bytes) = rows.rows_mut();
        let targets = bytes.par_chunks_exact_mut(length);
        let [older, younger] = network_weights.each_mut().map(|rows| rows.par_chunks_exact_mut(side.max(1)));
        let targets = targets.zip(older.zip(younger)).zip(&mut changes);
        targets.enumerate().for_each_init(
            || LayerRows::new(&layers, side),
            |rows, (y, ((bytes, (older, younger)), changes))| {
                *changes = layers.fill(y, split_mut(bytes), [older, younger], rows);
            },
        );
        Ok(Self { side, rows, changes, network_weights, pace_years })
    }

    /// Recolours `crop` from age `from` to age `to` (years), without moving anything.
    pub(super) fn recoloured(&self, crop: &RgbImage, from: f32, to: f32) -> RgbImage {
        let mut picture = crop.clone();
        if from == to {
            return picture;
        }
        let change = Recolouring::between(from, to, self.pace_years);
        let rows = picture.chunks_exact_mut(3 * self.side.max(1)).zip(&self.changes).enumerate();
        let mut scratch = Scratch::new(self.side);
        for (y, (row, changes)) in rows {
            match &change {
                Recolouring::Older(change) if changes[0] => change.draw(row, &self.rows.row(y), &mut scratch),
                Recolouring::Younger(change) if changes[1] => {
                    change.draw(row, &self.rows.row(y), &mut scratch)
                }
                _ => {}
            }
        }
        picture
    }

    /// Weight of the network's colours at each pixel, of 255, from age `from` to age `to` (years).
    pub(super) fn network_weights(&self, from: f32, to: f32) -> &[u8] {
        &self.network_weights[usize::from(to < from)]
    }
}

/// Mask values below this have no effect.
const FAINT: f32 = 0.004;

/// The layers from which the pixels of a crop are computed.
struct Layers<'a> {
    crop: &'a RgbImage,
    refined: Refined,
    tones: HairTones,
    even: EvenSkin,
    beneath: Surroundings,
    drawn: Option<DrawnLines>,
    /// Weight of hair by column.
    across: Vec<f32>,
    has_beard: bool,
}

/// Readers of smooth planes with their row buffers, and the shares of one row.
struct LayerRows<'a> {
    tones: (RowReader<'a, 6>, [Vec<f32>; 6]),
    even: (RowReader<'a, 6>, [Vec<f32>; 6]),
    beneath: (RowReader<'a, 5>, [Vec<f32>; 5]),
    shares: Shares,
    /// Share of hair in beard and brows.
    hairs: Vec<f32>,
}

impl<'a> LayerRows<'a> {
    fn new(layers: &'a Layers, side: usize) -> Self {
        let row = |_| vec![0.0; side];
        Self {
            tones: (layers.tones.rows(side), std::array::from_fn(row)),
            even: (layers.even.rows(side), std::array::from_fn(row)),
            beneath: (layers.beneath.rows(side), std::array::from_fn(row)),
            shares: Shares { hair: row(0), beard: row(0), brows: row(0), skin: row(0) },
            hairs: row(0),
        }
    }
}

impl Layers<'_> {
    /// Computes row `y`. Returns whether an older and a younger age change it.
    fn fill(&self, y: usize, to: Row<&mut [u8]>, weights: [&mut [u8]; 2], rows: &mut LayerRows) -> [bool; 2] {
        let [older, younger] = weights;
        let side = older.len();
        let masks = &self.refined;
        let masks = [&masks.hair, &masks.beard, &masks.brows, &masks.skin, &masks.covered]
            .map(|mask| &mask[y * side..(y + 1) * side]);
        weigh(&mut rows.shares, older, masks);
        younger.copy_from_slice(older);
        let [red, green, blue] = to.crop;
        separate_channels(red, green, blue, &self.crop.as_raw()[3 * y * side..]);
        let crop: [&[u8]; 3] = [red, green, blue];
        let any = |shares: &[f32]| shares.iter().any(|share| *share > 0.0);
        let shares = &mut rows.shares;
        let (has_beard, has_brows, has_skin) = (any(&shares.beard), any(&shares.brows), any(&shares.skin));
        rows.hairs.fill(0.0);
        let has_bristles = has_beard || has_brows || (self.has_beard && has_skin);
        if has_bristles {
            rows.beneath.0.read(y, &mut rows.beneath.1);
            let masks = BeardMasks { beard: &shares.beard, brows: &shares.brows, skin: &shares.skin };
            let BeardPlanes { alpha, brow, beneath } = to.beard;
            let planes = BeardPlanes { alpha: &mut *alpha, brow: &mut *brow, beneath };
            beard::fill(planes, crop, &masks, &rows.beneath.1, &mut rows.hairs);
            leave_out(younger, alpha, brow);
        }
        let fade = hair::within_crop((y as f32 + 0.5) / side as f32);
        cover(&mut shares.hair, &rows.hairs, &self.across, fade);
        let has_hair = any(&shares.hair);
        if has_hair {
            rows.tones.0.read(y, &mut rows.tones.1);
            self.tones.fill(to.hair, crop, &shares.hair, &rows.tones.1);
        }
        if has_skin {
            rows.even.0.read(y, &mut rows.even.1);
            skin::fill(to.skin, crop, &shares.skin, &rows.even.1);
            if let Some(drawn) = &self.drawn {
                drawn.fill(to.lines, y, &shares.skin);
            }
        }
        [has_hair || (has_skin && self.drawn.is_some()), has_hair || has_skin || has_bristles]
    }
}

/// Shares of one row: coverage that nothing hides, 0..=1, and 0 where it is faint.
struct Shares {
    hair: Vec<f32>,
    beard: Vec<f32>,
    brows: Vec<f32>,
    skin: Vec<f32>,
}

/// Computes the shares and the weight of the network's colours from the refined masks of hair, beard, brows, skin and
/// what covers the face. Of the hair, it is the part without the beard.
fn weigh(to: &mut Shares, weights: &mut [u8], [hair, beard, brows, skin, covered]: [&[f32]; 5]) {
    weigh_hair(&mut to.hair, hair, covered);
    weigh_network(weights, hair, covered);
    weigh_free(&mut to.beard, beard, covered);
    weigh_free(&mut to.brows, brows, covered);
    weigh_free(&mut to.skin, skin, covered);
}

/// Share of a pixel that nothing covers.
#[inline(always)]
fn free(covered: f32) -> f32 {
    1.0 - hair::solid(covered)
}

/// Zero for a faint share.
#[inline(always)]
fn noticeable(share: f32) -> f32 {
    if share > FAINT { share } else { 0.0 }
}

widest! {
    fn weigh_hair(to: &mut [f32], hair: &[f32], covered: &[f32]) {
        for ((to, hair), covered) in to.iter_mut().zip(hair).zip(covered) {
            *to = free(*covered) * hair::solid(*hair);
        }
    }
}

widest! {
    fn weigh_network(to: &mut [u8], hair: &[f32], covered: &[f32]) {
        for ((to, hair), covered) in to.iter_mut().zip(hair).zip(covered) {
            *to = byte(255.0 * free(*covered) * (1.0 - hair::solid(*hair)));
        }
    }
}

widest! {
    /// Reduces the weight of the network's colours in beards and brows.
    fn leave_out(weights: &mut [u8], beard: &[u8], brow: &[u8]) {
        for ((weight, beard), brow) in weights.iter_mut().zip(beard).zip(brow) {
            let left = 1.0 - (BEARDS * f32::from(*beard)).max(f32::from(*brow)) / 255.0;
            *weight = byte(f32::from(*weight) * left);
        }
    }
}

widest! {
    fn weigh_free(to: &mut [f32], mask: &[f32], covered: &[f32]) {
        for ((to, mask), covered) in to.iter_mut().zip(mask).zip(covered) {
            *to = noticeable(free(*covered) * mask);
        }
    }
}

widest! {
    /// Adds the beard's hairs to the hair, and fades it towards the edges of the crop.
    fn cover(hair: &mut [f32], hairs: &[f32], across: &[f32], fade: f32) {
        for ((hair, hairs), across) in hair.iter_mut().zip(hairs).zip(across) {
            *hair = noticeable(fade * (*hair + hairs).min(1.0)) * across;
        }
    }
}
