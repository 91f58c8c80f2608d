//! The most similar name.

/// Largest number of names compared; a file with more unexpected names belongs to another system.
const MOST_NAMES: usize = 512;
const LONGEST_NAME: usize = 128;

/// The one of `names` with the smallest edit distance to `name`, if that is less than a third of its length.
pub(super) fn nearest(name: &str, names: &[&str]) -> Option<String> {
    let short = names.iter().take(MOST_NAMES).filter(|other| other.len() <= LONGEST_NAME);
    let distances = short.map(|other| (strsim::levenshtein(name, other), *other));
    let (distance, nearest) = distances.min()?;
    (3 * distance < name.len()).then(|| nearest.to_owned())
}
