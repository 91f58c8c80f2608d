//! What faces of a kind look like on average at each age, and so how a face of that kind changes on
//! average: the prototypes of Burt and Perrett ("Perception of age in adult Caucasian male faces", 1995),
//! with the strength of fine detail beside shape and colour (Tiddeman, Burt and Perrett, "Prototyping and
//! transforming facial textures for perception research", 2001). Faces are warped over one another by the
//! 468 points of the face mesh before colours are averaged, so that the average is sharp.

mod build;
mod effects;
mod measure;
mod store;

use super::meshes::Mesh;
use super::target_scaling::coarse;
use crate::dataset::{Gender, PackedFace};
use agemirror_faces::face::field::{Bilinear, Grid};
use agemirror_faces::interpolation::interpolate;

/// Ages for which there is a prototype; between them it is linear.
const AGES: [f32; 16] =
    [1.0, 3.0, 5.0, 8.0, 11.0, 14.0, 18.0, 23.0, 29.0, 36.0, 44.0, 52.0, 60.0, 69.0, 77.0, 86.0];
/// Planes of a texture: red, green, blue, and the logarithm of the strength of fine detail.
pub const TEXTURE_PLANES: usize = 4;
/// How many of them are colours.
pub const COLOUR_PLANES: usize = 3;

/// Faces that change alike: one gender, and a third of mankind's looks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Population(usize);

/// Genders times looks.
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

/// What age does to the faces of a pool, measured from the mean of each kind of face.
#[derive(Clone)]
struct Effect {
    /// At each of [`AGES`]: where the points of the mesh lie, in fractions of the crop's side.
    shapes: Vec<Mesh>,
    /// At each of [`AGES`]: the texture planes, warped over the reference mesh, then the coarse part of the
    /// colours.
    textures: Vec<Grid>,
}

impl Effect {
    fn new(shapes: Vec<Mesh>, mut textures: Vec<Grid>) -> Self {
        for texture in &mut textures {
            let colours = texture.planes.iter().take(COLOUR_PLANES);
            let parts: Vec<_> = colours.map(|plane| coarse(plane, texture.side)).collect();
            texture.planes.extend(parts);
        }
        Self { shapes, textures }
    }
}

/// The prototypes, and the mesh of every face they were made of.
pub struct Prototypes {
    /// The mesh that textures are warped over.
    reference: Mesh,
    effects: Vec<Effect>,
    meshes: Vec<Option<Mesh>>,
}

/// How a face of some kind changes between two ages.
pub struct TypicalChange<'a> {
    effect: &'a Effect,
    from: AgeInterpolation,
    to: AgeInterpolation,
}

/// Two of [`AGES`] around an age, and how far between them it is.
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
    /// The mesh that textures are warped over, in fractions of the crop's side.
    pub fn reference(&self) -> &[[f32; 2]] {
        &self.reference
    }

    /// The mesh of face `index` of the pack, where there is one.
    pub fn mesh(&self, index: usize) -> Option<&[[f32; 2]]> {
        self.meshes.get(index)?.as_deref()
    }

    /// How faces such as `face` change on the way to `age`.
    pub fn change(&self, face: &PackedFace, age: f32) -> TypicalChange<'_> {
        let effect = &self.effects[Population::of(face).0];
        let age = prototype_age(face.age(), age);
        TypicalChange { effect, from: AgeInterpolation::of(face.age()), to: AgeInterpolation::of(age) }
    }
}

impl TypicalChange<'_> {
    /// Whether the way leads to an older age.
    pub fn grows_older(&self) -> bool {
        self.to.mix(|i| AGES[i]) > self.from.mix(|i| AGES[i])
    }

    /// By how much each point of the mesh moves, in fractions of the side.
    pub fn moves(&self) -> Mesh {
        let shapes = &self.effect.shapes;
        let change = |point: usize, axis: usize| {
            let at = |i: usize| shapes[i][point][axis];
            self.to.mix(at) - self.from.mix(at)
        };
        (0..shapes[0].len()).map(|point| [change(point, 0), change(point, 1)]).collect()
    }

    /// By how much each texture plane changes, warped over the reference mesh, then the coarse part of that for
    /// the colours.
    pub fn texture(&self) -> Grid {
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

/// Which prototype makes a face look as young as it should: ages in years. A grown-up's face with the average shape
/// of a schoolchild is still seen as a grown-up's, for hair, teeth and skull stay.
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
/// Over how many years younger that comes into force.
const FULL_EFFECT_YEARS: f32 = 15.0;

/// The age of the prototype for the way from `from` to `to`.
fn prototype_age(from: f32, to: f32) -> f32 {
    let looks_like = if to < 35.0 { interpolate(to, &APPARENT_AGES) } else { to };
    to + (looks_like - to) * ((from - to) / FULL_EFFECT_YEARS).clamp(0.0, 1.0)
}

/// Reads a plane at `at`.
pub(super) fn sample_plane(grid: &Grid, plane: usize, at: [f32; 2]) -> f32 {
    Bilinear::of(at, grid.side).value(&grid.planes[plane])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_between_two_prototypes_are_mixed() {
        let age = |age: f32| AgeInterpolation::of(age).mix(|i| AGES[i]);
        for (asked, found) in [(0.0, 1.0), (1.0, 1.0), (20.5, 20.5), (60.0, 60.0), (86.0, 86.0), (99.0, 86.0)]
        {
            assert!((age(asked) - found).abs() < 1e-4, "{asked}");
        }
    }
}
