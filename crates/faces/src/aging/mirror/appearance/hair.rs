//! Hair greys strand by strand, starting at the temples, and regains its former colour.

use super::low_res::LowRes;
use super::plane::{Plane, RowReader, blurred_within};
use super::rows::{HairPlanes, byte};
use super::surety;
use crate::aging::mirror::luma;
use crate::face::regions::Region;
use crate::interpolation::{interpolate, smooth_step_between};
use agemirror_kernels::widest;

/// Average fraction of grey hair by age in years.
const GREY_BY: [(f32, f32); 9] = [
    (24.0, 0.0),
    (32.0, 0.04),
    (38.0, 0.13),
    (45.0, 0.27),
    (53.0, 0.45),
    (60.0, 0.61),
    (67.0, 0.78),
    (75.0, 0.93),
    (84.0, 1.0),
];
/// Standard deviation that separates hair's smooth part from its strands, in eye distances.
const SMOOTH: f32 = 0.07;
/// Fraction of the smooth luma that grey hair keeps.
const KEPT_LUMA: f32 = 0.55;
/// Luma added to that in grey hair, as a fraction of the skin's luma.
const ADDED_LUMA: f32 = 0.56;
/// Exponent of hair's shading ratio in grey hair; [`STRANDS`] is the fraction of its strands' ratio.
const SHADING: f32 = 0.55;
const STRANDS: f32 = 0.85;
/// Mean deviation of strands in dark hair, as a fraction of its luma: grey hair has less, and regains it with its
/// colour.
const DARK_CONTRAST: f32 = 0.17;
/// Maximum factors of the shading and of the strands in hair that regains its colour.
const BRIGHTEST: [f32; 2] = [1.45, 2.2];
/// Maximum flatness of grey hair.
const FLATTEST: f32 = 1.5;
/// Added to a luma of 0..=255 before a ratio is taken, because noise in black is not a strand.
const FLOOR: f32 = 8.0;
/// How much earlier than average the lightest strands turn, as a fraction of all hair.
const SELECTED: f32 = 0.1;
/// Minimum skin luma, 0..=255, for the brightness of grey hair: on dark skin it is as light as on any other.
const DARK_SKIN: f32 = 105.0;
/// Luma of skin, 0..=255, where none is visible.
const USUAL_SKIN_LUMA: f32 = 140.0;
/// Ratio of red to blue in skin under white light.
const SKIN_WARMTH: f32 = 1.45;
/// Exponent by which grey hair follows a warmer or colder light, which skin shows.
const LIGHT: f32 = 0.4;
/// Square root of the ratio of red to blue in grey hair under white light.
const GREY_WARMTH: f32 = 1.03;
/// Fraction of the colour that grey hair keeps.
const KEPT_COLOUR: f32 = 0.14;
/// Duration of one strand's turn, as a fraction of all hair.
const TURN: f32 = 0.65;
/// Turns at which the first strands turn, and the number of turns until the last.
const TURNS: [f32; 2] = [0.15, 0.85];
/// Luma of hair whose former colour is unknown, as a fraction of the skin's luma, on dark and on light skin.
const USUAL_LUMA: [f32; 2] = [0.28, 0.36];
/// Colour of hair whose former colour is unknown, on dark and on light skin: red, green and blue of luma 1.
const USUAL_COLOUR: [[f32; 3]; 2] = [[1.07, 0.985, 0.9], [1.13, 0.97, 0.82]];
/// Luma of dark and of light skin, 0..=255.
const SKIN_LUMA: [f32; 2] = [80.0, 145.0];
/// Maximum fraction of hair, the darkest, that determines the former colour.
const TELLING: f32 = 0.15;

/// Logarithm by which a child's hair is lighter than in later life, by age in years.
const LIGHTER_BY: [(f32, f32); 4] = [(2.0, 0.22), (8.0, 0.13), (14.0, 0.04), (18.0, 0.0)];

/// Factor of the brightness of hair from age `from` to age `to` (years), minus 1.
pub(super) fn lightening(from: f32, to: f32) -> f32 {
    (interpolate(to, &LIGHTER_BY) - interpolate(from, &LIGHTER_BY)).exp() - 1.0
}

