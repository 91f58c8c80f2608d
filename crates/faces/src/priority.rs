//! Priorities of threads.

/// Sets the nice value of the calling thread on Linux; does nothing elsewhere.
pub fn lower_priority(niceness: i32) {
    #[cfg(target_os = "linux")]
    // SAFETY: setpriority takes only numbers; 0 means the calling thread. If it fails, nothing changes.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, niceness);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = niceness;
}
