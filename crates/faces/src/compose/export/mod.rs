//! Picture files: strips, sweeps, animations and saved views.

pub(super) mod animate;
pub(super) mod authors;
pub(super) mod encode;
pub(super) mod folder;
pub(super) mod names;
pub(super) mod palette;
pub(super) mod picture_file;
pub(super) mod ping_pong;
pub(super) mod provenance;
pub(super) mod save;
pub(super) mod staging;
pub(super) mod sweep;
