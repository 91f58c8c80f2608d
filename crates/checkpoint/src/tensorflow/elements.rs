//! Decoding of stored bytes to tensors.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor, WithDType};
use half::{bf16, f16};

use super::checksum::masked;
use super::proto::malformed;
use super::slices::{Region, check_cover};
use crate::values::check_unsigned;
use crate::{CheckpointError, Defect, ElementType, TensorEntry};

/// Elements read at a time.
const CHUNK: usize = 1 << 14;

/// Describes TensorFlow's `DataType` number if it is not supported.
pub(super) fn unread_type(number: u64) -> String {
    // Above 100 are references to the same types.
    match number % 100 {
        7 => "text".to_owned(),
        8 | 18 => "complex numbers".to_owned(),
        11..=13 | 15 | 16 => "quantised numbers".to_owned(),
        20 | 21 => "a TensorFlow object, not numbers".to_owned(),
        24..=28 => "8-bit floats".to_owned(),
        29 | 30 => "4-bit integers".to_owned(),
        _ => format!("elements of TensorFlow's type {number}"),
    }
}

/// The element type of TensorFlow's `DataType` number, if it is supported.
///
/// Numbers: `tensorflow/core/framework/types.proto`.
pub(super) fn element_type(number: u64) -> Option<ElementType> {
    Some(match number {
        1 => ElementType::F32,
        2 => ElementType::F64,
        3 => ElementType::I32,
        // 10 is a boolean.
        4 | 10 => ElementType::U8,
        5 => ElementType::I16,
        6 => ElementType::I8,
        9 => ElementType::I64,
        14 => ElementType::BF16,
        17 => ElementType::U16,
        19 => ElementType::F16,
        22 => ElementType::U32,
        23 => ElementType::U64,
        _ => return None,
    })
}

/// The stored bytes of one slice of a tensor.
pub(super) struct Piece<'a> {
    /// The elements, row-major and little-endian.
    pub bytes: Box<dyn Read + 'a>,
    /// Number of bytes.
    pub length: u64,
    /// The masked checksum of the bytes, if there is one.
    pub checksum: Option<u32>,
    /// The file that contains them, and their offset in it.
    pub file: PathBuf,
    pub offset: u64,
}

impl Piece<'_> {
    fn error(&self, defect: impl Into<Defect>) -> CheckpointError {
        CheckpointError::new(&self.file, defect).offset(self.offset)
    }
}

/// Finds the bytes of the slice with the given index.
pub(super) type Find<'a, 'b> = &'b dyn Fn(usize) -> Result<Piece<'a>, CheckpointError>;

/// Assembles the tensor `entry` of the checkpoint `file` from its slices, which lie at `regions`.
///
/// A tensor of one slice is read directly; one of several temporarily needs twice its size. Nothing is
/// allocated for a slice before its length is verified.
pub(super) fn read_tensor(
    file: &Path,
    entry: &TensorEntry,
    regions: &[Region],
    find: Find,
) -> Result<Tensor, CheckpointError> {
    check_cover(regions, &entry.shape).map_err(|defect| CheckpointError::new(file, defect))?;
    let tensor = match entry.elements {
        ElementType::F16 => assemble::<f16>(entry, regions, find)?,
        ElementType::BF16 => assemble::<bf16>(entry, regions, find)?,
        ElementType::F32 => assemble::<f32>(entry, regions, find)?,
        ElementType::F64 => assemble::<f64>(entry, regions, find)?,
        ElementType::U8 => assemble::<u8>(entry, regions, find)?,
        ElementType::I8 => assemble::<i8>(entry, regions, find)?,
        ElementType::U16 => assemble::<u16>(entry, regions, find)?,
        ElementType::U32 => assemble::<u32>(entry, regions, find)?,
        ElementType::I16 => assemble::<i16>(entry, regions, find)?,
        ElementType::I32 => assemble::<i32>(entry, regions, find)?,
        ElementType::I64 | ElementType::U64 => assemble::<i64>(entry, regions, find)?,
    };
    let tensor = tensor.map_err(|error| CheckpointError::new(file, error))?;
    if entry.elements == ElementType::U64 {
        check_unsigned(&tensor).map_err(|defect| CheckpointError::new(file, defect))?;
    }
    Ok(tensor)
}

/// The stored form of an element, and its type in memory.
trait Stored {
    type Held: WithDType + Default;
    const SIZE: usize;

    /// Decodes `SIZE` bytes.
    fn value(bytes: &[u8]) -> Self::Held;
}

macro_rules! stored {
    ($stored:ty, $held:ty) => {
        impl Stored for $stored {
            type Held = $held;
            const SIZE: usize = size_of::<$stored>();

            fn value(bytes: &[u8]) -> $held {
                let mut array = [0; size_of::<$stored>()];
                array.copy_from_slice(bytes);
                <$held>::from(<$stored>::from_le_bytes(array))
            }
        }
    };
}

stored!(f16, f16);
stored!(bf16, bf16);
stored!(f32, f32);
stored!(f64, f64);
stored!(u8, u8);
stored!(i8, i64);
stored!(u16, i32);
stored!(u32, u32);
stored!(i16, i16);
stored!(i32, i32);
stored!(i64, i64);

