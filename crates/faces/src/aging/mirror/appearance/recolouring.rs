//! Recolours rows of a head for one age.

use super::beard;
use super::hair::greying;
use super::hair_loss::thinning;
use super::lines::{Depths, TINT, brightness};
use super::lips::{self, LipChange};
use super::neck::{self, NeckChange};
use super::rows::{Row, byte, signed, write_bytes};
use super::skin;
use crate::pixels::join_channels;
use agemirror_kernels::widest;

/// What changes towards one age.
pub(super) enum Recolouring {
    Older(Older),
    Younger(Younger),
}

impl Recolouring {
    /// From age `from` to another age `to` (years), for a person whose hair greys `pace_years` early and thins out by
    /// `thinning` (0..=1), and whose skin has the colour `skin_hue` (of luma 1).
    pub(super) fn between(from: f32, to: f32, pace_years: f32, thinning: f32, skin_hue: [f32; 3]) -> Self {
        if to > from {
            return Self::Older(Older {
                grey: greying::greying(from, to, pace_years),
                depths: Depths::between(from, to),
                lips: LipChange::between(from, to),
                neck: NeckChange::between(from, to),
                lost: thinning::loss(from, to, thinning),
                skin_hue,
            });
        }
        Self::Younger(Younger {
            restored: greying::restoring(from, to, pace_years),
            shaved: beard::shaving(from, to),
            brows_lightened: beard::brow_lightening(from, to),
            fading: skin::fading(from, to),
            hair_lightened: greying::lightening(from, to),
            lips: LipChange::between(from, to),
            neck: NeckChange::between(from, to),
            skin_hue,
        })
    }
}

/// Buffers for one row.
pub(super) struct Scratch {
    shares: Vec<f32>,
    logarithms: Vec<f32>,
    bald: Vec<f32>,
    channels: [Vec<u8>; 3],
    values: Vec<f32>,
}

impl Scratch {
    /// Buffers for rows of `side` pixels.
    pub(super) fn new(side: usize) -> Self {
        let row = || vec![0.0; side];
        let channels = [(); 3].map(|()| vec![0; side]);
        Self { shares: row(), logarithms: row(), bald: row(), channels, values: row() }
    }

    fn write(&self, pixels: &mut [u8]) {
        let [red, green, blue] = &self.channels;
        join_channels(pixels, red, green, blue);
    }
}

/// Hair greys and lines are drawn.
pub(super) struct Older {
    /// Fraction of the hair that turns.
    grey: f32,
    depths: Depths,
    lips: LipChange,
    neck: NeckChange,
    /// Fraction of the hair on top that is lost.
    lost: f32,
    skin_hue: [f32; 3],
}

impl Older {
    pub(super) fn draw(&self, pixels: &mut [u8], row: &Row<&[u8]>, scratch: &mut Scratch) {
        greying::grey_shares(&mut scratch.shares, row.hair.alpha, row.hair.turn, self.grey);
        self.depths.logarithms(&mut scratch.logarithms, row.lines);
        let Scratch { shares, logarithms, bald, channels, values } = scratch;
        let is_bald = thinning::any_is_lost(row.scalp.falls_at, self.lost);
        if is_bald {
            thinning::scalp_shares(bald, row.scalp.falls_at, self.lost);
        }
        for (channel, (to, tint)) in channels.iter_mut().zip(TINT).enumerate() {
            mix(values, row.crop[channel], row.hair.grey[channel], shares);
            if is_bald {
                blend(values, row.scalp.colours[channel], bald);
            }
            draw_lines(to, values, logarithms, tint);
        }
        lips::recolour(&mut scratch.channels, row.lips, self.lips, self.skin_hue);
        neck::recolour(&mut scratch.channels, row.neck, row.skin, self.neck);
        scratch.write(pixels);
    }
}

widest! {
    fn mix(values: &mut [f32], crop: &[u8], colour: &[u8], shares: &[f32]) {
        for (((value, crop), colour), share) in values.iter_mut().zip(crop).zip(colour).zip(shares) {
            let crop = f32::from(*crop);
            *value = crop + share * (f32::from(*colour) - crop);
        }
    }
}

