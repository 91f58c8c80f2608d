//! Lines that age draws into skin: those of the [`Person`], mapped onto the face by its mesh, drawn at the
//! crop's own resolution, never sharper than the face itself, with a depth that depends on the age.

use std::sync::Arc;

use super::atlas::{ATLAS_IN_HEAD, ATLAS_PLANES, ATLAS_SIDE, LineAtlas};
use super::person::{Person, ZONES, zone_at};
use super::plane::{Plane, blur_radius};
use super::rows::{LinePlanes, signed, signed_byte};
use super::soft_lines::SoftLines;
use crate::face::field::{Grid, displacement};
use crate::interpolation::{centre, interpolate};
use agemirror_kernels::widest;

/// Depth of lines by age in years, for forehead, eyes, cheeks with mouth, and neck, relative to old skin.
const DEEP_BY: [[(f32, f32); 6]; ZONES] = [
    [(32.0, 0.0), (42.0, 0.28), (52.0, 0.6), (64.0, 0.98), (75.0, 1.31), (86.0, 1.62)],
    [(30.0, 0.0), (40.0, 0.29), (50.0, 0.6), (62.0, 0.94), (75.0, 1.26), (86.0, 1.55)],
    [(36.0, 0.0), (46.0, 0.18), (56.0, 0.43), (66.0, 0.7), (75.0, 0.92), (86.0, 1.22)],
    [(40.0, 0.0), (50.0, 0.4), (60.0, 0.88), (70.0, 1.36), (78.0, 1.76), (86.0, 2.2)],
];
/// Strength of pores and spots by age in years.
const PORES_BY: [(f32, f32); 5] = [(34.0, 0.0), (46.0, 0.35), (60.0, 0.85), (75.0, 1.3), (86.0, 1.5)];
/// Factors of lines and of pores, for the contrast that real old skin has at both scales.
const STRENGTH: [f32; ATLAS_PLANES] = [0.92, 1.5];
/// Fraction kept of lines lighter than their surroundings: most of these are only shine.
const LIGHT: f32 = 0.45;
/// Change of the logarithms of red, green and blue in a line, per unit of luma: light that reaches the bottom
/// of a line has passed through more skin, which transmits red.
pub(super) const TINT: [f32; 3] = [0.86, 1.05, 1.16];
/// Byte steps per unit of logarithm.
const STEPS: f32 = 160.0;
/// Byte steps from one zone to the next.
const ZONE_STEPS: f32 = 80.0;

/// How much deeper lines get towards an older age.
pub(super) struct Depths {
    /// Depth of the lines per zone, from the forehead downwards, per logarithm step.
    zones: [f32; ZONES],
    /// Strength of the pores, per logarithm step.
    pores: f32,
}

impl Depths {
    /// The difference from age `from` to age `to`, in years.
    pub(super) fn between(from: f32, to: f32) -> Self {
        let more = |table: &[(f32, f32)]| (interpolate(to, table) - interpolate(from, table)).max(0.0);
        let zones = DEEP_BY.map(|table| STRENGTH[0] * more(&table) / STEPS);
        Self { zones, pores: STRENGTH[1] * more(&PORES_BY) / STEPS }
    }

    /// The logarithm of the lines' brightness at each pixel of a row, before [`TINT`].
    pub(super) fn logarithms(&self, to: &mut [f32], row: LinePlanes<&[u8]>) {
        let [a, b, c, d] = self.zones;
        deepen(to, row, &[a, b - a, c - b, d - c], self.pores);
    }
}

widest! {
    /// `steps` are the depth of the first zone, and the differences from zone to zone.
    fn deepen(to: &mut [f32], row: LinePlanes<&[u8]>, steps: &[f32; ZONES], pore_depth: f32) {
        for (((to, lines), pores), zone) in to.iter_mut().zip(row.lines).zip(row.pores).zip(row.zone) {
            let zone = f32::from(*zone) * (1.0 / ZONE_STEPS);
            let depth = steps[0]
                + steps[1] * zone.min(1.0)
                + steps[2] * (zone - 1.0).clamp(0.0, 1.0)
                + steps[3] * (zone - 2.0).clamp(0.0, 1.0);
            *to = depth * signed(*lines) + pore_depth * signed(*pores);
        }
    }
}

/// Brightness of a line for its logarithm in one channel.
#[inline(always)]
pub(super) fn brightness(logarithm: f32, tint: f32) -> f32 {
    let l = logarithm * tint;
    1.0 + l + 0.5 * l * l
}

/// A person's lines mapped onto one crop.
pub(super) struct DrawnLines {
    lines: Arc<SoftLines>,
    /// Zone of each row of the atlas, in byte steps.
    zones: Vec<u8>,
    /// Displacement from a point of the crop to the average face, in fractions of the atlas's side: x, y.
    to_reference: [Plane; 2],
}

