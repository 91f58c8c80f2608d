//! Reading a TIFF: strips and tiles, all usual packings, sample sizes and kinds of colour.

use image::metadata::Orientation;
use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};

use super::chunks::{ChunkSize, Packing, jpeg, unpack};
use super::directory::Directory;
use super::pixels::{
    Luma, SampleKind, floats_to_bytes, lab_to_rgb, to_bytes, to_floats, undo_differences,
    undo_float_differences,
};
use crate::color::Raster;
use crate::decoded::{Decoded, Problem, fits, too_large};
use crate::error::MOST_BYTES;
use crate::jpeg::file;

mod tag {
    pub const WIDTH: u16 = 256;
    pub const HEIGHT: u16 = 257;
    pub const BITS: u16 = 258;
    pub const COMPRESSION: u16 = 259;
    pub const PHOTOMETRIC: u16 = 262;
    pub const FILL_ORDER: u16 = 266;
    pub const STRIP_OFFSETS: u16 = 273;
    pub const ORIENTATION: u16 = 274;
    pub const SAMPLES: u16 = 277;
    pub const ROWS_PER_STRIP: u16 = 278;
    pub const STRIP_LENGTHS: u16 = 279;
    pub const PLANAR: u16 = 284;
    pub const FAX_OPTIONS: u16 = 292;
    pub const PREDICTOR: u16 = 317;
    pub const COLOUR_MAP: u16 = 320;
    pub const TILE_WIDTH: u16 = 322;
    pub const TILE_HEIGHT: u16 = 323;
    pub const TILE_OFFSETS: u16 = 324;
    pub const TILE_LENGTHS: u16 = 325;
    pub const EXTRA_SAMPLES: u16 = 338;
    pub const SAMPLE_FORMAT: u16 = 339;
    pub const JPEG_TABLES: u16 = 347;
    pub const JPEG_OFFSET: u16 = 513;
    pub const LUMA_WEIGHTS: u16 = 529;
    pub const SUBSAMPLING: u16 = 530;
    pub const REFERENCE: u16 = 532;
    pub const PROFILE: u16 = 34675;
    pub const DNG_VERSION: u16 = 50706;
}

/// Pixels that the tiles of a small picture may have beyond it.
const MOST_PADDING: usize = 1 << 24;

/// What the samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colours {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
    /// With the differences as signed numbers, or moved by 128.
    Lab {
        signed: bool,
    },
}

impl Colours {
    fn channels(self) -> usize {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Rgb | Self::YCbCr | Self::Lab { .. } => 3,
            Self::Cmyk => 4,
        }
    }
}

struct Layout<'a> {
    directory: Directory<'a>,
    width: usize,
    height: usize,
    colours: Colours,
    kind: SampleKind,
    /// Samples that are stored for each pixel.
    samples: usize,
    /// Those of them that are used.
    kept: usize,
    /// Whether each sample has chunks of its own.
    planar: bool,
    packing: Packing,
    predictor: u64,
    luma: Luma,
}

/// Decodes the first picture of the TIFF in `bytes`.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, Problem> {
    let directory = Directory::read(bytes).ok_or(Problem::CutShort)?;
    if directory.has(tag::DNG_VERSION) {
        return Err(Problem::Unsupported("a raw photograph".to_owned()));
    }
    let profile = directory.raw(tag::PROFILE).map(<[u8]>::to_vec);
    let orientation =
        directory.number(tag::ORIENTATION).and_then(|number| Orientation::from_exif(number as u8));
    if directory.number(tag::COMPRESSION) == Some(6)
        && let Some(at) = directory.number(tag::JPEG_OFFSET)
        && let Some(inner) = usize::try_from(at).ok().and_then(|at| bytes.get(at..))
    {
        return file::decode(inner);
    }
    let layout = Layout::read(directory)?;
    let samples = layout.samples()?;
    let raster = layout.raster(samples)?;
    Ok(Decoded { raster, profile, orientation, remarks: Vec::new() })
}

