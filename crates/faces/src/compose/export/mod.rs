//! Picture files: strips, sweeps, animations and saved views.

pub mod animate;
pub mod authors;
pub mod encode;
pub mod folder;
pub mod names;
pub mod palette;
pub mod picture_file;
pub mod ping_pong;
pub mod provenance;
pub mod save;
pub mod staging;
pub mod sweep;
