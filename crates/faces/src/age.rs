//! Ages in years: the groups that the literature uses, gender, and reading a list of ages from the command
//! line.

use serde::{Deserialize, Serialize};

/// The youngest age that can be requested, in years.
pub const YOUNGEST_AGE: f32 = 1.0;
/// The oldest age that can be requested, in years.
pub const OLDEST_AGE: f32 = 85.0;
/// Maximum number of ages in one request.
pub const MAX_AGES: usize = 64;
/// A (first year, last year) group whose last year is this or later has no upper end, such as 70 and older.
pub const OPEN_GROUP_END: u8 = 100;

/// Gender, both as a label of a face and as a condition of the models that take one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// Female.
    #[default]
    Female,
    /// Male.
    Male,
}

impl Gender {
    /// The spellings that [`Gender::parse`] accepts, for error messages.
    pub const WORDS: &str = "`male`, `female`, `m`, `f`, `0` (male, as in UTKFace) or `1` (female)";

    /// Parses one of [`Gender::WORDS`], ignoring case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "male" | "m" | "man" | "0" => Some(Self::Male),
            "female" | "f" | "woman" | "1" => Some(Self::Female),
            _ => None,
        }
    }

    /// 1 for male, 0 for female.
    pub fn male(self) -> f32 {
        f32::from(u8::from(self == Self::Male))
    }
}

/// Returns the index in `groups`, ascending (first year, last year) pairs, of the group that contains `age`
/// in years. Younger ages map to the first group, older ones to the last. A fraction belongs to its completed
/// year.
pub(crate) fn group_index(age: f32, groups: &[(u8, u8)]) -> usize {
    groups.partition_point(|(first, _)| f32::from(*first) <= age).saturating_sub(1)
}

/// An age group and the single age that represents it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgeGroup {
    /// Tile label, such as `20–29` (with an en dash).
    pub label: &'static str,
    /// First year of the group.
    pub first: u8,
    /// Last year of the group; `None` if it has no upper end.
    pub last: Option<u8>,
    /// The age, in years, to request from a model that takes years.
    pub age: f32,
}

const fn group(label: &'static str, first: u8, last: u8, age: f32) -> AgeGroup {
    AgeGroup { label, first, last: Some(last), age }
}

const fn open_group(label: &'static str, first: u8, age: f32) -> AgeGroup {
    AgeGroup { label, first, last: None, age }
}

/// The ten groups of AgeTransGAN (Hsu, Xie and Chen, ECCV 2022).
pub const TEN_GROUPS: [AgeGroup; 10] = [
    group("0–2", 0, 2, 1.5),
    group("3–6", 3, 6, 4.5),
    group("7–9", 7, 9, 8.0),
    group("10–14", 10, 14, 12.0),
    group("15–19", 15, 19, 17.0),
    group("20–29", 20, 29, 25.0),
    group("30–39", 30, 39, 35.0),
    group("40–49", 40, 49, 45.0),
    group("50–69", 50, 69, 59.0),
    open_group("70+", 70, 75.0),
];

/// Four groups of adults.
pub const FOUR_GROUPS: [AgeGroup; 4] = [
    group("15–29", 15, 29, 22.0),
    group("30–39", 30, 39, 35.0),
    group("40–49", 40, 49, 45.0),
    open_group("50+", 50, 60.0),
];

/// A requested age and its tile label.
#[derive(Clone, Debug, PartialEq)]
pub struct AgeTarget {
    /// Label, such as `25` or `20–29`.
    pub label: String,
    /// Age in years.
    pub age: f32,
}

impl From<&AgeGroup> for AgeTarget {
    fn from(group: &AgeGroup) -> Self {
        Self { label: group.label.to_owned(), age: group.age }
    }
}

impl AgeTarget {
    /// A single age, labelled with its years.
    pub fn years(age: f32) -> Self {
        Self { label: format!("{age}"), age }
    }
}

/// Why a list of ages was rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgesError {
    /// An entry is not a number.
    #[error("{0:?} is not an age; use years such as 25,60, or 10 or 4 for the age groups")]
    NotANumber(String),
    /// An age is outside [`YOUNGEST_AGE`] to [`OLDEST_AGE`].
    #[error("age {0} is out of range; use 1 to 85")]
    OutOfRange(String),
    /// More than [`MAX_AGES`] ages.
    #[error("{0} ages are too many; use at most {MAX_AGES}")]
    TooMany(usize),
}

