//! The alignment templates for profile, half-profile and frontal faces.

use crate::face::{AlignmentTemplate, FivePoints};

/// The templates in a frame of 112 pixels, integers being pixel centres: those for faces of many poses
/// published with ArcFace (Deng et al., 2019). From left profile to right profile.
const POSES: [FivePoints; 5] = [
    [[51.642, 50.115], [57.617, 49.990], [35.740, 69.007], [51.157, 89.050], [57.025, 89.702]],
    [[45.031, 50.118], [65.568, 50.872], [39.677, 68.111], [45.177, 86.190], [64.246, 86.758]],
    [[39.730, 51.138], [72.270, 51.138], [56.000, 68.493], [42.463, 87.010], [69.537, 87.010]],
    [[46.845, 50.872], [67.382, 50.118], [72.737, 68.111], [48.167, 86.758], [67.236, 86.190]],
    [[54.796, 49.990], [60.771, 50.115], [76.673, 69.007], [55.388, 89.702], [61.257, 89.050]],
];

/// The templates of a network for crops of `side` pixels. The authors scale theirs to the side and count from
/// the centre of the first pixel; counted from its corner, everything is half a pixel further.
pub fn templates(side: usize) -> Vec<AlignmentTemplate> {
    POSES.map(|pose| template(pose, side)).to_vec()
}

fn template(points: FivePoints, side: usize) -> AlignmentTemplate {
    let half = 0.5 / side as f32;
    AlignmentTemplate { points: points.map(|point| point.map(|v| v / 112.0 + half)) }
}

/// The template for frontal faces, in crops of `side` pixels.
pub fn frontal_template(side: u32) -> AlignmentTemplate {
    template(POSES[2], side as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::Similarity;

    /// Landmarks and matrices of the authors' program, in its coordinates.
    #[test]
    fn the_alignment_matches_the_authors() {
        let faces: [(FivePoints, [f32; 4]); 2] = [
            (
                [[300.0, 220.0], [380.0, 230.0], [338.0, 275.0], [300.0, 320.0], [368.0, 328.0]],
                [3.420403, -0.288347, -720.539_8, -211.540_71],
            ),
            (
                [[310.0, 220.0], [360.0, 222.0], [300.0, 262.0], [308.0, 305.0], [352.0, 307.0]],
                [3.893617, -0.130122, -828.689_15, -356.919_28],
            ),
        ];
        for (points, [a, b, tx, ty]) in faces {
            let ours = points.map(|point| point.map(|value| value + 0.5));
            let fit = Similarity::from_points_to_nearest(&ours, &templates(1024), 1024);
            let theirs = Similarity { a, b, tx, ty };
            for corner in [[0.0, 0.0], [640.0, 0.0], [320.0, 480.0]] {
                let [x, y] = fit.apply(corner.map(|value| value + 0.5));
                let [u, v] = theirs.apply(corner);
                assert!((x - 0.5 - u).abs() < 5e-3 && (y - 0.5 - v).abs() < 5e-3, "{x} {y} {u} {v}");
            }
        }
    }
}
