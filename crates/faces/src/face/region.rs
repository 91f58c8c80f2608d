//! The rotated square that the mesh network reads, and fitting a mesh in it.

use candle_core::Tensor;
use image::RgbImage;

use super::landmarks::{bounds, extent, five_points, roll};
use super::{FaceBox, FaceMesh, FivePoints, MESH_SIDE, Similarity, align};

/// Side of the square relative to the face, as in the network's training.
const MARGIN: f32 = 1.5;

/// A rotated square in pixels of the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceRegion {
    centre: [f32; 2],
    side: f32,
    /// The face's roll in radians.
    angle: f32,
}

impl FaceRegion {
    /// Upright, around a detector's box.
    pub fn around_box(face: &FaceBox) -> Self {
        let centre = [face.x + face.width / 2.0, face.y + face.height / 2.0];
        Self { centre, side: MARGIN * face.width.max(face.height), angle: 0.0 }
    }

    /// Around a detector's box with this centre and longer side, found in a picture that was rotated so that
    /// a face with this roll (in radians) is upright.
    pub fn around_turned_box(centre: [f32; 2], box_side: f32, roll: f32) -> Self {
        Self { centre, side: MARGIN * box_side, angle: roll }
    }

    /// Around a mesh, rotated so that its eyes are level.
    pub fn around_mesh(mesh: &[[f32; 2]]) -> Self {
        let angle = roll(&five_points(mesh));
        let (sin, cos) = angle.sin_cos();
        let level = mesh.iter().map(|[x, y]| [cos * x + sin * y, cos * y - sin * x]);
        let (low, high) = extent(level);
        let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
        let centre = [cos * middle[0] - sin * middle[1], sin * middle[0] + cos * middle[1]];
        Self { centre, side: MARGIN * (high[0] - low[0]).max(high[1] - low[1]), angle }
    }

    /// The transform from pixels of the frame to pixels of the network's input.
    fn to_crop(self) -> Similarity {
        let side = MESH_SIDE as f32;
        let scale = side / self.side.max(1.0);
        let (a, b) = (scale * self.angle.cos(), -scale * self.angle.sin());
        let [x, y] = self.centre;
        Similarity { a, b, tx: side / 2.0 - (a * x - b * y), ty: side / 2.0 - (b * x + a * y) }
    }
}

/// A fitted mesh in pixels of the frame.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshFit {
    /// The 468 points.
    pub mesh: Vec<[f32; 2]>,
    /// Probability that there is a face, 0..=1.
    pub score: f32,
}

impl MeshFit {
    /// The five landmarks.
    pub fn points(&self) -> FivePoints {
        five_points(&self.mesh)
    }

    /// Bounding box of the mesh.
    pub fn bounds(&self) -> FaceBox {
        bounds(&self.mesh, self.score)
    }
}

impl FaceMesh {
    /// Fits the mesh to the face in `region`.
    ///
    /// # Errors
    /// When the network fails.
    pub fn fit(&self, picture: &RgbImage, region: FaceRegion) -> candle_core::Result<MeshFit> {
        let to_crop = region.to_crop();
        let crop = align(picture, &to_crop, MESH_SIDE);
        let (points, score) = self.forward(&self.input(&crop)?)?;
        let to_frame = to_crop.inverse();
        let points = points.get(0)?.to_vec2::<f32>()?;
        let mesh = points.iter().map(|point| to_frame.apply([point[0], point[1]])).collect();
        Ok(MeshFit { mesh, score: score.get(0)?.to_scalar::<f32>()? })
    }

    /// Fits the mesh, then refits it `refinements` times in the square around the previous fit.
    ///
    /// # Errors
    /// When the network fails.
    pub fn fit_refined(
        &self,
        picture: &RgbImage,
        region: FaceRegion,
        refinements: usize,
    ) -> candle_core::Result<MeshFit> {
        let mut fit = self.fit(picture, region)?;
        for _ in 0..refinements {
            fit = self.fit(picture, FaceRegion::around_mesh(&fit.mesh))?;
        }
        Ok(fit)
    }

    /// The network's input: `[1, 3, 192, 192]` in 0..=1.
    fn input(&self, crop: &RgbImage) -> candle_core::Result<Tensor> {
        let side = MESH_SIDE as usize;
        let mut planes = vec![0f32; 3 * side * side];
        for (channel, plane) in planes.chunks_exact_mut(side * side).enumerate() {
            for (value, pixel) in plane.iter_mut().zip(crop.as_raw().chunks_exact(3)) {
                *value = f32::from(pixel[channel]) / 255.0;
            }
        }
        Tensor::from_vec(planes, (1, 3, side, side), self.device())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::landmarks::{eye_distance, yaw};
    use crate::face::testing::{ASTRONAUT_POINTS, astronaut, largest_offset};
    use candle_core::Device;

    const BOX: FaceBox = FaceBox { x: 176., y: 69., width: 97., height: 97., score: 0. };

    #[test]
    fn the_region_of_a_rotated_mesh_is_rotated() {
        let region = FaceRegion { centre: [50., 40.], side: 96., angle: 0.4 };
        let back = region.to_crop().inverse();
        assert_eq!(region.to_crop().apply([50., 40.]), [96., 96.]);
        let [x, y] = back.apply([96. + 10., 96.]);
        assert!((x - 50. - 5. * 0.4f32.cos()).abs() < 1e-4 && (y - 40. - 5. * 0.4f32.sin()).abs() < 1e-4);
    }

    #[test]
    fn the_landmarks_are_where_a_person_sees_them() {
        let mesh = FaceMesh::bundled(&Device::Cpu).unwrap();
        let fit = mesh.fit_refined(&astronaut(), FaceRegion::around_box(&BOX), 2).unwrap();
        assert!(fit.score > 0.9);
        let offset = largest_offset(&fit.points(), &ASTRONAUT_POINTS);
        assert!(offset < 4., "{offset} {:?}", fit.points());
        assert!(yaw(&fit.points()).abs() < 0.3);
    }

    #[test]
    fn a_rotated_picture_gives_rotated_landmarks() {
        let mesh = FaceMesh::bundled(&Device::Cpu).unwrap();
        let upright = mesh.fit_refined(&astronaut(), FaceRegion::around_box(&BOX), 2).unwrap();
        let turn = Similarity { a: 0.9397, b: 0.342, tx: 80., ty: -40. };
        let turned = align(&astronaut(), &turn, 512);
        let expected = upright.points().map(|point| turn.apply(point));
        let start = MeshFit { mesh: upright.mesh.iter().map(|p| turn.apply(*p)).collect(), score: 1. };
        let from_box = FaceRegion::around_box(&start.bounds());
        let fit = mesh.fit_refined(&turned, from_box, 2).unwrap();
        let offset = largest_offset(&fit.points(), &expected);
        assert!(offset < 0.06 * eye_distance(&expected), "{offset}");
    }

    #[test]
    fn a_plain_picture_has_no_face() {
        let mesh = FaceMesh::bundled(&Device::Cpu).unwrap();
        let grey = RgbImage::from_pixel(512, 512, image::Rgb([128; 3]));
        assert!(mesh.fit(&grey, FaceRegion::around_box(&BOX)).unwrap().score < 0.5);
    }
}
