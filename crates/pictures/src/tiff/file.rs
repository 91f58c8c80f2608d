//! Decodes a TIFF: strips and tiles, all common compressions, sample sizes and colour models.

use super::chunks::{ChunkSize, Compression, decompress, jpeg};
use super::layout::{ColourModel, Layout, tag};
use super::pixels::{SampleKind, floats_to_bytes, to_bytes, to_floats, undo_float_predictor, undo_predictor};
use crate::decoded::{DecodeError, Decoded};
use crate::directory::Directory;
use crate::error::MAX_BYTES;
use crate::jpeg::file;
use crate::orientation::{orientation_in_directory, orientation_in_xmp};

/// Number of padding pixels that the tiles of a small picture may have.
const MAX_PADDING: usize = 1 << 24;

/// Decodes the first picture of the TIFF in `bytes`.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let directory = Directory::read(bytes).ok_or(DecodeError::CutShort)?;
    if directory.has(tag::DNG_VERSION) {
        return Err(DecodeError::Unsupported("a raw photograph".to_owned()));
    }
    let profile = directory.raw(tag::PROFILE).map(<[u8]>::to_vec);
    let orientation =
        orientation_in_directory(&directory).or_else(|| directory.raw(tag::XMP).and_then(orientation_in_xmp));
    if directory.number(tag::COMPRESSION) == Some(6)
        && let Some(at) = directory.number(tag::JPEG_OFFSET)
        && let Some(inner) = usize::try_from(at).ok().and_then(|at| bytes.get(at..))
        && let Ok(decoded) = file::decode(inner)
    {
        return Ok(Decoded { orientation: orientation.or(decoded.orientation), ..decoded });
    }
    let layout = Layout::read(directory)?;
    let samples = layout.samples()?;
    let raster = layout.raster(samples)?;
    Ok(Decoded { raster, profile, orientation, remarks: Vec::new() })
}

impl<'a> Layout<'a> {
    /// The samples of all pixels, `used_samples` bytes per pixel.
    fn samples(&self) -> Result<Vec<u8>, DecodeError> {
        let tiled = self.directory.has(tag::TILE_OFFSETS) || self.directory.has(tag::TILE_WIDTH);
        let (offsets, lengths) = if tiled {
            (tag::TILE_OFFSETS, tag::TILE_LENGTHS)
        } else {
            (tag::STRIP_OFFSETS, tag::STRIP_LENGTHS)
        };
        let no_positions = || DecodeError::damaged("it lacks the positions of its pixel data");
        let offsets = self.directory.numbers(offsets).ok_or_else(no_positions)?;
        let lengths = self.directory.numbers(lengths);
        let (chunk_width, chunk_rows) = self.chunk_size(tiled)?;
        let across = self.width.div_ceil(chunk_width);
        let down = self.height.div_ceil(chunk_rows);
        let planes = if self.planar { self.used_samples } else { 1 };
        let mut bytes = vec![0; self.width * self.height * self.used_samples];
        let mut floats = if self.kind.is_relative() { vec![0.0; bytes.len()] } else { Vec::new() };
        for plane in 0..planes {
            for index in 0..across * down {
                let (left, top) = (index % across * chunk_width, index / across * chunk_rows);
                let rows = if tiled { chunk_rows } else { chunk_rows.min(self.height - top) };
                let chunk_index = plane * across * down + index;
                let offset = offsets.get(chunk_index).copied().ok_or_else(no_positions)?;
                let length = match &lengths {
                    Some(lengths) => lengths.get(chunk_index).copied().ok_or_else(no_positions)?,
                    None => self.directory.bytes.len() as u64 - offset.min(self.directory.bytes.len() as u64),
                };
                let compressed = self.chunk_bytes(offset, length)?;
                let chunk = self.read_chunk(compressed, chunk_width, rows)?;
                let position = ChunkPosition { left, top, width: chunk_width, plane };
                self.copy_chunk(&chunk, &position, &mut bytes, &mut floats);
            }
        }
        Ok(if floats.is_empty() { bytes } else { floats_to_bytes(&floats) })
    }

    /// Width and rows of the strips or tiles, in pixels, above 0.
    fn chunk_size(&self, tiled: bool) -> Result<(usize, usize), DecodeError> {
        let tile_side = |tag| {
            let side = usize::try_from(self.directory.number(tag)?).ok();
            side.filter(|&side| side > 0 && side <= 1 << 20)
        };
        let size = if tiled {
            tile_side(tag::TILE_WIDTH).zip(tile_side(tag::TILE_HEIGHT))
        } else {
            let rows = self.directory.number(tag::ROWS_PER_STRIP).unwrap_or(u64::MAX);
            Some((self.width, usize::try_from(rows).unwrap_or(usize::MAX).clamp(1, self.height)))
        };
        let no_size = || DecodeError::damaged("the size of its parts is invalid");
        let (width, rows) = size.filter(|&(width, _)| width > 0).ok_or_else(no_size)?;
        // Bounds the work: chunks may be larger than the picture, but not many of them.
        let padded = (self.width.div_ceil(width) * width).saturating_mul(self.height.div_ceil(rows) * rows);
        if padded > 4 * self.width * self.height + MAX_PADDING {
            return Err(no_size());
        }
        Ok((width, rows))
    }

