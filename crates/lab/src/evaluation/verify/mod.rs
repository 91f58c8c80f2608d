//! Verification: whether two pictures show one person, and how far apart different people are.

mod impostors;
mod pairs;
mod rates;

pub use impostors::{Impostors, Person, people_distances, people_in, read_people};
pub use pairs::{Pair, PairedFolders, group_label, pairs_of_folders, read_pairs};
pub use rates::{Distances, GroupRate, confidence, rates};
