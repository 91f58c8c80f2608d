//! Ctrl-C ends the work at hand in good order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Whether the user has asked to stop.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for Ctrl-C and for the system's request to end. All who listen hear the same.
    pub fn listen() -> anyhow::Result<Self> {
        static LISTENING: OnceLock<Interrupt> = OnceLock::new();
        if let Some(interrupt) = LISTENING.get() {
            return Ok(interrupt.clone());
        }
        let interrupt = Self::default();
        let theirs = interrupt.clone();
        ctrlc::set_handler(move || theirs.0.store(true, Ordering::Relaxed))?;
        Ok(LISTENING.get_or_init(|| interrupt).clone())
    }

    /// Simulates Ctrl-C, for tests.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has come.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
