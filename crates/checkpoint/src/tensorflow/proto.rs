//! A minimal parser of protocol buffers for the small messages in a checkpoint.
//!
//! Encoding: <https://protobuf.dev/programming-guides/encoding/>.

use crate::Defect;

/// The value of one field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Number(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

impl<'a> Value<'a> {
    pub(super) fn number(self) -> Result<u64, Defect> {
        let Self::Number(number) = self else { return Err(wrong_kind()) };
        Ok(number)
    }

    pub(super) fn bytes(self) -> Result<&'a [u8], Defect> {
        let Self::Bytes(bytes) = self else { return Err(wrong_kind()) };
        Ok(bytes)
    }

    pub(super) fn fixed32(self) -> Result<u32, Defect> {
        let Self::Fixed32(number) = self else { return Err(wrong_kind()) };
        Ok(number)
    }
}

/// Iterates over the fields of a message in stored order, and ends after the first error.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn next_field(&mut self) -> Result<(u64, Value<'a>), Defect> {
        let tag = varint(&mut self.0)?;
        let value = match tag & 7 {
            0 => Value::Number(varint(&mut self.0)?),
            1 => Value::Fixed64(u64::from_le_bytes(self.take_array()?)),
            2 => {
                let length = varint(&mut self.0)?;
                Value::Bytes(take(&mut self.0, length)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.take_array()?)),
            other => return Err(malformed(format!("a message has a field of unknown wire type {other}"))),
        };
        Ok((tag >> 3, value))
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], Defect> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Defect::Truncated("the end of a message"))?;
        self.0 = rest;
        Ok(*array)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), Defect>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.next_field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// Takes a varint from the front of `bytes`: seven bits per byte, lowest first.
pub(super) fn varint(bytes: &mut &[u8]) -> Result<u64, Defect> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(Defect::Truncated("the end of a number"))?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(malformed("a number is too long"))
}

/// Takes `length` bytes from the front of `bytes`.
pub(super) fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], Defect> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let (taken, rest) = bytes.split_at_checked(length).ok_or(Defect::Truncated("the end of a field"))?;
    *bytes = rest;
    Ok(taken)
}

pub(super) fn malformed(what: impl Into<String>) -> Defect {
    Defect::Malformed(what.into())
}

fn wrong_kind() -> Defect {
    malformed("a field of a message has the wrong type")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlong_numbers_are_refused() {
        assert_eq!(varint(&mut &[0xac, 0x02][..]).unwrap(), 300);
        let mut largest = [0xff; 10];
        largest[9] = 1;
        assert_eq!(varint(&mut &largest[..]).unwrap(), u64::MAX);
        assert!(matches!(varint(&mut &[0xff; 64][..]), Err(Defect::Malformed(_))));
        assert!(matches!(varint(&mut &[0x80][..]), Err(Defect::Truncated(_))));
    }

    #[test]
    fn fields_of_every_kind_are_read() {
        let message = [0x08, 5, 0x12, 2, 7, 8, 0x1d, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0];
        let fields: Vec<_> = Fields::of(&message).map(Result::unwrap).collect();
        let expected = [
            (1, Value::Number(5)),
            (2, Value::Bytes(&[7, 8])),
            (3, Value::Fixed32(1)),
            (4, Value::Fixed64(2)),
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_field_longer_than_its_message_is_refused_once() {
        let message = [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1];
        let fields: Vec<_> = Fields::of(&message).collect();
        assert!(matches!(fields.as_slice(), [Err(Defect::Truncated(_))]));
        assert!(matches!(Fields::of(&[0x0b]).next(), Some(Err(Defect::Malformed(_)))));
    }
}
