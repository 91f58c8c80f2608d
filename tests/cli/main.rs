//! The real program on the command line: pictures of every kind, and faulty cameras.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod age;
mod avif;
mod device;
mod documents;
mod live;
mod measure;
#[cfg(unix)]
mod pipewire;
mod plain;
mod program;
mod video;
mod virtual_camera;
#[path = "../support/webcam.rs"]
mod webcam;
mod weights;
