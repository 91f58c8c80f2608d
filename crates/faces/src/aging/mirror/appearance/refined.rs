//! A head and its masks at the crop's own resolution.

use candle_core::Result;
use rayon::prelude::*;

use super::outlines::Outlines;
use super::person::Person;
use super::shares::FAINT;
use crate::face::regions::{EdgeGuide, Region, RegionMasks};
use crate::interpolation::smooth_step_between;

/// A hat counts as worn if it covers this many times the area of the hair, or the share [`LARGE`] of the
/// crop; a smaller one is hair that looks like a hat.
const WORN: f32 = 0.4;
const LARGE: f32 = 0.03;

/// Shares of the hair mask between which it grows from none to all before it is refined: beside a wall of the hair's
/// colour, where there is no edge to follow, a soft mask becomes a halo of another colour.
const CERTAIN: [f32; 2] = [0.15, 0.85];

/// The input of [`HeadAppearance::of`](super::HeadAppearance::of).
pub(crate) struct Head<'a> {
    pub(crate) masks: &'a RegionMasks,
    pub(crate) guide: &'a EdgeGuide,
    /// The mesh in fractions of the crop's side, and whose face it is; `None` without a mesh.
    pub(crate) face: Option<(&'a [[f32; 2]], &'a mut Person)>,
}

/// The refined masks of a crop, each of its size.
pub(super) struct Refined {
    pub(super) hair: Vec<f32>,
    pub(super) beard: Vec<f32>,
    pub(super) brows: Vec<f32>,
    pub(super) skin: Vec<f32>,
    /// What covers the head: glasses, a hat that is worn, and objects in front.
    pub(super) covered: Vec<f32>,
}

impl Refined {
    /// `beard_weight` is the share of the beard mask that counts; without any, it is not refined.
    pub(super) fn of(head: &Head, beard_weight: f32) -> Result<Self> {
        let (guide, masks) = (head.guide, head.masks);
        let outlines = head.face.as_ref().map(|(mesh, _)| Outlines::of(mesh, masks.side()));
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
            if regions.contains(&Region::Hair) {
                mask.iter_mut().for_each(|share| *share = smooth_step_between(CERTAIN, *share));
            }
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
