//! The panels of the window, one file each. Each has a function `show` that draws it.

pub(crate) mod age_bar;
pub(crate) mod drop_overlay;
pub(crate) mod face_marks;
pub(crate) mod input;
pub(crate) mod introduction;
pub(crate) mod large;
pub(crate) mod model_picker;
pub(crate) mod notifications;
pub(crate) mod performance;
pub(crate) mod pictures;
pub(crate) mod progress;
pub(crate) mod readings;
pub(crate) mod settings;
pub(crate) mod shortcuts;
pub(crate) mod status_line;
pub(crate) mod sweep;
pub(crate) mod sweep_bar;
pub(crate) mod tile;
pub(crate) mod tiles;
pub(crate) mod top_bar;
pub(crate) mod training;
pub(crate) mod video_bar;
pub(crate) mod weights;
