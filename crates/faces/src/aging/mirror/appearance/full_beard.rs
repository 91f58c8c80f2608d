//! The lower part of a full beard, which the region network calls hair.

use crate::face::field::centres;
use crate::face::regions::{Region, RegionMasks};
use crate::interpolation::smooth_step_between;

/// Fractions of a crop's pixels in a beard between which the hair below the chin belongs to it.
const BEARDED: [f32; 2] = [0.004, 0.012];
/// Distances from the middle of a crop between which hair below the mouth belongs less and less to a beard, in fractions
/// of its side.
const BESIDE: [f32; 2] = [0.1, 0.13];
/// Heights between which hair begins to be below the mouth, in fractions of the crop's side.
const BELOW: [f32; 2] = [0.56, 0.59];

/// The masks with the hair below the mouth as beard; `None` where there is none, or no beard.
pub(super) fn with_full_beard(masks: &RegionMasks) -> Option<RegionMasks> {
    let side = masks.side();
    let size = side * side;
    let amount = masks.plane(Region::Beard).iter().sum::<f32>() / size.max(1) as f32;
    let bearded = smooth_step_between(BEARDED, amount);
    if bearded <= 0.0 {
        return None;
    }
    let share = |[x, y]: [f32; 2]| {
        let beside = smooth_step_between(BESIDE, (x - 0.5).abs());
        bearded * (1.0 - beside) * smooth_step_between(BELOW, y)
    };
    let mut planes = masks.planes().to_vec();
    let [hair, beard] = [Region::Hair, Region::Beard].map(|region| region.index() * size);
    for (i, at) in centres(side).enumerate() {
        let moved = share(at) * planes[hair + i];
        planes[hair + i] -= moved;
        planes[beard + i] += moved;
    }
    RegionMasks::from_planes(side, planes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::regions::REGIONS;

    /// Masks with hair everywhere except a beard of `rows` rows above it.
    fn masks(rows: usize) -> RegionMasks {
        let side = 100;
        let mut planes = vec![0f32; REGIONS * side * side];
        for i in 0..side * side {
            let is_beard = (50..50 + rows).contains(&(i / side)) && (40..60).contains(&(i % side));
            let region = if is_beard { Region::Beard } else { Region::Hair };
            planes[region.index() * side * side + i] = 1.0;
        }
        RegionMasks::from_planes(side, planes).unwrap()
    }

    #[test]
    fn hair_below_a_bearded_mouth_is_beard_and_hair_beside_the_face_is_not() {
        let full = with_full_beard(&masks(8)).unwrap();
        let at = |region: Region, x: usize, y: usize| full.plane(region)[y * 100 + x];
        assert_eq!((at(Region::Beard, 50, 70), at(Region::Hair, 50, 70)), (1.0, 0.0));
        assert_eq!((at(Region::Beard, 20, 70), at(Region::Hair, 20, 70)), (0.0, 1.0));
        assert_eq!(at(Region::Hair, 50, 30), 1.0);
        assert!(with_full_beard(&masks(1)).is_none(), "a shadow is no beard");
    }
}
