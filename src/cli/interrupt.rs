//! Ctrl-C ends the work at hand in good order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the user has asked to stop.
#[derive(Clone, Default)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for Ctrl-C and for the system's request to end.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        let theirs = interrupt.clone();
        ctrlc::set_handler(move || theirs.0.store(true, Ordering::Relaxed))?;
        Ok(interrupt)
    }

    /// As if it had come.
    #[cfg(test)]
    pub(super) fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has come.
    pub(super) fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