/// Fraction of a person's hair that is grey at `age` (years); `pace` is how many years early it greys.
pub(super) fn grey_share(age: f32, pace: f32) -> f32 {
    interpolate(age + pace, &GREY_BY)
}

/// Fraction of the hair not yet grey at age `from` that turns by age `to`: 0..=1.
pub(super) fn greying(from: f32, to: f32, pace: f32) -> f32 {
    let (before, after) = (grey_share(from, pace), grey_share(to, pace));
    ((after - before) / (1.0 - before).max(1e-3)).clamp(0.0, 1.0)
}

/// Fraction of the hair grey at age `from` that was not grey at age `to`: 0..=1.
pub(super) fn restoring(from: f32, to: f32, pace: f32) -> f32 {
    let (now, then) = (grey_share(from, pace), grey_share(to, pace));
    if now > 0.0 { ((now - then) / now).clamp(0.0, 1.0) } else { 0.0 }
}

/// Progress of a strand that turns at `turn` (0..=1) when the fraction `grey` of all hair has turned.
#[inline(always)]
fn turned(grey: f32, turn: f32) -> f32 {
    smooth_step_between(0.0, TURN, grey * (TURNS[1] + TURN) - (turn - TURNS[0]).max(0.0))
}

/// The smooth part of hair at low resolution.
pub(super) struct HairTones {
    /// Luma.
    luma: Plane,
    /// Luma when grey.
    grey: Plane,
    former: Plane,
    /// Greyness, 0..=1.
    greyness: Plane,
    /// Mean deviation of strands from the smooth luma.
    contrast: Plane,
    /// Local offset of the turn: negative turns earlier.
    early: Plane,
    /// How sure it is that hair is not the wall behind it, 0..=1.
    surety: Plane,
    /// How much flatter than dark hair it is.
    flatness: f32,
    /// Colour before it turned grey, of luma 1.
    former_colour: [f32; 3],
    /// Colour of grey in the light of the picture, of luma 1.
    grey_colour: [f32; 3],
}

impl HairTones {
    /// Analyses the hair in a head crop whose skin has the mean colour `skin`; `temples` are in fractions of its
    /// side, if known, and `whiteness` is how white this person's hair gets, -1..=1.
    pub(super) fn of(
        small: &LowRes,
        skin: Option<[f32; 3]>,
        temples: Option<[[f32; 2]; 2]>,
        whiteness: f32,
    ) -> Self {
        let hair = small.mask(&[Region::Hair, Region::Beard, Region::Brows]).map(|share| share * share);
        let sigma = small.length(SMOOTH);
        let [red, green, blue] = &small.colours;
        let [luma_plane, red, green, blue] = blurred_within([&small.luma, red, green, blue], &hair, sigma);
        let contrast =
            small.luma.zip(&luma_plane, |value, smooth| (value - smooth).abs()).blurred_within(&hair, sigma);
        let skin_luma = skin.map_or(USUAL_SKIN_LUMA, luma);
        let mean = luma_plane.mean_within(&hair).unwrap_or(USUAL_LUMA[1] * skin_luma);
        // Shading and strands are ratios: differences measured in dark hair would be lost in grey.
        let shading = luma_plane.map(|smooth| ((smooth + FLOOR) / (mean + FLOOR)).powf(SHADING));
        let flatness = flatness(&contrast, &hair, mean);
        let whole = KEPT_LUMA * mean + ADDED_LUMA * skin_luma.max(DARK_SKIN) * (1.0 + 0.12 * whiteness);
        let (former_luma, former_colour) = former(small, &hair, skin_luma);
        let colours = red.values.iter().zip(&green.values).zip(&blue.values);
        let greyness = colours.map(|((r, g), b)| greyness([*r, *g, *b], skin_luma)).collect();
        Self {
            grey: shading.zip(&luma_plane, |shading, smooth| (whole * shading).max(smooth)),
            former: shading.map(|shading| former_luma * deepened(shading, flatness).min(BRIGHTEST[0])),
            greyness: Plane::new(small.side, greyness),
            early: early(small, temples),
            surety: surety::of(small, &contrast),
            flatness,
            luma: luma_plane,
            contrast,
            former_colour,
            grey_colour: grey_light(skin),
        }
    }

