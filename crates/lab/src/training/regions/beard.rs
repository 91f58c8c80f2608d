//! Labels beards, which the data does not, by their difference from the person's own skin.
//!
//! Pixels of a man's lower face are a beard if they are darker than expected from the light on the upper face, less
//! colourful and rougher, and if there are enough of them on both sides of the chin. If his hair is grey, his beard may
//! be lighter than the skin instead. Doubtful pixels are excluded from the loss.

use super::pack::{Head, PACK_SIDE, PACK_SIZE};
use super::view::region_of;
use agemirror_faces::face::eye_distance;
use agemirror_faces::face::regions::{Region, box_mean};
use agemirror_faces::pixels;

/// Mesh points of the face's outline.
const OUTLINE: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/// Mesh point under the nose.
const UNDER_NOSE: usize = 2;
/// Factor by which the outline is stretched downwards, because a beard may extend beyond it.
const DOWNWARD_STRETCH: f32 = 1.12;
/// Minimum score of a beard pixel.
const MIN_SCORE: f32 = 0.36;
/// Minimum score of a doubtful pixel on a face with a beard, and on one without.
const MIN_DOUBTFUL_SCORE: f32 = 0.24;
const MIN_DOUBTFUL_SCORE_WITHOUT_BEARD: f32 = 0.30;
/// Minimum fraction of beard pixels in each half of a bearded lower face, and in its fuller half.
const MIN_FRACTIONS: [f32; 2] = [0.22, 0.3];
/// Minimum median roughness of a beard, which is the logarithm of its ratio to the upper face's, for a possible and for
/// a certain one.
const MIN_ROUGHNESS: [f32; 2] = [0.35, 0.6];
/// Minimum median paleness of a certain beard that is not rough: smooth white beards.
const MIN_PALENESS: f32 = 0.4;
/// Minimum sum of roughness and paleness of a certain beard: a shadow is neither rough nor pale.
const MIN_ROUGH_AND_PALE: f32 = 0.05;
/// Median luma of grey hair, at least, relative to the light on the upper face, and median saturation, at most, relative
/// to the skin's.
const GREY_HAIR: [f32; 2] = [0.4, 0.55];
/// Minimum number of pixels of hair whose colour tells.
const MIN_HAIR_PIXELS: usize = 120;
/// Minimum number of pixels of the upper face.
const MIN_UPPER_PIXELS: usize = 200;

/// Portraits with a white or grey full beard, found by eye, because the scores miss it.
const FULL_BEARDS: [&str; 4] = [
    "images/t2i-dev-0001448.webp",
    "images/t2i-dev-0004542.webp",
    "images/t2i-sdxl-0002121.webp",
    "images/t2i-sdxl-0039052.webp",
];
/// Where a full beard certainly covers the face: below this distance under the nose, and in the moustache, whose half
/// width and lower edge follow; in eye distances.
const CHIN: f32 = 0.45;
const MOUSTACHE: [f32; 2] = [0.3, 0.2];

/// `Some(true)` for pixels of a beard, `Some(false)` for doubtful ones, `None` for others.
pub(super) fn beard_of(head: &Head) -> Vec<Option<bool>> {
    if head.facts.mesh.is_empty() || head.facts.male < 0.0 {
        return vec![None; PACK_SIZE];
    }
    marked(head).unwrap_or_else(|| vec![None; PACK_SIZE])
}

/// Properties of every pixel.
struct Pixels {
    /// Position relative to the point under the nose, across and down the face, in eye distances.
    across: Vec<f32>,
    down: Vec<f32>,
    /// Whether it is inside the face's outline, stretched downwards.
    inside: Vec<bool>,
    skin: Vec<bool>,
    hair: Vec<bool>,
    /// Brightness, 0..255.
    luma: Vec<f32>,
    /// Colourfulness relative to the brightness.
    saturation: Vec<f32>,
}

/// Properties of every pixel that decide what is a beard.
struct Scores {
    /// How much it looks like a beard.
    score: Vec<f32>,
    /// Roughness: the logarithm of the ratio to the upper face's.
    rough: Vec<f32>,
    /// Fraction of the upper face's saturation that is missing.
    pale: Vec<f32>,
}

