//! What age does to a head beside the network's change, at the resolution of the crop: hair greys or gets back its
//! colour, beards go from children, lines of other old faces are drawn, and a person's own lines fade. Everything that
//! all ages share is worked out once for a crop.

mod atlas;
mod beard;
mod hair;
mod lines;
mod person;
mod plane;
mod sharpness;
mod skin;
mod small;

use candle_core::Result;
use image::RgbImage;
use rayon::prelude::*;

pub use atlas::{ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LOGARITHM_STEP, LineAtlas, LinedFace, NO_LINE};
pub(super) use person::{Person, Traits};
pub use plane::Plane;

use beard::BeardPixel;
use hair::{HairPixel, HairTones};
use lines::{Depths, DrawnLines, LinePixel};
use skin::{EvenSkin, SkinPixel};
use small::Small;

use crate::face::regions::{EdgeGuide, Region, RegionMasks};

/// Points of the mesh at the temples.
const TEMPLES: [usize; 2] = [127, 356];

/// One pixel of a head as all ages see it.
#[derive(Clone, Copy, Default)]
struct Pixel {
    hair: HairPixel,
    beard: BeardPixel,
    skin: SkinPixel,
    line: LinePixel,
    /// How much of the network's colours it takes, of 255: none in hair, and none where something covers the face.
    open: u8,
}

/// What all ages share of one crop.
pub(super) struct Look {
    side: usize,
    pixels: Vec<Pixel>,
    pace_years: f32,
}

/// What is known of the head in a crop.
pub(super) struct Head<'a> {
    pub masks: &'a RegionMasks,
    /// The mesh in fractions of the crop's side, and whose lines are drawn along it; `None` where there is no mesh.
    pub lines: Option<(&'a [[f32; 2]], &'a Person)>,
}

/// The mesh of a head crop in the frame of the atlas, as [`Traits`] want it.
pub(super) fn mesh_on_atlas(mesh: &[[f32; 2]]) -> Vec<[f32; 2]> {
    lines::mesh_on_atlas(mesh)
}

/// The colour of the face's skin in a crop, as [`Traits`] want it.
pub(super) fn skin_tone(crop: &RgbImage, masks: &RegionMasks) -> [f32; 2] {
    let small = Small::of(crop, masks);
    let skin = small.mask(&[Region::Skin]).map(|share| (share - 0.7).max(0.0));
    let [red, green, blue] =
        small.colours.each_ref().map(|plane| plane.mean_within(&skin).unwrap_or(128.0).max(8.0));
    [(red / green).ln(), (green / blue).ln()]
}

/// The refined masks of a crop, each of its side.
struct Refined {
    hair: Vec<f32>,
    beard: Vec<f32>,
    brows: Vec<f32>,
    skin: Vec<f32>,
    covered: Vec<f32>,
}

impl Refined {
    fn of(crop: &RgbImage, masks: &RegionMasks) -> Result<Self> {
        let guide = EdgeGuide::new(crop);
        let regions: [&[Region]; 5] = [
            &[Region::Hair],
            &[Region::Beard],
            &[Region::Brows],
            &[Region::Skin, Region::Neck],
            &[Region::Glasses, Region::Hat, Region::Front],
        ];
        let refined = regions.par_iter().map(|regions| guide.refine(&masks.sum(regions)));
        let mut refined = refined.collect::<Result<Vec<_>>>()?.into_iter();
        let mut next = || refined.next().unwrap_or_default();
        Ok(Self { hair: next(), beard: next(), brows: next(), skin: next(), covered: next() })
    }
}

impl Look {
    /// Works out what all ages share of `crop`.
    ///
    /// # Errors
    /// When the masks have another size than the guide's.
    pub fn of(crop: &RgbImage, head: &Head, atlas: &LineAtlas) -> Result<Self> {
        let side = crop.width() as usize;
        let refined = Refined::of(crop, head.masks)?;
        let small = Small::of(crop, head.masks);
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
            let mesh = lines::mesh_on_atlas(mesh);
            let sigma = sharpness::blur_of(crop, &refined.skin) * lines::atlas_pixels(side);
            DrawnLines::of(atlas, person, &mesh, sigma)
        });
        let mut pixels = vec![Pixel::default(); side * side];
        pixels.par_chunks_exact_mut(side.max(1)).enumerate().for_each_init(
            || (tones.rows(side), even.rows(side), beard::rows(&beneath, side), Rows::new(side)),
            |(tones_rows, even_rows, beneath_rows, rows), (y, pixels)| {
                tones_rows.read(y, &mut rows.tones);
                even_rows.read(y, &mut rows.even);
                beneath_rows.read(y, &mut rows.beneath);
                let fade_y = hair::within_crop((y as f32 + 0.5) / side as f32);
                for (x, pixel) in pixels.iter_mut().enumerate() {
                    let i = y * side + x;
                    let colour = crop.as_raw()[3 * i..3 * i + 3].try_into().unwrap_or([0; 3]);
                    let at = [x, y].map(|v| (v as f32 + 0.5) / side as f32);
                    let covered = refined.covered[i];
                    let free = 1.0 - hair::solid(covered);
                    let hair = hair::solid(refined.hair[i]);
                    let all = (hair + refined.beard[i] + 0.8 * refined.brows[i]).min(1.0);
                    let alpha = all * free * fade_y * hair::within_crop(at[0]);
                    if alpha > 0.004 {
                        pixel.hair = tones.pixel(colour, alpha, rows.tones.each_ref().map(|row| row[x]));
                    }
                    let beard = refined.beard[i] * free;
                    if beard > 0.004 {
                        pixel.beard = BeardPixel::new(beard, rows.beneath.each_ref().map(|row| row[x]));
                    }
                    let skin = refined.skin[i] * free;
                    if skin > 0.004 {
                        pixel.skin = EvenSkin::pixel(colour, skin, rows.even.each_ref().map(|row| row[x]));
                        if let Some(drawn) = &drawn {
                            pixel.line = drawn.pixel(at, skin);
                        }
                    }
                    pixel.open = (255.0 * free * (1.0 - hair) + 0.5) as u8;
                }
            },
        );
        Ok(Self { side, pixels, pace_years })
    }

    /// `crop` on the way from age `from` to age `to` (years), nothing moved.
    pub fn recoloured(&self, crop: &RgbImage, from: f32, to: f32) -> RgbImage {
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
                fading: skin::fading(from, to),
            };
            rows.for_each(|(row, pixels)| younger_row(row, pixels, &change));
        }
        picture
    }

    /// How much of the network's colours the pixel at `x`, `y` takes: 0..=1.
    pub fn open(&self, x: f32, y: f32) -> f32 {
        let last = self.side.saturating_sub(1) as f32;
        let (x, y) = (x.clamp(0.0, last) as usize, y.clamp(0.0, last) as usize);
        self.pixels.get(y * self.side + x).map_or(1.0, |pixel| f32::from(pixel.open) / 255.0)
    }
}

/// The rows of smooth planes that one row of pixels needs.
struct Rows {
    tones: [Vec<f32>; 6],
    even: [Vec<f32>; 6],
    beneath: [Vec<f32>; 3],
}

impl Rows {
    fn new(side: usize) -> Self {
        let rows = || vec![0.0; side];
        Self {
            tones: std::array::from_fn(|_| rows()),
            even: std::array::from_fn(|_| rows()),
            beneath: std::array::from_fn(|_| rows()),
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

/// How far a head goes towards a younger age.
struct Younger {
    restored: f32,
    shaved: f32,
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
