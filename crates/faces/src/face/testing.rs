//! The bundled portrait, and computed pictures, for tests.

use candle_core::{Device, Result, Tensor};
use image::RgbImage;

use super::{FivePoints, Similarity, align};

/// 512 x 512; the face is about 100 pixels wide around (224, 118).
#[allow(clippy::unwrap_used, reason = "the bundled picture decodes; only tests call this")]
pub fn astronaut() -> RgbImage {
    image::load_from_memory(include_bytes!("../../../../assets/astronaut.jpg")).unwrap().to_rgb8()
}

/// The portrait's five landmarks, read off a magnified picture.
pub const ASTRONAUT_POINTS: FivePoints =
    [[203.1, 101.5], [246.5, 103.8], [222.8, 126.5], [202.8, 139.5], [245.9, 139.8]];

/// Maximum distance between two sets of landmarks.
pub fn largest_offset(a: &FivePoints, b: &FivePoints) -> f32 {
    a.iter().zip(b).map(|(p, q)| (p[0] - q[0]).hypot(p[1] - q[1])).fold(0.0, f32::max)
}

/// The portrait, translated; its edge pixels are repeated.
pub fn shifted([x, y]: [f32; 2]) -> RgbImage {
    align(&astronaut(), &Similarity { tx: x, ty: y, ..Similarity::IDENTITY }, 512)
}

/// The portrait's left half, repeated in a row.
pub fn side_by_side(times: u32) -> RgbImage {
    let one = image::imageops::crop_imm(&astronaut(), 84, 0, 280, 360).to_image();
    let mut row = RgbImage::new(280 * times, 360);
    for index in 0..times {
        image::imageops::replace(&mut row, &one, i64::from(280 * index), 0);
    }
    row
}

/// The two pictures of the reference scripts of judges: (2, 3, side, side) in -1..1.
///
/// # Errors
/// When the device fails.
pub fn reference_pictures(side: usize) -> Result<Tensor> {
    let value = |index: usize| {
        let at = |stride: usize, length: usize| (index / stride % length) as f64;
        let (n, c, y, x) = (at(3 * side * side, 2), at(side * side, 3), at(side, side), at(1, side));
        ((0.13 * x + 0.7 * c + 0.3 * n).sin() * ((0.09 - 0.02 * n) * y - 0.4 * c).cos()) as f32
    };
    let values = (0..2 * 3 * side * side).map(value).collect::<Vec<_>>();
    Tensor::from_vec(values, (2, 3, side, side), &Device::Cpu)
}
