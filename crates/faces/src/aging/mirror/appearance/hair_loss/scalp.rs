//! Hair of men thins out with age, from the temples and the hairline towards the crown, and shows the scalp beneath:
//! the forehead's skin continued upwards. The sides stay full, and so does what is outside the skull's outline, where
//! not the scalp but the background would show.

use image::RgbImage;

use super::super::low_res::{EYE_DISTANCES, LowRes};
use super::super::plane::Plane;
use super::super::row_reader::RowReader;
use super::super::rows::{ScalpPlanes, byte};
use super::skull::{Skull, polar, shading};
use super::thinning::{self, ThinHair};
use crate::face::regions::Region;
use crate::interpolation::smooth_step_between;
use crate::pixels::luma;
use agemirror_kernels::widest;

/// Radius, as a fraction of the skull's, from which hair falls out later, and how much later: what is farther out is in
/// front of the background.
const OUTLINE: [f32; 2] = [0.88, 5.0];
/// Angle from the top, in degrees, from which hair falls out later, and how much later: farther down are the sides.
const SIDES: [f32; 2] = [49.0, 0.06];
/// Standard deviation that widens the masks of hair and of what is no head, in eye distances, and their shares between
/// which the scalp can begin and must end.
const BORDER: f32 = 0.06;
const NEAR_HAIR: [f32; 2] = [0.02, 0.2];
const NEAR_GROUND: [f32; 2] = [0.1, 0.4];
/// Standard deviation of the nearness to the forehead, in eye distances.
const NEAR: f32 = 0.3;
/// Heights above the brows, in eye distances, between which skin counts as forehead, and distances from the middle.
const FOREHEAD: [[f32; 2]; 2] = [[0.15, 0.35], [0.7, 0.95]];
/// Fractions of the forehead covered by hair between which it hides the hairline.
const FRINGE: [f32; 2] = [0.1, 0.5];
/// Radii, as fractions of the skull's, and angle from the top, in degrees, where only tall hair reaches, and shares of
/// it there between which it hides what thins out beneath: without its front, tall hair would look cut.
const TALL: ([f32; 2], f32) = ([1.2, 1.4], 35.0);
const HIDING: [f32; 2] = [0.2, 0.6];
/// Heights above the brows and distances from the middle, in eye distances, where only long hair reaches, and shares of
/// it there between which hair does not thin out: most people with long hair are women, and not every face shows it.
const LONG: [[f32; 2]; 2] = [[-2.1, -1.2], [0.9, 1.8]];
const FULL: [f32; 2] = [0.15, 0.45];
/// Heights above the brows, in eye distances, between which a forehead may have hair.
const BELOW_HAIR: [f32; 2] = [0.55, 0.8];
/// Fraction lost before hair far behind the hairline falls out, and how much earlier that of the temples' corners does.
const BEHIND: f32 = 0.5;
const CORNER: f32 = 0.14;
/// Distance of the temples' corners from the middle and their height above the brows, and their size, in eye distances.
const CORNERS: [f32; 3] = [0.68, 0.95, 0.3];
/// Added to the loss at which hair falls out where it never does.
const NEVER: f32 = 1.5;
/// Standard deviations of how the forehead continues upwards, in eye distances: from near skin, and from all of it.
const REACH: [f32; 2] = [0.25, 0.9];
/// Weight of the forehead's mean colour relative to all of it.
const ANYWHERE: f32 = 0.01;
/// Amplitude of even noise per mean difference from the neighbours.
const GRAIN: f32 = 1.75;

/// The scalp of a head, at low resolution.
pub(crate) struct Scalp {
    /// Red, green and blue.
    colours: [Plane; 3],
    /// The loss at which average strands fall out.
    falls_at: Plane,
    /// Contrast of the forehead's grain.
    grain: f32,
    /// How much of the hair's loss is visible, 0..=1: hair that hangs over the forehead hides it, and tall hair too; long
    /// hair stays full.
    pub(crate) visible: f32,
}

