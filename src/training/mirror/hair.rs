//! Hair and how it greys. Averages of faces hold little of it and blur what they hold, so it is taught by
//! itself: what about the head has the colour of the hair over the forehead loses its colour and
//! lightens with age.

use super::emphasis::smooth;
use crate::aging::mirror::{luma, residual_for, share_by};
use crate::face::field::centres;

/// The top of the forehead in the mesh, and its neighbours on both sides along the hairline.
const HAIRLINE: [usize; 5] = [10, 338, 109, 297, 67];
/// The chin.
const CHIN: usize = 152;
/// How far above the hairline hair is looked for, in heights of the face.
const ABOVE: [f32; 3] = [0.08, 0.13, 0.18];
/// How far a colour may be from the hair's, of a range of 2.
const ALIKE: f32 = 0.22;
/// The share of the picture's upper edges that may look like hair; beyond that, hair is not to be told from what is
/// behind it, and nothing is taught there.
const ALIKE_BEHIND: f32 = 0.3;
/// Lightness of grey hair, of -1..1.
const GREY: f32 = 0.3;
/// How much of its colour is left to grey hair: some of it is the light's.
const COLOUR_LEFT: f32 = 0.35;
/// How much of the way to that lightness is taken: hair stays darker in its depths.
const LIFT: f32 = 0.7;
/// How much more detail grey hair has, for white and dark hairs lie side by side.
const STRANDS: f32 = 0.7;
/// Grey hair is not blue.
const TINT: [f32; 3] = [0.02, 0.0, -0.02];

/// How much of the hair is grey by an age: years and shares (after Panhard et al., "Greying of the human hair: a
/// worldwide survey", 2012: half of the people have a quarter to a half of it grey between 45 and 65).
const GREY_BY: [(f32, f32); 6] =
    [(32.0, 0.0), (45.0, 0.18), (55.0, 0.42), (65.0, 0.68), (75.0, 0.88), (86.0, 0.95)];

/// How much more of the hair is grey at one age than at another.
pub struct Greying(f32);

fn grey_by(age: f32) -> f32 {
    share_by(age, &GREY_BY)
}

impl Greying {
    /// What happens to the hair between two ages (years).
    pub fn between(from: f32, to: f32) -> Self {
        let (from, to) = (grey_by(from), grey_by(to));
        Self(((to - from) / (1.0 - from)).max(0.0))
    }

    /// Adds the greying of the `picture` (red, green and blue planes in -1..1), seen where `seen` is 1, that
    /// shows a face with this `mesh` to `planes`: to the residual, which are the first three, and to the gain of
    /// detail, which is the sixth. Where it cannot be told what is hair, `known` becomes 0.
    pub fn teach(
        &self,
        picture: &[f32],
        seen: &[f32],
        mesh: &[[f32; 2]],
        planes: &mut [f32],
        known: &mut [f32],
    ) {
        if self.0 <= 0.0 {
            return;
        }
        let (pixels, side) = (seen.len(), seen.len().isqrt());
        let Some(hair) = Hair::of(picture, seen, mesh, side) else { return };
        if hair.alike_behind(picture, seen, side) > ALIKE_BEHIND {
            for (known, centre) in known.iter_mut().zip(centres(side)) {
                let [x, y] = hair.place(centre);
                *known *= 1.0 - ramp(x.hypot(y), 0.88, 0.98) * (1.0 - ramp(y, 0.2, 0.5));
            }
            return;
        }
        let colour = |i: usize| [0, 1, 2].map(|c| picture[c * pixels + i]);
        let shares = centres(side).zip(seen).enumerate();
        let mut shares: Vec<f32> =
            shares.map(|(i, (centre, seen))| self.0 * seen * hair.share(centre, colour(i))).collect();
        (0..2).for_each(|_| smooth(&mut shares, side));
        for (i, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let now = colour(i);
            let grey = hair.greyed(luma(now));
            let wanted: [f32; 3] = std::array::from_fn(|c| {
                let left = COLOUR_LEFT * (now[c] - luma(now));
                (grey + left + TINT[c]).min(0.9) - now[c]
            });
            for (c, residual) in residual_for(wanted, now).into_iter().enumerate() {
                planes[c * pixels + i] += share * residual;
            }
            planes[5 * pixels + i] *= 1.0 + share * STRANDS;
        }
    }
}

/// Where the hair may be and what colour it has.
struct Hair {
    colour: [f32; 3],
    lightness: f32,
    /// The middle of the face, its half width and half height, in fractions of the side.
    centre: [f32; 2],
    half: [f32; 2],
}

