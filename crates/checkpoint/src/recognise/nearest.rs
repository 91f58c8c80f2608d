//! The name that is the most like another.

/// Names that are compared; a file with more left over is another system's.
const MOST_NAMES: usize = 512;
const LONGEST_NAME: usize = 128;

/// The one of `names` that the fewest edits turn into `name`, if they are less than a third of it.
pub(super) fn nearest(name: &str, names: &[&str]) -> Option<String> {
    let short = names.iter().take(MOST_NAMES).filter(|other| other.len() <= LONGEST_NAME);
    let distances = short.map(|other| (strsim::levenshtein(name, other), *other));
    let (distance, nearest) = distances.min()?;
    (3 * distance < name.len()).then(|| nearest.to_owned())
}
