//! An open source of frames: reading, watching over it, and its state.

#[cfg(any(not(target_os = "linux"), test))]
pub mod freshness;
pub mod nokhwa_source;
pub mod reader;
pub mod source;
pub mod status;
pub mod still;
pub mod watchdog;
