//! From aged crops to pictures: paste-back, captions, strips, grids, sweeps, saving.

mod animate;
mod atomic;
mod authors;
mod caption;
mod encode;
mod finish;
mod folder;
mod groups;
mod layout;
mod names;
mod palette;
mod paste;
mod ping_pong;
mod save;
mod staging;
mod sweep;

pub use atomic::{write_picture, write_picture_numbered};
pub use authors::{class_file, first_stem, mosaic, strip_file};
pub use caption::draw_caption;
pub use encode::PictureFormat;
pub use finish::finished;
pub use folder::{check_folder, save_tiles};
pub use groups::{
    AgeGroup, AgeTarget, AgesError, FOUR_GROUPS, MOST_AGES, OLDEST_AGE, TEN_GROUPS, YOUNGEST_AGE, parse_ages,
};
pub use layout::{BACKGROUND, Captioned, LARGEST_SIDE, grid, strip};
pub use names::file_name;
pub use paste::{Patch, paste_back, paste_faces};
pub use ping_pong::write_ping_pong;
pub use save::{About, SavedFiles, SavedView, save_view};
pub use sweep::{CaptionedFilm, Sweep, SweepError, SweepFiles, save_film, write_sweep};
