//! The window without a camera: how it looks in every state, and what it does when it is used.
//!
//! The snapshots are in `tests/snapshots`. After an intended change, run with `UPDATE_SNAPSHOTS=true` and
//! look at each changed snapshot.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod copy;
mod exhibit;
mod fit;
mod fixture;
mod introduction;
mod labels;
mod languages;
mod looks;
mod models;
mod panels;
mod slow;
mod sweep;
mod use_by_keys;
mod use_by_pointer;
mod video;
