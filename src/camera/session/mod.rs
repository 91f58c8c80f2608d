//! Open frame sources: the thread that reads the device, its watchdog, and the state shown to the user.

pub(super) mod camera_source;
mod interrupt;
mod rate;
mod reader;
pub(super) mod source;
mod state_message;
mod status;
pub(super) mod still;
mod watchdog;
