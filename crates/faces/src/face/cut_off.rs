//! Measures how much of a face is outside the frame.

use super::{MESH_POINTS, TrackedFace};

/// The outline of the face, without hair and ears, as indices of the MediaPipe face mesh.
const OUTLINE: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

impl TrackedFace {
    /// Fraction of the face's area, in 0..=1, outside a frame of `width` and `height` pixels: of the outline
    /// of its mesh, or of its box if no mesh was fitted. Hair does not count.
    pub fn share_outside(&self, (width, height): (u32, u32)) -> f32 {
        let outline = self.outline();
        let whole = area(&outline);
        if whole <= f32::EPSILON {
            return 0.0;
        }
        let mut inside = outline;
        for (axis, limit, sign) in
            [(0, 0.0, 1.0), (1, 0.0, 1.0), (0, width as f32, -1.0), (1, height as f32, -1.0)]
        {
            inside = clipped(&inside, |point| (point[axis] - limit) * sign);
        }
        (1.0 - area(&inside) / whole).clamp(0.0, 1.0)
    }

    fn outline(&self) -> Vec<[f32; 2]> {
        if self.mesh.len() == MESH_POINTS {
            return OUTLINE.iter().map(|&index| self.mesh[index]).collect();
        }
        let (left, top) = (self.bounds.x, self.bounds.y);
        let (right, bottom) = (left + self.bounds.width, top + self.bounds.height);
        vec![[left, top], [right, top], [right, bottom], [left, bottom]]
    }
}

/// The part of a polygon where `inside` is not negative; `inside` is linear (Sutherland and Hodgman, 1974).
fn clipped(polygon: &[[f32; 2]], inside: impl Fn(&[f32; 2]) -> f32) -> Vec<[f32; 2]> {
    let mut kept = Vec::with_capacity(polygon.len() + 4);
    for (i, point) in polygon.iter().enumerate() {
        let next = &polygon[(i + 1) % polygon.len()];
        let (here, there) = (inside(point), inside(next));
        if here >= 0.0 {
            kept.push(*point);
        }
        if (here >= 0.0) != (there >= 0.0) {
            let t = here / (here - there);
            kept.push([0, 1].map(|axis| point[axis] + t * (next[axis] - point[axis])));
        }
    }
    kept
}

/// Area of a polygon that does not intersect itself.
fn area(polygon: &[[f32; 2]]) -> f32 {
    let next = polygon.iter().cycle().skip(1);
    let double: f32 = polygon.iter().zip(next).map(|(p, q)| p[0] * q[1] - q[0] * p[1]).sum();
    double.abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::FaceBox;

    fn face(x: f32, y: f32, mesh: Vec<[f32; 2]>) -> TrackedFace {
        let bounds = FaceBox { x, y, width: 60.0, height: 80.0, score: 1.0 };
        TrackedFace { id: 0, bounds, points: [[0.0; 2]; 5], mesh, yaw: 0.0 }
    }

    #[test]
    fn the_part_of_a_box_beyond_the_edge_counts() {
        let share = |x, y| face(x, y, Vec::new()).share_outside((200, 100));
        assert_eq!(share(10.0, 10.0), 0.0);
        assert!((share(-15.0, 10.0) - 0.25).abs() < 1e-6);
        assert!((share(155.0, 10.0) - 0.25).abs() < 1e-6);
        assert!((share(-15.0, -20.0) - (1.0 - 0.75 * 0.75)).abs() < 1e-6);
        assert_eq!(share(300.0, 10.0), 1.0);
    }

    /// An ellipse instead of a mesh, because its area is known.
    #[test]
    fn the_outline_of_a_mesh_counts() {
        let mut mesh = vec![[1000.0; 2]; MESH_POINTS];
        for (i, &index) in OUTLINE.iter().enumerate() {
            let angle = std::f32::consts::TAU * i as f32 / OUTLINE.len() as f32;
            mesh[index] = [30.0 * angle.sin(), 50.0 - 40.0 * angle.cos()];
        }
        let half = face(0.0, 0.0, mesh).share_outside((200, 100));
        assert!((half - 0.5).abs() < 1e-3, "{half}");
    }

    #[test]
    fn a_face_without_area_is_not_cut() {
        let mut point = face(5.0, 5.0, Vec::new());
        (point.bounds.width, point.bounds.height) = (0.0, 0.0);
        assert_eq!(point.share_outside((200, 100)), 0.0);
    }
}
