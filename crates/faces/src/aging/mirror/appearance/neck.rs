//! The neck gets darker and redder beside the face with age; children's necks are redder than young adults'.
//!
//! The network's change of the face ends at the chin, so that a face that gets darker would be left with a pale
//! neck. The figures are those of real people of a collection of whole heads: of 20 to 39, of 70 and older, and of 3
//! to 6.

use super::rows::{SkinPlanes, byte, signed};
use crate::interpolation::{centre, interpolate, left_between, smooth_step_between};
use agemirror_kernels::widest;

/// Fraction by which the neck is darker beside the face than a young adult's, by age in years.
const DARK_BY: [(f32, f32); 6] =
    [(4.0, 0.02), (18.0, 0.0), (35.0, 0.0), (55.0, 0.08), (75.0, 0.2), (86.0, 0.23)];
/// By how much the logarithm of red over green is larger than a young adult's, by age in years.
const RED_BY: [(f32, f32); 5] = [(4.0, 0.05), (18.0, 0.0), (35.0, 0.0), (75.0, 0.07), (86.0, 0.085)];
/// Fraction by which the person's own lines and folds of the neck are deeper than a young adult's, by age in years.
const DEEP_BY: [(f32, f32); 4] = [(35.0, 0.0), (55.0, 0.4), (75.0, 1.0), (86.0, 1.2)];
/// Shares of the reddening in the logarithms of red, green and blue, which leave the luma of skin as it is.
const REDDENING: [f32; 3] = [0.63, -0.37, -0.37];
/// Heights between which face becomes neck, and between which the change ends, in fractions of the head crop's side:
/// ears are no neck, and skin below must not end at an edge.
const BEGINS: [f32; 2] = [0.56, 0.64];
const ENDS: [f32; 2] = [0.8, 0.97];
/// Values of the mask of the neck between which skin becomes neck.
const NECK: [f32; 2] = [0.2, 0.8];

/// How the neck changes from one age to another.
#[derive(Clone, Copy)]
pub(super) struct NeckChange {
    /// Factors of red, green and blue.
    factors: [f32; 3],
    /// By how much its lines and folds get deeper, as a fraction.
    deepened: f32,
}

impl NeckChange {
    /// From age `from` to age `to` (years).
    pub(super) fn between(from: f32, to: f32) -> Self {
        let more = |table: &[(f32, f32)]| interpolate(to, table) - interpolate(from, table);
        let (brightness, redness) = (left_between(&DARK_BY, from, to), more(&RED_BY));
        Self {
            factors: REDDENING.map(|share| brightness * (share * redness).exp()),
            deepened: more(&DEEP_BY).max(0.0),
        }
    }

    fn is_none(self) -> bool {
        self.factors == [1.0; 3] && self.deepened == 0.0
    }
}

/// How much of the skin beside the face at `y` of a crop of `side` pixels is neck, 0..=1.
fn weight_at(y: usize, side: usize) -> f32 {
    let y = centre(y, side);
    smooth_step_between(BEGINS, y) * (1.0 - smooth_step_between(ENDS, y))
}

/// Writes the coverage by neck, of 255, of row `y` of a crop, from the coverage by skin of face and neck and the mask
/// of the neck.
pub(super) fn cover(to: &mut [u8], skin: &[f32], neck: &[f32], y: usize) {
    let weight = weight_at(y, to.len());
    if weight > 0.0 {
        cover_row(to, skin, neck, 255.0 * weight);
    }
}

widest! {
    fn cover_row(to: &mut [u8], skin: &[f32], neck: &[f32], weight: f32) {
        for ((to, skin), neck) in to.iter_mut().zip(skin).zip(neck) {
            *to = byte(weight * skin * smooth_step_between(NECK, *neck));
        }
    }
}

/// Changes the neck (its coverage, of 255) in a row of skin.
pub(super) fn recolour(
    channels: &mut [Vec<u8>; 3],
    neck: &[u8],
    skin: SkinPlanes<&[u8]>,
    change: NeckChange,
) {
    if change.is_none() || neck.iter().all(|share| *share == 0) {
        return;
    }
    let own = skin.lines.into_iter().zip(skin.folds);
    for ((channel, own), factor) in channels.iter_mut().zip(own).zip(change.factors) {
        deepen(channel, neck, own, [factor - 1.0, change.deepened]);
    }
}

widest! {
    /// Multiplies by a factor, of which `change` has the difference from 1, and adds a fraction of lines and folds.
    fn deepen(channel: &mut [u8], neck: &[u8], own: (&[u8], &[u8]), change: [f32; 2]) {
        let [darkened, deepened] = change.map(|change| change / 255.0);
        for (((value, share), line), fold) in channel.iter_mut().zip(neck).zip(own.0).zip(own.1) {
            let share = f32::from(*share);
            let deeper = f32::from(*value) + deepened * share * (signed(*line) + signed(*fold));
            *value = byte(deeper * (1.0 + darkened * share));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::signed_byte;
    use super::*;
    use crate::pixels::luma;

    #[test]
    fn necks_darken_and_redden_with_age_and_redden_for_children() {
        assert!(NeckChange::between(20.0, 30.0).is_none() && NeckChange::between(50.0, 50.0).is_none());
        let skin = [170.0, 130.0, 110.0];
        let changed = |from: f32, to: f32| {
            let change = NeckChange::between(from, to);
            [0, 1, 2].map(|c: usize| change.factors[c] * skin[c])
        };
        let [old, child] = [75.0, 5.0].map(|to| changed(25.0, to));
        assert!((0.8..0.86).contains(&(luma(old) / luma(skin))), "{old:?}");
        assert!((0.97..1.0).contains(&(luma(child) / luma(skin))), "{child:?}");
        assert!(old[0] / old[1] > 1.02 * skin[0] / skin[1] && child[0] > 1.03 * child[1] / skin[1] * skin[0]);
        let [there, back] = [NeckChange::between(30.0, 75.0), NeckChange::between(75.0, 30.0)];
        assert!(there.deepened > 0.5 && back.deepened == 0.0);
        assert!(there.factors.iter().zip(back.factors).all(|(a, b)| (a * b - 1.0).abs() < 1e-5));
    }

    #[test]
    fn only_the_neck_between_face_and_the_end_of_the_crop_changes() {
        assert_eq!([0.5, 0.7].map(|y| weight_at((y * 200.0) as usize, 200)), [0.0, 1.0]);
        assert!(weight_at(198, 200) < 0.01);
        let mut shares = [7; 3];
        cover(&mut shares, &[1.0, 1.0, 0.0], &[1.0, 0.0, 1.0], 0);
        assert_eq!(shares, [7; 3], "the highest row");
        cover_row(&mut shares, &[1.0, 1.0, 0.0], &[1.0, 0.0, 1.0], 255.0);
        assert_eq!(shares, [255, 0, 0]);
        let mut channels = [(); 3].map(|()| vec![100; 3]);
        let (line, none) = ([signed_byte(-20.0); 3], [0; 3]);
        let skin = SkinPlanes { lines: [&line[..]; 3], folds: [&none[..]; 3] };
        recolour(&mut channels, &shares, skin, NeckChange { factors: [0.9, 0.8, 0.8], deepened: 0.5 });
        assert_eq!(channels, [vec![81, 100, 100], vec![72, 100, 100], vec![72, 100, 100]]);
    }
}
