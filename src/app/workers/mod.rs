//! Work that waits, on threads of its own, and the reports that come back.

pub mod backend;
pub mod dialogs;
pub mod import;
pub mod live;
pub mod pictures;
pub mod readings;
pub mod reporter;
pub mod save;
pub mod save_sweep;
pub mod training;
