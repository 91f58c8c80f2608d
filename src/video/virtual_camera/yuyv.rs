//! Converts RGB to YUYV, the pixel format that every program accepts from a camera.

use image::RgbImage;

/// A YUYV picture: two bytes per pixel, luma and alternately the blue or red difference of a pair of pixels.
pub(super) struct Yuyv {
    size: [u32; 2],
    bytes: Vec<u8>,
}

impl Yuyv {
    /// A black picture of this size.
    pub(super) fn new(size: [u32; 2]) -> Self {
        let bytes = [16, 128].repeat((size[0] * size[1]) as usize);
        Self { size, bytes }
    }

    /// The last encoded picture.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Encodes a picture with Rec. 601 and limited range, like webcams. A picture of another size is ignored.
    pub(super) fn encode(&mut self, picture: &RgbImage) {
        if picture.dimensions() != (self.size[0], self.size[1]) || !self.size[0].is_multiple_of(2) {
            return;
        }
        for (pair, out) in picture.as_raw().chunks_exact(6).zip(self.bytes.chunks_exact_mut(4)) {
            let [r, g, b, r2, g2, b2] = [0, 1, 2, 3, 4, 5].map(|index| i32::from(pair[index]));
            let luma = |r: i32, g: i32, b: i32| ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16;
            let (red, green, blue) = (r + r2, g + g2, b + b2);
            let u = ((-38 * red - 74 * green + 112 * blue + 256) >> 9) + 128;
            let v = ((112 * red - 94 * green - 18 * blue + 256) >> 9) + 128;
            let values = [luma(r, g, b), u, luma(r2, g2, b2), v];
            for (out, value) in out.iter_mut().zip(values) {
                *out = value.clamp(0, 255) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn colours_are_those_of_rec_601() {
        for (rgb, yuyv) in [
            ([0, 0, 0], [16, 128, 16, 128]),
            ([255, 255, 255], [235, 128, 235, 128]),
            ([255, 0, 0], [82, 90, 82, 240]),
            ([0, 0, 255], [41, 240, 41, 110]),
        ] {
            let mut encoded = Yuyv::new([2, 1]);
            encoded.encode(&RgbImage::from_pixel(2, 1, Rgb(rgb)));
            let worst = encoded.bytes().iter().zip(yuyv).map(|(a, b): (&u8, u8)| a.abs_diff(b)).max();
            assert!(worst <= Some(1), "{rgb:?}: {:?}", encoded.bytes());
        }
        let mut other = Yuyv::new([2, 1]);
        other.encode(&RgbImage::new(4, 4));
        assert_eq!(other.bytes(), [16, 128, 16, 128]);
    }
}
