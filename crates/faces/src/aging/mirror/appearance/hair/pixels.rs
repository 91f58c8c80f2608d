//! The pixels of hair: when each turns grey, and its colours when grey and before it turned.

use super::super::low_res::FLOOR;
use super::super::rows::byte;
use super::former::deepened;
use crate::interpolation::smooth_step_between;
use crate::pixels::luma;
use agemirror_kernels::widest;

/// Fraction of the ratio of hair's strands in grey hair.
const STRANDS: f32 = 0.85;
/// Standard deviation of the ratio of invented strands in hair without any of its own.
const INVENTED: f32 = 0.26;
/// Mean deviations of own strands, as fractions of the hair's luma, between which invented ones fade out.
const OWN: [f32; 2] = [0.05, 0.18];
/// Luma of hair as a fraction of grey hair's between which its picture shows what strands it has.
const SHOWN: [f32; 2] = [0.35, 0.8];
/// Fraction by which invented strands, which are fine, determine the order in which strands turn.
const FINE: f32 = 0.6;
/// Maximum factor of a strand in hair that regains its colour.
const MAX_STRAND: f32 = 2.2;
/// Maximum factor of a strand in grey hair: dark hair shines, but grey hair is bright all over.
const MAX_GREY_STRAND: f32 = 1.32;
/// Contrast of grey strands relative to that of the hair's own.
const GREY_CONTRAST: f32 = 1.0;
/// How much earlier than average the lightest strands turn, as a fraction of all hair.
const SELECTED: f32 = 0.19;
/// Fraction of the colour that grey hair keeps.
const KEPT_COLOUR: f32 = 0.14;

widest! {
    /// Luma of a row.
    pub(crate) fn lumas(to: &mut [f32], red: &[u8], green: &[u8], blue: &[u8]) {
        for (((to, red), green), blue) in to.iter_mut().zip(red).zip(green).zip(blue) {
            *to = luma([f32::from(*red), f32::from(*green), f32::from(*blue)]);
        }
    }
}

widest! {
    pub(super) fn fill_bytes(to: &mut [u8], shares: &[f32]) {
        to.iter_mut().zip(shares).for_each(|(to, share)| *to = byte(255.0 * share));
    }
}

widest! {
    pub(super) fn fill_products(to: &mut [u8], a: &[f32], b: &[f32]) {
        to.iter_mut().zip(a).zip(b).for_each(|((to, a), b)| *to = byte(255.0 * a * b));
    }
}

widest! {
    /// The fraction of grey hair at which each strand turns, of 255: by its brightness, and by invented strands in the locks
    /// that the picture shows.
    pub(super) fn fill_turns(to: &mut [u8], planes: [&[f32]; 5]) {
        let size = to.len();
        let [value, smooth, contrast, turn_offset, invented] = planes.map(|plane| &plane[..size]);
        for (i, to) in to.iter_mut().enumerate() {
            let own = ((value[i] - smooth[i]) / (contrast[i] + 2.0)).clamp(-2.0, 2.0);
            let strand = own + FINE * (invented[i] - own);
            *to = byte(255.0 * (0.5 - SELECTED * strand + turn_offset[i]));
        }
    }
}

widest! {
    /// Brightness of each strand relative to its surroundings.
    pub(super) fn strand_ratios(to: &mut [f32], value: &[f32], smooth: &[f32], shares: [&[f32]; 2]) {
        let [alpha, inside] = shares;
        for ((((to, value), smooth), alpha), inside) in to.iter_mut().zip(value).zip(smooth).zip(alpha).zip(inside) {
            // At the border of hair, brighter pixels are skin rather than strands.
            let ratio = ((value + FLOOR) / (smooth + FLOOR)).clamp(0.3, 2.2) - 1.0;
            *to = 1.0 + STRANDS * alpha * if ratio > 0.0 { inside * ratio } else { ratio };
        }
    }
}

