//! Element types of datasets.

use crate::entry::ElementType;

/// A supported number type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumberType {
    pub elements: ElementType,
    pub big_endian: bool,
}

const INTEGER: u8 = 0;
const FLOAT: u8 = 1;
/// Integers with names for some values, which h5py uses for booleans.
const ENUMERATION: u8 = 8;
/// Offset of an enumeration's base type, after its own class, flags and size.
const BASE_TYPE: usize = 8;

/// The number type of a datatype message, or a description of an unsupported one.
pub(super) fn number_type(body: &[u8]) -> Result<NumberType, String> {
    if body.first().is_some_and(|first| first & 0x0f == ENUMERATION) {
        let base = body.get(BASE_TYPE..).unwrap_or_default();
        return plain_number(base).filter(|_| class(base) == Some(INTEGER)).ok_or_else(|| describe(body));
    }
    plain_number(body).ok_or_else(|| describe(body))
}

fn class(body: &[u8]) -> Option<u8> {
    body.first().map(|first| first & 0x0f)
}

/// Size of one element in bytes.
fn size(body: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(body.get(4..8)?.try_into().ok()?))
}

/// Integers and floats without padding bits.
fn plain_number(body: &[u8]) -> Option<NumberType> {
    let (class, size, flags) = (class(body)?, size(body)?, *body.get(1)?);
    let offset = u16::from_le_bytes(body.get(8..10)?.try_into().ok()?);
    let precision = u16::from_le_bytes(body.get(10..12)?.try_into().ok()?);
    // Bits 0 and 6 together mean the byte order of the VAX.
    let is_vax = class == FLOAT && flags & 0x40 != 0;
    if is_vax || offset != 0 || u64::from(precision) != 8 * u64::from(size) {
        return None;
    }
    let is_signed = flags & 8 != 0;
    let exponent_bits = body.get(13).copied();
    let elements = match (class, size) {
        (INTEGER, 1) if is_signed => ElementType::I8,
        (INTEGER, 1) => ElementType::U8,
        (INTEGER, 2) if is_signed => ElementType::I16,
        (INTEGER, 2) => ElementType::U16,
        (INTEGER, 4) if is_signed => ElementType::I32,
        (INTEGER, 4) => ElementType::U32,
        (INTEGER, 8) if is_signed => ElementType::I64,
        (INTEGER, 8) => ElementType::U64,
        // The size of the exponent distinguishes IEEE floats from others of the same size.
        (FLOAT, 2) if exponent_bits == Some(5) => ElementType::F16,
        (FLOAT, 2) if exponent_bits == Some(8) => ElementType::BF16,
        (FLOAT, 4) if exponent_bits == Some(8) => ElementType::F32,
        (FLOAT, 8) if exponent_bits == Some(11) => ElementType::F64,
        _ => return None,
    };
    Some(NumberType { elements, big_endian: flags & 1 != 0 })
}

/// Describes a datatype.
fn describe(body: &[u8]) -> String {
    let what = match class(body) {
        Some(INTEGER) => "integers of an unusual size",
        Some(FLOAT) => "floats of an unusual format",
        Some(2) => "times",
        Some(3) => "text",
        Some(4) => "bit fields",
        Some(5) => "untyped bytes",
        Some(6) => "records, such as complex numbers",
        Some(7) => "references",
        Some(ENUMERATION) => "an enumeration",
        Some(9) => "variable-length sequences, such as text",
        Some(10) => "arrays",
        Some(11) => "complex numbers",
        _ => "elements of an unknown type",
    };
    match size(body) {
        Some(size) => format!("{what} ({size} bytes each)"),
        None => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A datatype message of version 1.
    fn message(class: u8, flags: u8, size: u32, properties: &[u8]) -> Vec<u8> {
        [&[0x10 | class, flags, 0, 0], size.to_le_bytes().as_slice(), properties].concat()
    }

    fn integer(flags: u8, size: u32, bits: u16) -> Result<NumberType, String> {
        number_type(&message(INTEGER, flags, size, &[&[0, 0], bits.to_le_bytes().as_slice()].concat()))
    }

    #[test]
    fn signed_and_unsigned_integers_of_both_byte_orders() {
        let all = [
            (0, 1, ElementType::U8),
            (8, 1, ElementType::I8),
            (0, 2, ElementType::U16),
            (8, 2, ElementType::I16),
            (0, 4, ElementType::U32),
            (8, 4, ElementType::I32),
            (0, 8, ElementType::U64),
            (8, 8, ElementType::I64),
        ];
        for (flags, size, elements) in all {
            let bits = 8 * size as u16;
            assert_eq!(integer(flags, size, bits), Ok(NumberType { elements, big_endian: false }));
            assert_eq!(integer(flags | 1, size, bits), Ok(NumberType { elements, big_endian: true }));
        }
        assert!(integer(0, 2, 12).is_err());
    }

    #[test]
    fn floats_are_distinguished_by_their_exponents() {
        let float = |flags, size: u32, exponent| {
            let bits = (8 * size as u16).to_le_bytes();
            number_type(&message(
                FLOAT,
                flags,
                size,
                &[0, 0, bits[0], bits[1], 0, exponent, 0, 0, 0, 0, 0, 0],
            ))
        };
        assert_eq!(float(0x20, 2, 5), Ok(NumberType { elements: ElementType::F16, big_endian: false }));
        assert_eq!(float(0x20, 2, 8), Ok(NumberType { elements: ElementType::BF16, big_endian: false }));
        assert_eq!(float(0x21, 8, 11), Ok(NumberType { elements: ElementType::F64, big_endian: true }));
        assert!(float(0x61, 4, 8).is_err(), "VAX byte order");
        assert!(float(0x20, 4, 9).is_err());
    }

    #[test]
    fn booleans_are_an_enumeration_of_integers() {
        let base = message(INTEGER, 8, 1, &[0, 0, 8, 0]);
        let found = number_type(&message(ENUMERATION, 2, 1, &base));
        assert_eq!(found, Ok(NumberType { elements: ElementType::I8, big_endian: false }));
    }

    #[test]
    fn unsupported_types_are_described() {
        assert_eq!(number_type(&message(3, 0, 12, &[])), Err("text (12 bytes each)".to_owned()));
        assert!(number_type(&message(6, 2, 8, &[0; 20])).unwrap_err().contains("complex"));
        assert_eq!(number_type(&[]), Err("elements of an unknown type".to_owned()));
        // Eight times this is 8 more than 32 bits can represent.
        assert!(integer(8, 0x2000_0001, 8).is_err());
    }
}
