//! Texts that are written in the language of the thread that shows them.

use std::fmt;

use super::number::Number;
use super::{Language, catalogue, current_language};

/// The key of a text in the catalogue. The macro `key!` makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(&'static str);

impl Key {
    /// The key called `name`.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The text in the current language. It must have no arguments.
    pub fn text(self) -> String {
        catalogue::text(current_language(), self.0, &[])
    }
}

/// A value within a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// A text that is the same in every language.
    Text(String),
    /// A number.
    Number(Number),
    /// Another text.
    Message(Message),
}

/// A text for the user. A worker makes it, and the thread of the window writes it in its language.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A text of the catalogue. The macro `message!` makes one.
    Catalogue(Key, Vec<(&'static str, Argument)>),
    /// A text that is not translated.
    Plain(String),
}

impl Message {
    /// The text in `language`.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        match self {
            Self::Catalogue(Key(key), arguments) => catalogue::text(language, key, arguments),
            Self::Plain(text) => text.clone(),
        }
    }
}

/// The text in the current language.
impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.in_language(current_language()))
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<std::path::Display<'_>> for Argument {
    fn from(path: std::path::Display<'_>) -> Self {
        Self::Text(path.to_string())
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<Number> for Argument {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Argument {
    fn from(count: u32) -> Self {
        Self::Number(super::number(count, 0))
    }
}

impl From<u64> for Argument {
    fn from(count: u64) -> Self {
        Self::Number(super::number(count as f64, 0))
    }
}

impl From<usize> for Argument {
    fn from(count: usize) -> Self {
        Self::from(count as u64)
    }
}

/// A [`Message`] with this key of the catalogue and these arguments: `message!("key", count = 3)`.
macro_rules! message {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::text::Message::Catalogue(
            $crate::text::Key::new($key),
            vec![$((stringify!($name), $crate::text::Argument::from($value))),*],
        )
    };
}

/// A text of the catalogue in the current language: `text!("key", count = 3)`.
macro_rules! text {
    ($($message:tt)*) => { $crate::text::message!($($message)*).to_string() };
}

/// The [`Key`] of a text of the catalogue that has no arguments.
macro_rules! key {
    ($key:literal) => {
        $crate::text::Key::new($key)
    };
}

pub(crate) use {key, message, text};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{number, set_language};

    #[test]
    fn a_message_is_written_in_the_language_of_its_reader() {
        let message = message!("years", years = number(62.0_f32, 0));
        assert_eq!(message.to_string(), "62 years");
        assert_eq!(message.in_language(Language::German), "62 Jahre");
        set_language(Language::German);
        assert_eq!(message.to_string(), "62 Jahre");
        set_language(Language::English);
    }

    #[test]
    fn plural_forms_follow_the_language() {
        let tiles = |count: usize| message!("pictures-count", count = count);
        let texts = |language| [1, 2, 5, 22].map(|count| tiles(count).in_language(language));
        assert_eq!(texts(Language::English), ["1 picture", "2 pictures", "5 pictures", "22 pictures"]);
        assert_eq!(texts(Language::Polish), ["1 zdjęcie", "2 zdjęcia", "5 zdjęć", "22 zdjęcia"]);
        assert_eq!(texts(Language::Ukrainian)[3], "22 знімки");
        assert_eq!(texts(Language::Japanese)[1], "画像 2 枚");
    }
}
