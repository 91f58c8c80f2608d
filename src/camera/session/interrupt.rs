//! Interrupts a thread that waits for a silent device in a system call.
//!
//! The camera library waits for a frame without a timeout. A signal ends the wait with an error; the reader
//! then closes the device, which resets it.

use std::thread::JoinHandle;

/// Interrupts the system call in which `thread` waits, if any. Does nothing on systems that do not wait for
/// cameras in a system call.
#[cfg(unix)]
pub(crate) fn interrupt<T>(thread: &JoinHandle<T>) {
    use std::os::unix::thread::JoinHandleExt;
    use std::sync::Once;

    static HANDLER: Once = Once::new();
    HANDLER.call_once(install_handler);
    // SAFETY: the thread has been neither joined nor detached, because its handle is alive, so the
    // identifier is valid even if the thread has ended.
    unsafe {
        libc::pthread_kill(thread.as_pthread_t(), SIGNAL);
    }
}

#[cfg(not(unix))]
pub(crate) fn interrupt<T>(_thread: &JoinHandle<T>) {}

/// Ignored by default, so a stray signal does no harm.
#[cfg(unix)]
const SIGNAL: libc::c_int = libc::SIGURG;

/// An ignored signal interrupts nothing, a handled one does. Without `SA_RESTART` the system call is not
/// restarted.
#[cfg(unix)]
fn install_handler() {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: the action is fully initialised (all zeros is a valid `sigaction`: no flags, an empty mask),
    // and the handler does nothing, so it may run at any point of any thread.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as libc::sighandler_t;
        libc::sigaction(SIGNAL, &action, std::ptr::null_mut());
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use std::time::{Duration, Instant};

    #[test]
    fn a_waiting_thread_returns() {
        let waiter = std::thread::spawn(|| {
            // SAFETY: no descriptor is passed; the call only waits.
            let result = unsafe { libc::poll(std::ptr::null_mut(), 0, 60_000) };
            (result, std::io::Error::last_os_error().kind())
        });
        let deadline = Instant::now() + Duration::from_secs(30);
        while !waiter.is_finished() && Instant::now() < deadline {
            interrupt(&waiter);
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(waiter.join().unwrap(), (-1, ErrorKind::Interrupted));
    }
}
