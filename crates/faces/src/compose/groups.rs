//! The groups of ages that the literature uses, and reading a list of ages as a user writes it.

/// A group of ages with the one age that stands for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgeGroup {
    /// What is written under a tile, such as `20–29` (with an en dash).
    pub label: &'static str,
    /// The first year of the group.
    pub first: u8,
    /// The last year of the group; `None` where it is open.
    pub last: Option<u8>,
    /// The age in years asked of a model that works in years.
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

/// The four groups of grown-ups.
pub const FOUR_GROUPS: [AgeGroup; 4] = [
    group("15–29", 15, 29, 22.0),
    group("30–39", 30, 39, 35.0),
    group("40–49", 40, 49, 45.0),
    open_group("50+", 50, 60.0),
];

/// The youngest age that may be asked for, in years.
pub const YOUNGEST_AGE: f32 = 1.0;
/// The oldest age that may be asked for, in years.
pub const OLDEST_AGE: f32 = 85.0;
/// The largest number of ages that may be asked for at once.
pub const MOST_AGES: usize = 64;

/// An age asked for, with what is written under its tile.
#[derive(Clone, Debug, PartialEq)]
pub struct AgeTarget {
    /// The label, such as `25` or `20–29`.
    pub label: String,
    /// The age in years.
    pub age: f32,
}

impl From<&AgeGroup> for AgeTarget {
    fn from(group: &AgeGroup) -> Self {
        Self { label: group.label.to_owned(), age: group.age }
    }
}

impl AgeTarget {
    /// A single age, labelled with its number of years.
    pub fn years(age: f32) -> Self {
        Self { label: format!("{age}"), age }
    }
}

/// Why a list of ages cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgesError {
    /// A part of the list is not a number.
    #[error("{0:?} is not an age; write ages in years as in 25,60, or 10 or 4 for the groups")]
    NotANumber(String),
    /// A number lies outside the ages that can be asked for.
    #[error("the age {0} cannot be shown; ages from 1 to 85 can")]
    OutOfRange(String),
    /// Too many ages at once.
    #[error("{0} ages are too many at once; ask for at most {MOST_AGES}")]
    TooMany(usize),
}

/// Reads a list of ages: a lone `10` means [`TEN_GROUPS`], a lone `4` means [`FOUR_GROUPS`], anything
/// else is a list of years between 1 and 85 separated by commas, such as `25,60` or `32.5`. The ages
/// ten and four alone are written `10.0` and `4.0`.
///
/// # Errors
/// When a part is not a number, lies outside 1 to 85, or there are more than [`MOST_AGES`].
pub fn parse_ages(text: &str) -> Result<Vec<AgeTarget>, AgesError> {
    match text.trim() {
        "10" => return Ok(TEN_GROUPS.iter().map(AgeTarget::from).collect()),
        "4" => return Ok(FOUR_GROUPS.iter().map(AgeTarget::from).collect()),
        _ => {}
    }
    let count = text.split(',').count();
    if count > MOST_AGES {
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
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ages(text: &str) -> Vec<f32> {
        parse_ages(text).unwrap().iter().map(|target| target.age).collect()
    }

    #[test]
    fn the_groups_follow_each_other_and_hold_their_age() {
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
    fn ten_and_four_alone_mean_the_groups() {
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
    fn what_is_no_age_is_refused_by_name() {
        for bad in ["", "x", "25,,60", "25;60", "20-29"] {
            assert!(matches!(parse_ages(bad), Err(AgesError::NotANumber(_))), "{bad:?}");
        }
        for bad in ["0", "86", "-3", "NaN", "inf", "25,1e30"] {
            assert!(matches!(parse_ages(bad), Err(AgesError::OutOfRange(_))), "{bad:?}");
        }
        assert_eq!(parse_ages(&"25,".repeat(64)), Err(AgesError::TooMany(65)));
        assert!(parse_ages("25,86").unwrap_err().to_string().contains("86"));
    }
}