impl Hair {
    /// The hair over the forehead, if it can be told from the skin below.
    fn of(picture: &[f32], seen: &[f32], mesh: &[[f32; 2]], side: usize) -> Option<Self> {
        let (top, chin) = (mesh.get(HAIRLINE[0])?, mesh.get(CHIN)?);
        let axis = [chin[0] - top[0], chin[1] - top[1]];
        let colour_at = |at: [f32; 2]| -> Option<[f32; 3]> {
            let [x, y] = at.map(|v| v * side as f32);
            let inside = x >= 0.0 && y >= 0.0 && x < side as f32 && y < side as f32;
            let i = (y as usize * side + x as usize).min(seen.len() - 1);
            (inside && seen[i] > 0.5).then(|| [0, 1, 2].map(|c| picture[c * side * side + i]))
        };
        let mut found = Vec::new();
        for point in HAIRLINE.iter().filter_map(|i| mesh.get(*i)) {
            for up in ABOVE {
                found.extend(colour_at([point[0] - up * axis[0], point[1] - up * axis[1]]));
            }
        }
        if found.len() < 6 {
            return None;
        }
        let colour = [0, 1, 2].map(|c| median(found.iter().map(|colour| colour[c]).collect()));
        let skin = colour_at([top[0] + 0.5 * axis[0], top[1] + 0.5 * axis[1]])?;
        if distance(skin, colour) < 1.5 * ALIKE || luma(colour) > luma(skin) {
            return None;
        }
        let wide = mesh.iter().map(|p| p[0]).fold((f32::MAX, f32::MIN), |(l, h), x| (l.min(x), h.max(x)));
        Some(Self {
            colour,
            lightness: luma(colour),
            centre: [(wide.0 + wide.1) / 2.0, top[1] + 0.5 * axis[1]],
            half: [(wide.1 - wide.0) / 2.0, axis[1].abs() / 2.0],
        })
    }

    /// The lightness that a pixel of this `lightness` has when it is grey: dark hair lightens most, and what shines in
    /// it more than what lies in shadow.
    fn greyed(&self, lightness: f32) -> f32 {
        let shine = ((lightness + 1.0) / (self.lightness + 1.0).max(0.05)).clamp(0.3, 1.5);
        lightness + LIFT * (GREY - self.lightness).max(0.0) * (0.4 + 0.6 * shine)
    }

    /// The share of the left and right edges of the upper half that has the colour of the hair.
    fn alike_behind(&self, picture: &[f32], seen: &[f32], side: usize) -> f32 {
        let edge = (side / 10).max(1);
        let mut counts = [0f32; 2];
        for i in
            (0..side * side / 2).filter(|i| (i % side < edge || i % side >= side - edge) && seen[*i] > 0.5)
        {
            let colour = [0, 1, 2].map(|c| picture[c * side * side + i]);
            counts[usize::from(distance(colour, self.colour) < 1.5 * ALIKE)] += 1.0;
        }
        counts[1] / (counts[0] + counts[1]).max(1.0)
    }

    /// A point measured from the middle of the face, in half sizes of it.
    fn place(&self, at: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| (at[axis] - self.centre[axis]) / self.half[axis].max(1e-3))
    }

    /// How surely a pixel is hair: about the upper face, not in it, and of the hair's colour.
    fn share(&self, at: [f32; 2], colour: [f32; 3]) -> f32 {
        let [x, y] = self.place(at);
        let radius = x.hypot(y);
        let about = ramp(radius, 0.88, 1.02) * (1.0 - ramp(radius, 1.5, 1.9)) * (1.0 - ramp(y, -0.1, 0.3));
        let alike = 1.0 - ramp(distance(colour, self.colour), ALIKE, 2.0 * ALIKE);
        about * alike
    }
}

fn ramp(x: f32, from: f32, to: f32) -> f32 {
    ((x - from) / (to - from)).clamp(0.0, 1.0)
}

/// How far apart two colours are; lightness counts half, for hair shines.
fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let light = luma(a) - luma(b);
    let tones = a.iter().zip(b).map(|(a, b)| (a - b - light).powi(2)).sum::<f32>();
    (tones + 0.75 * light * light).sqrt()
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hair_greys_with_age_and_never_back() {
        assert_eq!(grey_by(20.0), 0.0);
        assert!((grey_by(50.0) - 0.3).abs() < 1e-6);
        assert!((1..100).all(|age| grey_by(age as f32) >= grey_by(age as f32 - 1.0)));
        assert_eq!(Greying::between(70.0, 30.0).0, 0.0);
        assert!(Greying::between(20.0, 70.0).0 > Greying::between(60.0, 70.0).0);
    }
}
