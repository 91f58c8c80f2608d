//! Tells from names and shapes which system a weight file belongs to, whatever it is called.
//!
//! A system may lie under a prefix: `g_ema.` in a training checkpoint, `module.` where it was trained on
//! several devices. The prefix is found by vote: each name that ends like one of a system's names votes for
//! what stands before.

mod agetransgan;
mod blueprint;
mod caae;
mod inception;
mod ipcgan;
mod mirror;
mod nearest;
mod pagan;
mod system;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use blueprint::{Blueprint, Expected, Shapes};
pub use inception::layers as inception_layers;
use nearest::nearest;
pub use system::System;

use super::{Checkpoint, TensorEntry};

/// A system is recognised if so much of what it needs is there in the right shape.
const ENOUGH: f32 = 0.5;
/// No system's names have more parts.
const MOST_PARTS: usize = 8;
/// Prefixes that are looked at for each system, those with the most votes first.
const MOST_PREFIXES: usize = 4;
/// Missing tensors for which the nearest name is looked for.
const MOST_NEAREST: usize = 64;

type Plan = fn(&Shapes) -> Blueprint;

/// Every known system; where two fit equally well, the first is taken.
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

/// A tensor that a system needs and a file does not have so.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Missing {
    /// Its name, without the prefix.
    pub name: String,
    /// The shape that it should have.
    pub shape: Vec<usize>,
    /// The shape that it has, if it is only that.
    pub found: Option<Vec<usize>>,
    /// The tensor left over whose name is the most like it.
    pub nearest: Option<String>,
}

/// What a weight file was recognised as.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Recognition {
    /// The system.
    #[serde(flatten)]
    pub system: System,
    /// What stands before its names, such as `g_ema.`.
    pub prefix: String,
    /// What it needs and the file does not have.
    pub missing: Vec<Missing>,
    /// Names under the prefix that the system does not know.
    pub left_over: Vec<String>,
}

impl Recognition {
    /// Whether everything that the system needs is there.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The system that `checkpoint` belongs to, if it is a known one.
pub fn recognise(checkpoint: &Checkpoint) -> Option<Recognition> {
    recognise_entries(checkpoint.entries())
}

/// The system that tensors of these names and shapes belong to.
pub(crate) fn recognise_entries(entries: &[TensorEntry]) -> Option<Recognition> {
    let fits = PLANS.iter().flat_map(|plan| {
        let prefixes = prefixes(entries, &plan(&Shapes::none()));
        prefixes.into_iter().map(|prefix| Fit::new(entries, *plan, prefix))
    });
    let mut best: Option<Fit> = None;
    for fit in fits.filter(|fit| fit.share() >= ENOUGH) {
        // Only a better one takes the place of an earlier one.
        if best.as_ref().is_none_or(|best| fit.rank() > best.rank()) {
            best = Some(fit);
        }
    }
    best.map(|fit| fit.explain(entries))
}

/// The prefixes under which the system's names are found, the most frequent first.
fn prefixes<'a>(entries: &'a [TensorEntry], plan: &Blueprint) -> Vec<&'a str> {
    let known: HashSet<&str> = plan.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    let mut votes: HashMap<&str, usize> = HashMap::new();
    for entry in entries {
        let name = entry.name.as_str();
        let starts = name.rmatch_indices(['.', '/']).map(|(at, _)| at + 1).take(MOST_PARTS);
        for start in starts.chain([0]) {
            if known.contains(&name[start..]) {
                *votes.entry(&name[..start]).or_default() += 1;
            }
        }
    }
    let mut votes: Vec<_> = votes.into_iter().collect();
    votes.sort_by_key(|(prefix, votes)| (std::cmp::Reverse(*votes), *prefix));
    votes.into_iter().take(MOST_PREFIXES).map(|(prefix, _)| prefix).collect()
}

/// How well a system fits under a prefix.
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
        let needed = || plan.tensors.iter().filter(|tensor| tensor.needed);
        let fitting = needed().filter(|tensor| shapes.0.get(tensor.name.as_str()) == Some(&&*tensor.shape));
        let (needed, fitting) = (needed().count(), fitting.count());
        Self { prefix, shapes, plan, needed, fitting }
    }

    /// The share of what the system needs that is there.
    fn share(&self) -> f32 {
        self.fitting as f32 / self.needed.max(1) as f32
    }

    /// What makes one fit better than another, the most important first: a system that ages faces, all of
    /// it, the averaged weights, more of it.
    fn rank(&self) -> (bool, bool, bool, usize) {
        let complete = self.fitting == self.needed;
        let averaged = self.prefix.split('.').any(|part| part == "g_ema");
        (self.plan.system.ages_faces() && self.share() > 0.9, complete, averaged, self.fitting)
    }

    fn explain(self, entries: &[TensorEntry]) -> Recognition {
        let known: HashSet<&str> = self.plan.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        let names = entries.iter().filter_map(|entry| entry.name.strip_prefix(self.prefix));
        let left_over: Vec<&str> =
            names.filter(|name| !known.contains(name) && !(self.plan.ignored)(name)).collect();
        let mut missing: Vec<Missing> =
            self.plan.tensors.iter().filter(|tensor| tensor.needed).filter_map(|t| self.missing(t)).collect();
        for missing in missing.iter_mut().filter(|missing| missing.found.is_none()).take(MOST_NEAREST) {
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
