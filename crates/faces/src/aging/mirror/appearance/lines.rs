//! Lines that age draws into skin: those of the [`Person`], mapped onto the face by its mesh, drawn at the
//! crop's own resolution, never sharper than the face itself, with a depth that depends on the age.

use super::atlas::{ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LineAtlas};
use super::person::{Person, ZONES, zone_at};
use super::plane::Plane;
use crate::face::field::{Bilinear, Grid, displacement};
use crate::interpolation::interpolate;

/// Depth of lines by age in years, for forehead, eyes, cheeks with mouth, and neck, relative to old skin.
const DEEP_BY: [[(f32, f32); 6]; ZONES] = [
    [(32.0, 0.0), (42.0, 0.22), (52.0, 0.48), (64.0, 0.78), (75.0, 1.05), (86.0, 1.3)],
    [(30.0, 0.0), (40.0, 0.25), (50.0, 0.52), (62.0, 0.82), (75.0, 1.1), (86.0, 1.35)],
    [(36.0, 0.0), (46.0, 0.2), (56.0, 0.48), (66.0, 0.78), (75.0, 1.02), (86.0, 1.35)],
    [(40.0, 0.0), (50.0, 0.25), (60.0, 0.55), (70.0, 0.85), (78.0, 1.1), (86.0, 1.4)],
];
/// Strength of pores and spots by age in years.
const COARSE_BY: [(f32, f32); 5] = [(36.0, 0.0), (50.0, 0.3), (62.0, 0.65), (75.0, 1.0), (86.0, 1.25)];
/// Factors of lines and of pores.
const STRENGTH: [f32; ATLAS_PLANES] = [1.15, 0.9];
/// Fraction kept of lines lighter than their surroundings: most of these are only shine.
const LIGHT: f32 = 0.45;
/// Change of the logarithms of red, green and blue in a line, per unit of luma: light that reaches the bottom
/// of a line has passed through more skin, which transmits red.
const TINT: [f32; 3] = [0.86, 1.05, 1.16];
/// Byte steps per unit of logarithm.
const STEPS: f32 = 160.0;
/// Byte steps from one zone to the next.
const ZONE_STEPS: f32 = 80.0;

/// One pixel of lined skin at the crop's resolution.
#[derive(Clone, Copy, Default)]
pub(super) struct LinePixel {
    /// Lines with folds, in logarithm steps.
    lines: i8,
    /// Pores with spots, in logarithm steps.
    pores: i8,
    /// Position between forehead and neck.
    zone: u8,
}

impl LinePixel {
    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0 && self.pores == 0
    }
}

/// How much deeper lines get towards an older age.
pub(super) struct Depths {
    lines: [f32; 256],
    pores: f32,
}

impl Depths {
    /// The difference from age `from` to age `to`, in years.
    pub(super) fn between(from: f32, to: f32) -> Self {
        let more = |table: &[(f32, f32)]| (interpolate(to, table) - interpolate(from, table)).max(0.0);
        let zones = DEEP_BY.map(|table| STRENGTH[0] * more(&table) / STEPS);
        let at = |step: usize| {
            let zone = (step as f32 / ZONE_STEPS).min((ZONES - 1) as f32);
            let first = (zone as usize).min(ZONES - 2);
            zones[first] + (zones[first + 1] - zones[first]) * (zone - first as f32)
        };
        Self { lines: std::array::from_fn(at), pores: STRENGTH[1] * more(&COARSE_BY) / STEPS }
    }

    /// Draws a pixel's lines.
    pub(super) fn draw(&self, pixel: &mut [f32; 3], line: &LinePixel) {
        let logarithm =
            self.lines[usize::from(line.zone)] * f32::from(line.lines) + self.pores * f32::from(line.pores);
        for (value, tint) in pixel.iter_mut().zip(TINT) {
            let l = logarithm * tint;
            *value *= 1.0 + l + 0.5 * l * l;
        }
    }
}

/// A person's lines mapped onto one crop.
pub(super) struct DrawnLines {
    lines: [Plane; ATLAS_PLANES],
    /// Zone of each row of the atlas, in byte steps.
    zones: Vec<u8>,
    /// Displacement from a point of the crop to the average face, in fractions of the atlas's side.
    to_reference: Grid,
}

impl DrawnLines {
    /// Maps the lines of `person` onto a face whose `mesh` is in fractions of the atlas's side. `sigma` is
    /// the standard deviation of the face's own blur, in atlas pixels.
    pub(super) fn of(atlas: &LineAtlas, person: &Person, mesh: &[[f32; 2]], sigma: f32) -> Self {
        let moves: Vec<[f32; 2]> =
            mesh.iter().zip(&atlas.reference).map(|(from, to)| [to[0] - from[0], to[1] - from[1]]).collect();
        let lines = person.lines.each_ref().map(|plane| plane.blurred(sigma));
        let zone = |y: usize| (zone_at((y as f32 + 0.5) / ATLAS_SIDE as f32) * ZONE_STEPS).round() as u8;
        Self { lines, zones: (0..ATLAS_SIDE).map(zone).collect(), to_reference: displacement(mesh, &moves) }
    }

    /// The pixel at a point of the crop (fractions of its side) with skin coverage `skin`.
    pub(super) fn pixel(&self, [x, y]: [f32; 2], skin: f32) -> LinePixel {
        let [left, top, side] = ATLAS_IN_HEAD;
        let at = [(x - left) / side, (y - top) / side];
        if skin < 0.02 || at.iter().any(|v| !(0.0..1.0).contains(v)) {
            return LinePixel::default();
        }
        let here = Bilinear::of(at, self.to_reference.side);
        let on_atlas = [0, 1].map(|axis: usize| at[axis] + here.value(&self.to_reference.planes[axis]));
        let byte = |plane: &Plane| {
            let line = plane.at(on_atlas);
            let line = if line > 0.0 { LIGHT * line } else { line };
            (skin * STEPS * line).clamp(-127.0, 127.0).round() as i8
        };
        let row = (on_atlas[1] * ATLAS_SIDE as f32).clamp(0.0, (ATLAS_SIDE - 1) as f32) as usize;
        let zone = self.zones[row];
        LinePixel { lines: byte(&self.lines[0]), pores: byte(&self.lines[1]), zone }
    }
}

/// Converts a mesh from fractions of the head crop's side to fractions of the atlas's side.
pub(crate) fn mesh_on_atlas(mesh: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let [left, top, side] = ATLAS_IN_HEAD;
    mesh.iter().map(|[x, y]| [(x - left) / side, (y - top) / side]).collect()
}

/// Atlas pixels per pixel of a crop of `side` pixels.
pub(super) fn atlas_pixels(side: usize) -> f32 {
    ATLAS_SIDE as f32 / (ATLAS_IN_HEAD[2] * side as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_deepen_with_age_by_zone_and_never_fade() {
        assert!(Depths::between(60.0, 30.0).lines.iter().all(|depth| *depth == 0.0));
        assert_eq!(Depths::between(20.0, 29.0).pores, 0.0);
        let (young, old) = (Depths::between(25.0, 50.0), Depths::between(25.0, 80.0));
        assert!(young.lines.iter().zip(&old.lines).all(|(young, old)| young <= old));
        assert!(young.lines[80] > young.lines[240], "lines around the eyes precede those of the neck");
        let mut pixel = [100.0; 3];
        old.draw(&mut pixel, &LinePixel { lines: -40, pores: 0, zone: 80 });
        assert!(pixel[2] < pixel[0] && pixel[0] < 90.0 && pixel[2] > 60.0, "{pixel:?}");
    }
}
