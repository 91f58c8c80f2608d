//! The layers of a head, from which its pixels are computed row by row.

use candle_core::Result;
use image::RgbImage;
use rayon::prelude::*;

use super::atlas::LineAtlas;
use super::beard::{self, BeardMasks};
use super::beneath::Surroundings;
use super::hair::strands::Strands;
use super::hair::tones::{self, HairTones, TONES};
use super::hair_loss::scalp::Scalp;
use super::hair_loss::skull::{Skull, TEMPLES};
use super::hair_loss::thinning::ThinHair;
use super::lines::{self, DrawnLines, mesh_on_atlas};
use super::low_res::LowRes;
use super::neck;
use super::plane::Plane;
use super::refined::{Head, Refined};
use super::row_reader::RowReader;
use super::rows::{BeardPlanes, HairPlanes, LinePlanes, PixelRows, Row, ScalpPlanes, SkinPlanes, split_mut};
use super::shares::{
    Shares, cover, cover_lips, leave_out_background, leave_out_bristles, leave_out_shadows, weigh,
};
use super::sharpness;
use super::skin::{self, EvenSkin};
use crate::aging::mirror::eyes::Eyes;
use crate::face::regions::Region;
use crate::interpolation::centre;
use crate::pixels::{luma, separate_channels};

/// The layers from which the pixels of a crop are computed.
pub(super) struct Layers<'a> {
    crop: &'a RgbImage,
    refined: Refined,
    /// Masks of background, lips and neck, smooth enough without refinement.
    unrefined: [Plane; 3],
    tones: HairTones,
    strands: Strands,
    even: EvenSkin,
    beneath: Surroundings,
    drawn: Option<DrawnLines>,
    /// Weight of hair by column.
    across: Vec<f32>,
    has_beard: bool,
    pub(super) scalp: Option<Scalp>,
    pub(super) eyes: Option<Eyes>,
    /// Average red, green and blue of the skin, 0..=255; `None` where hardly any is visible.
    pub(super) skin_colour: Option<[f32; 3]>,
}

/// The pixels of a crop at every age.
pub(super) struct HeadPixels {
    pub(super) rows: PixelRows,
    /// Whether an older and a younger age change each row at all.
    pub(super) changes: Vec<[bool; 2]>,
    /// Weights of the network's colours at each pixel towards an older and a younger age, of 255: zero in hair and
    /// where something covers the face. Beards and brows get younger with less of the network, which would lighten
    /// them a second time.
    pub(super) network_weights: [Vec<u8>; 2],
}

/// Readers of smooth planes, and the shares of one row.
struct LayerRows<'a> {
    unrefined: RowReader<'a, 3>,
    tones: RowReader<'a, TONES>,
    even: RowReader<'a, 6>,
    beneath: RowReader<'a, 6>,
    scalp: Option<RowReader<'a, 4>>,
    shares: Shares,
    /// Share of hair in beard and brows.
    hairs: Vec<f32>,
    /// Share of skin between the hairs of a beard.
    between: Vec<f32>,
    /// Share of skin that evens out.
    evened: Vec<f32>,
}

impl<'a> LayerRows<'a> {
    fn new(layers: &'a Layers, side: usize) -> Self {
        let row = || vec![0.0; side];
        Self {
            unrefined: RowReader::new(layers.unrefined.each_ref(), side),
            tones: layers.tones.rows(side),
            even: layers.even.rows(side),
            beneath: layers.beneath.rows(side),
            scalp: layers.scalp.as_ref().map(|scalp| scalp.rows(side)),
            shares: Shares { hair: row(), soft_hair: row(), beard: row(), brows: row(), skin: row() },
            hairs: row(),
            between: row(),
            evened: row(),
        }
    }
}

