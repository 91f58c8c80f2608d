//! Counts down the faults that are still to happen.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Takes one from the count and returns whether there was one.
pub(crate) fn take_one(count: &AtomicUsize) -> bool {
    count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}