/// As [`beard_of`]; `None` if too little of the upper face is visible.
fn marked(head: &Head) -> Option<Vec<Option<bool>>> {
    let pixels = Pixels::of(head);
    let scores = pixels.scores()?;
    let is_likely =
        |i: usize| pixels.in_lower_face(i) && (scores.score[i] > MIN_SCORE || pixels.is_hair_below_chin(i));
    let likely: Vec<bool> = (0..PACK_SIZE).map(is_likely).collect();
    let (bearded, certain) = verdict(&pixels, &scores, &likely);
    let min_doubtful = if bearded { MIN_DOUBTFUL_SCORE } else { MIN_DOUBTFUL_SCORE_WITHOUT_BEARD };
    let is_known = FULL_BEARDS.contains(&head.facts.file.as_str());
    let mark = |i: usize| {
        if is_known && pixels.in_lower_face(i) {
            return Some(pixels.in_full_beard(i));
        }
        let doubtful = pixels.in_lower_face(i) && scores.score[i] > min_doubtful;
        match (bearded && likely[i], doubtful) {
            (true, _) => Some(certain),
            (false, true) => Some(false),
            (false, false) => None,
        }
    };
    Some((0..PACK_SIZE).map(mark).collect())
}

/// Whether a face has a beard, and whether that is certain, from its pixels that are likely a beard.
fn verdict(pixels: &Pixels, scores: &Scores, likely: &[bool]) -> (bool, bool) {
    let half = |side: f32| {
        let of = (0..PACK_SIZE).filter(|i| pixels.on_chin(*i) && pixels.across[*i] * side > 0.05);
        let (bearded, count) =
            of.fold((0u32, 0u32), |(bearded, count), i| (bearded + u32::from(likely[i]), count + 1));
        bearded as f32 / count.max(1) as f32
    };
    let halves = [half(-1.0), half(1.0)];
    let of_beard = |plane: &[f32]| {
        let beard = (0..PACK_SIZE).filter(|i| pixels.on_chin(*i) && likely[*i]);
        median(beard.map(|i| plane[i]).collect()).unwrap_or(-1.0)
    };
    let (roughness, paleness) = (of_beard(&scores.rough), of_beard(&scores.pale));
    let bearded = halves[0].min(halves[1]) > MIN_FRACTIONS[0]
        && halves[0].max(halves[1]) > MIN_FRACTIONS[1]
        && roughness > MIN_ROUGHNESS[0];
    let certain = (roughness > MIN_ROUGHNESS[1] || paleness > MIN_PALENESS)
        && roughness + paleness > MIN_ROUGH_AND_PALE;
    (bearded, certain)
}

impl Pixels {
    fn of(head: &Head) -> Self {
        let facts = &head.facts;
        let apart = eye_distance(&facts.points).max(1.0);
        let [left, right, ..] = facts.points;
        let (ex, ey) = ((right[0] - left[0]) / apart, (right[1] - left[1]) / apart);
        let origin = facts.mesh[UNDER_NOSE];
        let in_face = |point: [f32; 2]| {
            let (x, y) = (point[0] - origin[0], point[1] - origin[1]);
            [(x * ex + y * ey) / apart, (y * ex - x * ey) / apart]
        };
        let outline = OUTLINE.map(|index| {
            let [x, y] = in_face(facts.mesh[index]);
            [x * 1.02, if y > 0.0 { y * DOWNWARD_STRETCH } else { y }]
        });
        let at = |i: usize| in_face([(i % PACK_SIDE) as f32 + 0.5, (i / PACK_SIDE) as f32 + 0.5]);
        let positions: Vec<[f32; 2]> = (0..PACK_SIZE).map(at).collect();
        let is = |region: Region| head.labels.iter().map(|class| region_of(*class) == region).collect();
        let (mut luma, mut saturation) = (Vec::with_capacity(PACK_SIZE), Vec::with_capacity(PACK_SIZE));
        for pixel in head.pixels.chunks_exact(3) {
            let [r, g, b] = [0, 1, 2].map(|c: usize| f32::from(pixel[c]));
            let y = pixels::luma([r, g, b]);
            luma.push(y);
            saturation.push((0.713 * (r - y)).hypot(0.564 * (b - y)) / y.max(12.0));
        }
        Self {
            inside: positions.iter().map(|position| contains(&outline, *position)).collect(),
            across: positions.iter().map(|position| position[0]).collect(),
            down: positions.iter().map(|position| position[1]).collect(),
            skin: is(Region::Skin),
            hair: is(Region::Hair),
            luma,
            saturation,
        }
    }

    /// Whether a pixel is skin or hair where a beard may grow.
    fn in_lower_face(&self, i: usize) -> bool {
        let is_low = self.down[i] > 0.04 || (self.across[i].abs() > 0.62 && self.down[i] > -0.35);
        self.inside[i] && is_low && (self.skin[i] || self.hair[i])
    }

    /// Whether it is below the nose, too.
    fn on_chin(&self, i: usize) -> bool {
        self.in_lower_face(i) && self.down[i] > 0.04
    }

