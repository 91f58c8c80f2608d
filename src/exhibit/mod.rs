//! The exhibit: the whole screen without controls, for museums and open days.
//!
//! A file ([`file::Exhibit`]) sets camera, model, ages, texts and colors. [`stage`] decides what is shown and when,
//! [`counts`] counts visitors and faults without keeping a picture, [`window`] draws.

pub mod counts;
pub mod file;
pub mod stage;
mod start;
pub mod window;

pub use file::{Exhibit, ExhibitError};
pub use start::run;
