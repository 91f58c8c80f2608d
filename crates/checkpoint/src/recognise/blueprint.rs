//! Which tensors a system consists of.

use std::collections::HashMap;

use super::System;

/// Sides beyond this are no layer's, whatever a file says.
const LARGEST_SIDE: usize = 1 << 16;

/// A tensor that a system has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub name: String,
    pub shape: Vec<usize>,
    /// Whether the network does not run without it.
    pub needed: bool,
}

/// A system's tensors.
pub(super) struct Blueprint {
    pub system: System,
    pub tensors: Vec<Expected>,
    /// Other names that may be beside them.
    pub ignored: fn(&str) -> bool,
}

impl Blueprint {
    pub(super) fn new(system: System) -> Self {
        Self { system, tensors: Vec::new(), ignored: |_| false }
    }

    pub(super) fn need(&mut self, name: impl Into<String>, shape: &[usize]) {
        self.tensors.push(Expected { name: name.into(), shape: shape.to_vec(), needed: true });
    }

    pub(super) fn may(&mut self, name: impl Into<String>, shape: &[usize]) {
        self.tensors.push(Expected { name: name.into(), shape: shape.to_vec(), needed: false });
    }

    /// `NAME.weight` of a shape and `NAME.bias`, whose length is the weight's first side.
    pub(super) fn layer(&mut self, name: &str, weight: &[usize]) {
        self.need(format!("{name}.weight"), weight);
        self.need(format!("{name}.bias"), &weight[..1]);
    }

    /// PyTorch's batch normalisation of `channels`.
    pub(super) fn batch_norm(&mut self, name: &str, channels: usize) {
        for part in ["weight", "bias", "running_mean", "running_var"] {
            self.need(format!("{name}.{part}"), &[channels]);
        }
        // PyTorch before 0.4.1 does not count.
        self.may(format!("{name}.num_batches_tracked"), &[]);
    }
}

/// The shapes of a file's tensors by their names behind a prefix.
pub(super) struct Shapes<'a>(pub HashMap<&'a str, &'a [usize]>);

impl Shapes<'_> {
    pub(super) fn none() -> Self {
        Self(HashMap::new())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The side of a tensor along an axis, or `usual` where there is none such.
    pub(super) fn side(&self, name: &str, axis: usize, usual: usize) -> usize {
        let side = self.0.get(name).and_then(|shape| shape.get(axis)).copied();
        side.filter(|side| (1..=LARGEST_SIDE).contains(side)).unwrap_or(usual)
    }
}
