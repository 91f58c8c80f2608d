//! Labels from file names.

use std::path::Path;

use super::Convention;
use crate::dataset::Gender;
use crate::dataset::labels::MAX_AGE_YEARS;

/// The labels in a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NameLabel {
    /// The age in years, which may be impossible.
    pub age: f32,
    /// The gender, if stated.
    pub gender: Option<Gender>,
}

impl NameLabel {
    /// Whether a person can have this age.
    pub(super) fn is_possible(self) -> bool {
        (0.0..=MAX_AGE_YEARS).contains(&self.age)
    }
}

/// The conventions of file names. If a name fits several, the earlier one applies.
pub(super) const BY_NAME: [Convention; 4] =
    [Convention::UtkFace, Convention::Wiki, Convention::FgNet, Convention::Cacd];

/// The labels in the name of `file` under `convention`.
pub(super) fn parse_name(convention: Convention, file: &Path) -> Option<NameLabel> {
    let name = file.file_name()?.to_str()?;
    let (age, gender) = match convention {
        Convention::UtkFace => utkface(name)?,
        Convention::Cacd => (cacd(name)?, None),
        Convention::FgNet => (fgnet(name)?, None),
        Convention::Wiki => (wiki(name)?, None),
        _ => return None,
    };
    Some(NameLabel { age, gender })
}

/// `100_0_0_20170112213500903.jpg.chip.jpg`; some names lack the race.
fn utkface(name: &str) -> Option<(f32, Option<Gender>)> {
    let mut fields = name.split('_');
    let age = years(fields.next()?)?;
    let gender = match fields.next()? {
        "0" => Gender::Male,
        "1" => Gender::Female,
        _ => return None,
    };
    fields.next()?;
    Some((age, Some(gender)))
}

/// `15_Jo_Doe_0009.jpg`: age, name and number. A name may contain numbers, also as its first word.
fn cacd(name: &str) -> Option<f32> {
    let (age, rest) = name.split_once('_')?;
    let mut has_letters = false;
    for field in rest.split('_') {
        let number = field.split('.').next().unwrap_or_default();
        if has_letters && is_number(number) {
            return years(age);
        }
        has_letters |= field.chars().any(char::is_alphabetic);
    }
    None
}

/// `001A16.JPG`, `002A29b.JPG`, with any suffix.
fn fgnet(name: &str) -> Option<f32> {
    let (person, rest) = name.split_once(['A', 'a'])?;
    if person.len() != 3 || !is_number(person) {
        return None;
    }
    years(rest.get(..2)?)
}

/// `10000217_1981-05-05_2009.jpg` of Wikipedia, `nm9999999_rm10000001_1955-3-7_2003.jpg` of IMDB. Following
/// the authors, the photograph is assumed to be from the middle of the year, so people born after June are a
/// year younger.
fn wiki(name: &str) -> Option<f32> {
    let (rest, taken) = name.split('.').next()?.rsplit_once('_')?;
    let (_id, birth) = rest.rsplit_once('_')?;
    let mut date = birth.split('-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    let is_date = date.next().is_none() && is_number(month) && is_number(day);
    if !is_date || [year, taken].iter().any(|year| year.len() != 4 || !is_number(year)) {
        return None;
    }
    let (year, month, taken): (f32, f32, f32) =
        (year.parse().ok()?, month.parse().ok()?, taken.parse().ok()?);
    Some(taken - year - if month > 6.0 { 1.0 } else { 0.0 })
}

fn years(text: &str) -> Option<f32> {
    if is_number(text) && text.len() <= 3 { text.parse().ok() } else { None }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(convention: Convention, name: &str) -> Option<f32> {
        parse_name(convention, Path::new(name)).map(|stated| stated.age)
    }

    #[test]
    fn a_name_may_begin_with_a_number() {
        for (name, years) in [
            ("29_7_Bells_0011.jpg", Some(29.0)),
            ("30_Jo_Doe_0001.jpg_0.jpg", Some(30.0)),
            ("41_Jo_Doe_Jr._0004.jpg", Some(41.0)),
            ("12_my_holiday.jpg", None),
            ("29_7_0011.jpg", None),
            ("Jo_Doe_0001.jpg", None),
        ] {
            assert_eq!(age(Convention::Cacd, name), years, "{name}");
        }
        assert_eq!(age(Convention::UtkFace, "29_7_Bells_0011.jpg"), None);
    }

    #[test]
    fn birth_and_photograph_state_an_age() {
        for (name, years) in [
            ("nm9999999_rm10000001_1955-3-7_2003.jpg", Some(48.0)),
            ("10000217_1981-05-05_2009.jpg", Some(28.0)),
            ("1000_1948-09-12_1990.jpg", Some(41.0)),
            ("9_1990-1-1_1955.jpg", Some(-35.0)),
            ("1955-3-7_2003.jpg", None),
            ("9_1990-1_2003.jpg", None),
            ("9_90-1-1_2003.jpg", None),
        ] {
            assert_eq!(age(Convention::Wiki, name), years, "{name}");
        }
        let unborn = parse_name(Convention::Wiki, Path::new("9_1990-1-1_1955.jpg"));
        assert!(unborn.is_some_and(|stated| !stated.is_possible()));
    }

    proptest::proptest! {
        /// The age in a name is always finite.
        #[test]
        fn any_name_states_a_number_or_nothing(name in "[0-9A-Za-zäß_. -]{0,30}") {
            for convention in BY_NAME {
                proptest::prop_assert!(age(convention, &name).is_none_or(f32::is_finite));
            }
        }
    }
}
