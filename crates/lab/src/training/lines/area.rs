//! Where lines are extracted in an aligned face: in the face, on the forehead above the mesh and on the neck, but not in
//! the features. Wrinkles of the lids and around the mouth begin a few pixels from the eyes and the lips.

use agemirror_faces::aging::mirror::{ATLAS_SIDE, Plane};
use agemirror_faces::face::field::{Bilinear, centres, inside};

/// Values of [`inside`] of the whole mesh between which lines fade in.
const FACE_RAMP: [f32; 2] = [0.55, 0.85];
/// The topmost point of the mesh, and the height above it (in fractions of the atlas's side) at which lines
/// of the forehead start and are complete.
const TOP_POINT: usize = 10;
const FOREHEAD: [f32; 2] = [-0.13, -0.09];
/// Distances to both sides of it at which lines of the forehead are complete and end.
const FOREHEAD_WIDTH: [f32; 2] = [0.17, 0.23];
/// The chin's point in the mesh.
const CHIN_POINT: usize = 152;
/// Distances below the chin at which lines of the neck start and are complete, in fractions of the atlas's
/// side.
const NECK: [f32; 2] = [0.015, 0.05];
/// Distances to both sides of the chin at which lines of the neck are complete and end.
const NECK_WIDTH: [f32; 2] = [0.13, 0.2];
/// Contours of the eyes, lips, brows and nostrils, as indices of the face mesh in order.
const EYES: [&[usize]; 2] = [
    &[33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    &[263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
];
const LIPS: &[usize] =
    &[61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185];
const BROWS: [&[usize]; 2] =
    [&[70, 63, 105, 66, 107, 55, 65, 52, 53, 46], &[300, 293, 334, 296, 336, 285, 295, 282, 283, 276]];
const NOSTRILS: &[usize] = &[129, 98, 97, 2, 326, 327, 358, 4];

/// Distances from a contour at which lines start and are complete, in fractions of the atlas's side. Lashes and the
/// hairs of brows reach beyond their contours.
const BESIDE_EYES: [f32; 2] = [0.012, 0.026];
const BESIDE_LIPS: [f32; 2] = [0.006, 0.018];
const BESIDE_BROWS: [f32; 2] = [0.004, 0.018];
const BESIDE_NOSTRILS: [f32; 2] = [0.004, 0.02];

/// 0 up to the first bound, 1 from the second, and linear between.
pub(super) fn ramp(v: f32, [from, to]: [f32; 2]) -> f32 {
    ((v - from) / (to - from)).clamp(0.0, 1.0)
}

/// Weight of lines in an atlas whose average face has the mesh `reference`, in fractions of its side: 0..=1.
pub(super) fn line_area(reference: &[[f32; 2]]) -> Plane {
    let (features, face) = (Features::of(reference), inside(reference));
    let (top, chin) = (reference[TOP_POINT], reference[CHIN_POINT]);
    let on_neck = |[x, y]: [f32; 2]| ramp(y - chin[1], NECK) * (1.0 - ramp((x - chin[0]).abs(), NECK_WIDTH));
    let on_forehead = |[x, y]: [f32; 2]| {
        let above = ramp(y - top[1], FOREHEAD) * (1.0 - ramp(y - top[1], [0.06, 0.12]));
        above * (1.0 - ramp((x - top[0]).abs(), FOREHEAD_WIDTH))
    };
    let weight = |at: [f32; 2]| {
        let edge = at.iter().map(|v| ramp(v.min(1.0 - v), [0.0, 0.05])).product::<f32>();
        let in_face = ramp(Bilinear::of(at, face.side).value(&face.planes[0]), FACE_RAMP);
        edge * in_face.max(on_neck(at)).max(on_forehead(at)) * features.free(at)
    };
    Plane::new(ATLAS_SIDE, centres(ATLAS_SIDE).map(weight).collect())
}

/// The contours of a face's features.
struct Features(Vec<(Vec<[f32; 2]>, [f32; 2])>);

impl Features {
    /// Those of a mesh in fractions of the atlas's side.
    fn of(mesh: &[[f32; 2]]) -> Self {
        let contour = |points: &[usize]| points.iter().filter_map(|i| mesh.get(*i)).copied().collect();
        let mut features = vec![(contour(LIPS), BESIDE_LIPS), (contour(NOSTRILS), BESIDE_NOSTRILS)];
        features.extend(EYES.map(|points| (contour(points), BESIDE_EYES)));
        features.extend(BROWS.map(|points| (contour(points), BESIDE_BROWS)));
        Self(features)
    }

    /// Weight of lines at a point: 0 in and at a feature, 1 at some distance from all.
    fn free(&self, at: [f32; 2]) -> f32 {
        self.0.iter().map(|(contour, beside)| ramp(distance_outside(contour, at), *beside)).product()
    }
}

/// Distance of a point from a polygon; 0 inside.
fn distance_outside(polygon: &[[f32; 2]], [x, y]: [f32; 2]) -> f32 {
    let (mut inside, mut nearest) = (false, f32::INFINITY);
    let next = polygon.iter().cycle().skip(1);
    for ([ax, ay], [bx, by]) in polygon.iter().zip(next) {
        let ([dx, dy], [px, py]) = ([bx - ax, by - ay], [x - ax, y - ay]);
        let along = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
        nearest = nearest.min((px - along * dx).hypot(py - along * dy));
        // A ray to the right crosses the edge.
        inside ^= (ay > &y) != (by > &y) && x < ax + dx * (y - ay) / (by - ay);
    }
    if inside { 0.0 } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_is_zero_inside_and_measured_to_the_nearest_edge_or_corner() {
        let square = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];
        assert_eq!(distance_outside(&square, [1.0, 0.5]), 0.0);
        assert_eq!(distance_outside(&square, [1.0, 3.5]), 1.5);
        assert!((distance_outside(&square, [5.0, 6.0]) - 5.0).abs() < 1e-6);
    }
}
