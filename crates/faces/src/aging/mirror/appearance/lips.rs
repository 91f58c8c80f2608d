//! Lips lose their red with age and take on the colour of the skin; those of children are redder.

use super::outgrown;
use super::rows::byte;
use crate::interpolation::{interpolate, smooth_step_between};
use crate::pixels::luma;
use agemirror_kernels::widest;

/// Fraction of the difference in colour between lips and skin that is gone by age in years, relative to a young adult:
/// the lips of small children are redder.
const PALE_BY: [(f32, f32); 8] = [
    (2.0, -0.2),
    (8.0, -0.08),
    (14.0, 0.0),
    (30.0, 0.0),
    (45.0, 0.08),
    (60.0, 0.19),
    (75.0, 0.28),
    (86.0, 0.33),
];
/// Largest fraction by which the difference grows towards a younger age.
const MAX_REDDENING: f32 = 0.5;

/// How much redder than skin a pixel must be at least and for the full effect, as a fraction of its luma: teeth are not
/// lips.
const REDDER: [f32; 2] = [0.0, 0.12];

/// How much redder than skin the lips of children are at most, as a fraction of their luma: lipstick is redder.
const MAX_CHILD_RED: f32 = 0.3;
/// Ages, in years, between which lipstick begins.
const LIPSTICK: [f32; 2] = [8.0, 15.0];

/// Fraction of lipstick at age `from` that is gone at age `to` (years): 0..=1.
pub(super) fn lipstick_removal(from: f32, to: f32) -> f32 {
    outgrown(LIPSTICK, from, to)
}

/// Fraction by which lips pale from age `from` to age `to` (years), at most 1; negative if they redden.
pub(super) fn paling(from: f32, to: f32) -> f32 {
    let [before, after] = [from, to].map(|age| interpolate(age, &PALE_BY));
    ((after - before) / (1.0 - before)).max(-MAX_REDDENING)
}

/// The skin's colour at luma 1, from its mean red, green and blue.
pub(super) fn skin_hue(skin: Option<[f32; 3]>) -> [f32; 3] {
    let colour = skin.unwrap_or([128.0; 3]);
    colour.map(|value| value / luma(colour).max(1.0))
}

/// Pales a row of lips (their coverage, of 255) by the fraction `share` towards the colour of the skin, at the lips' own
/// brightness. Of what is redder than a child's lips, the fraction `wiped` is removed.
pub(super) fn pale(channels: &mut [Vec<u8>; 3], lips: &[u8], [share, wiped]: [f32; 2], skin_hue: [f32; 3]) {
    if (share != 0.0 || wiped != 0.0) && lips.iter().any(|share| *share > 0) {
        let [red, green, blue] = channels;
        pale_row([red, green, blue], lips, [share, wiped], skin_hue);
    }
}

widest! {
    fn pale_row(channels: [&mut [u8]; 3], lips: &[u8], shares: [f32; 2], skin_hue: [f32; 3]) {
        let [share, wiped] = shares;
        let size = lips.len();
        let [red, green, blue] = channels.map(|row| &mut row[..size]);
        for i in 0..size {
            let own = [f32::from(red[i]), f32::from(green[i]), f32::from(blue[i])];
            let brightness = luma(own).max(1.0);
            let red_excess = own[0] / brightness - skin_hue[0];
            let lip = smooth_step_between(REDDER, red_excess) * f32::from(lips[i]) / 255.0;
            let lipstick = wiped * (1.0 - MAX_CHILD_RED / red_excess.max(MAX_CHILD_RED));
            let share = lip * (lipstick + (1.0 - lipstick) * share);
            red[i] = byte(own[0] + share * (brightness * skin_hue[0] - own[0]));
            green[i] = byte(own[1] + share * (brightness * skin_hue[1] - own[1]));
            blue[i] = byte(own[2] + share * (brightness * skin_hue[2] - own[2]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lips_pale_with_age_and_redden_towards_childhood_and_youth() {
        assert_eq!((paling(20.0, 20.0), paling(20.0, 25.0)), (0.0, 0.0));
        assert!(paling(25.0, 2.0) < paling(25.0, 8.0) && paling(25.0, 8.0) < 0.0);
        assert!(paling(60.0, 20.0) < 0.0 && paling(86.0, 2.0) >= -MAX_REDDENING, "old lips regain their red");
        assert!(paling(20.0, 80.0) > paling(20.0, 50.0) && paling(50.0, 80.0) < paling(20.0, 80.0));
    }

    #[test]
    fn pale_lips_have_the_skin_s_colour_at_their_own_brightness_and_teeth_stay() {
        let mut channels = [vec![180, 180, 200], vec![90, 90, 200], vec![90, 90, 200]];
        pale(&mut channels, &[255, 0, 255], [1.0, 0.0], [1.0; 3]);
        let grey = luma([180.0, 90.0, 90.0]).round() as u8;
        assert_eq!(channels, [vec![grey, 180, 200], vec![grey, 90, 200], vec![grey, 90, 200]]);
        let mut child = [vec![180], vec![90], vec![90]];
        pale(&mut child, &[255], [-0.2, 0.0], [1.0; 3]);
        assert!(child[0][0] > 180 && child[1][0] < 90 && child[2][0] < 90, "{child:?}");
    }

    #[test]
    fn children_wear_no_lipstick_and_their_own_lips_keep_their_red() {
        assert_eq!(
            (lipstick_removal(30.0, 5.0), lipstick_removal(30.0, 20.0), lipstick_removal(5.0, 30.0)),
            (1.0, 0.0, 0.0)
        );
        let mut channels = [vec![170, 150], vec![30, 110], vec![40, 110]];
        let own = channels.clone();
        pale(&mut channels, &[255; 2], [0.0, 1.0], [1.0; 3]);
        let red =
            |i: usize| f32::from(channels[0][i]) / luma([0, 1, 2].map(|c: usize| f32::from(channels[c][i])));
        assert!((red(0) - 1.0 - MAX_CHILD_RED).abs() < 0.03, "{channels:?}");
        assert_eq!(channels.map(|channel| channel[1]), own.map(|channel| channel[1]));
    }
}