/// Parses a list of ages. `10` alone means [`TEN_GROUPS`] and `4` alone [`FOUR_GROUPS`]; anything else is a
/// comma-separated list of years from 1 to 85, such as `25,60` or `32.5`. For the single ages ten and four,
/// write `10.0` and `4.0`.
///
/// # Errors
/// If an entry is not a number or out of range, or there are more than [`MAX_AGES`].
pub fn parse_ages(text: &str) -> Result<Vec<AgeTarget>, AgesError> {
    match text.trim() {
        "10" => return Ok(TEN_GROUPS.iter().map(AgeTarget::from).collect()),
        "4" => return Ok(FOUR_GROUPS.iter().map(AgeTarget::from).collect()),
        _ => {}
    }
    let count = text.split(',').count();
    if count > MAX_AGES {
        return Err(AgesError::TooMany(count));
    }
    text.split(',').map(|part| parse_age(part.trim())).collect()
}

fn parse_age(part: &str) -> Result<AgeTarget, AgesError> {
    let age: f32 = part.parse().map_err(|_| AgesError::NotANumber(part.to_owned()))?;
    if (YOUNGEST_AGE..=OLDEST_AGE).contains(&age) {
        Ok(AgeTarget::years(age))
    } else {
        Err(AgesError::OutOfRange(part.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ages(text: &str) -> Vec<f32> {
        parse_ages(text).unwrap().iter().map(|target| target.age).collect()
    }

    #[test]
    fn groups_are_contiguous_and_contain_their_age() {
        for groups in [&TEN_GROUPS[..], &FOUR_GROUPS[..]] {
            for pair in groups.windows(2) {
                assert_eq!(pair[0].last, Some(pair[1].first - 1));
            }
            for group in groups {
                let last = group.last.map_or(OLDEST_AGE, f32::from);
                assert!((f32::from(group.first)..=last).contains(&group.age), "{group:?}");
                assert!((YOUNGEST_AGE..=OLDEST_AGE).contains(&group.age), "{group:?}");
            }
            assert_eq!(groups.last().unwrap().last, None);
        }
    }

    #[test]
    fn labels_name_the_years_of_their_group() {
        for group in TEN_GROUPS.iter().chain(&FOUR_GROUPS) {
            let expected = match group.last {
                Some(last) => format!("{}–{last}", group.first),
                None => format!("{}+", group.first),
            };
            assert_eq!(group.label, expected);
        }
    }

    #[test]
    fn ten_and_four_alone_select_the_groups() {
        assert_eq!(parse_ages("10").unwrap().len(), 10);
        assert_eq!(parse_ages(" 4 ").unwrap()[0].label, "15–29");
        assert_eq!(ages("10.0"), [10.0]);
        assert_eq!(ages("4,10"), [4.0, 10.0]);
    }

    #[test]
    fn years_keep_their_order_and_fractions() {
        let targets = parse_ages("60, 25,32.5").unwrap();
        let labels: Vec<_> = targets.iter().map(|target| target.label.as_str()).collect();
        assert_eq!(labels, ["60", "25", "32.5"]);
        assert_eq!(ages("1,85"), [1.0, 85.0]);
    }

    #[test]
    fn invalid_ages_are_named_in_the_error() {
        for bad in ["", "x", "25,,60", "25;60", "20-29"] {
            assert!(matches!(parse_ages(bad), Err(AgesError::NotANumber(_))), "{bad:?}");
        }
        for bad in ["0", "86", "-3", "NaN", "inf", "25,1e30"] {
            assert!(matches!(parse_ages(bad), Err(AgesError::OutOfRange(_))), "{bad:?}");
        }
        assert_eq!(parse_ages(&"25,".repeat(64)), Err(AgesError::TooMany(65)));
        assert!(parse_ages("25,86").unwrap_err().to_string().contains("86"));
    }

    #[test]
    fn every_age_maps_to_a_group() {
        let groups = [(21, 30), (31, 40), (41, 50), (51, u8::MAX)];
        for (age, group) in [(3.0, 0), (21.0, 0), (30.9, 0), (31.0, 1), (50.0, 2), (51.0, 3), (99.0, 3)] {
            assert_eq!(group_index(age, &groups), group, "{age}");
        }
        assert_eq!(group_index(f32::NAN, &groups), 0);
    }
}