/// The outer error is about the file, the inner one about creating a tensor.
fn assemble<T: Stored>(
    entry: &TensorEntry,
    regions: &[Region],
    find: Find,
) -> Result<candle_core::Result<Tensor>, CheckpointError> {
    let pieces =
        regions.iter().enumerate().map(|(number, region)| read_piece::<T>(find(number)?, region.elements()));
    let pieces: Vec<_> = pieces.collect::<Result<_, _>>()?;
    let values = match <[_; 1]>::try_from(pieces) {
        Ok([single]) => single,
        Err(pieces) => join(&pieces, regions, &entry.shape),
    };
    Ok(Tensor::from_vec(values, entry.shape.as_slice(), &Device::Cpu))
}

fn join<T: Copy + Default>(pieces: &[Vec<T>], regions: &[Region], shape: &[usize]) -> Vec<T> {
    let mut whole = vec![T::default(); shape.iter().product()];
    for (piece, region) in pieces.iter().zip(regions) {
        region.scatter(piece, &mut whole, shape);
    }
    whole
}

fn read_piece<T: Stored>(mut piece: Piece, count: usize) -> Result<Vec<T::Held>, CheckpointError> {
    let expected = (count as u64).checked_mul(T::SIZE as u64);
    if expected != Some(piece.length) {
        let what = format!("{count} elements of {} bytes are stored in {} bytes", T::SIZE, piece.length);
        return Err(piece.error(malformed(what)));
    }
    let mut values = Vec::with_capacity(count);
    let mut buffer = vec![0; CHUNK.min(count) * T::SIZE];
    let mut crc = 0;
    while values.len() < count {
        let bytes = &mut buffer[..CHUNK.min(count - values.len()) * T::SIZE];
        piece.bytes.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => piece.error(Defect::Truncated("the end of a tensor's values")),
            _ => piece.error(error),
        })?;
        crc = crc32c::crc32c_append(crc, bytes);
        values.extend(bytes.chunks_exact(T::SIZE).map(T::value));
    }
    if piece.checksum.is_some_and(|stored| stored != masked(crc)) {
        return Err(piece.error(Defect::Checksum));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(elements: ElementType, shape: &[usize], bytes: &[u8]) -> Result<Tensor, CheckpointError> {
        let entry = TensorEntry { name: "t".into(), shape: shape.to_vec(), elements };
        let find = |_| {
            let checksum = Some(masked(crc32c::crc32c(bytes)));
            let (file, length) = (PathBuf::from("f"), bytes.len() as u64);
            Ok(Piece { bytes: Box::new(bytes), length, checksum, file, offset: 7 })
        };
        read_tensor(Path::new("f.index"), &entry, &[Region::whole(shape)], &find)
    }

    #[test]
    fn elements_of_every_type() {
        let floats =
            |tensor: Tensor| tensor.to_dtype(candle_core::DType::F64).unwrap().to_vec1::<f64>().unwrap();
        let value = |elements, bytes: &[u8]| floats(read(elements, &[1], bytes).unwrap())[0];
        assert_eq!(value(ElementType::F16, &[0x00, 0xc0]), -2.0);
        assert_eq!(value(ElementType::BF16, &[0x20, 0x40]), 2.5);
        assert_eq!(value(ElementType::F32, &1.5f32.to_le_bytes()), 1.5);
        assert_eq!(value(ElementType::F64, &(-0.1f64).to_le_bytes()), -0.1);
        assert_eq!(value(ElementType::U8, &[200]), 200.0);
        assert_eq!(value(ElementType::I8, &[200]), -56.0);
        assert_eq!(value(ElementType::U16, &[0xfe, 0xff]), 65534.0);
        assert_eq!(value(ElementType::U32, &[0xfe, 0xff, 0xff, 0xff]), 4_294_967_294.0);
        assert_eq!(value(ElementType::U64, &[7, 0, 0, 0, 0, 0, 0, 0]), 7.0);
        let too_large = read(ElementType::U64, &[1], &[0xff; 8]).unwrap_err();
        assert!(too_large.to_string().contains("above 9223372036854775807"), "{too_large}");
        assert_eq!(value(ElementType::I16, &[0xfe, 0xff]), -2.0);
        assert_eq!(value(ElementType::I32, &[0xfe, 0xff, 0xff, 0xff]), -2.0);
        assert_eq!(value(ElementType::I64, &7i64.to_le_bytes()), 7.0);
    }

    #[test]
    fn lengths_are_checked_before_anything_is_read() {
        let error = read(ElementType::F64, &[1 << 60], &[0; 8]).unwrap_err();
        assert!(matches!(*error.defect, Defect::Malformed(_)));
        assert_eq!(error.offset, Some(7));
        assert!(read(ElementType::F32, &[0, 5], &[]).unwrap().elem_count() == 0);
        assert!(read(ElementType::F32, &[], &[0; 4]).unwrap().rank() == 0);
    }
}
