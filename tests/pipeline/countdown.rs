//! Counting down what is still to go wrong.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Takes one from a count of things to come and says whether there was one.
pub fn take_one(count: &AtomicUsize) -> bool {
    count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}
