//! Contains the panics of decoders: a panic becomes an error of one picture and prints nothing to the
//! terminal.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Decoders that use threads of their own, by a part of their source path.
const THREADED_DECODERS: [&str; 1] = ["jpeg-decoder-"];

/// Runs `work`; `None` if it panicked. The panic message is logged instead of printed. Other threads, and
/// this one afterwards, keep the panic hook that was set.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    install();
    DEPTH.set(DEPTH.get() + 1);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get() - 1);
    outcome.ok()
}

fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let default_hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if is_guarded(info) {
                tracing::warn!("a decoder panicked: {info}");
            } else {
                default_hook(info);
            }
        }));
    });
}

fn is_guarded(info: &PanicHookInfo<'_>) -> bool {
    let of_decoder = |file: &str| THREADED_DECODERS.iter().any(|decoder| file.contains(decoder));
    DEPTH.get() > 0 || info.location().is_some_and(|location| of_decoder(location.file()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none_and_the_guard_ends_with_the_work() {
        assert_eq!(guarded(|| 3), Some(3));
        let inner = guarded(|| {
            assert_eq!(DEPTH.get(), 1);
            guarded(|| -> u32 { panic!("a decoder") })
        });
        assert_eq!(inner, Some(None));
        assert_eq!(DEPTH.get(), 0);
    }
}