impl Scalp {
    /// The scalp of a head with the given skull; `None` where no forehead is visible.
    pub(crate) fn of(crop: &RgbImage, half: &LowRes, skull: &Skull) -> Option<Self> {
        let small = &half.halved();
        let forehead = skull.plane(small.side, on_forehead);
        let skin = small.mask(&[Region::Skin]).map(|share| ((share - 0.5) / 0.5).max(0.0));
        let skin = skin.zip(&forehead, |skin, forehead| skin * forehead);
        let shading = skull.plane(small.side, shading);
        let colours =
            continued(small, &skin)?.map(|plane| plane.zip(&shading, |value, shading| value * shading));
        Some(Self {
            colours,
            falls_at: falls_at(small, skull, &skin),
            grain: grain(crop, skull.brows()),
            visible: visibility(small, skull, &forehead),
        })
    }

    /// A reader of the planes for [`Scalp::fill`], at the crop's side.
    pub(crate) fn rows(&self, side: usize) -> RowReader<'_, 4> {
        let [red, green, blue] = &self.colours;
        RowReader::new([red, green, blue, &self.falls_at], side)
    }

    /// Fills row `y`, given its row of [`Scalp::rows`], and the strands of its hair, if there are any.
    pub(crate) fn fill(
        &self,
        y: usize,
        to: ScalpPlanes<&mut [u8]>,
        row: &[Vec<f32>; 4],
        hair: Option<ThinHair>,
    ) {
        let [red, green, blue, falls_at] = row;
        let mut noise = vec![0f32; red.len()];
        fill_noise(&mut noise, y as u32);
        for (to, colour) in to.colours.into_iter().zip([red, green, blue]) {
            fill_colour(to, colour, &noise, self.grain);
        }
        if let Some(hair) = hair {
            thinning::fill(to.falls_at, falls_at, &hair, [red, green, blue]);
        }
    }
}

/// How much a position on the skull belongs to the forehead, 0..=1.
fn on_forehead([across, height]: [f32; 2]) -> f32 {
    let [heights, distances] = FOREHEAD;
    smooth_step_between(heights, height) * (1.0 - smooth_step_between(distances, across.abs()))
}

/// How well thinning hair is visible, as in [`Scalp::visible`].
fn visibility(small: &LowRes, skull: &Skull, forehead: &Plane) -> f32 {
    let hair = small.mask(&[Region::Hair]);
    let low = skull.plane(small.side, |[_, height]| 1.0 - smooth_step_between(BELOW_HAIR, height));
    let low = low.zip(forehead, |low, forehead| low * forehead);
    let fringe = hair.mean_within(&low).unwrap_or(1.0);
    let above = skull.plane(small.side, |at| {
        let ([radius, angle], (radii, end)) = (polar(at), TALL);
        f32::from(u8::from(within(radii, radius) && angle < end))
    });
    let beside = skull.plane(small.side, |[across, height]| {
        let [heights, distances] = LONG;
        f32::from(u8::from(within(heights, height) && within(distances, across.abs())))
    });
    let [tall, long] = [above, beside].map(|place| hair.mean_within(&place).unwrap_or(0.0));
    [(FRINGE, fringe), (HIDING, tall), (FULL, long)]
        .map(|(shares, share)| 1.0 - smooth_step_between(shares, share))
        .iter()
        .product()
}

fn within([low, high]: [f32; 2], value: f32) -> bool {
    low < value && value < high
}

/// The loss at which average strands fall out, given the forehead's skin: near it first, and never outside the hair or
/// where the background begins.
fn falls_at(small: &LowRes, skull: &Skull, skin: &Plane) -> Plane {
    let near = skin.blurred(small.length(NEAR)).map(|share| (share / 0.5).min(1.0));
    let hair = small.mask(&[Region::Hair]).blurred(small.length(BORDER));
    let ground = small.mask(&[Region::Background, Region::Hat, Region::Front]).blurred(small.length(BORDER));
    let shape = skull.plane(small.side, |at| {
        let [radius, angle] = polar(at);
        let later = OUTLINE[1] * (radius - OUTLINE[0]).max(0.0) + SIDES[1] * (angle - SIDES[0]).max(0.0);
        let corner = (at[0].abs() - CORNERS[0]).hypot(at[1] - CORNERS[1]) / CORNERS[2];
        later.min(NEVER) - CORNER * (-corner * corner).exp()
    });
    let falls_at = shape.zip(&near, |shape, near| shape + BEHIND * (1.0 - near) + CORNER);
    let falls_at = falls_at.zip(&hair, |at, hair| at + NEVER * (1.0 - smooth_step_between(NEAR_HAIR, hair)));
    falls_at.zip(&ground, |at, ground| at + NEVER * smooth_step_between(NEAR_GROUND, ground))
}

