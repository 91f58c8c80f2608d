//! The texts of the window in every language: one catalogue, `assets/locales`, written in Fluent.
//!
//! `text!("key", count = 3)` is a text in the current language. Threads other than the window's make a
//! [`Message`] with `message!`, which the window writes when it is shown. `tests/structure` holds that every
//! key exists in every language, with the same arguments, and is used.

mod catalogue;
pub(crate) mod errors;
mod fonts;
mod language;
mod message;
mod number;

pub use fonts::{SystemFont, system_fonts};
pub use language::{Choice, Language, current_language, set_language};
pub use message::{Argument, Key, Message};
pub(crate) use message::{key, message, text};
pub use number::{Number, number};
