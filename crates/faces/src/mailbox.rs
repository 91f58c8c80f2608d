//! A one-slot mailbox in which the newest value wins: nothing queues between two threads,
//! so a slow consumer sees the present and never the past.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

impl<T> Shared<T> {
    /// A panic elsewhere cannot leave a slot half-written, so a poisoned lock is still good.
    fn lock(&self) -> MutexGuard<'_, Slot<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both ends of a one-slot mailbox; clones share the slot.
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
    /// Puts `value` in the slot in place of what nobody has taken yet.
    pub fn put(&self, value: T) {
        let mut slot = self.0.lock();
        if slot.value.replace(value).is_some() {
            slot.overwritten += 1;
        }
        drop(slot);
        self.0.arrived.notify_one();
    }

    /// Takes what lies in the slot, without waiting.
    pub fn take(&self) -> Option<T> {
        self.0.lock().value.take()
    }

    /// Waits at most `patience` for a value; `None` when it runs out, or the mailbox is nudged or closed.
    pub fn wait(&self, patience: Duration) -> Option<T> {
        let deadline = Instant::now() + patience;
        let mut slot = self.0.lock();
        loop {
            if let Some(value) = slot.value.take() {
                return Some(value);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if std::mem::take(&mut slot.nudged) || slot.closed || left.is_zero() {
                return None;
            }
            slot = self.0.arrived.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends one [`Mailbox::wait`], the present or the next one, without a value: its caller has
    /// something else to look at.
    pub fn nudge(&self) {
        self.0.lock().nudged = true;
        self.0.arrived.notify_one();
    }

    /// Wakes every waiter for good: [`Mailbox::wait`] no longer waits.
    pub fn close(&self) {
        self.0.lock().closed = true;
        self.0.arrived.notify_all();
    }

    /// Whether [`Mailbox::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.0.lock().closed
    }

    /// Whether nothing lies in the slot.
    pub fn is_empty(&self) -> bool {
        self.0.lock().value.is_none()
    }

    /// How many values were replaced before anybody took them.
    pub fn overwritten(&self) -> u64 {
        self.0.lock().overwritten
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
    fn waiting_ends_when_the_mailbox_is_closed() {
        let mailbox = Mailbox::<u8>::default();
        let other = mailbox.clone();
        let waiter = std::thread::spawn(move || other.wait(Duration::from_secs(60)));
        mailbox.close();
        assert_eq!(waiter.join().unwrap(), None);
    }

    #[test]
    fn a_nudge_ends_one_wait_even_when_it_came_first() {
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