impl<'a> Layout<'a> {
    fn read(directory: Directory<'a>) -> Result<Self, Problem> {
        let missing = || Problem::damaged("it lacks its size");
        let side =
            |tag| directory.number(tag).and_then(|side| u32::try_from(side).ok()).filter(|&side| side > 0);
        let width = side(tag::WIDTH).ok_or_else(missing)?;
        let height = side(tag::HEIGHT).ok_or_else(missing)?;
        let number = |tag, usual| directory.number(tag).unwrap_or(usual);
        let packing = Packing::of(number(tag::COMPRESSION, 1), number(tag::FAX_OPTIONS, 0))?;
        let samples =
            usize::try_from(number(tag::SAMPLES, 1)).ok().filter(|samples| (1..=64).contains(samples));
        let samples = samples.ok_or_else(|| Problem::damaged("the number of its samples makes no sense"))?;
        let colours = colours(number(tag::PHOTOMETRIC, if samples >= 3 { 2 } else { 1 }))?;
        let kind = sample_kind(&directory)?;
        if samples < colours.channels() {
            return Err(Problem::damaged("it has fewer samples than its colours need"));
        }
        let extra = directory.numbers(tag::EXTRA_SAMPLES).and_then(|kinds| kinds.first().copied());
        let alpha = samples > colours.channels() && matches!(extra, Some(1 | 2));
        let kept = colours.channels() + usize::from(alpha);
        let stored = kept.max(3) as u64 * if matches!(kind, SampleKind::Float(_)) { 4 } else { 1 };
        if !fits(width, height, stored) {
            return Err(too_large(width, height, stored));
        }
        let luma = luma(&directory);
        let planar = number(tag::PLANAR, 1) == 2 && samples > 1;
        check_combination(packing, colours, kind, samples, planar, luma)?;
        Ok(Self {
            width: width as usize,
            height: height as usize,
            colours,
            kind,
            samples,
            kept,
            planar,
            packing,
            predictor: number(tag::PREDICTOR, 1),
            luma,
            directory,
        })
    }

    /// Whether luma and colour differences come in groups of pixels.
    fn grouped(&self) -> bool {
        self.colours == Colours::YCbCr && self.packing != Packing::Jpeg && !self.planar
    }

    /// The samples of all pixels, `kept` a pixel, one byte each.
    fn samples(&self) -> Result<Vec<u8>, Problem> {
        let tiled = self.directory.has(tag::TILE_OFFSETS) || self.directory.has(tag::TILE_WIDTH);
        let (offsets, lengths) = if tiled {
            (tag::TILE_OFFSETS, tag::TILE_LENGTHS)
        } else {
            (tag::STRIP_OFFSETS, tag::STRIP_LENGTHS)
        };
        let no_places = || Problem::damaged("it does not say where its pixels are");
        let offsets = self.directory.numbers(offsets).ok_or_else(no_places)?;
        let lengths = self.directory.numbers(lengths);
        let side = |tag, usual: usize| match self.directory.number(tag) {
            Some(side) => usize::try_from(side).ok().filter(|&side| side > 0 && side <= 1 << 20),
            None => Some(usual),
        };
        let (chunk_width, chunk_rows) = if tiled {
            (side(tag::TILE_WIDTH, 0), side(tag::TILE_HEIGHT, 0))
        } else {
            let rows = self.directory.number(tag::ROWS_PER_STRIP).unwrap_or(u64::MAX);
            (
                Some(self.width),
                usize::try_from(rows).ok().or(Some(usize::MAX)).map(|rows| rows.clamp(1, self.height)),
            )
        };
        let no_size = || Problem::damaged("the size of its parts makes no sense");
        let chunk_width = chunk_width.filter(|&side| side > 0).ok_or_else(no_size)?;
        let chunk_rows = chunk_rows.filter(|&side| side > 0).ok_or_else(no_size)?;
        let across = self.width.div_ceil(chunk_width);
        let down = self.height.div_ceil(chunk_rows);
        let planes = if self.planar { self.kept } else { 1 };
        // Bounds the work: parts may be larger than the picture, but not many of them.
        let padded = (across * chunk_width).saturating_mul(down * chunk_rows);
        if padded > 4 * self.width * self.height + MOST_PADDING {
            return Err(no_size());
        }
        let mut bytes = vec![0; self.width * self.height * self.kept];
        let mut floats = match self.kind {
            SampleKind::Float(_) => vec![0.0; bytes.len()],
            SampleKind::Unsigned(_) => Vec::new(),
        };
        for plane in 0..planes {
            for index in 0..across * down {
                let (left, top) = (index % across * chunk_width, index / across * chunk_rows);
                let rows = if tiled { chunk_rows } else { chunk_rows.min(self.height - top) };
                let place = plane * across * down + index;
                let offset = offsets.get(place).copied().ok_or_else(no_places)?;
                let length = match &lengths {
                    Some(lengths) => lengths.get(place).copied().ok_or_else(no_places)?,
                    None => self.directory.bytes.len() as u64 - offset.min(self.directory.bytes.len() as u64),
                };
                let packed = self.part(offset, length)?;
                let chunk = self.chunk(packed, chunk_width, rows)?;
                let spot = Spot { left, top, width: chunk_width, plane };
                self.place(&chunk, &spot, &mut bytes, &mut floats);
            }
        }
        Ok(if floats.is_empty() { bytes } else { floats_to_bytes(&floats) })
    }

