//! The embedded texts of every language.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::message::Argument;
use super::{Language, number};

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: [OnceLock<Bundle>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];

/// The file of a language, as it is embedded.
pub(crate) const fn source(language: Language) -> &'static str {
    macro_rules! file {
        ($tag:literal) => {
            include_str!(concat!("../../assets/locales/", $tag, "/window.ftl"))
        };
    }
    match language {
        Language::English => file!("en"),
        Language::German => file!("de"),
        Language::French => file!("fr"),
        Language::Spanish => file!("es"),
        Language::Italian => file!("it"),
        Language::Portuguese => file!("pt"),
        Language::Polish => file!("pl"),
        Language::Turkish => file!("tr"),
        Language::Ukrainian => file!("uk"),
        Language::Japanese => file!("ja"),
        Language::Chinese => file!("zh"),
    }
}

/// Parses the texts of `language`. A damaged entry is logged and left out; a test finds it.
fn parse(language: Language) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks that isolate arguments in right-to-left texts have no glyph in the bundled font.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(number::formatter(language)));
    let resource =
        FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!("the texts in {language:?} are damaged: {errors:?}");
            resource
        });
    if let Err(errors) = bundle.add_resource(resource) {
        tracing::error!("some texts in {language:?} are defined twice: {errors:?}");
    }
    bundle
}

fn bundle(language: Language) -> &'static Bundle {
    BUNDLES[language as usize].get_or_init(|| parse(language))
}

/// The text of `key` in `language`; in English, or `key` itself, where it is missing.
pub(super) fn text(language: Language, key: &str, arguments: &[(&'static str, Argument)]) -> String {
    let mut values = FluentArgs::new();
    for (name, argument) in arguments {
        values.set(*name, value(argument, language));
    }
    format(language, key, &values)
        .or_else(|| format(Language::English, key, &values))
        .unwrap_or_else(|| key.to_owned())
}

fn value(argument: &Argument, language: Language) -> FluentValue<'_> {
    match argument {
        Argument::Text(text) => FluentValue::from(text.as_str()),
        Argument::Number(number) => FluentValue::Number(number.to_fluent()),
        Argument::Message(message) => FluentValue::from(message.in_language(language)),
    }
}

fn format(language: Language, key: &str, values: &FluentArgs<'_>) -> Option<String> {
    let bundle = bundle(language);
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(values), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!("the text {key} in {language:?}: {errors:?}");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_whole() {
        for language in Language::ALL {
            let resource = FluentResource::try_new(source(language).to_owned());
            let resource = resource.map_err(|(_, errors)| errors).unwrap();
            let mut bundle = Bundle::new_concurrent(vec![language.tag().parse().unwrap()]);
            assert!(bundle.add_resource(resource).is_ok(), "{language:?}: a key is defined twice");
        }
    }
}
