//! The direction of the strands of hair.

use super::super::low_res::{FLOOR, LowRes};
use super::super::plane::{Plane, blurred_within};
use crate::face::field::centres;

/// Standard deviation over which the direction is averaged, in eye distances.
const AVERAGED: f32 = 0.16;
/// Square of the contrast between neighbouring pixels that noise has in a picture.
const NOISE: f32 = 0.02 * 0.02;
/// Weight of the usual direction relative to the contrast of the picture in all directions.
const USUAL: f32 = 0.25;
/// Height of the point from which hair usually falls above the middle of the temples, as a fraction of their distance,
/// and how far the hair at the sides flares.
const CROWN: f32 = 0.85;
const FLARE: f32 = 0.6;
/// The temples where they are unknown, in fractions of the crop's side.
const USUAL_TEMPLES: [[f32; 2]; 2] = [[0.33, 0.42], [0.67, 0.42]];

/// Cosine and sine of twice the angle at which hair lies, from the contrast across its strands: across them the
/// brightness changes most (the structure tensor; Bigun and Granlund, "Optimal orientation detection of linear
/// symmetry", 1987). Where the picture has too little contrast, hair falls from the crown. `smooth` is the smooth luma.
pub(crate) fn flow(
    small: &LowRes,
    hair: &Plane,
    smooth: &Plane,
    temples: Option<[[f32; 2]; 2]>,
) -> [Plane; 2] {
    let side = small.side;
    let relative = small.luma.zip(smooth, |value, smooth| (value + FLOOR) / (smooth + FLOOR));
    let mut planes = [(); 3].map(|()| vec![0f32; side * side]);
    for i in (1..side.saturating_sub(1)).flat_map(|y| y * side + 1..(y + 1) * side - 1) {
        let across = 0.5 * (relative.values[i + 1] - relative.values[i - 1]);
        let down = 0.5 * (relative.values[i + side] - relative.values[i - side]);
        planes[0][i] = down * down - across * across;
        planes[1][i] = -2.0 * across * down;
        planes[2][i] = across * across + down * down;
    }
    let planes = planes.map(|values| Plane::new(side, values));
    let [mut cosine, mut sine, contrast] = blurred_within(planes.each_ref(), hair, small.length(AVERAGED));
    let usual = Usual::of(temples.unwrap_or(USUAL_TEMPLES));
    for (i, (at, contrast)) in centres(side).zip(&contrast.values).enumerate() {
        let weight = USUAL * contrast + NOISE;
        let [x, y] = usual.direction(at);
        cosine.values[i] = (cosine.values[i] + weight * (x * x - y * y)) / weight;
        sine.values[i] = (sine.values[i] + weight * 2.0 * x * y) / weight;
    }
    [cosine, sine]
}

/// How hair usually falls.
struct Usual {
    crown: [f32; 2],
    /// Downwards along the face, of length 1.
    down: [f32; 2],
}

impl Usual {
    fn of([left, right]: [[f32; 2]; 2]) -> Self {
        let across = [right[0] - left[0], right[1] - left[1]];
        let width = across[0].hypot(across[1]).max(1e-3);
        let down = [-across[1] / width, across[0] / width];
        let crown = [0, 1].map(|axis| 0.5 * (left[axis] + right[axis]) - CROWN * width * down[axis]);
        Self { crown, down }
    }

    /// Direction at a point in fractions of the crop's side, of length 1: away from the crown and downwards.
    fn direction(&self, at: [f32; 2]) -> [f32; 2] {
        let [x, y] = [at[0] - self.crown[0], at[1] - self.crown[1]];
        let (across, down) = (x * self.down[1] - y * self.down[0], x * self.down[0] + y * self.down[1]);
        let (across, down) = (FLARE * across, down.max(0.0) + 0.02);
        let length = across.hypot(down);
        let [across, down] = [across / length, down / length];
        [across * self.down[1] + down * self.down[0], down * self.down[1] - across * self.down[0]]
    }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;
    use crate::face::regions::{REGIONS, Region, RegionMasks};

    /// Side of the crop, in pixels.
    const SIDE: usize = 96;

    /// Cosine of twice the direction in the middle of a crop full of hair with these values, relative to its length.
    fn cosine(value: impl Fn(u32, u32) -> f32) -> f32 {
        let crop = RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, y| image::Rgb([value(x, y) as u8; 3]));
        let planes = (0..REGIONS * SIDE * SIDE).map(|i| f32::from(i / (SIDE * SIDE) == Region::Hair.index()));
        let masks = RegionMasks::from_planes(SIDE, planes.collect()).unwrap();
        let small = LowRes::of(&crop, &masks);
        let hair = small.mask(&[Region::Hair]);
        let smooth = small.luma.blurred_within(&hair, 2.0);
        let [cosine, sine] = flow(&small, &hair, &smooth, None).map(|plane| plane.values[48 * SIDE + 48]);
        cosine / cosine.hypot(sine)
    }

    #[test]
    fn hair_lies_along_its_strands_and_where_there_are_none_it_falls() {
        let strand = |at: u32| 60.0 + 20.0 * (at as f32).sin();
        assert!(cosine(|_, y| strand(y)) > 0.95, "level");
        assert!(cosine(|x, _| strand(x)) < -0.95, "upright");
        assert!(cosine(|x, y| strand(x + y)).abs() < 0.3, "aslant");
        assert!(cosine(|_, _| 15.0) < -0.95, "black hair falls");
    }

    #[test]
    fn hair_falls_away_from_the_crown_of_a_turned_head_too() {
        let upright = Usual::of(USUAL_TEMPLES);
        let [x, y] = upright.direction([0.25, 0.2]);
        assert!(x < -0.3 && y > 0.3, "{x} {y}");
        assert!(upright.direction([0.5, 0.6])[1] > 0.999);
        // The head lies on its side: down is to the left.
        let turned = Usual::of([[0.5, 0.33], [0.5, 0.67]]);
        assert!(turned.direction([0.2, 0.5])[0] < -0.999);
    }
}
