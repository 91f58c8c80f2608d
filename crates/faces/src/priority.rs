//! Priorities of threads.

/// Lowers the priority of the calling thread by `niceness` steps of Linux's scale of 40; elsewhere it does nothing.
pub fn lower_priority(niceness: i32) {
    #[cfg(target_os = "linux")]
    // SAFETY: setpriority takes only numbers; 0 means the calling thread. If it fails, nothing changes.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, niceness);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = niceness;
}
