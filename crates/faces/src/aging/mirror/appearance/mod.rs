//! The changes of age that the network does not make, at the crop's resolution: hair greys or regains its
//! colour, children lose beards, lines of other old faces are drawn, and the person's own lines fade.
//! Everything shared by all ages is computed once per crop.

mod atlas;
mod beard;
mod hair;
mod lines;
mod low_res;
mod person;
mod plane;
mod sharpness;
mod skin;

use candle_core::Result;
use image::RgbImage;
use rayon::prelude::*;

pub use atlas::{ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LOGARITHM_STEP, LineAtlas, LinedFace, NO_LINE};
pub(super) use lines::mesh_on_atlas;
pub(super) use person::{Person, Traits};
pub use plane::Plane;

use beard::BeardPixel;
use hair::{HairPixel, HairTones};
use lines::{Depths, DrawnLines, LinePixel};
use low_res::LowRes;
use plane::RowReader;
use skin::{EvenSkin, SkinPixel};

use crate::face::regions::{EdgeGuide, Region, RegionMasks};

/// A hat counts as worn if it covers this many times the area of the hair, or the share [`LARGE`] of the
/// crop; a smaller one is hair that looks like a hat.
const WORN: f32 = 1.6;
const LARGE: f32 = 0.085;
/// Fraction of the brows that greys with the hair: single dark hairs remain.
const BROWS: f32 = 0.8;
/// Mesh points at the temples.
const TEMPLES: [usize; 2] = [127, 356];

/// One pixel of a head, independent of the target age.
#[derive(Clone, Copy, Default)]
struct Pixel {
    hair: HairPixel,
    beard: BeardPixel,
    /// Share of brows, 0..=255.
    brow: u8,
    skin: SkinPixel,
    line: LinePixel,
    /// Weight of the network's colours, of 255: zero in hair and where something covers the face.
    network_weight: u8,
}

/// The age-independent data of one crop.
pub(super) struct HeadAppearance {
    side: usize,
    pixels: Vec<Pixel>,
    pace_years: f32,
}

