//! The atlas of lines that mirror draws, extracted from sharp pictures of old faces.

mod area;
mod build;
mod candidate;
mod extract;
mod sheet;

pub(crate) use build::{LinesSpec, build_atlas};
pub(crate) use sheet::atlas_sheet;
