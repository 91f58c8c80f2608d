//! Decompresses the strips and tiles of a TIFF.

use std::io::Read;

use fax::Color;
use flate2::read::ZlibDecoder;
use jpeg_decoder::ColorTransform;
use ruzstd::decoding::StreamingDecoder;
use weezl::{BitOrder, LzwStatus, decode::Decoder as LzwDecoder};

use crate::decoded::DecodeError;

/// Compression of the data of a TIFF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// None.
    None,
    /// Fax, each line coded by itself.
    Group3,
    /// Fax, each line coded relative to the previous one.
    Group4,
    /// LZW.
    Lzw,
    /// Deflate, as in PNG.
    Deflate,
    /// Zstandard.
    Zstd,
    /// Run-length encoding.
    PackBits,
    /// A JPEG in each strip or tile.
    Jpeg,
}

impl Compression {
    /// The compression with this code.
    pub(crate) fn of(compression: u64, fax_options: u64) -> Result<Self, DecodeError> {
        let unsupported =
            |what: &str| Err(DecodeError::Unsupported(format!("a TIFF compressed with {what}")));
        match compression {
            1 => Ok(Self::None),
            2 => unsupported("modified Huffman codes"),
            3 if fax_options & 1 == 1 => unsupported("two-dimensional fax codes of group 3"),
            3 => Ok(Self::Group3),
            4 => Ok(Self::Group4),
            5 => Ok(Self::Lzw),
            6 => unsupported("JPEG of the old kind"),
            7 => Ok(Self::Jpeg),
            8 | 32946 => Ok(Self::Deflate),
            32773 => Ok(Self::PackBits),
            32809 => unsupported("ThunderScan"),
            33003 | 33005 | 34712 => unsupported("JPEG 2000"),
            34676 | 34677 => unsupported("SGI LogLuv"),
            34887 => unsupported("LERC"),
            34925 => unsupported("LZMA"),
            50000 => Ok(Self::Zstd),
            50001 => unsupported("WebP"),
            50002 | 52546 => unsupported("JPEG XL"),
            other => unsupported(&format!("method {other}")),
        }
    }
}

/// Stored size of a strip or tile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkSize {
    /// Pixels per row.
    pub width: usize,
    /// Number of rows.
    pub rows: usize,
    /// Number of bytes of all rows after decompression.
    pub bytes: usize,
}

fn truncated() -> DecodeError {
    DecodeError::damaged("its data ends too early")
}

/// Decompresses a strip or tile that is not a JPEG.
pub(crate) fn decompress(
    compressed: &[u8],
    compression: Compression,
    size: ChunkSize,
    reversed_bits: bool,
) -> Result<Vec<u8>, DecodeError> {
    let reversed: Vec<u8>;
    let compressed = if reversed_bits {
        reversed = compressed.iter().map(|byte| byte.reverse_bits()).collect();
        &reversed
    } else {
        compressed
    };
    let mut out = vec![0; size.bytes];
    match compression {
        Compression::None => out.copy_from_slice(compressed.get(..size.bytes).ok_or_else(truncated)?),
        Compression::Lzw => lzw(compressed, &mut out)?,
        Compression::Deflate => ZlibDecoder::new(compressed).read_exact(&mut out).map_err(|_| truncated())?,
        Compression::Zstd => zstd(compressed, &mut out).ok_or_else(truncated)?,
        Compression::PackBits => pack_bits(compressed, &mut out).ok_or_else(truncated)?,
        Compression::Group3 | Compression::Group4 => fax(compressed, compression, size, &mut out)?,
        Compression::Jpeg => return Err(DecodeError::damaged("it contains a JPEG where none is allowed")),
    }
    Ok(out)
}

fn zstd(compressed: &[u8], out: &mut [u8]) -> Option<()> {
    let mut decoder = StreamingDecoder::new(compressed).ok()?;
    decoder.read_exact(out).ok()
}

fn lzw(compressed: &[u8], out: &mut [u8]) -> Result<(), DecodeError> {
    // Files from before 1988 have the reverse bit order.
    let old = compressed.first() == Some(&0) && compressed.get(1).is_some_and(|byte| byte & 1 == 1);
    let mut decoder = if old {
        LzwDecoder::new(BitOrder::Lsb, 8)
    } else {
        LzwDecoder::with_tiff_size_switch(BitOrder::Msb, 8)
    };
    let (mut from, mut to) = (0, 0);
    while to < out.len() {
        let step = decoder.decode_bytes(&compressed[from..], &mut out[to..]);
        from += step.consumed_in;
        to += step.consumed_out;
        let moved = step.consumed_in + step.consumed_out > 0;
        match step.status {
            Ok(LzwStatus::Ok) if moved => {}
            _ if to == out.len() => {}
            _ => return Err(truncated()),
        }
    }
    Ok(())
}

