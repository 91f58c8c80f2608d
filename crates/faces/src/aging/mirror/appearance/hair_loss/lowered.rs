//! The hairline of children is lower than that of adults: the crop is warped, so that the hair above the forehead is
//! stretched towards the brows. A hairline that has receded returns in the same way.

use super::super::plane::Plane;
use super::super::rows::PixelRows;
use super::moving::MovedPart;
use super::shifts::{HairlineShifts, SIDE, movable};
use super::skull::Skull;
use crate::face::field::centres;
use crate::face::regions::{Region, RegionMasks};
use crate::interpolation::{interpolate, smooth_step_between};

/// How much a hairline is lowered from old age, by age in years: 1 is a child's.
const LOWERED_BY: [(f32, f32); 5] = [(8.0, 1.0), (14.0, 0.8), (20.0, 0.5), (35.0, 0.2), (60.0, 0.0)];
/// Height above the brows to which no hairline is lowered, in eye distances, and the fraction of what is above it by
/// which a child's is. Beside real children of 3 to 6 years, hairlines of made ones were 0.05 to 0.3 too high.
const LOWEST: f32 = 0.3;
const LOWERED: f32 = 0.45;
/// Largest shift as a fraction of the height of the hair above the forehead: more would show that it is stretched.
const STRETCHED: f32 = 0.5;
/// Height above the brows up to which nothing moves, in eye distances.
const STILL: f32 = 0.12;
/// Distance of the outermost columns from the middle, the height up to which hair is sampled, and the distance
/// between samples, in eye distances.
const ACROSS: f32 = 1.2;
const HIGHEST: f32 = 2.4;
const STEP: f32 = 0.05;
/// Share of hair from which a sample is hair.
const HAIR: f32 = 0.5;
/// Distances from the middle between which the shift ends at the sides, in eye distances.
const SIDES: [f32; 2] = [0.85, 1.15];
/// Times that each column is averaged with its neighbours, so that single locks do not bend the hairline.
const AVERAGED: usize = 10;

/// The hair above the forehead in one column: heights above the brows in eye distances.
#[derive(Clone, Copy, Default)]
struct Column {
    hairline: f32,
    top: f32,
    /// Shift of the hairline.
    shift: f32,
}

/// A hairline that can be lowered.
pub(crate) struct LoweredHairline {
    shifts: HairlineShifts,
    /// Largest shift in eye distances.
    reach: f32,
}

impl LoweredHairline {
    /// The hairline on `skull`; `None` if it is already low, or where no hair is visible above the forehead.
    pub(crate) fn of(skull: &Skull, masks: &RegionMasks) -> Option<Self> {
        let columns = columns(skull, masks);
        let reach = columns.iter().map(|column| column.shift).fold(0.0, f32::max);
        if reach <= 0.0 {
            return None;
        }
        let shift = |(at, movable): ([f32; 2], f32)| {
            let [across, height] = skull.position(at);
            movable * column_at(&columns, across).shift_at(height) / reach
        };
        let shifts = centres(SIDE).zip(movable(masks).values).map(shift).collect();
        let bare = Plane::new(SIDE, vec![0.0; SIDE * SIDE]);
        let up = skull.down().map(|v| -v);
        Some(Self { shifts: HairlineShifts::of(shifts, bare, up)?, reach })
    }

    /// Moves the hairline of a crop, whose hair is in `rows`, from age `from` to age `to` (years), and the weights of the
    /// network's colours with it.
    pub(crate) fn lower(&self, moved: MovedPart, rows: &PixelRows, from: f32, to: f32) {
        let lowered = interpolate(to, &LOWERED_BY) - interpolate(from, &LOWERED_BY);
        self.shifts.apply(moved, rows, lowered.max(0.0) * self.reach, 0.0);
    }
}

