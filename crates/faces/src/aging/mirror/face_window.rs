//! Where the network's input is in a head crop.

use image::RgbImage;

use crate::face::dlib::CropWindow;
use crate::face::{Similarity, align};

/// The part of a head crop that the network sees: left, top and side in fractions of the crop. Aligning a crop to
/// [`HEAD_TEMPLATE`](crate::face::regions::HEAD_TEMPLATE) aligns this part to [`TEMPLATE`](super::TEMPLATE).
pub const FACE_IN_HEAD: [f32; 3] = [0.25, 0.21, 0.5];

/// The square of a crop that the network sees, in pixels of the crop.
#[derive(Clone, Copy)]
pub(super) struct FaceWindow {
    pub left: f32,
    pub top: f32,
    pub side: f32,
}

impl FaceWindow {
    /// In a head crop.
    pub(super) fn of(head: &RgbImage) -> Self {
        let [left, top, side] = FACE_IN_HEAD.map(|part| part * head.width() as f32);
        Self { left, top, side }
    }

    /// The transform from pixels of the crop to pixels of the network's input of `side` pixels.
    fn to_input(self, side: u32) -> Similarity {
        let scale = side as f32 / self.side.max(1.0);
        Similarity { a: scale, b: 0.0, tx: -scale * self.left, ty: -scale * self.top }
    }

    /// The square in pixels of a part of the crop that starts at the pixel (`left`, `top`).
    pub(super) fn within(self, left: usize, top: usize) -> Self {
        Self { left: self.left - left as f32, top: self.top - top as f32, ..self }
    }
}

/// The part of a head crop that the network sees.
pub fn face_in_head() -> CropWindow {
    inside(FACE_IN_HEAD, [0.0, 0.0, 1.0])
}

/// The network's input for a head crop, at `side` pixels.
pub fn face_of(head: &RgbImage, side: u32) -> RgbImage {
    align(head, &FaceWindow::of(head).to_input(side), side)
}

/// Converts a point from fractions of the network's input to fractions of the head crop.
pub fn input_to_head([x, y]: [f32; 2]) -> [f32; 2] {
    let [left, top, side] = FACE_IN_HEAD;
    [left + side * x, top + side * y]
}

/// The inverse of [`input_to_head`].
pub fn head_to_input([x, y]: [f32; 2]) -> [f32; 2] {
    let [left, top, side] = FACE_IN_HEAD;
    [(x - left) / side, (y - top) / side]
}

/// The square `part` of a crop as a window in the square `whole` of the same crop, both in fractions: left, top, side.
pub(super) fn inside(part: [f32; 3], whole: [f32; 3]) -> CropWindow {
    let [left, top] = [0, 1].map(|axis| (part[axis] - whole[axis]) / whole[2]);
    let side = part[2] / whole[2];
    CropWindow { left, top, right: left + side, bottom: top + side }
}
