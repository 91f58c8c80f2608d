//! Unpacks the strips and tiles of a TIFF.

use std::io::Read;

use fax::Color;
use flate2::read::ZlibDecoder;
use jpeg_decoder::ColorTransform;
use weezl::{BitOrder, LzwStatus, decode::Decoder as LzwDecoder};

use crate::decoded::Problem;

/// How the data of a TIFF are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Not at all.
    None,
    /// Fax, each line by itself.
    Group3,
    /// Fax, each line by the one above.
    Group4,
    /// LZW.
    Lzw,
    /// Deflate, as in PNG.
    Deflate,
    /// Runs of bytes.
    PackBits,
    /// A JPEG in each strip or tile.
    Jpeg,
}

impl Packing {
    /// The packing that a file names.
    pub(crate) fn of(compression: u64, fax_options: u64) -> Result<Self, Problem> {
        let unsupported = |what: &str| Err(Problem::Unsupported(format!("a TIFF packed with {what}")));
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
            50000 => unsupported("ZSTD"),
            50001 => unsupported("WebP"),
            50002 | 52546 => unsupported("JPEG XL"),
            other => unsupported(&format!("method {other}")),
        }
    }
}

/// The size of a strip or tile, as it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkSize {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub rows: usize,
    /// Bytes that all rows take when unpacked.
    pub bytes: usize,
}

fn too_soon() -> Problem {
    Problem::damaged("its data end too soon")
}

/// Unpacks a strip or tile that is not a JPEG.
pub(crate) fn unpack(
    packed: &[u8],
    packing: Packing,
    size: ChunkSize,
    reversed_bits: bool,
) -> Result<Vec<u8>, Problem> {
    let turned: Vec<u8>;
    let packed = if reversed_bits {
        turned = packed.iter().map(|byte| byte.reverse_bits()).collect();
        &turned
    } else {
        packed
    };
    let mut out = vec![0; size.bytes];
    match packing {
        Packing::None => out.copy_from_slice(packed.get(..size.bytes).ok_or_else(too_soon)?),
        Packing::Lzw => lzw(packed, &mut out)?,
        Packing::Deflate => ZlibDecoder::new(packed).read_exact(&mut out).map_err(|_| too_soon())?,
        Packing::PackBits => pack_bits(packed, &mut out).ok_or_else(too_soon)?,
        Packing::Group3 | Packing::Group4 => fax(packed, packing, size, &mut out)?,
        Packing::Jpeg => return Err(Problem::damaged("a JPEG where none can be")),
    }
    Ok(out)
}

fn lzw(packed: &[u8], out: &mut [u8]) -> Result<(), Problem> {
    // Files of before 1988 have their bits the other way round.
    let old = packed.first() == Some(&0) && packed.get(1).is_some_and(|byte| byte & 1 == 1);
    let mut decoder = if old {
        LzwDecoder::new(BitOrder::Lsb, 8)
    } else {
        LzwDecoder::with_tiff_size_switch(BitOrder::Msb, 8)
    };
    let (mut from, mut to) = (0, 0);
    while to < out.len() {
        let step = decoder.decode_bytes(&packed[from..], &mut out[to..]);
        from += step.consumed_in;
        to += step.consumed_out;
        let moved = step.consumed_in + step.consumed_out > 0;
        match step.status {
            Ok(LzwStatus::Ok) if moved => {}
            _ if to == out.len() => {}
            _ => return Err(too_soon()),
        }
    }
    Ok(())
}

fn pack_bits(mut packed: &[u8], out: &mut [u8]) -> Option<()> {
    let mut to = 0;
    while to < out.len() {
        let (&head, rest) = packed.split_first()?;
        packed = rest;
        let head = head as i8;
        if head >= 0 {
            let count = usize::from(head as u8) + 1;
            let (bytes, rest) = packed.split_at_checked(count)?;
            let count = count.min(out.len() - to);
            out[to..to + count].copy_from_slice(&bytes[..count]);
            (packed, to) = (rest, to + count);
        } else if head != -128 {
            let count = (1 + usize::from(head.unsigned_abs())).min(out.len() - to);
            let (&byte, rest) = packed.split_first()?;
            out[to..to + count].fill(byte);
            (packed, to) = (rest, to + count);
        }
    }
    Some(())
}

/// Fax codes give the places in each line where the colour changes; a bit that is set is black.
fn fax(packed: &[u8], packing: Packing, size: ChunkSize, out: &mut [u8]) -> Result<(), Problem> {
    let width = u16::try_from(size.width).map_err(|_| Problem::damaged("its lines are too long"))?;
    let rows = u16::try_from(size.rows).map_err(|_| Problem::damaged("it has too many lines"))?;
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
    let input = packed.iter().copied();
    if packing == Packing::Group4 {
        fax::decoder::decode_g4(input, width, Some(rows), write);
    } else {
        // The mark at the end that it looks for is often left out.
        fax::decoder::decode_g3(input, write);
    }
    if done < size.rows { Err(too_soon()) } else { Ok(()) }
}

/// Decodes a strip or tile that is a JPEG, whose tables may be in the directory. Returns one byte a sample.
pub(crate) fn jpeg(
    packed: &[u8],
    tables: Option<&[u8]>,
    samples: usize,
    is_ycbcr: bool,
    size: ChunkSize,
) -> Result<Vec<u8>, Problem> {
    let failed = |error: jpeg_decoder::Error| Problem::damaged(&error.to_string());
    let start = [0xff, 0xd8];
    let tables = tables.and_then(|tables| tables.strip_prefix(&start)).unwrap_or_default();
    let tables = tables.strip_suffix(&[0xff, 0xd9]).unwrap_or(tables);
    let whole = [&start, tables, packed.strip_prefix(&start).unwrap_or(packed)].concat();
    let mut decoder = jpeg_decoder::Decoder::new(whole.as_slice());
    match samples {
        3 if is_ycbcr => decoder.set_color_transform(ColorTransform::YCbCr),
        3 => decoder.set_color_transform(ColorTransform::RGB),
        4 => decoder.set_color_transform(ColorTransform::CMYK),
        _ => {}
    }
    decoder.read_info().map_err(failed)?;
    let info = decoder.info().ok_or_else(too_soon)?;
    let fits = usize::from(info.width) == size.width && (1..=size.rows).contains(&usize::from(info.height));
    if !fits || info.pixel_format.pixel_bytes() != samples {
        return Err(Problem::damaged("a part of it has another size than it claims"));
    }
    let mut pixels = decoder.decode().map_err(failed)?;
    if samples == 4 {
        // The decoder takes the inks as inverted, which they are not in a TIFF.
        pixels.iter_mut().for_each(|value| *value = 255 - *value);
    }
    // The last strip may be cut out of a whole one.
    pixels.resize(size.width * size.rows * samples, 0);
    Ok(pixels)
}