    fn chunk_bytes(&self, offset: u64, length: u64) -> Result<&'a [u8], DecodeError> {
        let start = usize::try_from(offset).map_err(|_| DecodeError::CutShort)?;
        let rest = self.directory.bytes.get(start..).ok_or(DecodeError::CutShort)?;
        let length = usize::try_from(length).map_err(|_| DecodeError::CutShort)?;
        // The length of a strip is often too large; decompression notices missing data.
        Ok(&rest[..length.min(rest.len())])
    }

    /// The rows of a strip or tile, decompressed and with the predictor undone.
    fn read_chunk(&self, compressed: &[u8], width: usize, rows: usize) -> Result<ChunkRows, DecodeError> {
        let samples = self.samples_per_chunk_pixel();
        let bits = self.kind.bits();
        let row_bytes = (width * samples * bits).div_ceil(8);
        let bytes = if self.is_subsampled() { self.ycbcr.chunk_bytes(width, rows) } else { row_bytes * rows };
        if bytes as u64 > MAX_BYTES {
            return Err(DecodeError::damaged("one of its parts is too large"));
        }
        let size = ChunkSize { width, rows, bytes };
        if self.compression == Compression::Jpeg {
            let tables = self.directory.raw(tag::JPEG_TABLES);
            let is_ycbcr = self.colours == ColourModel::YCbCr;
            return Ok(ChunkRows {
                bytes: jpeg(compressed, tables, samples, is_ycbcr, size)?,
                row_bytes: width * samples,
            });
        }
        let reversed = self.directory.number(tag::FILL_ORDER) == Some(2);
        let mut decompressed = decompress(compressed, self.compression, size, reversed)?;
        if self.is_subsampled() {
            return Ok(ChunkRows {
                bytes: self.ycbcr.chunk_to_rgb(&decompressed, width, rows),
                row_bytes: width * 3,
            });
        }
        let little_endian = self.directory.little_endian;
        for row in decompressed.chunks_exact_mut(row_bytes) {
            match self.predictor {
                2 if bits.is_multiple_of(8) => undo_predictor(row, bits, samples, little_endian),
                3 if bits >= 16 => undo_float_predictor(row, bits, samples, little_endian),
                _ => {}
            }
        }
        Ok(ChunkRows { bytes: decompressed, row_bytes })
    }

    /// Copies the samples of a chunk to their positions.
    fn copy_chunk(&self, chunk: &ChunkRows, position: &ChunkPosition, bytes: &mut [u8], floats: &mut [f32]) {
        let stride = self.samples_per_chunk_pixel();
        let columns = position.width.min(self.width - position.left);
        let (mut row_bytes, mut row_floats) = (Vec::new(), Vec::new());
        let little_endian = self.directory.little_endian;
        for (y, row) in chunk.bytes.chunks_exact(chunk.row_bytes).take(self.height - position.top).enumerate()
        {
            row_bytes.clear();
            row_floats.clear();
            match self.kind {
                SampleKind::Float(_) | SampleKind::Signed(_) => {
                    to_floats(row, self.kind, little_endian, &mut row_floats);
                }
                SampleKind::Unsigned(bits)
                    if self.compression != Compression::Jpeg && !self.is_subsampled() =>
                {
                    to_bytes(row, bits, little_endian, self.colours != ColourModel::Palette, &mut row_bytes);
                }
                SampleKind::Unsigned(_) => row_bytes.extend_from_slice(row),
            }
            let line = ((position.top + y) * self.width + position.left) * self.used_samples;
            for x in 0..columns {
                for sample in 0..stride.min(self.used_samples) {
                    let to = line + x * self.used_samples + position.plane + sample;
                    if self.kind.is_relative() {
                        floats[to] = row_floats[x * stride + sample];
                    } else {
                        bytes[to] = row_bytes[x * stride + sample];
                    }
                }
            }
        }
    }
}

/// The decompressed rows of a strip or tile.
struct ChunkRows {
    bytes: Vec<u8>,
    row_bytes: usize,
}

/// Position of a strip or tile in the picture.
struct ChunkPosition {
    left: usize,
    top: usize,
    width: usize,
    plane: usize,
}
