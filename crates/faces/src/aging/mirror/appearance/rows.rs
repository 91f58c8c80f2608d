//! Bytes of a head crop, row by row: each row holds its planes one after another, so that loops over a row vectorise.

use std::ops::Range;

use agemirror_kernels::widest;

/// Planes of one row.
pub(super) const PLANES: usize = 32;

/// The planes of all rows of a crop.
pub(super) struct PixelRows {
    side: usize,
    bytes: Vec<u8>,
}

/// The planes of one row, each as long as the crop is wide. Shares and weights are of 255, colours are bytes.
#[derive(Clone, Copy)]
pub(super) struct Row<T> {
    /// Red, green and blue of the crop.
    pub crop: [T; 3],
    pub hair: HairPlanes<T>,
    pub beard: BeardPlanes<T>,
    pub skin: SkinPlanes<T>,
    pub lines: LinePlanes<T>,
    /// Coverage by lips.
    pub lips: T,
    /// Coverage by neck.
    pub neck: T,
    pub scalp: ScalpPlanes<T>,
}

#[derive(Clone, Copy)]
pub(super) struct ScalpPlanes<T> {
    /// The loss at which the pixel's hair falls out, in steps.
    pub falls_at: T,
    /// Colour of the scalp.
    pub colours: [T; 3],
}

#[derive(Clone, Copy)]
pub(super) struct HairPlanes<T> {
    /// Coverage by hair.
    pub alpha: T,
    /// Fraction of grey hair at which the pixel turns.
    pub turn: T,
    /// Current greyness, with the coverage by hair up to its border.
    pub greyness: T,
    /// Colour when grey.
    pub grey: [T; 3],
    /// Colour before it turned grey.
    pub former: [T; 3],
}

#[derive(Clone, Copy)]
pub(super) struct BeardPlanes<T> {
    /// Coverage by beard; 0 in brows, which only use the skin beneath.
    pub alpha: T,
    /// Coverage by brows.
    pub brow: T,
    /// Colour of the skin beneath.
    pub beneath: [T; 3],
}

#[derive(Clone, Copy)]
pub(super) struct SkinPlanes<T> {
    /// Contribution of lines on top of even skin, signed.
    pub lines: [T; 3],
    /// Contribution of folds on top of even skin, signed.
    pub folds: [T; 3],
}

#[derive(Clone, Copy)]
pub(super) struct LinePlanes<T> {
    /// Lines with folds, in logarithm steps, signed.
    pub lines: T,
    /// Pores with spots, in logarithm steps, signed.
    pub pores: T,
    /// Position between forehead and neck.
    pub zone: T,
}

impl<T> Row<T> {
    fn of(mut next: impl FnMut() -> T) -> Self {
        let (alpha, falls_at) = (next(), next());
        let mut three = || [next(), next(), next()];
        let (crop, grey, former, beneath, lines, folds, scalp) =
            (three(), three(), three(), three(), three(), three(), three());
        Self {
            crop,
            hair: HairPlanes { alpha, turn: next(), greyness: next(), grey, former },
            beard: BeardPlanes { alpha: next(), brow: next(), beneath },
            skin: SkinPlanes { lines, folds },
            lines: LinePlanes { lines: next(), pores: next(), zone: next() },
            lips: next(),
            neck: next(),
            scalp: ScalpPlanes { falls_at, colours: scalp },
        }
    }
}

impl PixelRows {
    /// Rows of zeros for a crop of `side` pixels.
    pub(super) fn new(side: usize) -> Self {
        Self { side, bytes: vec![0; PLANES * side * side] }
    }

    /// The rows' bytes, for [`split_mut`].
    pub(super) fn rows_mut(&mut self) -> (usize, &mut [u8]) {
        (PLANES * self.side.max(1), &mut self.bytes)
    }

    /// Side of the crop in pixels.
    pub(super) fn side(&self) -> usize {
        self.side
    }

    /// The coverage by hair and the loss at which it falls out of row `y`, quicker than by [`PixelRows::row`].
    pub(super) fn hair_and_loss(&self, y: usize) -> [&[u8]; 2] {
        let planes = &self.bytes[PLANES * self.side * y..][..2 * self.side];
        planes.split_at(self.side).into()
    }

    /// Some columns of the planes of row `y`.
    pub(super) fn row(&self, y: usize, columns: Range<usize>) -> Row<&[u8]> {
        let mut planes = self.bytes[PLANES * self.side * y..].chunks_exact(self.side.max(1));
        Row::of(|| &planes.next().unwrap_or_default()[columns.clone()])
    }
}

/// The planes of a row for writing, from its bytes.
pub(super) fn split_mut(bytes: &mut [u8]) -> Row<&mut [u8]> {
    let mut planes = bytes.chunks_exact_mut((bytes.len() / PLANES).max(1));
    Row::of(|| planes.next().unwrap_or_default())
}

/// Added to a float, it leaves the nearest integer in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// The nearest byte to a value, limited to 0..=255. A cast would not vectorise.
#[inline(always)]
pub(super) fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 255.0) + ROUND).to_bits() as u8
}

widest! {
    /// Writes the nearest bytes to some values.
    pub(super) fn write_bytes(to: &mut [u8], values: &[f32]) {
        to.iter_mut().zip(values).for_each(|(to, value)| *to = byte(*value));
    }
}

/// The nearest signed byte to a value in -128..=127, as a byte.
#[inline(always)]
pub(super) fn signed_byte(value: f32) -> u8 {
    (value + ROUND).to_bits() as u8
}

/// The value of a byte written by [`signed_byte`].
#[inline(always)]
pub(super) fn signed(byte: u8) -> f32 {
    f32::from(byte as i8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_the_nearest_bytes() {
        assert_eq!([-3.0, 0.4, 0.6, 254.7, 900.0].map(byte), [0, 0, 1, 255, 255]);
        assert_eq!(
            [-127.0, -0.6, 0.3, 126.6].map(|value| signed(signed_byte(value))),
            [-127.0, -1.0, 0.0, 127.0]
        );
    }

    #[test]
    fn every_plane_of_every_row_is_its_own() {
        let mut rows = PixelRows::new(3);
        let (length, bytes) = rows.rows_mut();
        assert_eq!(bytes.len(), 3 * length);
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = i as u8;
        }
        let row = rows.row(1, 0..3);
        assert_eq!((row.hair.alpha, row.scalp.falls_at), (&[96, 97, 98][..], &[99, 100, 101][..]));
        assert_eq!((row.crop[0], row.crop[2]), (&[102, 103, 104][..], &[108, 109, 110][..]));
        assert_eq!((row.lips, row.neck), (&[186, 187, 188][..], &[189, 190, 191][..]));
        assert_eq!(rows.row(1, 1..2).neck, [190]);
        assert_eq!(rows.hair_and_loss(1), [row.hair.alpha, row.scalp.falls_at]);
    }
}
