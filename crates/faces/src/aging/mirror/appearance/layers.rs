//! The layers of a head, from which its pixels are computed row by row.

use image::RgbImage;

use super::beard::{self, BeardMasks};
use super::beneath::Surroundings;
use super::hair::strands::Strands;
use super::hair::tones::{self, HairTones, TONES};
use super::hair_loss::scalp::Scalp;
use super::hair_loss::thinning::ThinHair;
use super::lines::DrawnLines;
use super::plane::Plane;
use super::refined::Refined;
use super::row_reader::RowReader;
use super::rows::{BeardPlanes, Row};
use super::shares::{Shares, cover, cover_lips, leave_out_background, leave_out_bristles, weigh};
use super::skin::{self, EvenSkin};
use crate::aging::mirror::eyes::Eyes;
use crate::interpolation::centre;
use crate::pixels::separate_channels;

/// The layers from which the pixels of a crop are computed.
pub(super) struct Layers<'a> {
    pub(super) crop: &'a RgbImage,
    pub(super) refined: Refined,
    /// Masks of background and lips, smooth enough without refinement.
    pub(super) unrefined: [Plane; 2],
    pub(super) tones: HairTones,
    pub(super) strands: Strands,
    pub(super) even: EvenSkin,
    pub(super) beneath: Surroundings,
    pub(super) drawn: Option<DrawnLines>,
    /// Weight of hair by column.
    pub(super) across: Vec<f32>,
    pub(super) has_beard: bool,
    pub(super) scalp: Option<Scalp>,
    pub(super) eyes: Option<Eyes>,
}

/// Readers of smooth planes with their row buffers, and the shares of one row.
pub(super) struct LayerRows<'a> {
    unrefined: (RowReader<'a, 2>, [Vec<f32>; 2]),
    tones: (RowReader<'a, TONES>, [Vec<f32>; TONES]),
    even: (RowReader<'a, 6>, [Vec<f32>; 6]),
    beneath: (RowReader<'a, 6>, [Vec<f32>; 6]),
    scalp: Option<(RowReader<'a, 4>, [Vec<f32>; 4])>,
    shares: Shares,
    /// Share of hair in beard and brows.
    hairs: Vec<f32>,
    /// Share of skin that evens out.
    evened: Vec<f32>,
}

impl<'a> LayerRows<'a> {
    pub(super) fn new(layers: &'a Layers, side: usize) -> Self {
        let row = |_| vec![0.0; side];
        Self {
            unrefined: (RowReader::new(layers.unrefined.each_ref(), side), std::array::from_fn(row)),
            tones: (layers.tones.rows(side), std::array::from_fn(row)),
            even: (layers.even.rows(side), std::array::from_fn(row)),
            beneath: (layers.beneath.rows(side), std::array::from_fn(row)),
            scalp: layers.scalp.as_ref().map(|scalp| (scalp.rows(side), std::array::from_fn(row))),
            shares: Shares { hair: row(0), soft_hair: row(0), beard: row(0), brows: row(0), skin: row(0) },
            hairs: row(0),
            evened: row(0),
        }
    }
}

impl Layers<'_> {
    /// Computes row `y`, and the weights of the network's colours towards an older and a younger age. Returns whether an
    /// older and a younger age change it.
    pub(super) fn fill(
        &self,
        y: usize,
        to: Row<&mut [u8]>,
        [older, younger]: [&mut [u8]; 2],
        rows: &mut LayerRows,
    ) -> [bool; 2] {
        let side = older.len();
        self.weigh(y, older, &mut *to.lips, rows);
        younger.copy_from_slice(older);
        let [red, green, blue] = to.crop;
        separate_channels(red, green, blue, &self.crop.as_raw()[3 * y * side..]);
        let crop: [&[u8]; 3] = [red, green, blue];
        let has_bristles = self.fill_bristles(y, to.beard, crop, younger, rows);
        let fade = tones::within_crop(centre(y, side));
        let has_hair = any(&rows.shares.soft_hair) || any(&rows.hairs);
        let has_skin = any(&rows.shares.skin);
        if has_hair {
            let (reader, tones) = &mut rows.tones;
            reader.read(y, tones);
            for hair in [&mut rows.shares.hair, &mut rows.shares.soft_hair] {
                cover(hair, &rows.hairs, &tones[6], &self.across, fade);
            }
            let shares: [&[f32]; 2] = [&rows.shares.hair, &rows.shares.soft_hair];
            self.tones.fill(y, &self.strands, to.hair, crop, shares, tones);
        }
        if let (Some(scalp), Some((reader, row))) = (&self.scalp, &mut rows.scalp) {
            reader.read(y, row);
            let [smooth, _, _, _, contrast, ..] = &rows.tones.1;
            let hair = ThinHair { crop, alpha: &rows.shares.hair, smooth, contrast };
            scalp.fill(y, to.scalp, row, has_hair.then_some(hair));
        }
        if has_skin {
            rows.even.0.read(y, &mut rows.even.1);
            rows.evened.copy_from_slice(&rows.shares.skin);
            if let Some(eyes) = &self.eyes {
                eyes.leave_out(&mut rows.evened, y);
            }
            skin::fill(to.skin, crop, &rows.evened, &rows.even.1);
            if let Some(drawn) = &self.drawn {
                drawn.fill(to.lines, y, &rows.shares.skin);
            }
        }
        let has_lips = to.lips.iter().any(|share| *share > 0);
        let has_either = has_hair || has_lips;
        [has_either || (has_skin && self.drawn.is_some()), has_either || has_skin || has_bristles]
    }

    /// Computes the shares of row `y`, its lips, and the weights of the network's colours.
    fn weigh(&self, y: usize, weights: &mut [u8], lips: &mut [u8], rows: &mut LayerRows) {
        let side = weights.len();
        let masks = &self.refined;
        let masks = [&masks.hair, &masks.beard, &masks.brows, &masks.skin, &masks.covered]
            .map(|mask| &mask[y * side..(y + 1) * side]);
        weigh(&mut rows.shares, weights, masks);
        rows.unrefined.0.read(y, &mut rows.unrefined.1);
        let [background, lip_mask] = &rows.unrefined.1;
        leave_out_background(weights, background, masks);
        cover_lips(lips, lip_mask, masks[4]);
    }

    /// Fills beard and brows of row `y`, and reduces the weights of the network's colours there towards a younger age.
    /// Returns whether there are any.
    fn fill_bristles(
        &self,
        y: usize,
        to: BeardPlanes<&mut [u8]>,
        crop: [&[u8]; 3],
        younger: &mut [u8],
        rows: &mut LayerRows,
    ) -> bool {
        let shares = &rows.shares;
        rows.hairs.fill(0.0);
        let is_near_beard = self.has_beard && any(&shares.skin);
        if !is_near_beard && !any(&shares.beard) && !any(&shares.brows) {
            return false;
        }
        rows.beneath.0.read(y, &mut rows.beneath.1);
        let masks = BeardMasks { beard: &shares.beard, brows: &shares.brows, skin: &shares.skin };
        let BeardPlanes { alpha, brow, beneath } = to;
        let planes = BeardPlanes { alpha: &mut *alpha, brow: &mut *brow, beneath };
        beard::fill(planes, crop, &masks, &rows.beneath.1, &mut rows.hairs);
        leave_out_bristles(younger, alpha, &rows.beneath.1[4], brow);
        true
    }
}

/// Whether any share is above zero.
fn any(shares: &[f32]) -> bool {
    shares.iter().any(|share| *share > 0.0)
}
