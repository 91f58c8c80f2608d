//! The window without a camera: what it shows in every state, and what it does when it is used.
//!
//! The pictures of the states lie in `tests/snapshots`. After a wanted change of the look, run with
//! `UPDATE_SNAPSHOTS=true` and look at what has changed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fixture;
mod labels;
mod looks;
mod models;
mod panels;
mod slow;
mod sweep;
mod use_by_keys;
mod use_by_pointer;
mod video;
