//! The keys of tensor slices: numbers and names encoded so that the order of the bytes is the order of the
//! values.
//!
//! Encoding: `tensorflow/core/lib/strings/ordered_code.cc`.

use super::slices::{Extent, TensorSlice};

/// The key of `slice` of the tensor `name`: 0, the name, the rank, then start and length along each
/// dimension; a whole dimension has start 0 and length -1.
pub(super) fn slice_key(name: &str, slice: &TensorSlice) -> Vec<u8> {
    let mut key = Vec::with_capacity(name.len() + 8 + slice.extents.len() * 4);
    push_unsigned(&mut key, 0);
    push_text(&mut key, name.as_bytes());
    push_unsigned(&mut key, slice.extents.len() as u64);
    for extent in &slice.extents {
        let (start, length) = match *extent {
            Extent::Whole => (0, -1),
            Extent::Part { start, length } => (start as i64, length as i64),
        };
        push_signed(&mut key, start);
        push_signed(&mut key, length);
    }
    key
}

/// The number of bytes, then the bytes without leading zeros, highest first.
fn push_unsigned(key: &mut Vec<u8>, number: u64) {
    let bytes = number.to_be_bytes();
    let zeros = number.leading_zeros() as usize / 8;
    key.push((bytes.len() - zeros) as u8);
    key.extend_from_slice(&bytes[zeros..]);
}

/// The bytes with 0 and 255 escaped, then 0 1.
fn push_text(key: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            0 => key.extend([0, 0xff]),
            0xff => key.extend([0xff, 0]),
            other => key.push(other),
        }
    }
    key.extend([0, 1]);
}

/// As many bytes as the signed number needs at seven bits per byte; leading ones in the first byte (zeros if
/// negative) say how many bytes follow.
fn push_signed(key: &mut Vec<u8>, number: i64) {
    let magnitude = if number < 0 { !number } else { number };
    let bits = 64 - magnitude.leading_zeros();
    let length = bits as usize / 7 + 1;
    let mut bytes = [if number < 0 { 0xff } else { 0 }; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    let ones: u16 = !(u16::MAX.checked_shr(length as u32).unwrap_or(0));
    let header = ones.to_be_bytes();
    let first = bytes.len() - length;
    bytes[first] ^= header[0];
    if length > 1 {
        bytes[first + 1] ^= header[1];
    }
    key.extend_from_slice(&bytes[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(number: i64) -> Vec<u8> {
        let mut key = Vec::new();
        push_signed(&mut key, number);
        key
    }

    #[test]
    fn signed_numbers_of_every_length_are_encoded() {
        // Computed by hand from the rule in ordered_code.cc: seven bits per byte, one of them the sign.
        assert_eq!(signed(0), [0x80]);
        assert_eq!(signed(-1), [0x7f]);
        assert_eq!(signed(63), [0xbf]);
        assert_eq!(signed(64), [0xc0, 0x40]);
        assert_eq!(signed(-64), [0x40]);
        assert_eq!(signed(-65), [0x3f, 0xbf]);
        assert_eq!(signed(8191), [0xdf, 0xff]);
        assert_eq!(signed(8192), [0xe0, 0x20, 0x00]);
        assert_eq!(signed(i64::MAX)[..3], [0xff, 0xc0, 0x7f]);
        assert_eq!(signed(i64::MAX).len(), 10);
    }

    #[test]
    fn keys_sort_like_numbers() {
        let numbers: Vec<i64> = (0..63).flat_map(|bit| [1i64 << bit, -(1 << bit), (1 << bit) - 1]).collect();
        let mut by_number = numbers.clone();
        by_number.sort_unstable();
        let mut by_key = numbers;
        by_key.sort_by_key(|&number| signed(number));
        assert_eq!(by_key, by_number);
    }

    #[test]
    fn a_whole_tensor_has_the_expected_key() {
        let slice = TensorSlice { extents: vec![Extent::Whole; 2] };
        assert_eq!(slice_key("fc/w", &slice), *b"\0fc/w\0\x01\x01\x02\x80\x7f\x80\x7f");
        let scalar = TensorSlice { extents: vec![] };
        assert_eq!(slice_key("a\0b", &scalar), *b"\0a\0\xffb\0\x01\0");
    }
}