widest! {
    fn draw_lines(to: &mut [u8], values: &[f32], logarithms: &[f32], tint: f32) {
        for ((to, value), logarithm) in to.iter_mut().zip(values).zip(logarithms) {
            *to = byte(value * brightness(*logarithm, tint));
        }
    }
}

/// Strengths of the changes towards a younger age.
pub(super) struct Younger {
    restored: f32,
    shaved: f32,
    brows_lightened: f32,
    fading: [f32; 2],
    /// Factors of the hair's red, green and blue, minus 1.
    hair_lightened: [f32; 3],
    lips: LipChange,
    neck: NeckChange,
    skin_hue: [f32; 3],
}

impl Younger {
    pub(super) fn draw(&self, pixels: &mut [u8], row: &Row<&[u8]>, scratch: &mut Scratch) {
        let Scratch { shares, logarithms: uncovered, channels, values, .. } = scratch;
        greying::former_shares(shares, row.hair.greyness, self.restored);
        self.uncover(uncovered, row.beard.alpha, row.beard.brow);
        let [lines, folds] = self.fading;
        for (channel, to) in channels.iter_mut().enumerate() {
            even(values, row.crop[channel], [row.skin.lines[channel], row.skin.folds[channel]], lines, folds);
            blend(values, row.hair.former[channel], shares);
            let lightened = self.hair_lightened[channel];
            if lightened > 0.0 {
                lighten(values, row.hair.alpha, lightened / 255.0);
            }
            blend(values, row.beard.beneath[channel], uncovered);
            write_bytes(to, values);
        }
        lips::recolour(channels, row.lips, self.lips, self.skin_hue);
        neck::recolour(channels, row.neck, row.skin, self.neck);
        scratch.write(pixels);
    }

    /// Share of the skin beneath a beard, and then beneath the brows, in each pixel.
    fn uncover(&self, to: &mut [f32], beard: &[u8], brow: &[u8]) {
        uncovered(to, beard, brow, [self.shaved, self.brows_lightened].map(|share| share / 255.0));
    }
}

widest! {
    fn uncovered(to: &mut [f32], beard: &[u8], brow: &[u8], factors: [f32; 2]) {
        for ((to, beard), brow) in to.iter_mut().zip(beard).zip(brow) {
            let (first, second) = (factors[0] * f32::from(*beard), factors[1] * f32::from(*brow));
            *to = 1.0 - (1.0 - first) * (1.0 - second);
        }
    }
}

widest! {
    /// Fades the fractions `lines` and `folds` of what the skin has on top of even skin.
    fn even(to: &mut [f32], crop: &[u8], skin: [&[u8]; 2], lines: f32, folds: f32) {
        let sources = crop.iter().zip(skin[0]).zip(skin[1]);
        for (to, ((crop, line), fold)) in to.iter_mut().zip(sources) {
            *to = f32::from(*crop) - lines * signed(*line) - folds * signed(*fold);
        }
    }
}

widest! {
    fn blend(values: &mut [f32], colour: &[u8], shares: &[f32]) {
        for ((value, colour), share) in values.iter_mut().zip(colour).zip(shares) {
            *value += share * (f32::from(*colour) - *value);
        }
    }
}

