//! The allocator: the system's on Linux, mimalloc elsewhere.
//!
//! A frame and a training step allocate and free the same large buffers again and again, on several threads. What counts
//! is that freed memory is used again by the next thread, and that it does not return to the system in between, which
//! would have to clear its pages again. glibc does that with one arena that is not trimmed, in half the memory of
//! mimalloc, which keeps pages for each thread and size.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::ffi::c_int;
    use std::time::Duration;

    /// Time after which freed memory returns to the system. Taking it back costs about a millisecond per four MiB.
    const TRIM_INTERVAL: Duration = Duration::from_secs(60);
    /// glibc's value for a heap that is never trimmed when memory is freed.
    const NEVER: c_int = -1;

    /// Sets glibc's options and starts the thread that returns freed memory to the system.
    pub fn configure() {
        set_options();
        let trim = || loop {
            std::thread::sleep(TRIM_INTERVAL);
            return_freed_memory();
        };
        if let Err(error) = std::thread::Builder::new().name("allocator".to_owned()).spawn(trim) {
            tracing::warn!("freed memory stays in the process: {error}");
        }
    }

    pub(super) fn set_options() {
        // SAFETY: both functions only set options. Blocks of their own pages would return to the system when they are
        // freed; huge pages would take a third more memory and save no time.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, 1);
            libc::mallopt(libc::M_MMAP_MAX, 0);
            libc::mallopt(libc::M_TRIM_THRESHOLD, NEVER);
            libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
        }
    }

    pub(super) fn return_freed_memory() {
        // SAFETY: returns only pages without any allocation.
        unsafe { libc::malloc_trim(0) };
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use glibc::configure;

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sets the allocator's options, of which mimalloc needs none.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn configure() {}

#[cfg(test)]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::glibc::{return_freed_memory, set_options};

    /// Size of the block in MiB.
    const BLOCK: usize = 256;

    /// Resident memory of the process in MiB.
    fn resident() -> usize {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
        pages / 256
    }

    #[test]
    fn freed_memory_returns_to_the_system() {
        set_options();
        let block = std::hint::black_box(vec![1u8; BLOCK << 20]);
        let while_held = resident();
        drop(block);
        return_freed_memory();
        let afterwards = resident();
        assert!(afterwards + BLOCK / 2 < while_held, "{while_held} MiB, then {afterwards} MiB");
    }
}
