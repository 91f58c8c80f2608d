//! The capture, face and inference threads, their mailboxes, statistics and faults.

mod command;
mod view;

pub use command::{Command, FaceChoice};
pub use view::{AgedFace, FaceReport, Fault, LiveView, Spread, Statistics, Status, Tile, TileSet};
