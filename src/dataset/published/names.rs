//! Labels that stand in the names of the files.

use std::path::Path;

use super::Convention;
use crate::dataset::Gender;
use crate::dataset::labels::OLDEST;

/// Age in years and gender that the name of `file` states under `convention`.
pub(super) fn label(convention: Convention, file: &Path) -> Option<(f32, Option<Gender>)> {
    let name = file.file_name()?.to_str()?;
    let (age, gender) = match convention {
        Convention::UtkFace => utkface(name)?,
        Convention::Cacd => (cacd(name)?, None),
        Convention::FgNet => (fgnet(name)?, None),
        Convention::Wiki => (wiki(name)?, None),
        _ => return None,
    };
    (0.0..=OLDEST).contains(&age).then_some((age, gender))
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

/// `15_Chris_Colfer_0009.jpg`: the rest is a name and a number.
fn cacd(name: &str) -> Option<f32> {
    let (age, rest) = name.split_once('_')?;
    let begins_with_a_letter = rest.chars().next().is_some_and(char::is_alphabetic);
    if begins_with_a_letter && rest.contains('_') { years(age) } else { None }
}

/// `001A16.JPG`, `002A29b.JPG`, and with anything behind.
fn fgnet(name: &str) -> Option<f32> {
    let (person, rest) = name.split_once(['A', 'a'])?;
    if person.len() != 3 || !person.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    years(rest.get(..2)?)
}

/// `10000217_1981-05-05_2009.jpg`: the photograph is taken to be of the middle of the year, as its authors
/// have it, so who was born after June is a year younger.
fn wiki(name: &str) -> Option<f32> {
    let mut fields = name.split('.').next()?.split('_');
    let (_, birth, taken) = (fields.next()?, fields.next()?, fields.next()?);
    let mut date = birth.split('-');
    let (year, month): (f32, f32) = (date.next()?.parse().ok()?, date.next()?.parse().ok()?);
    let taken: f32 = taken.parse().ok()?;
    Some(taken - year - if month > 6.0 { 1.0 } else { 0.0 })
}

fn years(text: &str) -> Option<f32> {
    let digits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
