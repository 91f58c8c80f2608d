//! The camera source with a virtual camera: it streams, and recovers from every fault.
//!
//! Each test starts itself again with the virtual camera connected, sees the fault in the state or the
//! counters, and then sees frames again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod faults;
mod frames;
#[cfg(target_os = "linux")]
mod odd;
mod refusals;
mod streams;
mod virtual_camera;
#[path = "../support/webcam.rs"]
mod webcam;
