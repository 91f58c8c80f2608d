//! The tensors that a system consists of.

use std::collections::HashMap;

use super::System;

/// Largest plausible side of a layer's tensor, whatever a file claims.
const MAX_SIDE: usize = 1 << 16;

/// A tensor of a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub name: String,
    pub shape: Vec<usize>,
    /// Whether the network needs it.
    pub required: bool,
}

/// The tensors of a system.
pub(super) struct Blueprint {
    pub system: System,
    pub tensors: Vec<Expected>,
    /// Accepts other names that may accompany them.
    pub ignored: fn(&str) -> bool,
}

impl Blueprint {
    pub(super) fn new(system: System) -> Self {
        Self { system, tensors: Vec::new(), ignored: |_| false }
    }

    pub(super) fn require(&mut self, name: impl Into<String>, shape: &[usize]) {
        self.tensors.push(Expected { name: name.into(), shape: shape.to_vec(), required: true });
    }

    pub(super) fn allow(&mut self, name: impl Into<String>, shape: &[usize]) {
        self.tensors.push(Expected { name: name.into(), shape: shape.to_vec(), required: false });
    }

    /// Requires `NAME.weight` of shape `weight`, and `NAME.bias` as long as the weight's first side.
    pub(super) fn layer(&mut self, name: &str, weight: &[usize]) {
        self.require(format!("{name}.weight"), weight);
        self.require(format!("{name}.bias"), &weight[..1]);
    }

    /// Requires PyTorch's batch normalisation of `channels`.
    pub(super) fn batch_norm(&mut self, name: &str, channels: usize) {
        for part in ["weight", "bias", "running_mean", "running_var"] {
            self.require(format!("{name}.{part}"), &[channels]);
        }
        // PyTorch before 0.4.1 does not count batches.
        self.allow(format!("{name}.num_batches_tracked"), &[]);
    }
}

/// The shapes of a file's tensors by their names without a prefix.
pub(super) struct Shapes<'a>(pub HashMap<&'a str, &'a [usize]>);

impl Shapes<'_> {
    pub(super) fn none() -> Self {
        Self(HashMap::new())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The side of a tensor along an axis, or `usual` if it is missing or implausible.
    pub(super) fn side(&self, name: &str, axis: usize, usual: usize) -> usize {
        let side = self.0.get(name).and_then(|shape| shape.get(axis)).copied();
        side.filter(|side| (1..=MAX_SIDE).contains(side)).unwrap_or(usual)
    }
}
