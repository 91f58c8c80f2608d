//! Short messages in the corner of the window: what was saved and where, what failed and why.

use std::path::PathBuf;

use crate::text::Message;

/// How long a message about a success is shown, in seconds.
const SUCCESS_SECONDS: f64 = 8.0;
/// How long a message about a failure is shown, in seconds.
const ERROR_SECONDS: f64 = 20.0;
/// Maximum number of messages shown at the same time.
const MAX_SHOWN: usize = 4;

/// Whether a message is about a success or a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// A success.
    Success,
    /// A failure.
    Error,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Its id, which is never used again.
    pub id: u64,
    /// Whether it is about a success or a failure.
    pub severity: Severity,
    /// The message, in plain sentences.
    pub text: Message,
    /// A folder that it offers to open.
    pub folder: Option<PathBuf>,
    /// When it disappears, in seconds of the window's clock.
    pub until: f64,
}

/// The messages that are shown.
#[derive(Clone, Debug, Default)]
pub struct Notifications {
    list: Vec<Notification>,
    next_id: u64,
}

impl Notifications {
    /// Adds a message at `now` (seconds of the window's clock). A message with a text that is already shown
    /// only extends its time.
    pub fn add(&mut self, now: f64, severity: Severity, text: impl Into<Message>, folder: Option<PathBuf>) {
        let text = text.into();
        let until = now + if severity == Severity::Success { SUCCESS_SECONDS } else { ERROR_SECONDS };
        if let Some(same) = self.list.iter_mut().find(|notification| notification.text == text) {
            same.until = until;
            return;
        }
        self.list.push(Notification { id: self.next_id, severity, text, folder, until });
        self.next_id += 1;
        if self.list.len() > MAX_SHOWN {
            self.list.remove(0);
        }
    }

    /// Removes the message with this id.
    pub(crate) fn dismiss(&mut self, id: u64) {
        self.list.retain(|notification| notification.id != id);
    }

    /// Removes messages whose time is over. Returns the seconds until the next one disappears.
    pub(crate) fn expire(&mut self, now: f64) -> Option<f64> {
        self.list.retain(|notification| notification.until > now);
        self.list.iter().map(|notification| notification.until - now).reduce(f64::min)
    }

    /// The messages that are shown, the oldest first.
    pub(crate) fn list(&self) -> &[Notification] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successes_disappear_sooner_than_failures() {
        let mut notifications = Notifications::default();
        notifications.add(0.0, Severity::Success, "saved", None);
        notifications.add(0.0, Severity::Error, "failed", None);
        assert_eq!(notifications.expire(1.0), Some(SUCCESS_SECONDS - 1.0));
        assert_eq!(notifications.expire(10.0), Some(ERROR_SECONDS - 10.0));
        assert_eq!(notifications.list().len(), 1);
        assert_eq!(notifications.list()[0].text, "failed".into());
        assert_eq!(notifications.expire(30.0), None);
    }

    #[test]
    fn a_repeated_message_is_shown_once() {
        let mut notifications = Notifications::default();
        notifications.add(0.0, Severity::Error, "failed", None);
        notifications.add(5.0, Severity::Error, "failed", None);
        assert_eq!(notifications.list().len(), 1);
        assert_eq!(notifications.list()[0].until, 5.0 + ERROR_SECONDS);
    }

    #[test]
    fn old_messages_make_room_for_new_ones() {
        let mut notifications = Notifications::default();
        for number in 0..10 {
            notifications.add(0.0, Severity::Error, format!("{number}"), None);
        }
        assert_eq!(notifications.list().len(), MAX_SHOWN);
        assert_eq!(notifications.list()[0].text, "6".into());
    }
}