fn pack_bits(mut compressed: &[u8], out: &mut [u8]) -> Option<()> {
    let mut to = 0;
    while to < out.len() {
        let (&head, rest) = compressed.split_first()?;
        compressed = rest;
        let head = head as i8;
        if head >= 0 {
            let count = usize::from(head as u8) + 1;
            let (bytes, rest) = compressed.split_at_checked(count)?;
            let count = count.min(out.len() - to);
            out[to..to + count].copy_from_slice(&bytes[..count]);
            (compressed, to) = (rest, to + count);
        } else if head != -128 {
            let count = (1 + usize::from(head.unsigned_abs())).min(out.len() - to);
            let (&byte, rest) = compressed.split_first()?;
            out[to..to + count].fill(byte);
            (compressed, to) = (rest, to + count);
        }
    }
    Some(())
}

/// Fax codes contain the columns of each line where the colour changes; a set bit is black.
fn fax(
    compressed: &[u8],
    compression: Compression,
    size: ChunkSize,
    out: &mut [u8],
) -> Result<(), DecodeError> {
    let width = u16::try_from(size.width).map_err(|_| DecodeError::damaged("its lines are too long"))?;
    let rows = u16::try_from(size.rows).map_err(|_| DecodeError::damaged("it has too many lines"))?;
    let mut done = 0;
    let mut lines = out.chunks_exact_mut(size.width.div_ceil(8));
    let write = |changes: &[u16]| {
        let Some(line) = lines.next() else { return };
        done += 1;
        for (column, colour) in fax::decoder::pels(changes, width).enumerate() {
            if colour == Color::Black {
                line[column / 8] |= 0x80 >> (column % 8);
            }
        }
    };
    let input = compressed.iter().copied();
    if compression == Compression::Group4 {
        fax::decoder::decode_g4(input, width, Some(rows), write);
    } else {
        // The end marker that the decoder expects is often missing.
        fax::decoder::decode_g3(input, write);
    }
    if done < size.rows { Err(truncated()) } else { Ok(()) }
}

/// Decodes a strip or tile that is a JPEG, whose tables may be in the directory. Returns one byte per sample.
pub(crate) fn jpeg(
    compressed: &[u8],
    tables: Option<&[u8]>,
    samples: usize,
    is_ycbcr: bool,
    size: ChunkSize,
) -> Result<Vec<u8>, DecodeError> {
    let failed = |error: jpeg_decoder::Error| DecodeError::damaged(&error.to_string());
    let start = [0xff, 0xd8];
    let tables = tables.and_then(|tables| tables.strip_prefix(&start)).unwrap_or_default();
    let tables = tables.strip_suffix(&[0xff, 0xd9]).unwrap_or(tables);
    let whole = [&start, tables, compressed.strip_prefix(&start).unwrap_or(compressed)].concat();
    let mut decoder = jpeg_decoder::Decoder::new(whole.as_slice());
    match samples {
        3 if is_ycbcr => decoder.set_color_transform(ColorTransform::YCbCr),
        3 => decoder.set_color_transform(ColorTransform::RGB),
        4 => decoder.set_color_transform(ColorTransform::CMYK),
        _ => {}
    }
    decoder.read_info().map_err(failed)?;
    let info = decoder.info().ok_or_else(truncated)?;
    let fits = usize::from(info.width) == size.width && (1..=size.rows).contains(&usize::from(info.height));
    if !fits || info.pixel_format.pixel_bytes() != samples {
        return Err(DecodeError::damaged("one of its parts has the wrong size"));
    }
    let mut pixels = decoder.decode().map_err(failed)?;
    if samples == 4 {
        // The decoder assumes inverted CMYK, which TIFF does not use.
        pixels.iter_mut().for_each(|value| *value = 255 - *value);
    }
    // The last strip may be shorter than the others.
    pixels.resize(size.width * size.rows * samples, 0);
    Ok(pixels)
}