    fn is_hair_below_chin(&self, i: usize) -> bool {
        self.hair[i] && self.down[i] > 0.35 && self.across[i].abs() < 0.7
    }

    /// Whether a full beard certainly covers a pixel.
    fn in_full_beard(&self, i: usize) -> bool {
        let (across, down) = (self.across[i].abs(), self.down[i]);
        down > CHIN || (down > 0.04 && across < MOUSTACHE[0] && down < MOUSTACHE[1])
    }

    /// `None` if too little of the upper face is visible.
    fn scores(&self) -> Option<Scores> {
        let mut upper: Vec<bool> = (0..PACK_SIZE)
            .map(|i| self.skin[i] && self.inside[i] && self.down[i] < -0.05 && self.across[i].abs() < 0.9)
            .collect();
        if upper.iter().filter(|upper| **upper).count() < MIN_UPPER_PIXELS {
            return None;
        }
        let light = self.light(&mut upper)?;
        let means = |plane: &[f32], radius: usize| box_mean(plane, PACK_SIDE, radius);
        let texture = texture(&self.luma);
        let of_upper =
            |plane: &[f32]| median((0..PACK_SIZE).filter(|i| upper[*i]).map(|i| plane[i]).collect());
        let (usual_texture, usual_saturation) = (of_upper(&texture)?, of_upper(&self.saturation)?);
        let (luma, saturation, texture) =
            (means(&self.luma, 1), means(&self.saturation, 1), means(&texture, 2));
        let rough: Vec<f32> =
            texture.iter().map(|texture| ((texture + 0.004) / (usual_texture + 0.004)).ln()).collect();
        let pale: Vec<f32> =
            saturation.iter().map(|saturation| 1.0 - saturation / (usual_saturation + 1e-3)).collect();
        let has_grey_hair = self.has_grey_hair(&light, usual_saturation);
        let score: Vec<f32> = (0..PACK_SIZE)
            .map(|i| {
                let dark = 1.0 - luma[i] / light[i].max(1.0);
                let pale = pale[i];
                let tone = match has_grey_hair {
                    true => dark.clamp(0.0, 0.6).max(0.5 * pale.clamp(0.0, 0.6)),
                    false => dark.clamp(-0.2, 0.6),
                };
                tone + 0.35 * pale.clamp(-0.6, 0.8) + 0.16 * rough[i].clamp(-0.3, 1.8)
            })
            .collect();
        Some(Scores { score: self.away_from_edges(&score), rough, pale })
    }

    /// Whether the hair on the head is grey or white, in this light and beside skin of this saturation.
    fn has_grey_hair(&self, light: &[f32], usual_saturation: f32) -> bool {
        let hair: Vec<usize> = (0..PACK_SIZE).filter(|i| self.hair[*i] && self.down[*i] < -0.4).collect();
        let of_hair = |value: &dyn Fn(usize) -> f32| median(hair.iter().map(|i| value(*i)).collect());
        let bright = of_hair(&|i| self.luma[i] / light[i].max(1.0));
        let saturation = of_hair(&|i| self.saturation[i] / (usual_saturation + 1e-3));
        let [least, most] = GREY_HAIR;
        hair.len() >= MIN_HAIR_PIXELS
            && bright.is_some_and(|bright| bright > least)
            && saturation.is_some_and(|saturation| saturation < most)
    }

    /// The expected brightness of every pixel: a quadratic in the position across the face, fitted to the `upper` face.
    /// Outliers are removed from `upper`.
    fn light(&self, upper: &mut [bool]) -> Option<Vec<f32>> {
        let whole = upper.to_vec();
        let log: Vec<f32> = self.luma.iter().map(|luma| luma.max(4.0).ln()).collect();
        let mut expected = Vec::new();
        for _ in 0..3 {
            let used = (0..PACK_SIZE).filter(|i| upper[*i]);
            let [a, b, c] = fit_square(used.clone().map(|i| (self.across[i], log[i])))?;
            expected = self.across.iter().map(|x| a + b * x + c * x * x).collect();
            let off = |i: usize| log[i] - expected[i];
            let (count, squares) =
                used.fold((0u32, 0f32), |(count, sum), i| (count + 1, sum + off(i).powi(2)));
            let limit = 1.5 * (squares / count.max(1) as f32).sqrt() + 0.05;
            for (i, upper) in upper.iter_mut().enumerate() {
                *upper = whole[i] && off(i).abs() < limit;
            }
        }
        Some(expected.into_iter().map(f32::exp).collect())
    }