    /// A reader of the planes for [`HairTones::fill`], at the crop's side.
    pub(super) fn rows(&self, side: usize) -> RowReader<'_, 7> {
        let planes =
            [&self.luma, &self.grey, &self.former, &self.greyness, &self.contrast, &self.early, &self.surety];
        RowReader::new(planes, side)
    }

    /// Fills a row of hair with these colours and coverage, given its row of [`HairTones::rows`].
    pub(super) fn fill(
        &self,
        to: HairPlanes<&mut [u8]>,
        crop: [&[u8]; 3],
        [alpha, soft]: [&[f32]; 2],
        row: &[Vec<f32>; 7],
    ) {
        let [smooth, grey, former, greyness, contrast, early, _] = row;
        let mut value = vec![0f32; alpha.len()];
        lumas(&mut value, crop[0], crop[1], crop[2]);
        fill_bytes(to.alpha, alpha);
        fill_products(to.greyness, greyness, soft);
        fill_turns(to.turn, &value, smooth, contrast, early);
        let mut ratio = vec![0f32; alpha.len()];
        strand_ratios(&mut ratio, &value, smooth, alpha);
        for ((to, crop), colour) in to.grey.into_iter().zip(crop).zip(self.grey_colour) {
            fill_grey(to, crop, [&value, grey, &ratio], colour);
        }
        for ((to, crop), colour) in to.former.into_iter().zip(crop).zip(self.former_colour) {
            fill_former(to, crop, [former, &ratio, smooth, soft], [colour, self.flatness]);
        }
    }
}

widest! {
    /// Luma of a row.
    pub(super) fn lumas(to: &mut [f32], red: &[u8], green: &[u8], blue: &[u8]) {
        for (((to, red), green), blue) in to.iter_mut().zip(red).zip(green).zip(blue) {
            *to = luma([f32::from(*red), f32::from(*green), f32::from(*blue)]);
        }
    }
}

widest! {
    fn fill_bytes(to: &mut [u8], shares: &[f32]) {
        to.iter_mut().zip(shares).for_each(|(to, share)| *to = byte(255.0 * share));
    }
}

widest! {
    fn fill_products(to: &mut [u8], a: &[f32], b: &[f32]) {
        to.iter_mut().zip(a).zip(b).for_each(|((to, a), b)| *to = byte(255.0 * a * b));
    }
}

widest! {
    fn fill_turns(to: &mut [u8], value: &[f32], smooth: &[f32], contrast: &[f32], early: &[f32]) {
        for ((((to, value), smooth), contrast), early) in
            to.iter_mut().zip(value).zip(smooth).zip(contrast).zip(early)
        {
            let strand = ((value - smooth) / (contrast + 2.0)).clamp(-2.0, 2.0);
            *to = byte(255.0 * (0.5 - SELECTED * strand + early));
        }
    }
}

widest! {
    /// Brightness of each strand relative to its surroundings.
    fn strand_ratios(to: &mut [f32], value: &[f32], smooth: &[f32], alpha: &[f32]) {
        for (((to, value), smooth), alpha) in to.iter_mut().zip(value).zip(smooth).zip(alpha) {
            // At the border of hair, brighter pixels are skin rather than strands.
            let ratio = ((value + FLOOR) / (smooth + FLOOR)).clamp(0.3, 2.2);
            *to = 1.0 + STRANDS * alpha * (ratio - 1.0);
        }
    }
}

widest! {
    fn fill_grey(to: &mut [u8], crop: &[u8], planes: [&[f32]; 3], colour: f32) {
        let [value, grey, ratio] = planes;
        for ((((to, crop), value), grey), ratio) in to.iter_mut().zip(crop).zip(value).zip(grey).zip(ratio) {
            *to = byte(colour * grey * ratio + KEPT_COLOUR * (f32::from(*crop) - value));
        }
    }
}

