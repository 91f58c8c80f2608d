//! The real program on the command line: pictures of every kind, and cameras that misbehave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod age;
mod documents;
mod live;
mod measure;
mod plain;
mod program;
mod virtual_camera;
#[path = "../support/webcam.rs"]
mod webcam;
mod weights;
