//! Numbers as each language writes them.

use fluent_bundle::FluentValue;
use fluent_bundle::types::{FluentNumber, FluentNumberOptions};

use super::Language;

/// A number with a fixed count of digits after its decimal separator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    value: f64,
    digits: usize,
}

/// `value`, rounded to `digits` digits after the decimal separator.
pub fn number(value: impl Into<f64>, digits: usize) -> Number {
    Number { value: value.into(), digits }
}

impl Number {
    pub(super) fn to_fluent(self) -> FluentNumber {
        let options =
            FluentNumberOptions { minimum_fraction_digits: Some(self.digits), ..Default::default() };
        // Plural forms belong to the number as written.
        let power = 10_f64.powi(self.digits as i32);
        FluentNumber::new((self.value * power).round() / power, options)
    }

    /// The number as the current language writes it.
    pub fn text(self) -> String {
        Style::of(super::current_language()).write(self.value, self.digits)
    }
}

/// How a language writes numbers.
#[derive(Clone, Copy)]
struct Style {
    decimal: char,
    group: char,
    /// Fewest digits before the first group separator.
    before_group: usize,
}

impl Style {
    const fn of(language: Language) -> Self {
        let (decimal, group, before_group) = match language {
            Language::English | Language::Japanese | Language::Chinese => ('.', ',', 1),
            Language::German | Language::Italian | Language::Turkish | Language::Portuguese => (',', '.', 1),
            Language::Spanish => (',', '.', 2),
            Language::French | Language::Ukrainian => (',', '\u{a0}', 1),
            Language::Polish => (',', '\u{a0}', 2),
        };
        Self { decimal, group, before_group }
    }

    fn write(self, value: f64, digits: usize) -> String {
        let text = format!("{:.digits$}", value.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let is_negative = value < 0.0 && text.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
        let mut written = if is_negative { "-".to_owned() } else { String::new() };
        for (index, digit) in whole.chars().enumerate() {
            let left = whole.len() - index;
            if index > 0 && left.is_multiple_of(3) && whole.len() >= 3 + self.before_group {
                written.push(self.group);
            }
            written.push(digit);
        }
        if !fraction.is_empty() {
            written.push(self.decimal);
            written += fraction;
        }
        written
    }
}

/// The formatter of numbers for the bundle of `language`.
pub(super) fn formatter<M>(language: Language) -> fn(&FluentValue<'_>, &M) -> Option<String> {
    // A bundle takes only a function, which cannot hold the language.
    macro_rules! of {
        ($($name:ident)*) => {
            match language {
                $(Language::$name => |value, _| write(Language::$name, value),)*
            }
        };
    }
    of!(English German French Spanish Italian Portuguese Polish Turkish Ukrainian Japanese Chinese)
}

fn write(language: Language, value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = number.options.minimum_fraction_digits.unwrap_or(0);
    Some(Style::of(language).write(number.value, digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_follow_the_language() {
        let write = |language, value, digits| Style::of(language).write(value, digits);
        assert_eq!(write(Language::English, 12_345.678, 1), "12,345.7");
        assert_eq!(write(Language::German, 12_345.678, 1), "12.345,7");
        assert_eq!(write(Language::French, 1_234.5, 2), "1\u{a0}234,50");
        assert_eq!(
            (write(Language::Spanish, 1_234.0, 0), write(Language::Spanish, 12_345.0, 0)),
            ("1234".to_owned(), "12.345".to_owned())
        );
        assert_eq!(
            (write(Language::English, -0.04, 1), write(Language::English, -7.0, 0)),
            ("0.0".to_owned(), "-7".to_owned())
        );
        assert_eq!(write(Language::English, 999.0, 0), "999");
    }
}
