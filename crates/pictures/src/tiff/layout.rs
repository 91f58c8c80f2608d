//! Reads from the tags of a TIFF how its pixels are stored.

use super::chunks::Compression;
use super::pixels::{SampleKind, YCbCr};
use crate::decoded::{DecodeError, fits, too_large};
use crate::directory::Directory;

/// Numbers of the tags.
pub(super) mod tag {
    pub(crate) const WIDTH: u16 = 256;
    pub(crate) const HEIGHT: u16 = 257;
    pub(crate) const BITS: u16 = 258;
    pub(crate) const COMPRESSION: u16 = 259;
    pub(crate) const PHOTOMETRIC: u16 = 262;
    pub(crate) const FILL_ORDER: u16 = 266;
    pub(crate) const STRIP_OFFSETS: u16 = 273;
    pub(crate) const SAMPLES: u16 = 277;
    pub(crate) const ROWS_PER_STRIP: u16 = 278;
    pub(crate) const STRIP_LENGTHS: u16 = 279;
    pub(crate) const PLANAR: u16 = 284;
    pub(crate) const FAX_OPTIONS: u16 = 292;
    pub(crate) const PREDICTOR: u16 = 317;
    pub(crate) const COLOUR_MAP: u16 = 320;
    pub(crate) const TILE_WIDTH: u16 = 322;
    pub(crate) const TILE_HEIGHT: u16 = 323;
    pub(crate) const TILE_OFFSETS: u16 = 324;
    pub(crate) const TILE_LENGTHS: u16 = 325;
    pub(crate) const EXTRA_SAMPLES: u16 = 338;
    pub(crate) const SAMPLE_FORMAT: u16 = 339;
    pub(crate) const JPEG_TABLES: u16 = 347;
    pub(crate) const JPEG_OFFSET: u16 = 513;
    pub(crate) const LUMA_WEIGHTS: u16 = 529;
    pub(crate) const SUBSAMPLING: u16 = 530;
    pub(crate) const REFERENCE_BLACK_WHITE: u16 = 532;
    pub(crate) const XMP: u16 = 700;
    pub(crate) const PROFILE: u16 = 34675;
    pub(crate) const DNG_VERSION: u16 = 50706;
}

/// Meaning of the samples of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColourModel {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
    /// With signed `a` and `b`, or with an offset of 128.
    Lab {
        signed: bool,
    },
}

impl ColourModel {
    /// Number of colour channels.
    pub(super) fn channels(self) -> usize {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Rgb | Self::YCbCr | Self::Lab { .. } => 3,
            Self::Cmyk => 4,
        }
    }
}

/// What the tags of a TIFF say about its pixels.
pub(super) struct Layout<'a> {
    pub(super) directory: Directory<'a>,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) colours: ColourModel,
    pub(super) kind: SampleKind,
    /// Stored samples per pixel.
    pub(super) samples: usize,
    /// Samples per pixel that are used.
    pub(super) used_samples: usize,
    /// Whether each sample has chunks of its own.
    pub(super) planar: bool,
    pub(super) compression: Compression,
    pub(super) predictor: u64,
    pub(super) ycbcr: YCbCr,
}

impl<'a> Layout<'a> {
    /// Reads the layout and checks it against the limits.
    pub(super) fn read(directory: Directory<'a>) -> Result<Self, DecodeError> {
        let missing = || DecodeError::damaged("it lacks its size");
        let side =
            |tag| directory.number(tag).and_then(|side| u32::try_from(side).ok()).filter(|&side| side > 0);
        let width = side(tag::WIDTH).ok_or_else(missing)?;
        let height = side(tag::HEIGHT).ok_or_else(missing)?;
        let number = |tag, default| directory.number(tag).unwrap_or(default);
        let compression = Compression::of(number(tag::COMPRESSION, 1), number(tag::FAX_OPTIONS, 0))?;
        let samples =
            usize::try_from(number(tag::SAMPLES, 1)).ok().filter(|samples| (1..=64).contains(samples));
        let samples = samples.ok_or_else(|| DecodeError::damaged("its number of samples is invalid"))?;
        let colours = colour_model(number(tag::PHOTOMETRIC, if samples >= 3 { 2 } else { 1 }))?;
        let kind = sample_kind(&directory)?;
        if samples < colours.channels() {
            return Err(DecodeError::damaged("it has fewer samples than its colours need"));
        }
        let extra = directory.numbers(tag::EXTRA_SAMPLES).and_then(|kinds| kinds.first().copied());
        let alpha = samples > colours.channels() && matches!(extra, Some(1 | 2));
        let used_samples = colours.channels() + usize::from(alpha);
        let stored = used_samples.max(3) as u64 * if kind.is_relative() { 4 } else { 1 };
        if !fits(width, height, stored) {
            return Err(too_large(width, height, stored));
        }
        let ycbcr = ycbcr(&directory);
        let planar = number(tag::PLANAR, 1) == 2 && samples > 1;
        check_supported(compression, colours, kind, samples, planar, ycbcr)?;
        Ok(Self {
            width: width as usize,
            height: height as usize,
            colours,
            kind,
            samples,
            used_samples,
            planar,
            compression,
            predictor: number(tag::PREDICTOR, 1),
            ycbcr,
            directory,
        })
    }