impl<'a> Layers<'a> {
    /// Analyses the head in `crop`, which loses hair on `skull`, if given.
    ///
    /// # Errors
    /// When the masks and the guide differ in size.
    pub(super) fn of(
        crop: &'a RgbImage,
        head: Head,
        atlas: &LineAtlas,
        skull: Option<&Skull>,
    ) -> Result<Self> {
        let side = crop.width() as usize;
        let (beard_weight, whiteness) =
            head.face.as_ref().map_or((1.0, 0.0), |(_, person)| (person.beard_weight, person.whiteness));
        let mesh = head.face.as_ref().map(|(mesh, _)| *mesh);
        let temples = mesh.map(|mesh| TEMPLES.map(|point| mesh.get(point).copied().unwrap_or([0.5; 2])));
        let smooth = || {
            let small = LowRes::of(crop, head.masks);
            let half = small.halved();
            let skin = half.skin_colour();
            let scalp = skull.and_then(|skull| Scalp::of(crop, &half, skull));
            let (even, (tones, beneath)) = rayon::join(
                || EvenSkin::of(&small),
                || (HairTones::of(&half, skin, temples, whiteness), Surroundings::of(&half, beard_weight)),
            );
            (even, tones, beneath, scalp, skin)
        };
        let (refined, (even, tones, beneath, scalp, skin_colour)) =
            rayon::join(|| Refined::of(&head, beard_weight), smooth);
        let refined = refined?;
        let blur = sharpness::blur_of(crop, &refined.skin);
        let drawn = head.face.map(|(mesh, person)| {
            DrawnLines::of(atlas, person, &mesh_on_atlas(mesh), blur * lines::atlas_pixels(side))
        });
        Ok(Self {
            crop,
            unrefined: [Region::Background, Region::Lips, Region::Neck]
                .map(|region| Plane::new(head.masks.side(), head.masks.plane(region).to_vec())),
            tones,
            strands: Strands::of(side, blur),
            even,
            beneath,
            drawn,
            across: (0..side).map(|x| tones::within_crop(centre(x, side))).collect(),
            has_beard: refined.beard.iter().any(|share| *share > 0.5),
            refined,
            scalp,
            eyes: mesh.and_then(Eyes::of),
            skin_colour,
        })
    }

    /// Computes the pixels row by row.
    pub(super) fn pixels(&self) -> HeadPixels {
        let side = self.crop.width() as usize;
        let mut rows = PixelRows::new(side);
        let mut network_weights = [(); 2].map(|()| vec![0; side * side]);
        let mut changes = vec![[false; 2]; side];
        let (length, bytes) = rows.rows_mut();
        let targets = bytes.par_chunks_exact_mut(length);
        let [older, younger] = network_weights.each_mut().map(|rows| rows.par_chunks_exact_mut(side.max(1)));
        let targets = targets.zip(older.zip(younger)).zip(&mut changes);
        targets.enumerate().for_each_init(
            || LayerRows::new(self, side),
            |rows, (y, ((bytes, (older, younger)), changes))| {
                *changes = self.fill(y, split_mut(bytes), [older, younger], rows);
            },
        );
        HeadPixels { rows, changes, network_weights }
    }

    /// Computes row `y`, and the weights of the network's colours towards an older and a younger age. Returns whether an
    /// older and a younger age change it.
    fn fill(
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
        let has_hair = self.fill_hair(y, to.hair, crop, rows);
        self.fill_scalp(y, to.scalp, crop, has_hair, rows);
        let has_skin = self.fill_skin(y, to.skin, to.lines, crop, rows);
        if has_skin {
            if let Some(colour) = self.skin_colour {
                leave_out_shadows(younger, rows.even.rows(), &rows.shares.beard, luma(colour));
            }
            let [.., neck_mask] = rows.unrefined.rows();
            neck::cover(to.neck, &rows.shares.skin, neck_mask, y);
        }
        let has_either =
            has_hair || [&*to.lips, &*to.neck].iter().any(|row| row.iter().any(|share| *share > 0));
        [has_either || (has_skin && self.drawn.is_some()), has_either || has_skin || has_bristles]
    }