widest! {
    /// Where hair covers a pixel in part, its grey is replaced and what is behind it stays.
    fn fill_former(to: &mut [u8], crop: &[u8], planes: [&[f32]; 4], factors: [f32; 2]) {
        let ([former, ratio, smooth, soft], [colour, flatness]) = (planes, factors);
        let sources = crop.iter().zip(former).zip(ratio).zip(smooth).zip(soft);
        for (to, ((((crop, former), ratio), smooth), soft)) in to.iter_mut().zip(sources) {
            let behind = (1.0 - soft) * (f32::from(*crop) - smooth);
            *to = byte(colour * former * deepened(*ratio, flatness).min(BRIGHTEST[1]) + behind);
        }
    }
}

/// Colour of grey in the light of a picture, of luma 1: in warm light, neutral grey looks blue.
fn grey_light(skin: Option<[f32; 3]>) -> [f32; 3] {
    let warmth = skin.map_or(SKIN_WARMTH, |[red, _, blue]| (red + 8.0) / (blue + 8.0));
    let half = (warmth / SKIN_WARMTH).clamp(0.6, 2.0).powf(0.5 * LIGHT) * GREY_WARMTH;
    let colour = [half, 1.0, 1.0 / half];
    colour.map(|value| value / luma(colour))
}

/// Greyness of a hair colour on a head whose skin has the luma `skin_luma`: 0..=1.
fn greyness(colour: [f32; 3], skin_luma: f32) -> f32 {
    let highest = colour.iter().fold(1.0f32, |a, b| a.max(*b));
    let lowest = colour.iter().fold(255.0f32, |a, b| a.min(*b));
    let light = smooth_step_between(0.35 * skin_luma, 0.62 * skin_luma, luma(colour));
    light * (1.0 - smooth_step_between(0.12, 0.28, (highest - lowest) / highest))
}

/// Luma and colour (of luma 1) of the hair before it turned grey: from the darkest hair that is not grey if
/// there is enough, else typical values.
fn former(small: &LowRes, hair: &Plane, skin_luma: f32) -> (f32, [f32; 3]) {
    let sure = |i: usize| hair.values[i] > 0.6;
    let mut lumas: Vec<f32> =
        (0..small.luma.values.len()).filter(|i| sure(*i)).map(|i| small.luma.values[i]).collect();
    let usual = usual(skin_luma);
    if lumas.len() < 50 {
        return usual;
    }
    let index = (TELLING * lumas.len() as f32) as usize;
    let (_, border, _) = lumas.select_nth_unstable_by(index, f32::total_cmp);
    let border = *border;
    let dark = (0..small.luma.values.len()).filter(|i| sure(*i) && small.luma.values[*i] <= border);
    let (mut sum, mut count) = ([0f32; 3], 0f32);
    for i in dark {
        let colour = small.colours.each_ref().map(|plane| plane.values[i]);
        let telling = telling(colour, skin_luma);
        count += telling;
        sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += telling * value);
    }
    let mean = sum.map(|value| value / count.max(1.0));
    let value = luma(mean);
    if count < 0.3 * index as f32 || value < 4.0 {
        return usual;
    }
    // The darkest hair is darker than average, and shadow has little colour.
    let mixed: [f32; 3] = std::array::from_fn(|c| 0.5 * mean[c] / value + 0.5 * usual.1[c]);
    ((1.35 * value).clamp(0.18 * skin_luma, 0.45 * skin_luma), mixed)
}

/// Luma and colour (of luma 1) of hair on skin of the luma `skin_luma` before it turned grey.
fn usual(skin_luma: f32) -> (f32, [f32; 3]) {
    let light = smooth_step_between(SKIN_LUMA[0], SKIN_LUMA[1], skin_luma);
    let between = |[dark, fair]: [f32; 2]| dark + (fair - dark) * light;
    let colour = std::array::from_fn(|c| between(USUAL_COLOUR.map(|colour| colour[c])));
    (between(USUAL_LUMA) * skin_luma.max(DARK_SKIN), colour)
}

