//! Converts the decompressed bytes of a TIFF to samples and colours.

/// Type of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleKind {
    /// Unsigned integers of 1..=32 bits.
    Unsigned(usize),
    /// Signed integers of 16, 24 or 32 bits.
    Signed(usize),
    /// Floating-point numbers of 16, 32 or 64 bits.
    Float(usize),
}

impl SampleKind {
    /// Bits per sample.
    pub(crate) fn bits(self) -> usize {
        let (Self::Unsigned(bits) | Self::Signed(bits) | Self::Float(bits)) = self;
        bits
    }

    /// Whether white is the largest sample of the picture, not the largest number of its type.
    pub(crate) fn is_relative(self) -> bool {
        !matches!(self, Self::Unsigned(_))
    }
}

fn unsigned(bytes: &[u8], little_endian: bool) -> u64 {
    let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if little_endian { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) }
}

/// Undoes the horizontal predictor in one row: each sample is the difference from the previous pixel.
pub(crate) fn undo_predictor(row: &mut [u8], bits: usize, samples: usize, little_endian: bool) {
    let size = bits / 8;
    for at in (samples * size..row.len()).step_by(size.max(1)) {
        if at + size > row.len() {
            break;
        }
        let sum = unsigned(&row[at..at + size], little_endian)
            .wrapping_add(unsigned(&row[at - samples * size..][..size], little_endian));
        let bytes = sum.to_le_bytes();
        for (index, byte) in row[at..at + size].iter_mut().enumerate() {
            *byte = bytes[if little_endian { index } else { size - 1 - index }];
        }
    }
}

/// Undoes the floating-point predictor: the bytes are differences, grouped by significance, the most
/// significant first. The result has the file's byte order.
pub(crate) fn undo_float_predictor(row: &mut [u8], bits: usize, samples: usize, little_endian: bool) {
    for at in samples..row.len() {
        row[at] = row[at].wrapping_add(row[at - samples]);
    }
    let size = bits / 8;
    let count = row.len() / size;
    let sorted = row.to_vec();
    for number in 0..count {
        for weight in 0..size {
            let index = if little_endian { size - 1 - weight } else { weight };
            row[number * size + index] = sorted[weight * count + number];
        }
    }
}

/// Converts the samples of one row to bytes. With `scaled`, the largest number becomes 255; without, numbers
/// keep their values, as indices must.
pub(crate) fn to_bytes(row: &[u8], bits: usize, little_endian: bool, scaled: bool, out: &mut Vec<u8>) {
    match bits {
        8 => out.extend_from_slice(row),
        16 => out.extend(row.as_chunks::<2>().0.iter().map(|pair| {
            let value = unsigned(pair, little_endian);
            if scaled { ((value * 255 + 32_767) / 65_535) as u8 } else { value.min(255) as u8 }
        })),
        24 | 32 => out.extend(
            row.chunks_exact(bits / 8).map(|bytes| (unsigned(bytes, little_endian) >> (bits - 8)) as u8),
        ),
        _ => {
            let most = (1_u32 << bits) - 1;
            let (mut buffer, mut count) = (0_u32, 0);
            for byte in row {
                buffer = buffer << 8 | u32::from(*byte);
                count += 8;
                while count >= bits {
                    count -= bits;
                    let value = buffer >> count & most;
                    out.push(if scaled {
                        ((value * 255 + most / 2) / most) as u8
                    } else {
                        value.min(255) as u8
                    });
                }
                buffer &= (1 << count) - 1;
            }
        }
    }
}

/// The signed or floating-point samples of one row.
pub(crate) fn to_floats(row: &[u8], kind: SampleKind, little_endian: bool, out: &mut Vec<f32>) {
    out.extend(row.chunks_exact(kind.bits() / 8).map(|bytes| {
        let number = unsigned(bytes, little_endian);
        match kind {
            SampleKind::Float(16) => half::f16::from_bits(number as u16).to_f32(),
            SampleKind::Float(32) => f32::from_bits(number as u32),
            SampleKind::Float(_) => f64::from_bits(number) as f32,
            SampleKind::Unsigned(_) => number as f32,
            SampleKind::Signed(bits) => {
                let unused = 64 - bits as u32;
                ((number << unused) as i64 >> unused) as f32
            }
        }
    }));
}

