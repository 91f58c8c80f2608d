//! The panels of the window, one file each. Each has a function `show` that draws it.

pub mod age_bar;
pub mod drop_overlay;
pub mod face_marks;
pub mod input;
pub mod large;
pub mod model_picker;
pub mod notifications;
pub mod performance;
pub mod pictures;
pub mod progress;
pub mod readings;
pub mod settings;
pub mod shortcuts;
pub mod status_line;
pub mod sweep;
pub mod sweep_bar;
pub mod tile;
pub mod tiles;
pub mod top_bar;
pub mod training;
pub mod weights;
