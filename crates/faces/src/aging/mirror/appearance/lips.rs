//! Lips lose some of their red with age and darken; those of children are redder.
//!
//! The figures are those of real people of three collections: of 20 to 39, of 70 and older, and of 3 to 6.

use super::outgrown;
use super::rows::byte;
use crate::interpolation::{interpolate, left_between, smooth_step_between};
use crate::pixels::luma;
use agemirror_kernels::widest;

/// Fraction of the difference in colour between lips and skin that is gone by age in years, relative to a young adult:
/// the lips of small children are redder. The network pales the lips of old people too.
const PALE_BY: [(f32, f32); 7] =
    [(2.0, -0.36), (8.0, -0.2), (14.0, -0.04), (18.0, 0.0), (45.0, 0.0), (75.0, 0.06), (86.0, 0.1)];
/// Fraction by which lips are darker than a young adult's, relative to skin, by age in years.
const DARK_BY: [(f32, f32); 4] = [(35.0, 0.0), (60.0, 0.04), (75.0, 0.07), (86.0, 0.09)];
/// Largest fraction by which the difference grows towards a younger age.
const MAX_REDDENING: f32 = 0.5;

/// How much redder than skin a pixel must be at least and for the full effect, as a fraction of its luma: teeth are not
/// lips.
const REDDER: [f32; 2] = [0.0, 0.12];

/// How much redder than skin the lips of children are at most, as a fraction of their luma: lipstick is redder.
const MAX_CHILD_RED: f32 = 0.3;
/// Ages, in years, between which lipstick begins.
const LIPSTICK: [f32; 2] = [8.0, 15.0];

/// How the lips change from one age to another.
#[derive(Clone, Copy)]
pub(super) struct LipChange {
    /// Fraction of their difference in colour from skin that goes, at most 1; negative if they redden.
    paled: f32,
    /// Fraction of lipstick that goes, 0..=1.
    wiped: f32,
    /// Factor of their brightness.
    brightness: f32,
}

impl LipChange {
    /// From age `from` to age `to` (years).
    pub(super) fn between(from: f32, to: f32) -> Self {
        let [before, after] = [from, to].map(|age| interpolate(age, &PALE_BY));
        Self {
            paled: ((after - before) / (1.0 - before)).max(-MAX_REDDENING),
            wiped: outgrown(LIPSTICK, from, to),
            brightness: left_between(&DARK_BY, from, to),
        }
    }

    /// Whether lips stay as they are.
    fn is_none(self) -> bool {
        self.paled == 0.0 && self.wiped == 0.0 && self.brightness == 1.0
    }
}

/// The skin's colour at luma 1, from its mean red, green and blue.
pub(super) fn skin_hue(skin: Option<[f32; 3]>) -> [f32; 3] {
    let colour = skin.unwrap_or([128.0; 3]);
    colour.map(|value| value / luma(colour).max(1.0))
}

/// Changes a row of lips (their coverage, of 255), on skin of the colour `skin_hue` (of luma 1).
pub(super) fn recolour(channels: &mut [Vec<u8>; 3], lips: &[u8], change: LipChange, skin_hue: [f32; 3]) {
    if !change.is_none() && lips.iter().any(|share| *share > 0) {
        let [red, green, blue] = channels;
        recolour_row([red, green, blue], lips, change, skin_hue);
    }
}

widest! {
    fn recolour_row(channels: [&mut [u8]; 3], lips: &[u8], change: LipChange, skin_hue: [f32; 3]) {
        let LipChange { paled, wiped, brightness } = change;
        let size = lips.len();
        let [red, green, blue] = channels.map(|row| &mut row[..size]);
        for i in 0..size {
            let own = [f32::from(red[i]), f32::from(green[i]), f32::from(blue[i])];
            let own_luma = luma(own).max(1.0);
            let red_excess = own[0] / own_luma - skin_hue[0];
            let lip = smooth_step_between(REDDER, red_excess) * f32::from(lips[i]) / 255.0;
            let lipstick = wiped * (1.0 - MAX_CHILD_RED / red_excess.max(MAX_CHILD_RED));
            let share = lip * (lipstick + (1.0 - lipstick) * paled);
            let factor = 1.0 + lip * (brightness - 1.0);
            red[i] = byte(factor * (own[0] + share * (own_luma * skin_hue[0] - own[0])));
            green[i] = byte(factor * (own[1] + share * (own_luma * skin_hue[1] - own[1])));
            blue[i] = byte(factor * (own[2] + share * (own_luma * skin_hue[2] - own[2])));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lips that take the colour of the skin.
    const PALED: LipChange = LipChange { paled: 1.0, wiped: 0.0, brightness: 1.0 };

    #[test]
    fn lips_pale_and_darken_with_age_and_redden_towards_childhood_and_youth() {
        let paled = |from, to| LipChange::between(from, to).paled;
        assert!(LipChange::between(20.0, 20.0).is_none() && LipChange::between(20.0, 25.0).is_none());
        assert!(paled(25.0, 2.0) < paled(25.0, 8.0) && paled(25.0, 8.0) < 0.0);
        assert!(paled(75.0, 20.0) < 0.0 && paled(86.0, 2.0) >= -MAX_REDDENING, "old lips regain their red");
        assert!(paled(20.0, 80.0) > paled(20.0, 60.0) && paled(60.0, 80.0) < paled(20.0, 80.0));
        let (older, younger) = (LipChange::between(25.0, 75.0), LipChange::between(75.0, 25.0));
        assert!(older.brightness < 0.95 && (older.brightness * younger.brightness - 1.0).abs() < 1e-6);
    }

    #[test]
    fn pale_lips_have_the_skin_s_colour_at_their_own_brightness_and_teeth_stay() {
        let mut channels = [vec![180, 180, 200], vec![90, 90, 200], vec![90, 90, 200]];
        recolour(&mut channels, &[255, 0, 255], PALED, [1.0; 3]);
        let grey = luma([180.0, 90.0, 90.0]).round() as u8;
        assert_eq!(channels, [vec![grey, 180, 200], vec![grey, 90, 200], vec![grey, 90, 200]]);
        let mut child = [vec![180], vec![90], vec![90]];
        recolour(&mut child, &[255], LipChange { paled: -0.2, ..PALED }, [1.0; 3]);
        assert!(child[0][0] > 180 && child[1][0] < 90 && child[2][0] < 90, "{child:?}");
        let mut dark = [vec![180, 200], vec![90, 200], vec![90, 200]];
        recolour(&mut dark, &[255; 2], LipChange { paled: 0.0, brightness: 0.9, ..PALED }, [1.0; 3]);
        assert_eq!(dark, [[162, 200], [81, 200], [81, 200]], "teeth do not darken");
    }

    #[test]
    fn children_wear_no_lipstick_and_their_own_lips_keep_their_red() {
        let wiped = |from, to| LipChange::between(from, to).wiped;
        assert_eq!((wiped(30.0, 5.0), wiped(30.0, 20.0), wiped(5.0, 30.0)), (1.0, 0.0, 0.0));
        let mut channels = [vec![170, 150], vec![30, 110], vec![40, 110]];
        let own = channels.clone();
        recolour(&mut channels, &[255; 2], LipChange { paled: 0.0, wiped: 1.0, ..PALED }, [1.0; 3]);
        let red =
            |i: usize| f32::from(channels[0][i]) / luma([0, 1, 2].map(|c: usize| f32::from(channels[c][i])));
        assert!((red(0) - 1.0 - MAX_CHILD_RED).abs() < 0.03, "{channels:?}");
        assert_eq!(channels.map(|channel| channel[1]), own.map(|channel| channel[1]));
    }
}