widest! {
    /// Lightens by `factor` times the coverage, of 255, and bright values less.
    fn lighten(values: &mut [f32], alpha: &[u8], factor: f32) {
        for (value, alpha) in values.iter_mut().zip(alpha) {
            *value *= 1.0 + factor * f32::from(*alpha) * (1.0 - *value / 255.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::{BeardPlanes, HairPlanes, LinePlanes, ScalpPlanes, SkinPlanes, signed_byte};
    use super::*;

    /// Two pixels; the first has everything, the second nothing.
    fn row() -> Row<&'static [u8]> {
        const NONE: &[u8] = &[0, 0];
        const ALL: &[u8] = &[255, 0];
        Row {
            crop: [&[40, 41], &[30, 31], &[20, 21]],
            hair: HairPlanes {
                alpha: ALL,
                turn: NONE,
                greyness: ALL,
                grey: [&[200, 9]; 3],
                former: [&[60, 9]; 3],
            },
            beard: BeardPlanes { alpha: NONE, brow: NONE, beneath: [NONE; 3] },
            skin: SkinPlanes { lines: [NONE; 3], folds: [NONE; 3] },
            lines: LinePlanes { lines: NONE, pores: NONE, zone: NONE },
            lips: NONE,
            neck: NONE,
            scalp: ScalpPlanes { falls_at: NONE, colours: [NONE; 3] },
        }
    }

    fn drawn(change: Recolouring, row: &Row<&[u8]>) -> [u8; 6] {
        let (mut pixels, mut scratch) = ([7; 6], Scratch::new(2));
        match change {
            Recolouring::Older(change) => change.draw(&mut pixels, row, &mut scratch),
            Recolouring::Younger(change) => change.draw(&mut pixels, row, &mut scratch),
        }
        pixels
    }

    #[test]
    fn hair_turns_grey_and_regains_its_colour() {
        assert_eq!(
            drawn(Recolouring::between(20.0, 95.0, 0.0, 0.0, [1.0; 3]), &row()),
            [200, 200, 200, 41, 31, 21]
        );
        assert_eq!(
            drawn(Recolouring::between(80.0, 20.0, 0.0, 0.0, [1.0; 3]), &row()),
            [60, 60, 60, 41, 31, 21]
        );
    }

    #[test]
    fn hair_that_is_lost_shows_the_scalp_only_where_it_goes() {
        let row: Row<&[u8]> =
            Row { scalp: ScalpPlanes { falls_at: &[255, 0], colours: [&[150, 150]; 3] }, ..row() };
        let bald = |from, to| drawn(Recolouring::between(from, to, 0.0, 1.0, [1.0; 3]), &row);
        let old = bald(20.0, 95.0);
        assert!(old[0] < 157 && old[3..] == [41, 31, 21], "{old:?}");
        assert_eq!(bald(80.0, 20.0)[..3], [60; 3], "it does not return");
    }

    #[test]
    fn lines_fade_and_beards_uncover_the_skin_beneath_for_children() {
        let line = [signed_byte(-20.0), 0];
        let row: Row<&[u8]> = Row {
            hair: HairPlanes { alpha: &[0, 0], ..row().hair },
            skin: SkinPlanes { lines: [&line; 3], folds: [&[0, 0]; 3] },
            ..row()
        };
        let younger = drawn(Recolouring::between(70.0, 20.0, 0.0, 0.0, [1.0; 3]), &row);
        assert!(younger[0] > 50 && younger[0] <= 60 && younger[3..] == [41, 31, 21], "{younger:?}");
        let bearded: Row<&[u8]> =
            Row { beard: BeardPlanes { alpha: &[255, 0], brow: &[0, 0], beneath: [&[180, 0]; 3] }, ..row };
        assert_eq!(drawn(Recolouring::between(40.0, 5.0, 0.0, 0.0, [1.0; 3]), &bearded)[..3], [180; 3]);
    }

    #[test]
    fn lines_darken_older_skin_and_shadow_is_warm() {
        let line = [signed_byte(-80.0), 0];
        let row: Row<&[u8]> = Row {
            crop: [&[100, 41], &[100, 31], &[100, 21]],
            hair: HairPlanes { alpha: &[0, 0], ..row().hair },
            lines: LinePlanes { lines: &line, pores: &[0, 0], zone: &[80, 0] },
            ..row()
        };
        let older = drawn(Recolouring::between(25.0, 80.0, 0.0, 0.0, [1.0; 3]), &row);
        assert!(older[2] < older[0] && older[0] < 90 && older[3..] == [41, 31, 21], "{older:?}");
    }
}
