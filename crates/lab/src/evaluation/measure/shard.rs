//! One part of a run that is split across machines or processes.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Part `part` (from 1) of `parts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shard {
    /// Number of this part, from 1.
    pub part: usize,
    /// Number of parts.
    pub parts: usize,
}

impl Shard {
    /// The whole run as a single part.
    pub(crate) const WHOLE: Self = Self { part: 1, parts: 1 };

    /// Whether the face at `index` belongs to this part.
    pub(crate) fn holds(self, index: usize) -> bool {
        index % self.parts == self.part - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || format!("{text:?} is not a part; write 3/16 for the third of sixteen");
        let (part, parts) = text.split_once('/').ok_or_else(wanted)?;
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| wanted());
        let (part, parts) = (number(part)?, number(parts)?);
        if (1..=parts).contains(&part) { Ok(Self { part, parts }) } else { Err(wanted()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_belongs_to_one_part() {
        for index in 0..40 {
            let parts = (1..=16).filter(|part| Shard { part: *part, parts: 16 }.holds(index));
            assert_eq!(parts.count(), 1);
            assert!(Shard::WHOLE.holds(index));
        }
    }

    #[test]
    fn parts_are_read_as_written() {
        assert_eq!("3/16".parse::<Shard>().unwrap(), Shard { part: 3, parts: 16 });
        for bad in ["", "3", "0/4", "5/4", "a/b", "1/0", "-1/2"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }
}
