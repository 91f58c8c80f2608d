//! Recognises the system that a checkpoint belongs to by the names and shapes of its tensors.
//!
//! A system's names may have a prefix: `g_ema.` in a training checkpoint, `module.` after training on several
//! devices. Prefixes are found by voting: each name that ends in one of a system's names votes for the part
//! before it.

mod agetransgan;
mod blueprint;
mod caae;
mod inception;
mod ipcgan;
mod mirror;
mod pagan;
mod system;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use blueprint::{Blueprint, Expected, Shapes};
pub use inception::layers as inception_layers;
pub use system::System;

use super::{Checkpoint, TensorEntry};

/// Fraction of a system's required tensors that must be present in the right shape for it to be recognised.
const MIN_FRACTION: f32 = 0.5;
/// Largest number of parts of a name that can belong to a prefix.
const MAX_PARTS: usize = 8;
/// Number of prefixes that are tried for each system, those with most votes first.
const MAX_PREFIXES: usize = 4;
/// Number of missing tensors for which the most similar name is searched.
const MAX_NEAREST: usize = 64;
/// Largest number of names compared; a file with more unexpected names belongs to another system.
const MAX_COMPARED_NAMES: usize = 512;
/// Longest name compared, in bytes.
const MAX_NAME_LENGTH: usize = 128;

type Plan = fn(&Shapes) -> Blueprint;

/// All known systems; of two that match equally well, the first wins.
const PLANS: &[Plan] = &[
    agetransgan::generator,
    caae::tensorflow,
    ipcgan::generator,
    pagan::generator,
    mirror::network,
    caae::torch_generator,
    caae::torch_encoder,
    agetransgan::estimator,
    agetransgan::discriminator,
    pagan::discriminator,
    ipcgan::alexnet_identity,
    ipcgan::alexnet_age,
    pagan::vgg_face,
    inception::network,
];

/// A required tensor that is missing or has the wrong shape.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Missing {
    /// Its name, without the prefix.
    pub name: String,
    /// The required shape.
    pub shape: Vec<usize>,
    /// The shape in the file, if only the shape is wrong.
    pub found: Option<Vec<usize>>,
    /// The most similar name among the unexpected tensors.
    pub nearest: Option<String>,
}

/// The result of recognising a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Recognition {
    /// The system.
    #[serde(flatten)]
    pub system: System,
    /// Prefix of its names, such as `g_ema.`.
    pub prefix: String,
    /// Required tensors that are missing or have the wrong shape.
    pub missing: Vec<Missing>,
    /// Names with the prefix that the system does not use.
    pub left_over: Vec<String>,
}

impl Recognition {
    /// Whether the checkpoint contains everything that the system requires.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The system that `checkpoint` belongs to, if it is known.
pub fn recognise(checkpoint: &Checkpoint) -> Option<Recognition> {
    recognise_entries(checkpoint.entries())
}

/// The system that tensors with these names and shapes belong to.
pub(crate) fn recognise_entries(entries: &[TensorEntry]) -> Option<Recognition> {
    let fits = PLANS.iter().flat_map(|plan| {
        let prefixes = prefixes(entries, &plan(&Shapes::none()));
        prefixes.into_iter().map(|prefix| Fit::new(entries, *plan, prefix))
    });
    let mut best: Option<Fit> = None;
    for fit in fits.filter(|fit| fit.fraction() >= MIN_FRACTION) {
        // Only a better match replaces an earlier one.
        if best.as_ref().is_none_or(|best| fit.rank() > best.rank()) {
            best = Some(fit);
        }
    }
    best.map(|fit| fit.explain(entries))
}

/// The prefixes with which the system's names occur, most frequent first.
fn prefixes<'a>(entries: &'a [TensorEntry], plan: &Blueprint) -> Vec<&'a str> {
    let known: HashSet<&str> = plan.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    let mut votes: HashMap<&str, usize> = HashMap::new();
    for entry in entries {
        let name = entry.name.as_str();
        let starts = name.rmatch_indices(['.', '/']).map(|(at, _)| at + 1).take(MAX_PARTS);
        for start in starts.chain([0]) {
            if known.contains(&name[start..]) {
                *votes.entry(&name[..start]).or_default() += 1;
            }
        }
    }
    let mut votes: Vec<_> = votes.into_iter().collect();
    votes.sort_by_key(|(prefix, votes)| (std::cmp::Reverse(*votes), *prefix));
    votes.into_iter().take(MAX_PREFIXES).map(|(prefix, _)| prefix).collect()
}

