//! What the elements of a dataset are.

use crate::entry::ElementType;

/// Numbers that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    pub elements: ElementType,
    pub big_endian: bool,
}

const INTEGER: u8 = 0;
const FLOAT: u8 = 1;
/// Integers some of which have names, as h5py writes truth values.
const ENUMERATION: u8 = 8;
/// The type of an enumeration's integers follows its own class, flags and size.
const BASE_TYPE: usize = 8;

/// The numbers that a datatype message describes, or what it describes instead.
pub(super) fn numbers(body: &[u8]) -> Result<Numbers, String> {
    if body.first().is_some_and(|first| first & 0x0f == ENUMERATION) {
        let base = body.get(BASE_TYPE..).unwrap_or_default();
        return plain(base).filter(|_| class(base) == Some(INTEGER)).ok_or_else(|| described(body));
    }
    plain(body).ok_or_else(|| described(body))
}

fn class(body: &[u8]) -> Option<u8> {
    body.first().map(|first| first & 0x0f)
}

/// Bytes of one element.
fn size(body: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(body.get(4..8)?.try_into().ok()?))
}

/// Whole and floating numbers that fill all their bits.
fn plain(body: &[u8]) -> Option<Numbers> {
    let (class, size, flags) = (class(body)?, size(body)?, *body.get(1)?);
    let offset = u16::from_le_bytes(body.get(8..10)?.try_into().ok()?);
    let precision = u16::from_le_bytes(body.get(10..12)?.try_into().ok()?);
    // Bits 0 and 6 together are the byte order of the VAX.
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
        // The length of the exponent tells IEEE's numbers from others of their size.
        (FLOAT, 2) if exponent_bits == Some(5) => ElementType::F16,
        (FLOAT, 2) if exponent_bits == Some(8) => ElementType::BF16,
        (FLOAT, 4) if exponent_bits == Some(8) => ElementType::F32,
        (FLOAT, 8) if exponent_bits == Some(11) => ElementType::F64,
        _ => return None,
    };
    Some(Numbers { elements, big_endian: flags & 1 != 0 })
}

/// What a datatype is, in words.
fn described(body: &[u8]) -> String {
    let what = match class(body) {
        Some(INTEGER) => "whole numbers of an odd size",
        Some(FLOAT) => "floating numbers of an odd kind",
        Some(2) => "times",
        Some(3) => "text",
        Some(4) => "bit fields",
        Some(5) => "bytes without a type",
        Some(6) => "records, such as complex numbers",
        Some(7) => "references",
        Some(ENUMERATION) => "an enumeration",
        Some(9) => "sequences of varying length, such as text",
        Some(10) => "arrays as elements",
        Some(11) => "complex numbers",
        _ => "elements of an unknown kind",
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
    fn kind(class: u8, flags: u8, size: u32, properties: &[u8]) -> Vec<u8> {
        [&[0x10 | class, flags, 0, 0], size.to_le_bytes().as_slice(), properties].concat()
    }

    fn integer(flags: u8, size: u32, bits: u16) -> Result<Numbers, String> {
        numbers(&kind(INTEGER, flags, size, &[&[0, 0], bits.to_le_bytes().as_slice()].concat()))
    }

    #[test]
    fn whole_numbers_of_both_byte_orders_signed_and_not() {
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
            assert_eq!(integer(flags, size, bits), Ok(Numbers { elements, big_endian: false }));
            assert_eq!(integer(flags | 1, size, bits), Ok(Numbers { elements, big_endian: true }));
        }
        assert!(integer(0, 2, 12).is_err());
    }

    #[test]
    fn floats_are_told_by_their_exponents() {
        let float = |flags, size: u32, exponent| {
            let bits = (8 * size as u16).to_le_bytes();
            numbers(&kind(FLOAT, flags, size, &[0, 0, bits[0], bits[1], 0, exponent, 0, 0, 0, 0, 0, 0]))
        };
        assert_eq!(float(0x20, 2, 5), Ok(Numbers { elements: ElementType::F16, big_endian: false }));
        assert_eq!(float(0x20, 2, 8), Ok(Numbers { elements: ElementType::BF16, big_endian: false }));
        assert_eq!(float(0x21, 8, 11), Ok(Numbers { elements: ElementType::F64, big_endian: true }));
        assert!(float(0x61, 4, 8).is_err(), "the VAX's");
        assert!(float(0x20, 4, 9).is_err());
    }

    #[test]
    fn truth_values_are_an_enumeration_of_integers() {
        let base = kind(INTEGER, 8, 1, &[0, 0, 8, 0]);
        let numbers = numbers(&kind(ENUMERATION, 2, 1, &base));
        assert_eq!(numbers, Ok(Numbers { elements: ElementType::I8, big_endian: false }));
    }

    #[test]
    fn what_is_no_number_is_described() {
        assert_eq!(numbers(&kind(3, 0, 12, &[])), Err("text (12 bytes each)".to_owned()));
        assert!(numbers(&kind(6, 2, 8, &[0; 20])).unwrap_err().contains("complex"));
        assert_eq!(numbers(&[]), Err("elements of an unknown kind".to_owned()));
        // Eight times it is 8 more than 32 bits hold.
        assert!(integer(8, 0x2000_0001, 8).is_err());
    }
}