/// How much flatter than dark hair `hair` of the mean luma `mean` is, for [`deepened`].
fn flatness(contrast: &Plane, hair: &Plane, mean: f32) -> f32 {
    let own = contrast.mean_within(hair).map_or(DARK_CONTRAST, |contrast| contrast / (mean + FLOOR));
    (0.5 * DARK_CONTRAST / own.max(1e-3) - 1.0).clamp(0.0, FLATTEST)
}

/// A shading or strand's ratio in grey hair as it is in dark hair: small deviations from 1 grow `2 + 2 * flatness`
/// times.
#[inline(always)]
fn deepened(ratio: f32, flatness: f32) -> f32 {
    let square = ratio * ratio;
    square * (1.0 + flatness * (square - 1.0)).max(0.1)
}

/// Confidence that a hair colour is not grey in shadow: it is colourful, or nearly black. 0..=1.
fn telling(colour: [f32; 3], skin_luma: f32) -> f32 {
    let highest = colour.iter().fold(1.0f32, |a, b| a.max(*b));
    let lowest = colour.iter().fold(255.0f32, |a, b| a.min(*b));
    let brightness = luma(colour) / skin_luma.max(1.0);
    let coloured = smooth_step_between(0.2, 0.4, (highest - lowest) / highest)
        * (1.0 - smooth_step_between(0.5, 0.75, brightness));
    coloured.max(1.0 - smooth_step_between(0.16, 0.3, brightness))
}

/// Local offset of the turn: earlier at the temples and in the beard, later in the brows.
fn early(small: &LowRes, temples: Option<[[f32; 2]; 2]>) -> Plane {
    let (brows, beard) = (small.mask(&[Region::Brows]), small.mask(&[Region::Beard]));
    let mut early = brows.zip(&beard, |brows, beard| 0.3 * brows - 0.15 * beard);
    let Some(temples) = temples else { return early };
    let side = small.side as f32;
    let reach = small.length(0.55);
    for (i, value) in early.values.iter_mut().enumerate() {
        let (x, y) = ((i % small.side) as f32 + 0.5, (i / small.side) as f32 + 0.5);
        let near = temples.iter().map(|[tx, ty]| {
            let square = (x - tx * side).powi(2) + (y - ty * side).powi(2);
            (-square / (2.0 * reach * reach)).exp()
        });
        *value -= 0.22 * near.fold(0.0, f32::max);
    }
    early
}

/// Weight of hair at `x` of the crop's side (0..1): fades out before the crop ends, so that no edge shows.
#[inline(always)]
pub(super) fn within_crop(x: f32) -> f32 {
    smooth_step_between(0.0, 0.06, x.min(1.0 - x))
}

widest! {
    /// Share of the grey colour in each pixel when the fraction `grey` of all hair turns.
    pub(super) fn grey_shares(to: &mut [f32], alpha: &[u8], turn: &[u8], grey: f32) {
        for ((to, alpha), turn) in to.iter_mut().zip(alpha).zip(turn) {
            *to = f32::from(*alpha) * (1.0 / 255.0) * turned(grey, f32::from(*turn) * (1.0 / 255.0));
        }
    }
}

widest! {
    /// Share of the former colour in each pixel when the fraction `restored` of the grey hair regains it.
    pub(super) fn former_shares(to: &mut [f32], greyness: &[u8], restored: f32) {
        for (to, greyness) in to.iter_mut().zip(greyness) {
            *to = restored * f32::from(*greyness) * (1.0 / 255.0);
        }
    }
}

/// A mask with the single strands at its border, which stay white beside hair that regains its colour.
#[inline(always)]
pub(super) fn with_border(mask: f32) -> f32 {
    smooth_step_between(0.04, 0.75, mask)
}