    /// Whether luma and chroma are stored in groups of pixels.
    pub(super) fn is_subsampled(&self) -> bool {
        self.colours == ColourModel::YCbCr && self.compression != Compression::Jpeg && !self.planar
    }

    /// Samples per pixel in one chunk.
    pub(super) fn samples_per_chunk_pixel(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }
}

/// Refuses combinations that no program writes, so that the code after it can rely on their absence.
fn check_supported(
    compression: Compression,
    colours: ColourModel,
    kind: SampleKind,
    samples: usize,
    planar: bool,
    ycbcr: YCbCr,
) -> Result<(), DecodeError> {
    let is_8_bit = kind == SampleKind::Unsigned(8);
    let is_supported = match (compression, colours) {
        (Compression::Jpeg, _) => is_8_bit && (samples <= 4 && samples != 2 || planar),
        (Compression::Group3 | Compression::Group4, _) => kind == SampleKind::Unsigned(1) && samples == 1,
        (_, ColourModel::YCbCr) => is_8_bit && samples == 3 && (!planar || ycbcr.subsampling == [1, 1]),
        (_, ColourModel::Palette) => matches!(kind, SampleKind::Unsigned(1..=8)),
        _ => true,
    };
    if is_supported {
        Ok(())
    } else {
        Err(DecodeError::Unsupported("a TIFF with an unusual kind of samples".to_owned()))
    }
}

fn colour_model(photometric: u64) -> Result<ColourModel, DecodeError> {
    let unsupported = |what: &str| Err(DecodeError::Unsupported(format!("a TIFF {what}")));
    Ok(match photometric {
        0 => ColourModel::WhiteIsZero,
        // A mask is black where nothing is.
        1 | 4 => ColourModel::BlackIsZero,
        2 => ColourModel::Rgb,
        3 => ColourModel::Palette,
        5 => ColourModel::Cmyk,
        6 => ColourModel::YCbCr,
        8 => ColourModel::Lab { signed: true },
        9 => ColourModel::Lab { signed: false },
        10 => return unsupported("in ITU L*a*b* (fax colours)"),
        32803 | 34892 => return Err(DecodeError::Unsupported("a raw photograph".to_owned())),
        32844 | 32845 => return unsupported("in LogLuv colours"),
        other => return unsupported(&format!("with the colour model {other}")),
    })
}

fn sample_kind(directory: &Directory<'_>) -> Result<SampleKind, DecodeError> {
    let unsupported = |what: String| Err(DecodeError::Unsupported(format!("a TIFF with {what}")));
    let same = |tag, default: u64| {
        let values = directory.numbers(tag).unwrap_or_else(|| vec![default]);
        let first = values.first().copied().unwrap_or(default);
        values.iter().all(|&value| value == first).then_some(first)
    };
    let Some(bits) = same(tag::BITS, 1) else { return unsupported("samples of different sizes".to_owned()) };
    match (same(tag::SAMPLE_FORMAT, 1), bits) {
        (Some(1 | 4), 1..=16 | 24 | 32) => Ok(SampleKind::Unsigned(bits as usize)),
        // Programs that write 8 bits as signed mean unsigned.
        (Some(2), 8) => Ok(SampleKind::Unsigned(8)),
        (Some(2), 16 | 24 | 32) => Ok(SampleKind::Signed(bits as usize)),
        (Some(3), 16 | 32 | 64) => Ok(SampleKind::Float(bits as usize)),
        (Some(5 | 6), _) => unsupported("complex numbers".to_owned()),
        _ => unsupported(format!("{bits} bits per sample")),
    }
}

fn ycbcr(directory: &Directory<'_>) -> YCbCr {
    let weights = directory.fractions(tag::LUMA_WEIGHTS).and_then(|weights| weights.first_chunk().copied());
    let weights: [f32; 3] = weights.unwrap_or([0.299, 0.587, 0.114]);
    let subsampling = directory.numbers(tag::SUBSAMPLING).and_then(|factors| factors.first_chunk().copied());
    let subsampling: [u64; 2] = subsampling.unwrap_or([2, 2]);
    let reference =
        directory.fractions(tag::REFERENCE_BLACK_WHITE).and_then(|values| values.first_chunk().copied());
    YCbCr {
        weights: if weights[1] > 0.0 { weights } else { [0.299, 0.587, 0.114] },
        subsampling: subsampling.map(|factor| if matches!(factor, 1 | 2 | 4) { factor as usize } else { 1 }),
        reference: reference.unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]),
    }
}
