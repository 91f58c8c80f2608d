//! Properties that are fixed for one person: which lines are drawn, and how early hair greys.

use super::atlas::{ATLAS_PLANES, ATLAS_SIDE, LOGARITHM_STEP, LineAtlas, LinedFace, NO_LINE};
use super::plane::Plane;
use super::soft_lines::LineCache;
use crate::interpolation::{centre, smooth_step_between};

/// Zones of a face from top to bottom, each with its own lines: forehead, eyes, cheeks with mouth, neck.
pub(super) const ZONES: usize = 4;
/// Boundaries between zones, in fractions of the atlas's side, downwards.
const BORDERS: [f32; ZONES - 1] = [0.34, 0.5, 0.87];
/// Half the height of the transition between zones, in fractions of the atlas's side.
const BLEND: f32 = 0.035;
/// Weights of the lines of the nearest and of the second nearest face.
const CHOICES: [f32; 2] = [0.85, 0.4];
/// Weights of gender, skin tone and shape in the distance between two faces.
const DISTANCES: [f32; 3] = [1.0, 1.6, 14.0];
/// Maximum distance that chance adds or removes, so that not all similar people get the same lines.
const CHANCE: f32 = 0.25;
/// Maximum number of years by which hair greys early or late.
const PACE_YEARS: f32 = 7.0;

/// Probabilities of a male face from which hair is lost in part, and fully.
const BALDING: [f32; 2] = [0.65, 0.9];
/// How bald the least bald men get, relative to the baldest.
const MIN_BALDNESS: f32 = 0.15;
/// Chances between which men get from the least to the most bald.
const BALD: [f32; 2] = [-0.5, 0.8];
/// Probabilities of a male face from which a beard counts in part, and fully.
const MALE_WITH_BEARD: [f32; 2] = [0.3, 0.65];

/// A person's fixed properties.
#[derive(Clone)]
pub(crate) struct Person {
    /// Years by which hair greys early.
    pub pace_years: f32,
    /// Whiteness of grey hair, -1..=1.
    pub whiteness: f32,
    /// How bald the person gets, 0..=1; 0 for women.
    pub baldness: f32,
    /// Share of the beard mask that counts, 0..=1: on a woman's dark skin the shadow about the mouth looks like a beard.
    pub beard_weight: f32,
    /// Logarithms over the average face: lines with folds, and pores with spots.
    pub(super) lines: [Plane; ATLAS_PLANES],
    /// The lines with the blurs of the last frames.
    pub(super) soft_lines: LineCache,
}

/// Features that select the lines: rough, but the same from picture to picture.
pub(crate) struct Traits<'a> {
    /// Probability that the person is male, 0..=1.
    pub male: f32,
    /// Colour of the skin, as in [`LinedFace::tone`].
    pub tone: [f32; 2],
    /// Mesh in fractions of the atlas's side.
    pub mesh: &'a [[f32; 2]],
}

impl Person {
    /// Selects the person's lines from the faces of `atlas` with similar traits.
    pub(crate) fn of(atlas: &LineAtlas, traits: &Traits) -> Self {
        let shape = shape(&atlas.reference, traits.mesh);
        let chosen = (0..ZONES).map(|zone| choose(atlas, traits, &shape, zone)).collect::<Vec<_>>();
        let mut lines = [(); ATLAS_PLANES].map(|()| vec![0f32; ATLAS_SIDE * ATLAS_SIDE]);
        for (zone, faces) in chosen.iter().enumerate() {
            for (face, weight) in faces {
                add_zone(&mut lines, &atlas.faces[*face], zone, *weight);
            }
        }
        Self {
            pace_years: PACE_YEARS * chance(&shape, 0),
            whiteness: chance(&shape, 1),
            baldness: smooth_step_between(BALDING, traits.male) * baldness(chance(&shape, 2)),
            beard_weight: smooth_step_between(MALE_WITH_BEARD, traits.male),
            lines: lines.map(|values| Plane::new(ATLAS_SIDE, values)),
            soft_lines: LineCache::default(),
        }
    }
}

/// How bald a man gets, 0..=1, by his chance.
fn baldness(chance: f32) -> f32 {
    MIN_BALDNESS + (1.0 - MIN_BALDNESS) * smooth_step_between(BALD, chance)
}

/// Mesh points whose positions vary more between people than with facial expression.
const BONES: [usize; 24] = [
    10, 67, 297, 127, 356, 93, 323, 58, 288, 152, 168, 6, 197, 5, 4, 33, 133, 263, 362, 70, 300, 116, 345, 18,
];

/// Offsets of the bony points of a face from those of the average face.
fn shape(reference: &[[f32; 2]], mesh: &[[f32; 2]]) -> Vec<f32> {
    let off = |point: usize| -> [f32; 2] {
        match (mesh.get(point), reference.get(point)) {
            (Some(a), Some(b)) => [a[0] - b[0], a[1] - b[1]],
            _ => [0.0; 2],
        }
    };
    BONES.iter().flat_map(|point| off(*point)).collect()
}

