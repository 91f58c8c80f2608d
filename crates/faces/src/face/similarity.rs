//! The similarity transform that aligns five landmarks with a template.
//!
//! Coordinates are continuous: a picture of width `w` spans `0..w`, pixel `i` covers `i..i + 1` and has its
//! centre at `i + 0.5`, in frames and crops alike. The fraction `f` of a template is at `side * f`.

use super::{AlignmentTemplate, FivePoints, Similarity};

impl Similarity {
    /// The identity transform.
    pub const IDENTITY: Self = Self { a: 1.0, b: 0.0, tx: 0.0, ty: 0.0 };

    /// The least-squares similarity (Umeyama, 1991; never a reflection) that maps `points`, in pixels of the
    /// frame, to `template`, in pixels of a crop of `side` pixels.
    ///
    /// If all points coincide they determine neither angle nor scale and are only translated.
    pub fn from_points(points: &FivePoints, template: &AlignmentTemplate, side: u32) -> Self {
        let from = points.map(|point| point.map(f64::from));
        let to = template.points.map(|point| point.map(|fraction| f64::from(fraction) * f64::from(side)));
        let (from_mean, to_mean) = (mean(&from), mean(&to));
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(&to) {
            let (px, py) = (p[0] - from_mean[0], p[1] - from_mean[1]);
            let (qx, qy) = (q[0] - to_mean[0], q[1] - to_mean[1]);
            along += px * qx + py * qy;
            across += px * qy - py * qx;
            spread += px * px + py * py;
        }
        let (a, b) = if spread > f64::EPSILON { (along / spread, across / spread) } else { (1.0, 0.0) };
        let tx = to_mean[0] - (a * from_mean[0] - b * from_mean[1]);
        let ty = to_mean[1] - (b * from_mean[0] + a * from_mean[1]);
        Self { a: a as f32, b: b as f32, tx: tx as f32, ty: ty as f32 }
    }

    /// Like [`Similarity::from_points`], to the one of `templates` with the smallest sum of residual
    /// distances; ties go to the first. Without templates, returns the identity.
    pub fn from_points_to_nearest(points: &FivePoints, templates: &[AlignmentTemplate], side: u32) -> Self {
        let fits = templates.iter().map(|template| {
            let fit = Self::from_points(points, template, side);
            (fit.residual(points, template, side), fit)
        });
        fits.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(Self::IDENTITY, |(_, fit)| fit)
    }

    /// Sum of the distances between the mapped points and the template's, in pixels of the crop.
    fn residual(&self, points: &FivePoints, template: &AlignmentTemplate, side: u32) -> f32 {
        let pairs = points.iter().zip(&template.points);
        let distance = |(point, wanted): (&[f32; 2], &[f32; 2])| {
            let [x, y] = self.apply(*point);
            (x - wanted[0] * side as f32).hypot(y - wanted[1] * side as f32)
        };
        pairs.map(distance).sum()
    }

    /// The inverse transform; not finite if [`Similarity::scale`] is zero.
    pub fn inverse(&self) -> Self {
        let [a, b, tx, ty] = [self.a, self.b, self.tx, self.ty].map(f64::from);
        let square = a * a + b * b;
        let (ia, ib) = (a / square, -b / square);
        Self { a: ia as f32, b: ib as f32, tx: -(ia * tx - ib * ty) as f32, ty: -(ib * tx + ia * ty) as f32 }
    }

    /// The composition: applies `first`, then `self`.
    pub fn after(&self, first: &Self) -> Self {
        let [tx, ty] = self.apply([first.tx, first.ty]);
        Self { a: self.a * first.a - self.b * first.b, b: self.a * first.b + self.b * first.a, tx, ty }
    }

    /// Maps a point.
    pub fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y + self.tx, self.b * x + self.a * y + self.ty]
    }

    /// Factor by which distances grow.
    pub fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }

    /// The same transform with target pixels that are `factor` times finer along each side.
    pub fn magnified(&self, factor: f32) -> Self {
        Self { a: self.a * factor, b: self.b * factor, tx: self.tx * factor, ty: self.ty * factor }
    }
}

