//! Work that waits for disks, dialogs or networks, on their own threads, and the reports that come back.

pub mod backend;
mod clipboard;
mod copy;
mod dialogs;
mod import;
mod judges;
pub(crate) mod live;
mod outputs;
mod pictures;
mod readings;
pub(crate) mod reporter;
mod run_poller;
mod save;
mod save_sweep;
mod training;
