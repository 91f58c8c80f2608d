//! Computes the five landmarks, the box, the roll and the yaw from a mesh.

use super::{FaceBox, FivePoints, MESH_POINTS};

/// Contour of the eye on the left of the picture, as indices of the MediaPipe face mesh.
const LEFT_EYE: [usize; 16] = [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246];
/// Contour of the eye on the right of the picture.
const RIGHT_EYE: [usize; 16] =
    [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466];
const NOSE_TIP: [usize; 1] = [4];
/// The corner itself and its neighbour above: five-point detectors place it a little higher.
const LEFT_MOUTH_CORNER: [usize; 2] = [61, 185];
const RIGHT_MOUTH_CORNER: [usize; 2] = [291, 409];

/// The five landmarks of a mesh of 468 points, in the mesh's unit.
///
/// The points are chosen so that over some 390 labelled faces each is, on average, within 0.04 eye distances
/// of the positions from five-point detectors.
pub(super) fn five_points(mesh: &[[f32; 2]]) -> FivePoints {
    [
        mean(mesh, &LEFT_EYE),
        mean(mesh, &RIGHT_EYE),
        mean(mesh, &NOSE_TIP),
        mean(mesh, &LEFT_MOUTH_CORNER),
        mean(mesh, &RIGHT_MOUTH_CORNER),
    ]
}

fn mean(mesh: &[[f32; 2]], indices: &[usize]) -> [f32; 2] {
    debug_assert_eq!(mesh.len(), MESH_POINTS);
    let points = indices.iter().filter_map(|index| mesh.get(*index));
    let sum = points.fold([0f32; 2], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
    sum.map(|value| value / indices.len() as f32)
}

/// Distance between the eyes, in pixels.
pub fn eye_distance(points: &FivePoints) -> f32 {
    (points[1][0] - points[0][0]).hypot(points[1][1] - points[0][1])
}

/// Angle of the line through the eyes, in radians; positive if the right eye is lower.
pub fn roll(points: &FivePoints) -> f32 {
    (points[1][1] - points[0][1]).atan2(points[1][0] - points[0][0])
}

/// Offset of the nose from the midpoint of the eyes along their line, in eye distances; 0 for a frontal face,
/// positive if the nose points to the right of the picture.
pub fn yaw(points: &FivePoints) -> f32 {
    let [left, right, nose, ..] = points;
    let eyes = [right[0] - left[0], right[1] - left[1]];
    let square = eyes[0] * eyes[0] + eyes[1] * eyes[1];
    if square < f32::EPSILON {
        return 0.0;
    }
    let offset = [nose[0] - (left[0] + right[0]) / 2.0, nose[1] - (left[1] + right[1]) / 2.0];
    (offset[0] * eyes[0] + offset[1] * eyes[1]) / square
}

/// Bounding box of a mesh.
pub(super) fn bounds(mesh: &[[f32; 2]], score: f32) -> FaceBox {
    let ([left, top], [right, bottom]) = extent(mesh.iter().copied());
    FaceBox { x: left, y: top, width: right - left, height: bottom - top, score }
}

/// Minimum and maximum coordinates.
pub(super) fn extent(points: impl Iterator<Item = [f32; 2]>) -> ([f32; 2], [f32; 2]) {
    points.fold(([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]), |(low, high), point| {
        ([low[0].min(point[0]), low[1].min(point[1])], [high[0].max(point[0]), high[1].max(point[1])])
    })
}

/// Intersection over union of two boxes, in 0..=1.
pub(super) fn intersection_over_union(a: &FaceBox, b: &FaceBox) -> f32 {
    let width = (a.x + a.width).min(b.x + b.width) - a.x.max(b.x);
    let height = (a.y + a.height).min(b.y + b.height) - a.y.max(b.y);
    let shared = width.max(0.0) * height.max(0.0);
    let joined = a.width * a.height + b.width * b.height - shared;
    if joined > 0.0 { shared / joined } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaw_and_roll_are_measured_along_the_eyes() {
        let level: FivePoints = [[0., 0.], [10., 0.], [7., 6.], [2., 10.], [8., 10.]];
        assert!((yaw(&level) - 0.2).abs() < 1e-6);
        assert!(roll(&level).abs() < 1e-6);
        let turned = level.map(|[x, y]| [-y, x]);
        assert!((yaw(&turned) - 0.2).abs() < 1e-6);
        assert!((roll(&turned) - std::f32::consts::FRAC_PI_2).abs() < 1e-6);
        assert!((eye_distance(&turned) - 10.).abs() < 1e-6);
        assert_eq!(yaw(&[[1., 1.]; 5]), 0.);
    }

    #[test]
    fn overlap_is_intersection_over_union() {
        let a = FaceBox { x: 0., y: 0., width: 10., height: 10., score: 0. };
        let half = FaceBox { x: 5., ..a };
        let away = FaceBox { x: 50., ..a };
        assert!((intersection_over_union(&a, &half) - 1. / 3.).abs() < 1e-6);
        assert_eq!(intersection_over_union(&a, &a), 1.);
        assert_eq!(intersection_over_union(&a, &away), 0.);
    }
}
