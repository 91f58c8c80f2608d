//! A one-slot mailbox in which the newest value wins. Nothing queues between two threads, so a slow consumer
//! always sees the latest value.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

struct Slot<T> {
    value: Option<T>,
    overwritten: u64,
    nudged: bool,
    closed: bool,
}

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    arrived: Condvar,
}

/// A handle of a one-slot mailbox; clones share the slot.
pub struct Mailbox<T>(Arc<Shared<T>>);

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        let slot = Slot { value: None, overwritten: 0, nudged: false, closed: false };
        Self(Arc::new(Shared { slot: Mutex::new(slot), arrived: Condvar::new() }))
    }
}

impl<T> Mailbox<T> {
    /// Stores `value`, replacing a value that has not been taken yet.
    pub fn put(&self, value: T) {
        let mut slot = self.0.slot.lock();
        if slot.value.replace(value).is_some() {
            slot.overwritten += 1;
        }
        drop(slot);
        self.0.arrived.notify_one();
    }

    /// Takes the stored value without waiting.
    pub fn take(&self) -> Option<T> {
        self.0.slot.lock().value.take()
    }

    /// Waits up to `timeout` for a value; `None` on timeout, or if the mailbox is nudged or closed.
    pub fn wait(&self, timeout: Duration) -> Option<T> {
        let deadline = Instant::now() + timeout;
        let mut slot = self.0.slot.lock();
        loop {
            if let Some(value) = slot.value.take() {
                return Some(value);
            }
            if std::mem::take(&mut slot.nudged) || slot.closed || Instant::now() >= deadline {
                return None;
            }
            self.0.arrived.wait_until(&mut slot, deadline);
        }
    }

    /// Ends one [`Mailbox::wait`], the current or the next one, without a value, so that its caller can check
    /// for other work.
    pub fn nudge(&self) {
        self.0.slot.lock().nudged = true;
        self.0.arrived.notify_one();
    }

    /// Closes the mailbox: wakes every waiter, and [`Mailbox::wait`] no longer waits.
    pub fn close(&self) {
        self.0.slot.lock().closed = true;
        self.0.arrived.notify_all();
    }

    /// Whether [`Mailbox::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.0.slot.lock().closed
    }

    /// Whether the slot is empty.
    pub fn is_empty(&self) -> bool {
        self.0.slot.lock().value.is_none()
    }

    /// Number of values that were replaced before they were taken.
    pub fn overwritten(&self) -> u64 {
        self.0.slot.lock().overwritten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_value_wins() {
        let mailbox = Mailbox::default();
        mailbox.put(1);
        mailbox.put(2);
        assert!(!mailbox.is_empty());
        assert_eq!(mailbox.take(), Some(2));
        assert!(mailbox.is_empty());
        assert_eq!(mailbox.take(), None);
        assert_eq!(mailbox.overwritten(), 1);
    }

    #[test]
    fn closing_ends_a_wait() {
        let mailbox = Mailbox::<u8>::default();
        let other = mailbox.clone();
        let waiter = std::thread::spawn(move || other.wait(Duration::from_secs(60)));
        mailbox.close();
        assert_eq!(waiter.join().unwrap(), None);
    }

    #[test]
    fn a_nudge_ends_one_wait_even_if_it_comes_first() {
        let mailbox = Mailbox::<u8>::default();
        mailbox.nudge();
        assert_eq!(mailbox.wait(Duration::from_secs(60)), None);
        mailbox.put(3);
        assert_eq!(mailbox.wait(Duration::from_secs(60)), Some(3));
    }

    #[test]
    fn a_value_wakes_the_waiter() {
        let mailbox = Mailbox::default();
        let other = mailbox.clone();
        let waiter = std::thread::spawn(move || other.wait(Duration::from_secs(60)));
        mailbox.put(7);
        assert_eq!(waiter.join().unwrap(), Some(7));
    }
}