    fn part(&self, offset: u64, length: u64) -> Result<&'a [u8], Problem> {
        let start = usize::try_from(offset).map_err(|_| Problem::CutShort)?;
        let rest = self.directory.bytes.get(start..).ok_or(Problem::CutShort)?;
        let length = usize::try_from(length).map_err(|_| Problem::CutShort)?;
        // The last bytes of a strip are often counted that are not there; unpacking tells whether they matter.
        Ok(&rest[..length.min(rest.len())])
    }

    /// Samples of a pixel in one chunk.
    fn in_chunk(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// The rows of a strip or tile, unpacked and with their prediction undone.
    fn chunk(&self, packed: &[u8], width: usize, rows: usize) -> Result<Rows, Problem> {
        let samples = self.in_chunk();
        let bits = self.kind.bits();
        let row_bytes = (width * samples * bits).div_ceil(8);
        let bytes = if self.grouped() { self.luma.chunk_bytes(width, rows) } else { row_bytes * rows };
        if bytes as u64 > MOST_BYTES {
            return Err(Problem::damaged("one of its parts is too large"));
        }
        let size = ChunkSize { width, rows, bytes };
        if self.packing == Packing::Jpeg {
            let tables = self.directory.raw(tag::JPEG_TABLES);
            let ycbcr = self.colours == Colours::YCbCr;
            return Ok(Rows {
                bytes: jpeg(packed, tables, samples, ycbcr, size)?,
                row_bytes: width * samples,
            });
        }
        let reversed = self.directory.number(tag::FILL_ORDER) == Some(2);
        let mut unpacked = unpack(packed, self.packing, size, reversed)?;
        if self.grouped() {
            return Ok(Rows { bytes: self.luma.chunk_to_rgb(&unpacked, width, rows), row_bytes: width * 3 });
        }
        let little = self.directory.little;
        for row in unpacked.chunks_exact_mut(row_bytes) {
            match self.predictor {
                2 if bits.is_multiple_of(8) => undo_differences(row, bits, samples, little),
                3 if bits >= 16 => undo_float_differences(row, bits, samples, little),
                _ => {}
            }
        }
        Ok(Rows { bytes: unpacked, row_bytes })
    }

    /// Puts a chunk's samples where they belong.
    fn place(&self, chunk: &Rows, spot: &Spot, bytes: &mut [u8], floats: &mut [f32]) {
        let stride = self.in_chunk();
        let columns = spot.width.min(self.width - spot.left);
        let (mut row_bytes, mut row_floats) = (Vec::new(), Vec::new());
        let little = self.directory.little;
        for (y, row) in chunk.bytes.chunks_exact(chunk.row_bytes).take(self.height - spot.top).enumerate() {
            row_bytes.clear();
            row_floats.clear();
            match self.kind {
                SampleKind::Float(bits) => to_floats(row, bits, little, &mut row_floats),
                SampleKind::Unsigned(bits) if self.packing != Packing::Jpeg && !self.grouped() => {
                    to_bytes(row, bits, little, self.colours != Colours::Palette, &mut row_bytes);
                }
                SampleKind::Unsigned(_) => row_bytes.extend_from_slice(row),
            }
            let line = ((spot.top + y) * self.width + spot.left) * self.kept;
            for x in 0..columns {
                for sample in 0..stride.min(self.kept) {
                    let to = line + x * self.kept + spot.plane + sample;
                    match self.kind {
                        SampleKind::Float(_) => floats[to] = row_floats[x * stride + sample],
                        SampleKind::Unsigned(_) => bytes[to] = row_bytes[x * stride + sample],
                    }
                }
            }
        }
    }

    fn raster(&self, mut samples: Vec<u8>) -> Result<Raster, Problem> {
        let (width, height) = (self.width as u32, self.height as u32);
        let alpha = self.kept > self.colours.channels();
        let channels = self.colours.channels();
        match self.colours {
            Colours::WhiteIsZero => {
                samples.chunks_exact_mut(self.kept).for_each(|pixel| pixel[0] = 255 - pixel[0]);
            }
            Colours::Lab { signed } => samples.chunks_exact_mut(self.kept).for_each(|pixel| {
                let difference =
                    |value: u8| if signed { f32::from(value as i8) } else { f32::from(value) - 128.0 };
                let rgb = lab_to_rgb(f32::from(pixel[0]) / 2.55, difference(pixel[1]), difference(pixel[2]));
                pixel[..3].copy_from_slice(&rgb);
            }),
            Colours::YCbCr if self.planar => samples.chunks_exact_mut(self.kept).for_each(|pixel| {
                let rgb = Luma { subsampling: [1, 1], ..self.luma }.chunk_to_rgb(&pixel[..3], 1, 1);
                pixel[..3].copy_from_slice(&rgb);
            }),
            Colours::Palette => return self.palette(&samples),
            Colours::Cmyk => {
                let inks =
                    samples.chunks_exact(self.kept).flat_map(|pixel| pixel[..4].iter().copied()).collect();
                return Ok(Raster::Ink { width, height, inks });
            }
            Colours::BlackIsZero | Colours::Rgb | Colours::YCbCr => {}
        }
        let premultiplied =
            self.directory.numbers(tag::EXTRA_SAMPLES).is_some_and(|kinds| kinds.first() == Some(&1));
        if alpha && premultiplied {
            samples.chunks_exact_mut(self.kept).for_each(|pixel| divide_by_alpha(pixel, channels));
        }
        let picture = match (channels, alpha) {
            (1, false) => GrayImage::from_raw(width, height, samples).map(DynamicImage::from),
            (1, true) => GrayAlphaImage::from_raw(width, height, samples).map(DynamicImage::from),
            (_, false) => RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
            (_, true) => RgbaImage::from_raw(width, height, samples).map(DynamicImage::from),
        };
        picture.map(Raster::Light).ok_or_else(|| Problem::damaged("its pixels do not fill it"))
    }

    fn palette(&self, samples: &[u8]) -> Result<Raster, Problem> {
        let map = self
            .directory
            .numbers(tag::COLOUR_MAP)
            .ok_or_else(|| Problem::damaged("it lacks its palette"))?;
        let entries = map.len() / 3;
        // Some programs write 8 bits where 16 belong.
        let shift = if map.iter().all(|&value| value < 256) { 0 } else { 8 };
        let colour = |index: u8, channel: usize| {
            let at = usize::from(index).min(entries.saturating_sub(1)) + channel * entries;
            map.get(at).map_or(0, |&value| (value >> shift) as u8)
        };
        let rgb = samples
            .chunks_exact(self.kept)
            .flat_map(|pixel| [0, 1, 2].map(|channel| colour(pixel[0], channel)));
        let picture = RgbImage::from_raw(self.width as u32, self.height as u32, rgb.collect());
        picture
            .map(|picture| Raster::Light(picture.into()))
            .ok_or_else(|| Problem::damaged("its pixels do not fill it"))
    }
}

