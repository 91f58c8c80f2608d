//! Prototypes: the average face of a population at each age, and the average change between ages (Burt and
//! Perrett, "Perception of age in adult Caucasian male faces", 1995), with the strength of fine detail
//! besides shape and colour (Tiddeman, Burt and Perrett, "Prototyping and transforming facial textures for
//! perception research", 2001). Faces are aligned by the 468 points of the face mesh before colours are
//! averaged, so that the average is sharp.

mod build;
mod effects;
mod measure;
mod store;

use super::meshes::Mesh;
use super::texture::{COLOUR_PLANES, low_pass};
use crate::dataset::{Gender, PackedFace};
use agemirror_faces::face::field::Grid;
use agemirror_faces::interpolation::interpolate;

/// Ages of the prototypes in years; values between them are interpolated linearly.
const AGES: [f32; 16] =
    [1.0, 3.0, 5.0, 8.0, 11.0, 14.0, 18.0, 23.0, 29.0, 36.0, 44.0, 52.0, 60.0, 69.0, 77.0, 86.0];
/// A population of faces that age alike: one gender and one of three groups of ethnicities.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Population(usize);

/// Number of populations: two genders, three groups of ethnicities.
const POPULATIONS: usize = 6;

impl Population {
    fn of(face: &PackedFace) -> Self {
        let looks = match face.ethnicity.as_str() {
            name if name.contains("asian") => 0,
            name if name.contains("black") || name.contains("indian") => 1,
            _ => 2,
        };
        Self(looks + if face.gender == Gender::Male { 3 } else { 0 })
    }
}

/// The effect of age on a population, relative to the mean of each kind of face.
#[derive(Clone)]
struct Effect {
    /// At each of [`AGES`]: the mesh, in fractions of the crop's side.
    shapes: Vec<Mesh>,
    /// At each of [`AGES`]: the texture planes over the reference mesh, then the low-pass part of the
    /// colours.
    textures: Vec<Grid>,
}

impl Effect {
    fn new(shapes: Vec<Mesh>, mut textures: Vec<Grid>) -> Self {
        for texture in &mut textures {
            let colours = texture.planes.iter().take(COLOUR_PLANES);
            let parts: Vec<_> = colours.map(|plane| low_pass(plane, texture.side)).collect();
            texture.planes.extend(parts);
        }
        Self { shapes, textures }
    }
}

/// The prototypes, and the meshes of the faces they were made from.
pub(crate) struct Prototypes {
    /// The mesh that textures are aligned to.
    reference: Mesh,
    effects: Vec<Effect>,
    meshes: Vec<Option<Mesh>>,
}

/// The typical change of a face between two ages.
pub(crate) struct TypicalChange<'a> {
    effect: &'a Effect,
    from: AgeInterpolation,
    to: AgeInterpolation,
}

/// A position between two neighbouring [`AGES`].
#[derive(Clone, Copy)]
struct AgeInterpolation {
    index: usize,
    far: f32,
}

impl AgeInterpolation {
    fn of(age: f32) -> Self {
        let index = AGES.iter().rposition(|known| *known <= age).unwrap_or(0).min(AGES.len() - 2);
        let far = (age - AGES[index]) / (AGES[index + 1] - AGES[index]);
        Self { index, far: far.clamp(0.0, 1.0) }
    }

    fn mix(self, value: impl Fn(usize) -> f32) -> f32 {
        let (low, high) = (value(self.index), value(self.index + 1));
        low + (high - low) * self.far
    }
}

impl Prototypes {
    /// The mesh that textures are aligned to, in fractions of the crop's side.
    pub(crate) fn reference(&self) -> &[[f32; 2]] {
        &self.reference
    }

    /// The mesh of face `index` of the pack, if one was found.
    pub(crate) fn mesh(&self, index: usize) -> Option<&[[f32; 2]]> {
        self.meshes.get(index)?.as_deref()
    }

    /// The typical change of faces like `face` towards `age` (years).
    pub(crate) fn change(&self, face: &PackedFace, age: f32) -> TypicalChange<'_> {
        let effect = &self.effects[Population::of(face).0];
        let age = prototype_age(face.age(), age);
        TypicalChange { effect, from: AgeInterpolation::of(face.age()), to: AgeInterpolation::of(age) }
    }
}

impl TypicalChange<'_> {
    /// Whether the target age is older.
    pub(crate) fn grows_older(&self) -> bool {
        self.to.mix(|i| AGES[i]) > self.from.mix(|i| AGES[i])
    }

    /// Displacement of each mesh point, in fractions of the side.
    pub(crate) fn moves(&self) -> Mesh {
        let shapes = &self.effect.shapes;
        let change = |point: usize, axis: usize| {
            let at = |i: usize| shapes[i][point][axis];
            self.to.mix(at) - self.from.mix(at)
        };
        (0..shapes[0].len()).map(|point| [change(point, 0), change(point, 1)]).collect()
    }

    /// Change of each texture plane over the reference mesh, followed by the low-pass part for the colours.
    pub(crate) fn texture(&self) -> Grid {
        let textures = &self.effect.textures;
        let side = textures[0].side;
        let plane = |plane: usize| {
            let change = |pixel: usize| {
                let at = |i: usize| textures[i].planes[plane][pixel];
                self.to.mix(at) - self.from.mix(at)
            };
            (0..side * side).map(change).collect()
        };
        Grid { planes: (0..textures[0].planes.len()).map(plane).collect(), side }
    }
}

/// Pairs of a target age and the age of the prototype that makes an adult look that young, in years. An
/// adult's face with the average shape of a schoolchild still looks adult, because hair, teeth and skull
/// stay.
const APPARENT_AGES: [(f32, f32); 9] = [
    (1.0, 1.0),
    (1.5, 1.2),
    (4.5, 2.0),
    (8.0, 3.2),
    (12.0, 5.0),
    (17.0, 8.5),
    (22.0, 15.0),
    (28.0, 26.0),
    (35.0, 35.0),
];
/// Age difference in years from which [`APPARENT_AGES`] applies in full.
const FULL_EFFECT_YEARS: f32 = 15.0;

/// The age of the prototype to use when ageing from `from` to `to`.
fn prototype_age(from: f32, to: f32) -> f32 {
    let looks_like = if to < 35.0 { interpolate(to, &APPARENT_AGES) } else { to };
    to + (looks_like - to) * ((from - to) / FULL_EFFECT_YEARS).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_between_two_prototypes_are_interpolated() {
        let age = |age: f32| AgeInterpolation::of(age).mix(|i| AGES[i]);
        for (asked, found) in [(0.0, 1.0), (1.0, 1.0), (20.5, 20.5), (60.0, 60.0), (86.0, 86.0), (99.0, 86.0)]
        {
            assert!((age(asked) - found).abs() < 1e-4, "{asked}");
        }
    }
}