/// Converts such samples to bytes: 0 and less is black; white is 1, or the largest sample if that is above 1.
pub(crate) fn floats_to_bytes(samples: &[f32]) -> Vec<u8> {
    let largest = samples.iter().copied().filter(|value| value.is_finite()).fold(0.0, f32::max);
    let scale = if largest > 1.0 { 255.0 / largest } else { 255.0 };
    samples.iter().map(|value| (value * scale + 0.5).clamp(0.0, 255.0) as u8).collect()
}

/// How YCbCr samples are coded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct YCbCr {
    /// Shares of red, green and blue in the luma.
    pub weights: [f32; 3],
    /// Pixels per chroma sample, horizontally and vertically: 1, 2 or 4.
    pub subsampling: [usize; 2],
    /// Black and white of Y, Cb and Cr.
    pub reference: [f32; 6],
}

impl YCbCr {
    fn to_rgb(self, luma: u8, blue: u8, red: u8) -> [u8; 3] {
        let [weight_red, weight_green, weight_blue] = self.weights;
        let [black, white, blue_zero, blue_most, red_zero, red_most] = self.reference;
        let spread = |from: f32, to: f32| if (to - from).abs() < 1.0 { 1.0 } else { to - from };
        let luma = (f32::from(luma) - black) * 255.0 / spread(black, white);
        let blue = (f32::from(blue) - blue_zero) * 127.0 / spread(blue_zero, blue_most);
        let red = (f32::from(red) - red_zero) * 127.0 / spread(red_zero, red_most);
        let r = luma + red * (2.0 - 2.0 * weight_red);
        let b = luma + blue * (2.0 - 2.0 * weight_blue);
        let g = (luma - weight_blue * b - weight_red * r) / weight_green;
        [r, g, b].map(|value| (value + 0.5).clamp(0.0, 255.0) as u8)
    }

    /// Number of bytes of a chunk of this size.
    pub(crate) fn chunk_bytes(self, width: usize, rows: usize) -> usize {
        let [across, down] = self.subsampling;
        width.div_ceil(across) * rows.div_ceil(down) * (across * down + 2)
    }

    /// Converts a chunk to RGB. Its pixels are stored in groups: the luma of each, then their common chroma.
    pub(crate) fn chunk_to_rgb(self, chunk: &[u8], width: usize, rows: usize) -> Vec<u8> {
        let [across, down] = self.subsampling;
        let group = across * down + 2;
        let groups_across = width.div_ceil(across);
        let mut out = vec![0; width * rows * 3];
        for (index, values) in chunk.chunks_exact(group).enumerate() {
            let (left, top) = (index % groups_across * across, index / groups_across * down);
            for index in 0..across * down {
                let (x, y) = (left + index % across, top + index / across);
                if x < width && y < rows {
                    let rgb = self.to_rgb(values[index], values[group - 2], values[group - 1]);
                    out[(y * width + x) * 3..][..3].copy_from_slice(&rgb);
                }
            }
        }
        out
    }
}

/// Converts CIE L*a*b* under D50 to sRGB.
pub(crate) fn lab_to_rgb(lightness: f32, a: f32, b: f32) -> [u8; 3] {
    let y = (lightness + 16.0) / 116.0;
    let linear =
        |value: f32| if value > 6.0 / 29.0 { value.powi(3) } else { (value - 4.0 / 29.0) * 108.0 / 841.0 };
    let (x, y, z) = (0.964_22 * linear(y + a / 500.0), linear(y), 0.825_21 * linear(y - b / 200.0));
    let channels = [
        3.133_856 * x - 1.616_867 * y - 0.490_615 * z,
        -0.978_768 * x + 1.916_142 * y + 0.033_454 * z,
        0.071_945 * x - 0.228_991 * y + 1.405_243 * z,
    ];
    channels.map(|value| {
        let value = value.clamp(0.0, 1.0);
        let curved = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
        (curved * 255.0 + 0.5) as u8
    })
}
