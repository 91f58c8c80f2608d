//! The camera source against a virtual camera: it streams, and mends itself after every fault.
//!
//! Each test starts itself again with the virtual camera plugged in, sees the fault in the state or the
//! counters, and then sees frames again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod faults;
mod frames;
#[cfg(target_os = "linux")]
mod odd;
mod refusals;
mod streams;
mod virtual_camera;
#[path = "../support/webcam.rs"]
mod webcam;