/// The match of a system with a prefix.
struct Fit<'a> {
    prefix: &'a str,
    shapes: Shapes<'a>,
    plan: Blueprint,
    needed: usize,
    fitting: usize,
}

impl<'a> Fit<'a> {
    fn new(entries: &'a [TensorEntry], plan: Plan, prefix: &'a str) -> Self {
        let under = entries
            .iter()
            .filter_map(|entry| entry.name.strip_prefix(prefix).map(|name| (name, entry.shape.as_slice())));
        let shapes = Shapes(under.collect());
        let plan = plan(&shapes);
        let needed = || plan.tensors.iter().filter(|tensor| tensor.required);
        let fitting = needed().filter(|tensor| shapes.0.get(tensor.name.as_str()) == Some(&&*tensor.shape));
        let (needed, fitting) = (needed().count(), fitting.count());
        Self { prefix, shapes, plan, needed, fitting }
    }

    /// Fraction of the required tensors that are present.
    fn fraction(&self) -> f32 {
        self.fitting as f32 / self.needed.max(1) as f32
    }

    /// Ranks matches, most important criterion first: systems that age faces, completeness, averaged weights,
    /// number of matching tensors.
    fn rank(&self) -> (bool, bool, bool, usize) {
        let complete = self.fitting == self.needed;
        let averaged = self.prefix.split('.').any(|part| part == "g_ema");
        (self.plan.system.ages_faces() && self.fraction() > 0.9, complete, averaged, self.fitting)
    }

    fn explain(self, entries: &[TensorEntry]) -> Recognition {
        let known: HashSet<&str> = self.plan.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        let names = entries.iter().filter_map(|entry| entry.name.strip_prefix(self.prefix));
        let left_over: Vec<&str> =
            names.filter(|name| !known.contains(name) && !(self.plan.ignored)(name)).collect();
        let mut missing: Vec<Missing> = self
            .plan
            .tensors
            .iter()
            .filter(|tensor| tensor.required)
            .filter_map(|t| self.missing(t))
            .collect();
        for missing in missing.iter_mut().filter(|missing| missing.found.is_none()).take(MAX_NEAREST) {
            missing.nearest = nearest(&missing.name, &left_over);
        }
        let left_over = left_over.into_iter().map(str::to_owned).collect();
        Recognition { system: self.plan.system, prefix: self.prefix.to_owned(), missing, left_over }
    }

    fn missing(&self, tensor: &Expected) -> Option<Missing> {
        let found = self.shapes.0.get(tensor.name.as_str());
        if found == Some(&&*tensor.shape) {
            return None;
        }
        let found = found.map(|shape| shape.to_vec());
        Some(Missing { name: tensor.name.clone(), shape: tensor.shape.clone(), found, nearest: None })
    }
}

/// The one of `names` with the smallest edit distance to `name`, if that is less than a third of its length.
fn nearest(name: &str, names: &[&str]) -> Option<String> {
    let short = names.iter().take(MAX_COMPARED_NAMES).filter(|other| other.len() <= MAX_NAME_LENGTH);
    let distances = short.map(|other| (strsim::levenshtein(name, other), *other));
    let (distance, nearest) = distances.min()?;
    (3 * distance < name.len()).then(|| nearest.to_owned())
}