/// Unpacked rows of a strip or tile.
struct Rows {
    bytes: Vec<u8>,
    row_bytes: usize,
}

/// Where a strip or tile belongs.
struct Spot {
    left: usize,
    top: usize,
    width: usize,
    plane: usize,
}

/// Colours that were multiplied by their opacity become themselves again.
fn divide_by_alpha(pixel: &mut [u8], channels: usize) {
    let alpha = u32::from(pixel[channels]);
    for value in &mut pixel[..channels] {
        let divided = (u32::from(*value) * 255 + alpha / 2).checked_div(alpha);
        *value = divided.unwrap_or(255).min(255) as u8;
    }
}

/// Refuses combinations that no program writes, so that what follows can rely on their absence.
fn check_combination(
    packing: Packing,
    colours: Colours,
    kind: SampleKind,
    samples: usize,
    planar: bool,
    luma: Luma,
) -> Result<(), Problem> {
    let eight = kind == SampleKind::Unsigned(8);
    let good = match (packing, colours) {
        (Packing::Jpeg, _) => eight && (samples <= 4 && samples != 2 || planar),
        (Packing::Group3 | Packing::Group4, _) => kind == SampleKind::Unsigned(1) && samples == 1,
        (_, Colours::YCbCr) => eight && samples == 3 && (!planar || luma.subsampling == [1, 1]),
        (_, Colours::Palette) => matches!(kind, SampleKind::Unsigned(1..=8)),
        _ => true,
    };
    if good {
        Ok(())
    } else {
        Err(Problem::Unsupported("a TIFF whose samples are of an unusual kind".to_owned()))
    }
}