/// The input of [`HeadAppearance::of`].
pub(super) struct Head<'a> {
    pub masks: &'a RegionMasks,
    /// The mesh in fractions of the crop's side, and the person whose lines are drawn; `None` without a mesh.
    pub lines: Option<(&'a [[f32; 2]], &'a Person)>,
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
    fn of(crop: &RgbImage, masks: &RegionMasks, beard_weight: f32) -> Result<Self> {
        let guide = EdgeGuide::new(crop);
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
        let refine = |(regions, weight): &(&[Region], f32)| {
            let mut mask = masks.sum(regions);
            mask.iter_mut().for_each(|share| *share *= weight);
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
    pub(super) fn of(crop: &RgbImage, head: &Head, atlas: &LineAtlas) -> Result<Self> {
        let side = crop.width() as usize;
        let beard_weight = head.lines.map_or(1.0, |(_, person)| person.beard_weight);
        let refined = Refined::of(crop, head.masks, beard_weight)?;
        let small = LowRes::of(crop, head.masks);
        let half = small.halved();
        let (whiteness, pace_years) =
            head.lines.map_or((0.0, 0.0), |(_, person)| (person.whiteness, person.pace_years));
        let temples =
            head.lines.map(|(mesh, _)| TEMPLES.map(|point| mesh.get(point).copied().unwrap_or([0.5; 2])));
        let (even, (tones, beneath)) = rayon::join(
            || EvenSkin::of(&small),
            || (HairTones::of(&half, temples, whiteness), beard::skin_beneath(&half)),
        );
        let drawn = head.lines.map(|(mesh, person)| {
            let mesh = mesh_on_atlas(mesh);
            let sigma = sharpness::blur_of(crop, &refined.skin) * lines::atlas_pixels(side);
            DrawnLines::of(atlas, person, &mesh, sigma)
        });
        let layers = Layers { crop, refined, tones, even, beneath, drawn };
        let mut pixels = vec![Pixel::default(); side * side];
        pixels.par_chunks_exact_mut(side.max(1)).enumerate().for_each_init(
            || LayerRows::new(&layers, side),
            |rows, (y, pixels)| layers.fill(y, pixels, rows),
        );
        Ok(Self { side, pixels, pace_years })
    }

    /// Recolours `crop` from age `from` to age `to` (years), without moving anything.
    pub(super) fn recoloured(&self, crop: &RgbImage, from: f32, to: f32) -> RgbImage {
        let mut picture = crop.clone();
        let rows =
            picture.chunks_exact_mut(3 * self.side.max(1)).zip(self.pixels.chunks_exact(self.side.max(1)));
        if to > from {
            let (depths, grey) = (Depths::between(from, to), hair::greying(from, to, self.pace_years));
            let turned: [f32; 256] = std::array::from_fn(|turn| hair::turned(grey, turn as f32 / 255.0));
            rows.for_each(|(row, pixels)| older_row(row, pixels, &depths, &turned));
        } else if to < from {
            let change = Younger {
                restored: hair::restoring(from, to, self.pace_years),
                shaved: beard::shaving(from, to),
                brows_lightened: beard::brow_lightening(from, to),
                fading: skin::fading(from, to),
            };
            rows.for_each(|(row, pixels)| younger_row(row, pixels, &change));
        }
        picture
    }

    /// Weight of the network's colours at the pixel `x`, `y`: 0..=1.
    pub(super) fn network_weight(&self, x: f32, y: f32) -> f32 {
        let last = self.side.saturating_sub(1) as f32;
        let (x, y) = (x.clamp(0.0, last) as usize, y.clamp(0.0, last) as usize);
        self.pixels.get(y * self.side + x).map_or(1.0, |pixel| f32::from(pixel.network_weight) / 255.0)
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
    beneath: [Plane; 3],
    drawn: Option<DrawnLines>,
}

/// Readers of smooth planes with their row buffers.
struct LayerRows<'a> {
    tones: (RowReader<'a, 6>, [Vec<f32>; 6]),
    even: (RowReader<'a, 6>, [Vec<f32>; 6]),
    beneath: (RowReader<'a, 3>, [Vec<f32>; 3]),
}

impl<'a> LayerRows<'a> {
    fn new(layers: &'a Layers, side: usize) -> Self {
        let row = |_| vec![0.0; side];
        Self {
            tones: (layers.tones.rows(side), std::array::from_fn(row)),
            even: (layers.even.rows(side), std::array::from_fn(row)),
            beneath: (beard::rows(&layers.beneath, side), std::array::from_fn(row)),
        }
    }
}

impl Layers<'_> {
    /// Computes row `y` of the pixels.
    fn fill(&self, y: usize, pixels: &mut [Pixel], rows: &mut LayerRows) {
        let side = pixels.len();
        let part = y * side..(y + 1) * side;
        let masks = &self.refined;
        let [hair, beard, brows, skin, covered] =
            [&masks.hair, &masks.beard, &masks.brows, &masks.skin, &masks.covered]
                .map(|mask| &mask[part.clone()]);
        let any = |mask: &[f32]| mask.iter().any(|share| *share > FAINT);
        let (has_skin, has_beard) = (any(skin), any(beard));
        if has_beard || any(hair) || any(brows) {
            rows.tones.0.read(y, &mut rows.tones.1);
        }
        if has_skin {
            rows.even.0.read(y, &mut rows.even.1);
        }
        if has_beard || any(brows) {
            rows.beneath.0.read(y, &mut rows.beneath.1);
        }
        let fade = hair::within_crop((y as f32 + 0.5) / side as f32);
        let colours = self.crop.as_raw()[3 * y * side..].chunks_exact(3);
        for (x, (pixel, colour)) in pixels.iter_mut().zip(colours).enumerate() {
            let colour = [colour[0], colour[1], colour[2]];
            let free = 1.0 - hair::solid(covered[x]);
            let solid = hair::solid(hair[x]);
            pixel.network_weight = (255.0 * free * (1.0 - solid) + 0.5) as u8;
            let at = [x, y].map(|v| (v as f32 + 0.5) / side as f32);
            let beard = free * beard::solid(beard[x]);
            let [beard, brow] = [beard, free * brows[x]].map(|share| if share > FAINT { share } else { 0.0 });
            let mut bristles = 0.0;
            if beard + brow > 0.0 {
                let beneath = rows.beneath.1.each_ref().map(|row| row[x]);
                pixel.beard = BeardPixel::new(beard, beneath);
                pixel.brow = (255.0 * brow + 0.5) as u8;
                bristles = beard * beard::bristles(colour, beneath);
            }
            let alpha = fade * (free * (solid + BROWS * brows[x]) + bristles).min(1.0);
            if alpha > FAINT {
                let alpha = alpha * hair::within_crop(at[0]);
                pixel.hair = self.tones.pixel(colour, alpha, rows.tones.1.each_ref().map(|row| row[x]));
            }
            if free * skin[x] > FAINT {
                let even = rows.even.1.each_ref().map(|row| row[x]);
                pixel.skin = EvenSkin::pixel(colour, free * skin[x], even);
                pixel.line =
                    self.drawn.as_ref().map_or_else(Default::default, |d| d.pixel(at, free * skin[x]));
            }
        }
    }
}

fn older_row(row: &mut [u8], pixels: &[Pixel], depths: &Depths, turned: &[f32; 256]) {
    for (bytes, pixel) in row.chunks_exact_mut(3).zip(pixels) {
        let hairy = pixel.hair.alpha > 0;
        if !hairy && pixel.line.is_empty() {
            continue;
        }
        change(bytes, |colour| {
            if hairy {
                hair::grey_pixel(colour, &pixel.hair, turned);
            }
            depths.draw(colour, &pixel.line);
        });
    }
}

/// Strengths of the changes towards a younger age.
struct Younger {
    restored: f32,
    shaved: f32,
    brows_lightened: f32,
    fading: [f32; 2],
}

fn younger_row(row: &mut [u8], pixels: &[Pixel], to: &Younger) {
    for (bytes, pixel) in row.chunks_exact_mut(3).zip(pixels) {
        change(bytes, |colour| {
            skin::even_pixel(colour, &pixel.skin, to.fading);
            if pixel.hair.alpha > 0 {
                hair::restore_pixel(colour, &pixel.hair, to.restored);
            }
            if pixel.beard.alpha > 0 {
                pixel.beard.shave(colour, to.shaved);
            }
            if pixel.brow > 0 {
                pixel.beard.uncover(colour, to.brows_lightened * f32::from(pixel.brow) / 255.0);
            }
        });
    }
}

fn change(bytes: &mut [u8], with: impl FnOnce(&mut [f32; 3])) {
    let mut colour = [0, 1, 2].map(|c: usize| f32::from(bytes[c]));
    with(&mut colour);
    for (byte, value) in bytes.iter_mut().zip(colour) {
        *byte = (value + 0.5).clamp(0.0, 255.0) as u8;
    }
}