    /// Computes the shares of row `y`, its lips, and the weights of the network's colours.
    fn weigh(&self, y: usize, weights: &mut [u8], lips: &mut [u8], rows: &mut LayerRows) {
        let side = weights.len();
        let masks = &self.refined;
        let masks = [&masks.hair, &masks.beard, &masks.brows, &masks.skin, &masks.covered]
            .map(|mask| &mask[y * side..(y + 1) * side]);
        weigh(&mut rows.shares, weights, masks);
        let [background, lip_mask, _] = rows.unrefined.read(y);
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
        rows.between.fill(0.0);
        let is_near_beard = self.has_beard && any(&shares.skin);
        if !is_near_beard && !any(&shares.beard) && !any(&shares.brows) {
            return false;
        }
        let surroundings = rows.beneath.read(y);
        let masks = BeardMasks { beard: &shares.beard, brows: &shares.brows, skin: &shares.skin };
        let BeardPlanes { alpha, brow, beneath } = to;
        let planes = BeardPlanes { alpha: &mut *alpha, brow: &mut *brow, beneath };
        beard::fill(planes, crop, &masks, surroundings, [&mut rows.hairs, &mut rows.between]);
        let [_, _, _, _, density, _] = surroundings;
        leave_out_bristles(younger, alpha, density, brow);
        true
    }

    /// Fills the hair of row `y`, with that of beard and brows. Returns whether there is any.
    fn fill_hair(&self, y: usize, to: HairPlanes<&mut [u8]>, crop: [&[u8]; 3], rows: &mut LayerRows) -> bool {
        let LayerRows { tones, beneath, shares, hairs, between, .. } = rows;
        if !any(&shares.soft_hair) && !any(hairs) {
            return false;
        }
        // Where hair of the head covers the skin, none shows between the hairs of a beard.
        between.iter_mut().zip(&shares.hair).for_each(|(between, hair)| *between *= 1.0 - hair);
        let tones = tones.read(y);
        let [_, _, _, _, _, _, certainty, ..] = tones;
        let fade = tones::within_crop(centre(y, self.across.len()));
        for hair in [&mut shares.hair, &mut shares.soft_hair] {
            cover(hair, hairs, certainty, &self.across, fade);
        }
        let HairPlanes { alpha, turn, greyness, mut grey, former } = to;
        let planes =
            HairPlanes { alpha, turn, greyness, grey: grey.each_mut().map(|row| &mut **row), former };
        self.tones.fill(y, &self.strands, planes, crop, [&shares.hair, &shares.soft_hair], tones);
        if any(between) {
            beard::show_skin(grey, beneath.rows(), between);
        }
        true
    }

    /// Fills the scalp of row `y`, where there is one. Needs the row's hair, if it has any.
    fn fill_scalp(
        &self,
        y: usize,
        to: ScalpPlanes<&mut [u8]>,
        crop: [&[u8]; 3],
        has_hair: bool,
        rows: &mut LayerRows,
    ) {
        if let (Some(scalp), Some(reader)) = (&self.scalp, &mut rows.scalp) {
            let [smooth, _, _, _, contrast, ..] = rows.tones.rows();
            let hair = ThinHair { crop, alpha: &rows.shares.hair, smooth, contrast };
            scalp.fill(y, to, reader.read(y), has_hair.then_some(hair));
        }
    }

    /// Fills the skin of row `y` and the lines that are drawn into it. Returns whether there is any.
    fn fill_skin(
        &self,
        y: usize,
        to: SkinPlanes<&mut [u8]>,
        lines: LinePlanes<&mut [u8]>,
        crop: [&[u8]; 3],
        rows: &mut LayerRows,
    ) -> bool {
        let skin = &rows.shares.skin;
        if !any(skin) {
            return false;
        }
        rows.evened.copy_from_slice(skin);
        if let Some(eyes) = &self.eyes {
            eyes.keep_lids(&mut rows.evened, y);
        }
        skin::fill(to, crop, &rows.evened, rows.even.read(y));
        if let Some(drawn) = &self.drawn {
            drawn.fill(lines, y, skin);
        }
        true
    }
}

/// Whether any share is above zero.
fn any(shares: &[f32]) -> bool {
    shares.iter().any(|share| *share > 0.0)
}
