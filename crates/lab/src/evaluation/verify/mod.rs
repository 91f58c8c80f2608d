//! Face verification: whether two pictures show the same person, at thresholds measured on different people.

mod impostors;
mod pairs;
mod rates;

pub(crate) use impostors::{Impostors, Person, people_distances, people_in, read_people};
pub(crate) use pairs::{Pair, group_label, pairs_of_folders, read_pairs};
pub(crate) use rates::{Distances, GroupRate, confidence, rates};