fn colours(photometric: u64) -> Result<Colours, Problem> {
    let unsupported = |what: &str| Err(Problem::Unsupported(format!("a TIFF {what}")));
    Ok(match photometric {
        0 => Colours::WhiteIsZero,
        // A mask is black where nothing is.
        1 | 4 => Colours::BlackIsZero,
        2 => Colours::Rgb,
        3 => Colours::Palette,
        5 => Colours::Cmyk,
        6 => Colours::YCbCr,
        8 => Colours::Lab { signed: true },
        9 => Colours::Lab { signed: false },
        10 => return unsupported("in the colours of a fax (ITU L*a*b*)"),
        32803 | 34892 => return Err(Problem::Unsupported("a raw photograph".to_owned())),
        32844 | 32845 => return unsupported("in the colours LogLuv"),
        other => return unsupported(&format!("whose colours are of a kind {other}")),
    })
}

fn sample_kind(directory: &Directory<'_>) -> Result<SampleKind, Problem> {
    let unsupported = |what: String| Err(Problem::Unsupported(format!("a TIFF with {what}")));
    let same = |tag, usual: u64| {
        let values = directory.numbers(tag).unwrap_or_else(|| vec![usual]);
        let first = values.first().copied().unwrap_or(usual);
        values.iter().all(|&value| value == first).then_some(first)
    };
    let Some(bits) = same(tag::BITS, 1) else { return unsupported("samples of different sizes".to_owned()) };
    match (same(tag::SAMPLE_FORMAT, 1), bits) {
        (Some(1 | 4), 1..=16 | 24 | 32) => Ok(SampleKind::Unsigned(bits as usize)),
        (Some(3), 16 | 32 | 64) => Ok(SampleKind::Float(bits as usize)),
        (Some(2), _) => unsupported("signed numbers".to_owned()),
        (Some(5 | 6), _) => unsupported("complex numbers".to_owned()),
        _ => unsupported(format!("{bits} bits a sample")),
    }
}

fn luma(directory: &Directory<'_>) -> Luma {
    let weights = directory.fractions(tag::LUMA_WEIGHTS).and_then(|weights| weights.first_chunk().copied());
    let weights: [f32; 3] = weights.unwrap_or([0.299, 0.587, 0.114]);
    let subsampling = directory.numbers(tag::SUBSAMPLING).and_then(|factors| factors.first_chunk().copied());
    let subsampling: [u64; 2] = subsampling.unwrap_or([2, 2]);
    let reference = directory.fractions(tag::REFERENCE).and_then(|values| values.first_chunk().copied());
    Luma {
        weights: if weights[1] > 0.0 { weights } else { [0.299, 0.587, 0.114] },
        subsampling: subsampling.map(|factor| if matches!(factor, 1 | 2 | 4) { factor as usize } else { 1 }),
        reference: reference.unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]),
    }
}