/// A value in -1..=1 that looks random from person to person and changes smoothly with the shape of the face;
/// each `draw` gives a different one.
fn chance(shape: &[f32], draw: usize) -> f32 {
    let project = |seed: usize| -> f32 {
        // In 64 bits, because large products have no fraction in 32.
        let weight =
            |i: usize| ((i * 7919 + seed * 104_729 + 17) as f64 * 0.618_033_988_749_895).fract() - 0.5;
        shape.iter().enumerate().map(|(i, value)| weight(i) as f32 * value).sum()
    };
    (90.0 * project(2 * draw) + 6.0 * project(2 * draw + 1)).sin()
}

/// The indices of the faces whose lines are drawn in `zone`, with their weights.
fn choose(atlas: &LineAtlas, traits: &Traits, shape: &[f32], zone: usize) -> Vec<(usize, f32)> {
    let mut distances: Vec<(usize, f32)> = atlas
        .faces
        .iter()
        .enumerate()
        .map(|(i, face)| (i, distance(face, traits) + CHANCE * chance(shape, 3 + i * ZONES + zone)))
        .collect();
    distances.sort_by(|a, b| a.1.total_cmp(&b.1));
    distances.iter().zip(CHOICES).map(|((face, _), weight)| (*face, weight)).collect()
}

/// How different a face of the atlas is, without a unit.
fn distance(face: &LinedFace, traits: &Traits) -> f32 {
    let gender = (face.male - traits.male).abs();
    let tone = (face.tone[0] - traits.tone[0]).hypot(face.tone[1] - traits.tone[1]);
    let apart = |point: &usize| match (face.mesh.get(*point), traits.mesh.get(*point)) {
        (Some(a), Some(b)) => (a[0] - b[0]).hypot(a[1] - b[1]),
        _ => 0.0,
    };
    let shape = BONES.iter().map(apart).sum::<f32>() / BONES.len() as f32;
    DISTANCES[0] * gender + DISTANCES[1] * tone + DISTANCES[2] * shape
}

/// Weight of `zone` in the row at `y` of the atlas.
fn in_zone(y: f32, zone: usize) -> f32 {
    let begun = if zone == 0 { 1.0 } else { below(BORDERS[zone - 1], y) };
    begun - if zone + 1 == ZONES { 0.0 } else { below(BORDERS[zone], y) }
}

/// Position of a row among the zones: integers are the zones' middles.
pub(super) fn zone_at(y: f32) -> f32 {
    BORDERS.iter().map(|border| below(*border, y)).sum()
}

/// Weight of what is below a border in the row at `y` of the atlas.
fn below(border: f32, y: f32) -> f32 {
    smooth_step_between([border - BLEND, border + BLEND], y)
}

/// Adds the lines of a face within a zone.
fn add_zone(lines: &mut [Vec<f32>; ATLAS_PLANES], face: &LinedFace, zone: usize, weight: f32) {
    let size = ATLAS_SIDE * ATLAS_SIDE;
    for (to, from) in lines.iter_mut().zip(face.planes.chunks_exact(size)) {
        let rows = to.chunks_exact_mut(ATLAS_SIDE).zip(from.chunks_exact(ATLAS_SIDE)).enumerate();
        for (y, (to, from)) in rows {
            let share = weight * in_zone(centre(y, ATLAS_SIDE), zone) * LOGARITHM_STEP;
            if share != 0.0 {
                to.iter_mut()
                    .zip(from)
                    .for_each(|(to, from)| *to += share * (f32::from(*from) - f32::from(NO_LINE)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_weights_sum_to_one_in_every_row() {
        for row in 0..=100 {
            let y = row as f32 / 100.0;
            let sum: f32 = (0..ZONES).map(|zone| in_zone(y, zone)).sum();
            assert!((sum - 1.0).abs() < 1e-5, "{y}: {sum}");
        }
        assert_eq!((zone_at(0.1), zone_at(0.95)), (0.0, 3.0));
    }

    #[test]
    fn about_half_of_all_men_get_visibly_bald_and_none_keeps_every_hair() {
        let all: Vec<f32> =
            (-100..=100).map(|i| baldness((std::f32::consts::FRAC_PI_2 * i as f32 / 100.0).sin())).collect();
        let visibly = all.iter().filter(|baldness| **baldness > 0.35).count();
        assert!((85..=125).contains(&visibly), "{visibly} of 201");
        assert!(all.iter().all(|baldness| (MIN_BALDNESS..=1.0).contains(baldness)));
    }

    #[test]
    fn people_differ_and_one_person_stays_the_same() {
        let shape = |seed: usize| -> Vec<f32> {
            (0..48).map(|i| 0.02 * (((i * 37 + seed * 101) % 17) as f32 / 8.0 - 1.0)).collect()
        };
        let all: Vec<f32> = (0..40).map(|seed| chance(&shape(seed), 0)).collect();
        let spread = all.iter().map(|v| v * v).sum::<f32>() / 40.0;
        assert!(spread > 0.2, "{spread}");
        let draws: Vec<f32> = (0..200).map(|draw| chance(&shape(3), draw)).collect();
        let late = draws[150..].iter().map(|v| v * v).sum::<f32>() / 50.0;
        let apart = draws[150..].windows(2).filter(|pair| (pair[0] - pair[1]).abs() > 0.05).count();
        assert!(late > 0.2 && apart > 30, "{late} {apart}");
        let near: Vec<f32> = shape(3).iter().map(|v| v + 1e-5).collect();
        assert!((chance(&near, 0) - chance(&shape(3), 0)).abs() < 0.05);
    }
}
