//! The features of a face that are no skin, and how near to them lines are extracted: wrinkles of the lids and around
//! the mouth begin a few pixels from the eyes and the lips.

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

/// The contours of a face's features.
pub(super) struct Features(Vec<(Vec<[f32; 2]>, [f32; 2])>);

impl Features {
    /// Those of a mesh in fractions of the atlas's side.
    pub(super) fn of(mesh: &[[f32; 2]]) -> Self {
        let contour = |points: &[usize]| points.iter().filter_map(|i| mesh.get(*i)).copied().collect();
        let mut features = vec![(contour(LIPS), BESIDE_LIPS), (contour(NOSTRILS), BESIDE_NOSTRILS)];
        features.extend(EYES.map(|points| (contour(points), BESIDE_EYES)));
        features.extend(BROWS.map(|points| (contour(points), BESIDE_BROWS)));
        Self(features)
    }

    /// Weight of lines at a point: 0 in and at a feature, 1 at some distance from all.
    pub(super) fn free(&self, at: [f32; 2]) -> f32 {
        let weight = |(contour, [from, to]): &(Vec<[f32; 2]>, [f32; 2])| {
            ((distance_outside(contour, at) - from) / (to - from)).clamp(0.0, 1.0)
        };
        self.0.iter().map(weight).product()
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
