//! The languages of the window, and the choice between them.

use std::cell::Cell;

/// A language of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English, from which the others are translated.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Italian.
    Italian,
    /// Portuguese, as written in Brazil.
    Portuguese,
    /// Polish.
    Polish,
    /// Turkish.
    Turkish,
    /// Ukrainian.
    Ukrainian,
    /// Japanese.
    Japanese,
    /// Chinese in simplified characters.
    Chinese,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 11] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Italian,
        Self::Portuguese,
        Self::Polish,
        Self::Turkish,
        Self::Ukrainian,
        Self::Japanese,
        Self::Chinese,
    ];

    /// The tag of the language, which also names its folder in `assets/locales`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Italian => "it",
            Self::Portuguese => "pt",
            Self::Polish => "pl",
            Self::Turkish => "tr",
            Self::Ukrainian => "uk",
            Self::Japanese => "ja",
            Self::Chinese => "zh",
        }
    }

    /// Its name in the language itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Italian => "Italiano",
            Self::Portuguese => "Português",
            Self::Polish => "Polski",
            Self::Turkish => "Türkçe",
            Self::Ukrainian => "Українська",
            Self::Japanese => "日本語",
            Self::Chinese => "简体中文",
        }
    }

    /// Its name in English.
    #[must_use]
    pub const fn english_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "German",
            Self::French => "French",
            Self::Spanish => "Spanish",
            Self::Italian => "Italian",
            Self::Portuguese => "Portuguese",
            Self::Polish => "Polish",
            Self::Turkish => "Turkish",
            Self::Ukrainian => "Ukrainian",
            Self::Japanese => "Japanese",
            Self::Chinese => "Chinese (simplified)",
        }
    }

    /// Whether the bundled font lacks its characters, so that a font of the system must draw it.
    #[must_use]
    pub const fn needs_system_font(self) -> bool {
        matches!(self, Self::Japanese | Self::Chinese)
    }

    /// The language of a locale such as `de_AT.UTF-8`, `pt-BR` or `zh-Hans-CN`; `None` if it is not translated.
    /// Traditional Chinese is another script, so it counts as another language.
    #[must_use]
    pub fn of_locale(locale: &str) -> Option<Self> {
        let tag = locale.split(['.', '@']).next().unwrap_or_default();
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        if matches!(language.as_str(), "c" | "posix") {
            return Some(Self::English);
        }
        let found = Self::ALL.into_iter().find(|known| known.tag() == language)?;
        let traditional =
            |part: &str| ["Hant", "TW", "HK", "MO"].iter().any(|other| part.eq_ignore_ascii_case(other));
        (found != Self::Chinese || !parts.any(traditional)).then_some(found)
    }
}

/// The language of a window, and the requested locale if it is not translated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The language.
    pub language: Language,
    /// The locale that was requested but is not translated.
    pub untranslated: Option<String>,
}

impl Choice {
    /// The language of the first locale that is translated, otherwise English.
    pub fn of_locales(locales: impl IntoIterator<Item = String>) -> Self {
        let mut untranslated = None;
        for locale in locales {
            if let Some(language) = Language::of_locale(&locale) {
                return Self { language, untranslated: None };
            }
            untranslated.get_or_insert(locale);
        }
        Self { language: Language::English, untranslated }
    }

    /// The language of the system.
    #[must_use]
    pub fn of_system() -> Self {
        Self::of_locales(sys_locale::get_locales())
    }
}

thread_local! {
    static CURRENT: Cell<Language> = const { Cell::new(Language::English) };
}

/// The language in which this thread writes texts; English unless [`set_language`] was called.
pub fn current_language() -> Language {
    CURRENT.get()
}

/// Sets the language in which this thread writes texts. Only the threads that draw a window or open a
/// dialog do so; others hand over a [`super::Message`].
pub fn set_language(language: Language) {
    CURRENT.set(language);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_gives_its_language() {
        for (locale, language) in [
            ("de-DE", Some(Language::German)),
            ("de_AT.UTF-8", Some(Language::German)),
            ("PT-br", Some(Language::Portuguese)),
            ("zh-Hans-CN", Some(Language::Chinese)),
            ("zh_TW.UTF-8", None),
            ("zh-Hant", None),
            ("ko-KR", None),
            ("C", Some(Language::English)),
            ("POSIX", Some(Language::English)),
            ("", None),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
        assert!(Language::ALL.iter().all(|language| Language::of_locale(language.tag()) == Some(*language)));
    }

    #[test]
    fn an_untranslated_locale_is_named_unless_a_later_one_is_translated() {
        let choice = |locales: &[&str]| Choice::of_locales(locales.iter().map(|locale| (*locale).to_owned()));
        let german = Choice { language: Language::German, untranslated: None };
        assert_eq!(choice(&["ko-KR", "de-DE"]), german);
        let english = Choice { language: Language::English, untranslated: Some("ko-KR".to_owned()) };
        assert_eq!(choice(&["ko-KR", "th-TH"]), english);
        assert_eq!(choice(&[]), Choice::default());
    }
}
