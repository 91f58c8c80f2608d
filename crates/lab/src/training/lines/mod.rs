//! The atlas of lines that mirror draws, extracted from sharp pictures of old faces.

mod build;
mod candidate;
mod extract;
mod sheet;

pub use build::{AtlasReport, LinesSpec, build_atlas};
pub use sheet::atlas_sheet;