impl Column {
    /// From the share of hair at each height, upwards from the brows.
    fn of(shares: impl Iterator<Item = f32>, across: f32) -> Option<Self> {
        let mut hair = shares.map(|share| share > HAIR).enumerate().skip_while(|(_, is_hair)| !is_hair);
        let (first, _) = hair.next()?;
        let end = hair.find(|(_, is_hair)| !is_hair).map_or(HIGHEST, |(i, _)| i as f32 * STEP);
        let hairline = first as f32 * STEP;
        let lowered = (LOWERED * (hairline - LOWEST)).min(STRETCHED * (end - hairline)).max(0.0);
        let inside = 1.0 - smooth_step_between(SIDES, across.abs());
        Some(Self { hairline, top: end, shift: inside * lowered })
    }

    /// Distance from above at which the pixel at `height` is fetched: the skin below the hairline is compressed, and the
    /// hair above it is stretched.
    fn shift_at(&self, height: f32) -> f32 {
        let lowered = self.hairline - self.shift;
        self.shift
            * match height < lowered {
                true => smooth_step_between([STILL, lowered.max(STILL + STEP)], height),
                false => 1.0 - smooth_step_between([lowered, self.top.max(lowered + STEP)], height),
            }
    }
}

/// The columns of hair from one side of the forehead to the other, every [`STEP`].
fn columns(skull: &Skull, masks: &RegionMasks) -> Vec<Column> {
    let (side, hair) = (masks.side(), masks.plane(Region::Hair));
    let share = |across: f32, height: f32| {
        let [x, y] = skull.point([across, height]).map(|v| (v * side as f32) as usize);
        if x < side && y < side { hair[y * side + x] } else { 0.0 }
    };
    let heights = (HIGHEST / STEP) as usize;
    let columns = (0..=(2.0 * ACROSS / STEP) as usize).map(|i| {
        let across = i as f32 * STEP - ACROSS;
        Column::of((0..heights).map(|j| share(across, j as f32 * STEP)), across)
    });
    smoothed(columns.collect())
}

/// The columns averaged with their neighbours; those without hair take the heights of the ones beside them, and none of
/// the shift.
fn smoothed(columns: Vec<Option<Column>>) -> Vec<Column> {
    let mut nearest = columns.iter().flatten().copied().next().unwrap_or_default();
    let mut columns: Vec<Column> = columns
        .into_iter()
        .map(|column| {
            nearest = column.unwrap_or(Column { shift: 0.0, ..nearest });
            nearest
        })
        .collect();
    for _ in 0..AVERAGED {
        let before = columns.clone();
        for (column, around) in columns.iter_mut().skip(1).zip(before.windows(3)) {
            let mean = |value: fn(&Column) -> f32| {
                0.25 * (value(&around[0]) + 2.0 * value(&around[1]) + value(&around[2]))
            };
            *column = Column {
                hairline: mean(|column| column.hairline),
                top: mean(|column| column.top),
                shift: mean(|column| column.shift),
            };
        }
    }
    columns
}