fn mean(points: &[[f64; 2]; 5]) -> [f64; 2] {
    let sum = points.iter().fold([0.0; 2], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
    sum.map(|value| value / 5.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AgeTransGAN's templates, in their frame of 112 pixels.
    const POSES: [FivePoints; 5] = [
        [[51.642, 50.115], [57.617, 49.990], [35.740, 69.007], [51.157, 89.050], [57.025, 89.702]],
        [[45.031, 50.118], [65.568, 50.872], [39.677, 68.111], [45.177, 86.190], [64.246, 86.758]],
        [[39.730, 51.138], [72.270, 51.138], [56.000, 68.493], [42.463, 87.010], [69.537, 87.010]],
        [[46.845, 50.872], [67.382, 50.118], [72.737, 68.111], [48.167, 86.758], [67.236, 86.190]],
        [[54.796, 49.990], [60.771, 50.115], [76.673, 69.007], [55.388, 89.702], [61.257, 89.050]],
    ];
    const FRONTAL_FACE: FivePoints =
        [[300.0, 220.0], [380.0, 230.0], [338.0, 275.0], [300.0, 320.0], [368.0, 328.0]];
    const FACE_TO_THE_LEFT: FivePoints =
        [[310.0, 220.0], [360.0, 222.0], [300.0, 262.0], [308.0, 305.0], [352.0, 307.0]];

    fn templates() -> [AlignmentTemplate; 5] {
        POSES.map(|points| AlignmentTemplate { points: points.map(|point| point.map(|value| value / 112.0)) })
    }

    fn assert_near(found: Similarity, a: f32, b: f32, tx: f32, ty: f32) {
        assert!((found.a - a).abs() < 2e-6 && (found.b - b).abs() < 2e-6, "{found:?}");
        assert!((found.tx - tx).abs() < 2e-3 && (found.ty - ty).abs() < 2e-3, "{found:?}");
    }

    /// Values from the published program's own alignment (a fit does not depend on the pixel-centre
    /// convention).
    #[test]
    fn the_fit_to_the_nearest_pose_matches_agetransgan() {
        let fit = Similarity::from_points_to_nearest(&FRONTAL_FACE, &templates(), 1024);
        assert_near(fit, 3.420403, -0.288347, -720.539_8, -211.540_71);
        assert_eq!(fit, Similarity::from_points(&FRONTAL_FACE, &templates()[2], 1024));
        let fit = Similarity::from_points_to_nearest(&FACE_TO_THE_LEFT, &templates(), 1024);
        assert_near(fit, 3.893617, -0.130122, -828.689_15, -356.919_28);
        assert_eq!(fit, Similarity::from_points(&FACE_TO_THE_LEFT, &templates()[1], 1024));
        let none = Similarity::from_points_to_nearest(&FRONTAL_FACE, &[], 1024);
        assert_eq!(none, Similarity::IDENTITY);
    }

    #[test]
    fn the_residuals_match_agetransgan() {
        let residual = |points: &FivePoints, template: &AlignmentTemplate| {
            Similarity::from_points(points, template, 1024).residual(points, template, 1024)
        };
        let published = [497.6441, 257.9101, 54.65667, 248.0249, 492.196];
        for (template, published) in templates().iter().zip(published) {
            assert!((residual(&FRONTAL_FACE, template) - published).abs() < 1e-2);
        }
        assert!((residual(&FACE_TO_THE_LEFT, &templates()[1]) - 30.2114).abs() < 1e-2);
    }

    #[test]
    fn the_inverse_undoes_the_transform() {
        let there = Similarity { a: 1.3, b: -0.4, tx: 12.0, ty: -7.0 };
        let [x, y] = there.inverse().apply(there.apply([31.0, 57.0]));
        assert!((x - 31.0).abs() < 1e-4 && (y - 57.0).abs() < 1e-4);
        assert!((there.scale() * there.inverse().scale() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn coinciding_points_are_only_translated() {
        let fit = Similarity::from_points(&[[5.0, 5.0]; 5], &templates()[2], 112);
        assert_eq!((fit.a, fit.b), (1.0, 0.0));
    }
}
