//! Graceful shutdown on Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// Whether the user has asked to stop. Clones share the flag.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for Ctrl-C and for the system's request to terminate. All callers share one flag.
    ///
    /// # Errors
    /// When the signal handler cannot be installed.
    pub fn listen() -> anyhow::Result<Self> {
        static LISTENING: OnceLock<Interrupt> = OnceLock::new();
        if let Some(interrupt) = LISTENING.get() {
            return Ok(interrupt.clone());
        }
        let interrupt = Self::default();
        let in_handler = interrupt.clone();
        ctrlc::set_handler(move || in_handler.trigger())?;
        Ok(LISTENING.get_or_init(|| interrupt).clone())
    }

    /// Simulates Ctrl-C (for tests).
    pub fn trigger(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether Ctrl-C was pressed.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