/// The column at a distance from the middle, in eye distances, interpolated between its neighbours.
fn column_at(columns: &[Column], across: f32) -> Column {
    let at = ((across + ACROSS) / STEP).clamp(0.0, columns.len().saturating_sub(1) as f32);
    let (first, share) = (at as usize, at.fract());
    let [a, b] = [first, first + 1].map(|i| columns.get(i).or(columns.last()).copied().unwrap_or_default());
    let mix = |a: f32, b: f32| a + (b - a) * share;
    Column { hairline: mix(a.hairline, b.hairline), top: mix(a.top, b.top), shift: mix(a.shift, b.shift) }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::super::skull::upright;
    use super::*;
    use crate::face::regions::REGIONS;

    /// Side of the crop and of the masks, in pixels.
    const CROP: usize = 192;
    /// Height of the hair's top above the brows, in eye distances.
    const TOP: f32 = 1.8;

    /// Dark hair from the height `hairline` above the brows to its top, with skin below and a wall above, from age `from`
    /// to age `to`; and as it was.
    fn lowered(hairline: f32, from: f32, to: f32) -> [RgbImage; 2] {
        let region = |at: [f32; 2]| match upright().position(at)[1] {
            height if height > TOP => Region::Background,
            height if height > hairline => Region::Hair,
            _ => Region::Skin,
        };
        let regions: Vec<Region> = centres(CROP).map(region).collect();
        let pixels = regions.iter().flat_map(|region| match region {
            Region::Background => [90; 3],
            Region::Hair => [30; 3],
            _ => [200; 3],
        });
        let before = RgbImage::from_raw(CROP as u32, CROP as u32, pixels.collect()).unwrap();
        let planes = (0..REGIONS * CROP * CROP)
            .map(|i| f32::from(regions[i % (CROP * CROP)].index() == i / (CROP * CROP)));
        let masks = RegionMasks::from_planes(CROP, planes.collect()).unwrap();
        let (mut picture, mut weights) = (before.clone(), vec![255; CROP * CROP]);
        if let Some(hairline) = LoweredHairline::of(&upright(), &masks) {
            let moved = MovedPart { picture: &mut picture, weights: &mut weights, at: [0; 2], thinning: 0.0 };
            hairline.lower(moved, &PixelRows::new(CROP), from, to);
        }
        [before, picture]
    }

    /// Height of the lowest dark pixel above the brows at a distance from the middle, in eye distances.
    fn hairline_of(picture: &RgbImage, across: f32) -> f32 {
        let at = |height: f32| upright().point([across, height]).map(|v| (v * CROP as f32) as u32);
        let is_hair = |height: &f32| {
            let [x, y] = at(*height);
            picture.get_pixel(x, y).0[0] < 60
        };
        (0..200).map(|i| 0.01 * i as f32).find(is_hair).unwrap()
    }

    #[test]
    fn the_hairline_of_a_child_is_lower_and_low_hairlines_stay() {
        let [young, child] = lowered(1.0, 30.0, 6.0);
        let expected = LOWERED * (1.0 - LOWEST) * (1.0 - interpolate(30.0, &LOWERED_BY));
        let [before, after] = [&young, &child].map(|picture| hairline_of(picture, 0.0));
        assert!((before - after - expected).abs() < 0.06, "{before} {after} {expected}");
        let [_, boy] = lowered(1.0, 30.0, 14.0);
        assert!(hairline_of(&boy, 0.0) > after && hairline_of(&boy, 0.0) < before, "more for a child");
        let [low, same] = lowered(0.3, 30.0, 6.0);
        assert!(low == same);
    }

    #[test]
    fn nothing_moves_towards_older_ages_below_the_brows_above_the_hair_or_beside_the_forehead() {
        let [before, older] = lowered(1.0, 30.0, 80.0);
        assert!(before == older);
        let [before, child] = lowered(1.0, 30.0, 4.0);
        let [highest, lowest] =
            [TOP, 0.0].map(|height| (upright().point([0.0, height])[1] * CROP as f32) as u32);
        for (x, y, pixel) in before.enumerate_pixels() {
            if y < highest || y > lowest {
                assert_eq!(pixel, child.get_pixel(x, y), "{x} {y}");
            }
        }
        assert_eq!(hairline_of(&before, 1.3), hairline_of(&child, 1.3));
    }

    #[test]
    fn little_hair_is_not_stretched_and_none_is_made_up() {
        let column = |shares: &[f32]| Column::of(shares.iter().copied(), 0.0);
        let mut shares = vec![0.0; 30];
        assert!(column(&shares).is_none(), "bald");
        shares[20..24].fill(1.0);
        let thin = column(&shares).unwrap();
        assert!((thin.shift - STRETCHED * 4.0 * STEP).abs() < 1e-5, "{}", thin.shift);
        shares[20..].fill(1.0);
        assert!(column(&shares).unwrap().shift > 1.5 * thin.shift);
    }

    #[test]
    fn the_shift_never_folds_the_picture() {
        for (hairline, top, shift) in [(1.2, 1.9, 0.35), (0.6, 0.9, 0.13), (1.4, 1.5, 0.05)] {
            let column = Column { hairline, top, shift };
            let sources: Vec<f32> =
                (0..250).map(|i| 0.01 * i as f32).map(|height| height + column.shift_at(height)).collect();
            assert!(sources.windows(2).all(|pair| pair[0] <= pair[1] + 1e-4), "{hairline} {top} {shift}");
        }
    }
}