widest! {
    /// Turns invented strands into the brightness of each strand of grey hair, whose own strands have the brightness
    /// `ratio`.
    pub(super) fn invent(invented: &mut [f32], ratio: &[f32], planes: [&[f32]; 5]) {
        let size = invented.len();
        let [smooth, contrast, grey, alpha, inside] = planes.map(|plane| &plane[..size]);
        for (i, (to, ratio)) in invented.iter_mut().zip(ratio).enumerate() {
            let own = smooth_step_between(OWN, contrast[i] / (smooth[i] + FLOOR));
            // At the border of hair, the contrast and the brightness are the skin's.
            let shown = inside[i] * own.max(smooth_step_between(SHOWN, smooth[i] / grey[i].max(1.0)));
            let ratio = 1.0 + GREY_CONTRAST * (ratio.min(MAX_GREY_STRAND) - 1.0);
            *to = ratio * (1.0 + INVENTED * alpha[i] * (1.0 - shown) * *to);
        }
    }
}

widest! {
    pub(super) fn fill_grey(to: &mut [u8], crop: &[u8], planes: [&[f32]; 3], colour: f32) {
        let [value, grey, ratio] = planes;
        for ((((to, crop), value), grey), ratio) in to.iter_mut().zip(crop).zip(value).zip(grey).zip(ratio) {
            *to = byte(colour * grey * ratio + KEPT_COLOUR * (f32::from(*crop) - value));
        }
    }
}

widest! {
    /// Where hair covers a pixel in part, its grey is replaced and what is behind it stays.
    pub(super) fn fill_former(to: &mut [u8], crop: &[u8], planes: [&[f32]; 4], factors: [f32; 2]) {
        let ([former, ratio, smooth, soft], [colour, flatness]) = (planes, factors);
        let sources = crop.iter().zip(former).zip(ratio).zip(smooth).zip(soft);
        for (to, ((((crop, former), ratio), smooth), soft)) in to.iter_mut().zip(sources) {
            let behind = (1.0 - soft) * (f32::from(*crop) - smooth);
            *to = byte(colour * former * deepened(*ratio, flatness).min(MAX_STRAND) + behind);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_border_of_white_hair_what_is_behind_it_stays() {
        let mut former = [0; 2];
        let (colour, ratio, smooth) = ([40.0; 2], [1.0; 2], [200.0; 2]);
        // Half white hair before a wall of 100, and a pixel of nothing but hair.
        fill_former(&mut former, &[150, 200], [&colour, &ratio, &smooth, &[0.5, 1.0]], [1.0, 0.0]);
        let mixed = 150.0 + 0.5 * (f32::from(former[0]) - 150.0);
        assert_eq!(former[1], 40);
        assert!((mixed - 70.0).abs() < 16.0, "{mixed}: half of 40 and half of 100");
    }

    #[test]
    fn only_dark_flat_hair_gets_invented_strands() {
        // Black and flat, black with strands, bright and flat, and none.
        let (smooth, contrast) = ([20.0, 20.0, 140.0, 20.0], [0.5, 8.0, 2.0, 0.5]);
        let mut invented = [1.0; 4];
        let alpha = [1.0, 1.0, 1.0, 0.0];
        let inside = [1.0; 4];
        invent(&mut invented, &[1.0; 4], [&smooth, &contrast, &[150.0; 4], &alpha, &inside]);
        assert_eq!(invented, [1.0 + INVENTED, 1.0, 1.0, 1.0]);
        invent(&mut invented, &[2.0; 4], [&smooth, &contrast, &[150.0; 4], &alpha, &inside]);
        assert!(invented[1] < 1.35, "shine is no white strand: {invented:?}");
        let mut border = [1.0; 4];
        invent(&mut border, &[1.0; 4], [&smooth, &contrast, &[150.0; 4], &alpha, &[0.0; 4]]);
        assert!(border[1] > 1.1 && border[2] > 1.1, "the contrast beside skin is no strand: {border:?}");
    }

    #[test]
    fn strands_turn_by_their_fine_pattern_more_than_by_their_brightness() {
        let mut turns = [0; 3];
        let (value, even) = ([40.0, 60.0, 40.0], [0.0; 3]);
        fill_turns(&mut turns, [&value, &[40.0; 3], &[8.0; 3], &even, &[0.0, 0.0, 2.0]]);
        assert!(turns[2] < turns[1] && turns[1] < turns[0], "{turns:?}");
    }
}
