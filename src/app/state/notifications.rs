//! Short messages in the corner: what was saved and where, what failed and why.

use std::path::PathBuf;

/// Seconds for which good news stays.
const GOOD_NEWS_SHOWN: f64 = 8.0;
/// Seconds for which bad news stays.
const BAD_NEWS_SHOWN: f64 = 20.0;
/// More than this many are not shown at once.
const MOST_SHOWN: usize = 4;

/// Whether a message is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// It did not.
    Bad,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Tells it from all others.
    pub id: u64,
    /// Whether it is good news.
    pub tone: Tone,
    /// The message, a plain sentence.
    pub text: String,
    /// A folder that it offers to open.
    pub folder: Option<PathBuf>,
    /// When it goes, in seconds of the window's clock.
    pub until: f64,
}

/// The messages on show.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    list: Vec<Notice>,
    next_id: u64,
}

impl Notices {
    /// Shows a message from `now` on (seconds of the window's clock). The same one is not shown twice.
    pub fn add(&mut self, now: f64, tone: Tone, text: impl Into<String>, folder: Option<PathBuf>) {
        let text = text.into();
        let until = now + if tone == Tone::Good { GOOD_NEWS_SHOWN } else { BAD_NEWS_SHOWN };
        if let Some(same) = self.list.iter_mut().find(|notice| notice.text == text) {
            same.until = until;
            return;
        }
        self.list.push(Notice { id: self.next_id, tone, text, folder, until });
        self.next_id += 1;
        if self.list.len() > MOST_SHOWN {
            self.list.remove(0);
        }
    }

    /// Takes one away.
    pub fn dismiss(&mut self, id: u64) {
        self.list.retain(|notice| notice.id != id);
    }

    /// Takes those away whose time is over; returns the seconds until the next one goes.
    pub fn expire(&mut self, now: f64) -> Option<f64> {
        self.list.retain(|notice| notice.until > now);
        self.list.iter().map(|notice| notice.until - now).reduce(f64::min)
    }

    /// Those on show, the oldest first.
    pub fn list(&self) -> &[Notice] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_news_goes_sooner_than_bad_news() {
        let mut notices = Notices::default();
        notices.add(0.0, Tone::Good, "saved", None);
        notices.add(0.0, Tone::Bad, "failed", None);
        assert_eq!(notices.expire(1.0), Some(GOOD_NEWS_SHOWN - 1.0));
        assert_eq!(notices.expire(10.0), Some(BAD_NEWS_SHOWN - 10.0));
        assert_eq!(notices.list().len(), 1);
        assert_eq!(notices.list()[0].text, "failed");
        assert_eq!(notices.expire(30.0), None);
    }

    #[test]
    fn a_message_that_comes_again_is_shown_once() {
        let mut notices = Notices::default();
        notices.add(0.0, Tone::Bad, "failed", None);
        notices.add(5.0, Tone::Bad, "failed", None);
        assert_eq!(notices.list().len(), 1);
        assert_eq!(notices.list()[0].until, 5.0 + BAD_NEWS_SHOWN);
    }

    #[test]
    fn old_messages_make_room() {
        let mut notices = Notices::default();
        for number in 0..10 {
            notices.add(0.0, Tone::Bad, format!("{number}"), None);
        }
        assert_eq!(notices.list().len(), MOST_SHOWN);
        assert_eq!(notices.list()[0].text, "6");
    }
}
