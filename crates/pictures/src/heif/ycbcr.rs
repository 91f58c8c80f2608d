//! Converts pictures of the AV1 decoder to RGBA.

use super::profile::CodePoints;

/// A decoded picture in YCbCr.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Bits per sample: 8, 10 or 12.
    pub bits: u32,
    /// Y, Cb and Cr, without padding between rows; the last two are empty for grey.
    pub planes: [Vec<u16>; 3],
    /// Pixels per chroma sample, horizontally and vertically: 1 or 2.
    pub subsampling: [usize; 2],
    /// Matrix code point of ITU-T H.273.
    pub matrix: u16,
    pub full_range: bool,
}

impl Frame {
    /// Converts to opaque RGBA. The code points of the container take precedence over those of the data.
    pub(super) fn to_rgba(&self, container: Option<CodePoints>) -> Vec<u8> {
        let (matrix, full) =
            container.map_or((self.matrix, self.full_range), |points| (points.matrix, points.full_range));
        let scale = f32::from((1_u16 << self.bits) - 1);
        let step = f32::from(1_u16 << (self.bits - 8));
        let (black, luma_span, chroma_span) =
            if full { (0.0, scale, scale) } else { (16.0 * step, 219.0 * step, 224.0 * step) };
        let middle = f32::from(1_u16 << (self.bits - 1));
        let luma = |value: f32| (value - black) / luma_span;
        let chroma = |value: f32| (value - middle) / chroma_span;
        let mut out = Vec::with_capacity(self.width * self.height * 4);
        let mut rows = [vec![0.0; self.width], vec![0.0; self.width]];
        for y in 0..self.height {
            let line = &self.planes[0][y * self.width..][..self.width];
            if self.planes[1].is_empty() {
                out.extend(line.iter().flat_map(|&value| {
                    let grey = to_byte(luma(f32::from(value)));
                    [grey, grey, grey, 255]
                }));
                continue;
            }
            for (row, plane) in rows.iter_mut().zip(&self.planes[1..]) {
                self.chroma_row(plane, y, row);
            }
            for (x, &value) in line.iter().enumerate() {
                let (blue, red) = (rows[0][x], rows[1][x]);
                let [r, g, b] = if matrix == 0 {
                    // The planes are green, blue and red.
                    [luma(red), luma(f32::from(value)), luma(blue)]
                } else {
                    from_luma(luma(f32::from(value)), chroma(blue), chroma(red), matrix)
                };
                out.extend([to_byte(r), to_byte(g), to_byte(b), 255]);
            }
        }
        out
    }

    /// The chroma of the pixels in row `y`, interpolated between the stored samples.
    fn chroma_row(&self, plane: &[u16], y: usize, row: &mut [f32]) {
        let [across, down] = self.subsampling;
        let (width, height) = (self.width.div_ceil(across), self.height.div_ceil(down));
        let near = |index: usize, step: usize, count: usize| {
            if step == 1 {
                return (index, index);
            }
            let nearest = index / 2;
            let other = if index.is_multiple_of(2) {
                nearest.saturating_sub(1)
            } else {
                (nearest + 1).min(count - 1)
            };
            (nearest, other)
        };
        let (own_row, other_row) = near(y, down, height);
        let at = |x: usize, y: usize| f32::from(plane[y * width + x]);
        for (x, value) in row.iter_mut().enumerate() {
            let (nearest, other) = near(x, across, width);
            let mixed = |y: usize| 0.75 * at(nearest, y) + 0.25 * at(other, y);
            *value = 0.75 * mixed(own_row) + 0.25 * mixed(other_row);
        }
    }
}

fn to_byte(value: f32) -> u8 {
    (value * 255.0 + 0.5).clamp(0.0, 255.0) as u8
}

/// RGB of luma in 0..=1 and chroma in -0.5..=0.5.
fn from_luma(luma: f32, blue: f32, red: f32, matrix: u16) -> [f32; 3] {
    let (weight_red, weight_blue) = match matrix {
        1 => (0.2126, 0.0722),
        4 => (0.30, 0.11),
        7 => (0.212, 0.087),
        9 | 10 => (0.2627, 0.0593),
        _ => (0.299, 0.114),
    };
    let r = luma + red * 2.0 * (1.0 - weight_red);
    let b = luma + blue * 2.0 * (1.0 - weight_blue);
    [r, (luma - weight_red * r - weight_blue * b) / (1.0 - weight_red - weight_blue), b]
}