impl DrawnLines {
    /// Maps the lines of `person` onto a face whose `mesh` is in fractions of the atlas's side. `sigma` is
    /// the standard deviation of the face's own blur, in atlas pixels.
    pub(super) fn of(atlas: &LineAtlas, person: &mut Person, mesh: &[[f32; 2]], sigma: f32) -> Self {
        let moves: Vec<[f32; 2]> =
            mesh.iter().zip(&atlas.reference).map(|(from, to)| [to[0] - from[0], to[1] - from[1]]).collect();
        let lines = person.soft_lines.get(&person.lines, blur_radius(sigma));
        let zone = |y: usize| (zone_at(centre(y, ATLAS_SIDE)) * ZONE_STEPS).round() as u8;
        let Grid { planes, side } = displacement(mesh, &moves);
        let mut planes = planes.into_iter();
        let mut plane = || Plane::new(side, planes.next().unwrap_or_else(|| vec![0.0; side * side]));
        Self { lines, zones: (0..ATLAS_SIDE).map(zone).collect(), to_reference: [plane(), plane()] }
    }

    /// Fills row `y` of a crop of `side` pixels, whose pixels have the skin coverage `skin`.
    pub(super) fn fill(&self, to: LinePlanes<&mut [u8]>, y: usize, skin: &[f32]) {
        let side = skin.len();
        let [left, top, width] = ATLAS_IN_HEAD;
        let v = (centre(y, side) - top) / width;
        if !(0.0..1.0).contains(&v) {
            return;
        }
        let [down_x, down_y] = self.to_reference.each_ref().map(|plane| plane.row_at(v));
        let (columns, edge) = (down_x.len() as f32, down_x.len() - 1);
        let pixels = to.lines.iter_mut().zip(to.pores).zip(to.zone).zip(skin).enumerate();
        for (x, (((lines, pores), zone), skin)) in pixels {
            let u = (centre(x, side) - left) / width;
            if *skin < 0.02 || !(0.0..1.0).contains(&u) {
                continue;
            }
            let at = (u * columns - 0.5).clamp(0.0, edge as f32);
            let (first, share) = (at as usize, at.fract());
            let next = (first + 1).min(edge);
            let moved = |row: &[f32]| row[first] + (row[next] - row[first]) * share;
            let on_atlas = [u + moved(&down_x), v + moved(&down_y)];
            let values = self.sample(on_atlas);
            let [drawn_lines, drawn_pores] = values.map(|line| {
                let line = if line > 0.0 { LIGHT * line } else { line };
                signed_byte((skin * STEPS * line).clamp(-127.0, 127.0))
            });
            (*lines, *pores) = (drawn_lines, drawn_pores);
            let row = (on_atlas[1] * ATLAS_SIDE as f32).clamp(0.0, (ATLAS_SIDE - 1) as f32) as usize;
            *zone = self.zones[row];
        }
    }

    /// The lines at a point of the atlas, in fractions of its side.
    fn sample(&self, at: [f32; 2]) -> [f32; ATLAS_PLANES] {
        const LAST: f32 = (ATLAS_SIDE - 1) as f32;
        let [x, y] = at.map(|v| (v * ATLAS_SIDE as f32 - 0.5).clamp(0.0, LAST));
        let (x0, y0) = (x as usize, y as usize);
        let (right, below) =
            (usize::from(x0 + 1 < ATLAS_SIDE), ATLAS_SIDE * usize::from(y0 + 1 < ATLAS_SIDE));
        let (fx, fy) = (x - x0 as f32, y - y0 as f32);
        let start = y0 * ATLAS_SIDE + x0;
        let [a, b, c, d] = [0, right, below, below + right].map(|off| self.lines[start + off]);
        std::array::from_fn(|i| {
            let (above, under) = (a[i] + (b[i] - a[i]) * fx, c[i] + (d[i] - c[i]) * fx);
            above + (under - above) * fy
        })
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
        assert!(Depths::between(60.0, 30.0).zones.iter().all(|depth| *depth == 0.0));
        assert_eq!(Depths::between(20.0, 29.0).pores, 0.0);
        let (young, old) = (Depths::between(25.0, 50.0), Depths::between(25.0, 80.0));
        assert!(young.zones.iter().zip(&old.zones).all(|(young, old)| young <= old));
        assert!(young.zones[1] > young.zones[3], "lines around the eyes precede those of the neck");
        let row = LinePlanes {
            lines: &[signed_byte(-40.0); 3][..],
            pores: &[0; 3][..],
            zone: &[ZONE_STEPS as u8, 0, (1.5 * ZONE_STEPS) as u8][..],
        };
        let mut logarithms = [0.0; 3];
        old.logarithms(&mut logarithms, row);
        let expected =
            [old.zones[1], old.zones[0], 0.5 * (old.zones[1] + old.zones[2])].map(|depth| -40.0 * depth);
        assert!(
            logarithms.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6),
            "{logarithms:?} {expected:?}"
        );
        let [red, _, blue] = TINT.map(|tint| 100.0 * brightness(logarithms[0], tint));
        assert!(blue < red && red < 90.0 && blue > 60.0, "{red} {blue}");
    }
}
