//! Turns aged crops into pictures: pasting back, captions, strips, grids, sweeps, saving.

mod caption;
mod export;
mod finish;
mod layout;
mod paste;

pub use caption::{caption_of, draw_caption};
pub use export::authors::{class_file, first_stem, mosaic, strip_file};
pub use export::encode::PictureFormat;
pub use export::folder::{check_folder, save_tiles};
pub use export::names::file_name;
pub use export::picture_file::{write_picture, write_picture_numbered};
pub use export::ping_pong::write_ping_pong;
pub use export::provenance::Provenance;
pub use export::save::{About, SavedFiles, SavedTile, SavedView, save_view};
pub use export::sweep::{CaptionedFrames, Sweep, SweepError, SweepFiles, save_frames, write_sweep};
pub use finish::finished;
pub use layout::{BACKGROUND, Captioned, MAX_SIDE, grid, grid_rows, strip};
pub use paste::{Patch, paste_faces};