/// A mask without its faint border, which would be a halo beside dark hair.
#[inline(always)]
pub(super) fn solid(mask: f32) -> f32 {
    smooth_step_between(0.28, 0.92, mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hair_greys_with_age_strand_by_strand_until_all_is_grey() {
        assert_eq!((greying(30.0, 20.0, 0.0), greying(30.0, 30.0, 0.0)), (0.0, 0.0));
        let shares: Vec<f32> = [35.0, 45.0, 55.0, 65.0, 75.0].map(|age| greying(30.0, age, 0.0)).to_vec();
        assert!(shares.windows(2).all(|pair| pair[0] < pair[1]), "{shares:?}");
        assert!(greying(30.0, 50.0, 5.0) > greying(30.0, 50.0, -5.0), "people differ");
        assert_eq!((turned(0.0, 0.0), turned(1.0, 1.0)), (0.0, 1.0));
        assert!(turned(0.5, 0.2) > 0.9 && turned(0.5, 0.9) < 0.1, "early strands turn before late ones");
    }

    #[test]
    fn hair_is_lighter_on_children_only() {
        assert_eq!((lightening(40.0, 20.0), lightening(30.0, 80.0)), (0.0, 0.0));
        assert!(lightening(30.0, 2.0) > lightening(30.0, 10.0) && lightening(30.0, 10.0) > 0.0);
    }

    #[test]
    fn grey_hair_regains_its_colour_only_towards_a_younger_age() {
        assert_eq!(restoring(60.0, 70.0, 0.0), 0.0);
        assert_eq!(restoring(60.0, 20.0, 0.0), 1.0);
        assert_eq!(restoring(20.0, 10.0, 0.0), 0.0);
        assert!((0.2..0.9).contains(&restoring(65.0, 45.0, 0.0)));
    }

    #[test]
    fn white_hair_is_grey_and_fair_brown_and_black_hair_is_not() {
        let grey = |colour| greyness(colour, 160.0);
        assert!(grey([190.0, 188.0, 184.0]) > 0.95);
        for colour in [[190.0, 150.0, 95.0], [90.0, 65.0, 50.0], [30.0, 28.0, 30.0]] {
            assert!(grey(colour) < 0.1, "{colour:?}");
        }
    }

    #[test]
    fn greying_begins_at_the_temples_before_forty_and_ends_at_seventy() {
        let share = |age: f32, turn: f32| turned(grey_share(age, 0.0), turn);
        assert_eq!(share(38.0, 0.5), 0.0);
        assert!(share(38.0, 0.15) > 0.1, "temples");
        let usual = [45.0, 49.0, 53.0, 57.0, 61.0, 65.0].map(|age| share(age, 0.5));
        let steps: Vec<f32> = usual.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| (0.0..0.35).contains(step)), "{usual:?}");
        assert!((0.3..0.75).contains(&usual[2]) && usual[5] > 0.95, "{usual:?}");
        assert!(share(70.0, 0.66) > 0.95, "late strands");
    }

    #[test]
    fn white_hair_regains_the_contrast_of_dark_hair() {
        let plane = |value: f32| Plane::new(8, vec![value; 64]);
        let flat = flatness(&plane(8.0), &plane(1.0), 200.0);
        let dark = flatness(&plane(8.0), &plane(1.0), 40.0);
        assert!(flat > 0.8 && dark == 0.0, "{flat} {dark}");
        assert_eq!((deepened(1.0, flat), deepened(1.1, dark)), (1.0, 1.1f32 * 1.1));
        assert!(deepened(1.04, flat) - deepened(0.96, flat) > 0.27, "strands of 4 % become strands of 14 %");
        let (dark_skin, light_skin) = (usual(60.0), usual(170.0));
        assert!(
            dark_skin.0 < light_skin.0 && dark_skin.1[0] < light_skin.1[0],
            "{dark_skin:?} {light_skin:?}"
        );
    }

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
    fn a_pixel_greys_by_its_share_of_hair() {
        let mut shares = [0.0; 4];
        grey_shares(&mut shares, &[255, 255, 128, 0], &[0, 255, 0, 0], 0.5);
        assert!(shares[0] > 0.99 && shares[1] < 0.01 && (shares[2] - 0.5).abs() < 0.01, "{shares:?}");
        assert_eq!(shares[3], 0.0);
        former_shares(&mut shares, &[255, 0, 102, 255], 0.25);
        assert_eq!(shares.map(|share| (100.0 * share).round()), [25.0, 0.0, 10.0, 25.0]);
    }
}