widest! {
    fn fill_noise(to: &mut [f32], y: u32) {
        to.iter_mut().enumerate().for_each(|(x, to)| *to = noise(x as u32, y));
    }
}

widest! {
    fn fill_colour(to: &mut [u8], colour: &[f32], noise: &[f32], grain: f32) {
        for ((to, colour), noise) in to.iter_mut().zip(colour).zip(noise) {
            *to = byte(colour + grain * noise);
        }
    }
}

/// A value in -1..=1 that looks random from pixel to pixel.
#[inline(always)]
fn noise(x: u32, y: u32) -> f32 {
    let mut h = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    h ^= h >> 15;
    (h >> 8) as f32 * (2.0 / 16_777_216.0) - 1.0
}

/// The colours of `skin`, continued over everything else; `None` without skin.
fn continued(small: &LowRes, skin: &Plane) -> Option<[Plane; 3]> {
    let mean = small.colours.each_ref().map(|plane| plane.mean_within(skin));
    let [Some(red), Some(green), Some(blue)] = mean else { return None };
    let means = [red, green, blue];
    let far = |channel: usize, sum: f32, weight: f32| (sum + ANYWHERE * means[channel]) / (weight + ANYWHERE);
    Some(small.continued(skin, REACH, far))
}

/// Amplitude of the grain of the forehead's skin, of 255: what is left of a pixel beside its neighbours.
fn grain(crop: &RgbImage, brows: [f32; 2]) -> f32 {
    let side = crop.width() as f32;
    let pixels = |middle: f32, span: [f32; 2]| {
        let [first, end] = span.map(|v| ((middle + v / EYE_DISTANCES) * side).clamp(1.0, side - 1.0) as u32);
        first..end
    };
    let (columns, rows) = (pixels(brows[0], [-0.4, 0.4]), pixels(brows[1], [-0.75, -0.3]));
    let value = |x: u32, y: u32| luma(crop.get_pixel(x, y).0.map(f32::from));
    let (mut sum, mut count) = (0.0, 0.0);
    for (y, x) in rows.flat_map(|y| columns.clone().map(move |x| (y, x))) {
        sum += (value(x, y) - 0.5 * (value(x - 1, y) + value(x + 1, y))).abs();
        count += 1.0;
    }
    GRAIN * sum / f32::max(count, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::low_res::in_pixels;
    use super::super::super::rows::{PixelRows, split_mut};
    use super::super::skull::upright;
    use super::super::thinning::scalp_share;
    use super::*;
    use crate::face::regions::{REGIONS, RegionMasks};

    /// Side of the crop and of the masks, in pixels.
    const SIDE: usize = 256;
    /// Row of the brows.
    const BROWS: usize = 102;

    /// Row at a height above the brows, and column at a distance from the middle, in eye distances.
    fn at(across: f32, height: f32) -> [usize; 2] {
        let pixels = |length: f32| in_pixels(length, SIDE);
        [(BROWS as f32 - pixels(height)) as usize, (SIDE as f32 / 2.0 + pixels(across)) as usize]
    }

    /// A head whose hair ends at the skull's top.
    fn head(hairline: f32) -> (RgbImage, RegionMasks) {
        head_up_to(1.7, hairline)
    }

    /// Hair with strands in every second column from `hairline` to `top` (heights above the brows); skin below it and
    /// background above.
    fn head_up_to(top: f32, hairline: f32) -> (RgbImage, RegionMasks) {
        let [top, hairline] = [top, hairline].map(|height| at(0.0, height)[0]);
        let region = |y: usize| match y {
            y if y < top => Region::Background,
            y if y < hairline => Region::Hair,
            _ => Region::Skin,
        };
        let crop = RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, y| {
            image::Rgb(match region(y as usize) {
                Region::Hair => [if x % 8 < 4 { 30 } else { 60 }; 3],
                Region::Skin => [200, 150, 120],
                _ => [90; 3],
            })
        });
        let planes = (0..REGIONS * SIDE * SIDE)
            .map(|i| f32::from(region(i / SIDE % SIDE).index() == i / (SIDE * SIDE)))
            .collect();
        (crop, RegionMasks::from_planes(SIDE, planes).unwrap())
    }

    /// Share of the scalp at a distance from the middle and a height above the brows when `lost` is lost, averaged over the
    /// dark and over the light strands.
    fn thin(scalp: &Scalp, crop: &RgbImage, [across, height]: [f32; 2], lost: f32) -> [f32; 2] {
        let [y, x] = at(across, height);
        let mut rows = PixelRows::new(SIDE);
        let (length, bytes) = rows.rows_mut();
        let to = split_mut(&mut bytes[..length]);
        let mut reader = scalp.rows(SIDE);
        let [mut red, mut green, mut blue] = [(); 3].map(|()| vec![0; SIDE]);
        let pixels = &crop.as_raw()[3 * SIDE * y..3 * SIDE * (y + 1)];
        crate::pixels::separate_channels(&mut red, &mut green, &mut blue, pixels);
        let (smooth, contrast) = (vec![45.0; SIDE], vec![15.0; SIDE]);
        let crop = [&red, &green, &blue].map(|plane| plane.as_slice());
        let hair = ThinHair { crop, alpha: &[1.0; SIDE], smooth: &smooth, contrast: &contrast };
        scalp.fill(y, to.scalp, reader.read(y), Some(hair));
        let falls_at = rows.row(0, 0..SIDE).scalp.falls_at;
        [0, 1].map(|light| {
            let strands = (x - 8..x + 8).filter(|x| usize::from(red[*x] > 45) == light);
            strands.map(|x| scalp_share(f32::from(falls_at[x]), lost)).sum::<f32>() / 8.0
        })
    }

    #[test]
    fn hair_thins_out_in_front_and_on_top_but_not_at_the_sides_nor_at_the_outline() {
        let (crop, masks) = head(0.9);
        let small = LowRes::of(&crop, &masks);
        let scalp = Scalp::of(&crop, &small.halved(), &upright()).unwrap();
        let all =
            |position: [f32; 2], lost: f32| thin(&scalp, &crop, position, lost).iter().sum::<f32>() / 2.0;
        assert_eq!([[0.0, 1.1], [1.3, 1.0]].map(|position| all(position, 0.0)), [0.0; 2], "nothing is lost");
        let [front, top, side, outline] =
            [[0.0, 1.0], [0.0, 1.3], [1.3, 1.0], [0.0, 1.8]].map(|position| all(position, 0.45));
        assert!(front > top && top < 0.5 && front > 0.6, "{front} {top}");
        assert_eq!((side, outline), (0.0, 0.0));
        assert!(all([0.0, 1.3], 0.95) > 0.8, "in the end the top is bald");
    }

    #[test]
    fn strands_stay_strands_and_the_scalp_has_the_foreheads_colour() {
        let (crop, masks) = head(0.9);
        let small = LowRes::of(&crop, &masks);
        let scalp = Scalp::of(&crop, &small.halved(), &upright()).unwrap();
        let [dark, light] = thin(&scalp, &crop, [0.0, 1.05], 0.33);
        assert!(light > dark + 0.3, "dark strands stay longest before light skin: {dark} {light}");
        let [y, x] = at(0.0, 1.1).map(|v| v * scalp.falls_at.side / SIDE);
        let colour = scalp.colours.each_ref().map(|plane| plane.values[y * scalp.falls_at.side + x]);
        let expected = [200.0, 150.0, 120.0];
        assert!(colour.iter().zip(expected).all(|(a, b)| (a / b - 1.0).abs() < 0.12), "{colour:?}");
        assert!(scalp.visible > 0.99);
    }

    #[test]
    fn hair_over_the_forehead_and_tall_hair_hide_the_hairline_and_hair_alone_has_no_scalp() {
        let of = |top: f32, hairline: f32| {
            let (crop, masks) = head_up_to(top, hairline);
            let small = LowRes::of(&crop, &masks);
            Scalp::of(&crop, &small.halved(), &upright())
        };
        assert_eq!(of(1.7, 0.4).unwrap().visible, 0.0);
        assert_eq!(of(2.3, 0.9).unwrap().visible, 0.0);
        assert!(of(1.7, -2.0).is_none());
    }
}