    /// Replaces scores near the edge of skin and hair, which other regions influence, with those from further inside.
    fn away_from_edges(&self, score: &[f32]) -> Vec<f32> {
        let face: Vec<f32> = self
            .skin
            .iter()
            .zip(&self.hair)
            .map(|(skin, hair)| f32::from(u8::from(*skin || *hair)))
            .collect();
        let inner: Vec<f32> = box_mean(&face, PACK_SIDE, 3)
            .into_iter()
            .map(|share| f32::from(u8::from(share > 0.999)))
            .collect();
        let weighed: Vec<f32> = score.iter().zip(&inner).map(|(score, inner)| score * inner).collect();
        let sums = box_mean(&weighed, PACK_SIDE, 4).into_iter().zip(box_mean(&inner, PACK_SIDE, 4));
        sums.zip(score).map(|((sum, weight), score)| (sum + 1e-4 * score) / (weight + 1e-4)).collect()
    }
}

/// Standard deviation of the brightness around each pixel, relative to its mean.
fn texture(luma: &[f32]) -> Vec<f32> {
    let mean = |plane: &[f32]| box_mean(plane, PACK_SIDE, 2);
    let local = mean(luma);
    let squares: Vec<f32> = luma.iter().zip(&local).map(|(luma, mean)| (luma - mean).powi(2)).collect();
    // Rounding leaves means of squares that are slightly negative, and one NaN would spread over all that follow.
    let deviations = mean(&squares).into_iter().map(|square| square.max(0.0).sqrt());
    deviations.zip(&local).map(|(deviation, mean)| deviation / mean.max(12.0)).collect()
}

/// Whether a point is inside a closed outline.
fn contains(outline: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let crosses = |(a, b): (&[f32; 2], &[f32; 2])| {
        (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]
    };
    let next = outline.iter().cycle().skip(1);
    outline.iter().zip(next).filter(|edge| crosses(*edge)).count() % 2 == 1
}

fn median(mut values: Vec<f32>) -> Option<f32> {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Least-squares fit `[a, b, c]` of `a + b x + c x^2` to pairs of x and y; `None` if it is not determined.
fn fit_square(pairs: impl Iterator<Item = (f32, f32)>) -> Option<[f32; 3]> {
    let (mut moments, mut sums) = ([0f64; 5], [0f64; 3]);
    for (x, y) in pairs {
        let (x, y) = (f64::from(x), f64::from(y));
        let mut power = 1.0;
        for (i, moment) in moments.iter_mut().enumerate() {
            *moment += power;
            if let Some(sum) = sums.get_mut(i) {
                *sum += power * y;
            }
            power *= x;
        }
    }
    let column = |i: usize| [moments[i], moments[i + 1], moments[i + 2]];
    let columns = [column(0), column(1), column(2)];
    let determinant = |m: [[f64; 3]; 3]| {
        let [a, b, c] = m;
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let whole = determinant(columns);
    if whole.abs() < 1e-9 {
        return None;
    }
    Some([0, 1, 2].map(|i: usize| {
        let mut replaced = columns;
        replaced[i] = sums;
        (determinant(replaced) / whole) as f32
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_is_fitted_and_two_points_are_not_enough() {
        let pairs = [-1.0, -0.4, 0.0, 0.3, 1.2].map(|x: f32| (x, 2.0 - 0.5 * x + 0.25 * x * x));
        let [a, b, c] = fit_square(pairs.into_iter()).unwrap();
        assert!((a - 2.0).abs() < 1e-4 && (b + 0.5).abs() < 1e-4 && (c - 0.25).abs() < 1e-4, "{a} {b} {c}");
        assert!(fit_square([(0.0, 1.0), (1.0, 2.0)].into_iter()).is_none());
    }

    #[test]
    fn texture_is_zero_on_an_even_surface_beside_a_strong_pattern() {
        let luma: Vec<f32> = (0..PACK_SIZE)
            .map(|i| if i % PACK_SIDE < 90 { 255.0 * ((i % 7) as f32 / 6.0) } else { 203.7 })
            .collect();
        let texture = texture(&luma);
        assert!(texture.iter().all(|value| value.is_finite()));
        assert!(texture[100] < 0.01 && texture[20 + 20 * PACK_SIDE] > 0.2);
    }

    #[test]
    fn an_outline_contains_the_points_inside_it() {
        let outline = [[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [2.0, 1.0], [0.0, 3.0]];
        assert!(contains(&outline, [0.5, 1.0]) && contains(&outline, [3.5, 2.0]));
        assert!(!contains(&outline, [2.0, 2.0]) && !contains(&outline, [5.0, 1.0]));
    }
}
