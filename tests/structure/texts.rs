//! The catalogue of texts: every key is there in every language, with the same arguments, and is used; and
//! the window shows no text from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use agemirror::text::Language;

use super::{root, sources};

/// The plural forms that a language distinguishes.
fn plural_forms(language: Language) -> &'static [&'static str] {
    match language {
        Language::Polish | Language::Ukrainian => &["one", "few", "many", "other"],
        Language::Japanese | Language::Chinese => &["other"],
        _ => &["one", "other"],
    }
}

/// Literals in `src/app` and `src/exhibit` that look like texts but need no translation: the file, a part of the
/// literal, and the reason.
const ALLOWED: [(&str, &str, &str); 27] = [
    ("app/commands/reports.rs", "{width} x {height}", "numbers"),
    ("app/display.rs", "WAYLAND", "environment variables"),
    ("app/display.rs", "DISPLAY", "an environment variable"),
    ("app/keys.rs", "", "egui's names of keys, which are translated there"),
    ("app/panels/drop_overlay.rs", "drop text", "an id"),
    ("app/panels/model_picker.rs", "Model", "an id"),
    ("app/panels/settings.rs", "{width} x {height}", "numbers"),
    ("app/panels/settings.rs", "CPU", "the same in every language"),
    ("app/panels/settings.rs", "SHA-256", "the same in every language"),
    ("app/panels/settings.rs", "PipeWire", "the same in every language"),
    ("app/panels/status_line.rs", "{width} x {height}", "numbers"),
    ("app/panels/sweep.rs", "sweep p", "ids"),
    ("app/panels/video_bar.rs", "video position", "an id"),
    ("app/start.rs", "the window cannot be opened", "for the terminal, because there is no window"),
    ("app/state/settings.rs", "Pictures", "a folder"),
    ("app/widgets/buttons.rs", "{tip}  ({key})", "a tooltip and its key"),
    ("app/widgets/focus.rs", "before and after", "an id"),
    ("app/workers/import.rs", "AgeTransGAN", "names of systems"),
    ("app/workers/judges.rs", "the networks returned", "an error that should not happen"),
    ("app/workers/live.rs", "file manager", "a thread"),
    ("app/workers/live.rs", "web browser", "a thread"),
    ("app/workers/live.rs", "camera list", "a thread"),
    ("app/workers/pictures.rs", "video rotation", "a thread"),
    ("app/workers/save.rs", "Input", "written into saved pictures, whose font lacks some scripts"),
    ("app/workers/save.rs", "{age} f", "names of files"),
    ("app/workers/training.rs", "training run", "a thread"),
    ("src/exhibit/", "", "errors in the exhibit's file, for the terminal"),
];

/// The texts of a language by their keys, as they are written in the file.
fn catalogue(language: Language) -> BTreeMap<String, String> {
    let path = root().join("assets/locales").join(language.tag()).join("window.ftl");
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in fs::read_to_string(&path).unwrap().lines() {
        if line.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            let (key, text) = line.split_once(" = ").unwrap_or_else(|| panic!("{}: {line}", path.display()));
            assert!(!texts.contains_key(key), "{}: {key} is there twice", language.tag());
            texts.insert(key.to_owned(), text.to_owned());
            current = Some(key.to_owned());
        } else if line.starts_with([' ', '}']) {
            let text = texts.get_mut(current.as_ref().unwrap()).unwrap();
            text.push('\n');
            text.push_str(line);
        }
    }
    texts
}

/// The names of the arguments in a text.
fn arguments(text: &str) -> BTreeSet<String> {
    // Names of shell variables have no space before them.
    let names = text.split("{ $").skip(1);
    let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
    names.map(name).collect()
}

/// The plural forms of a text.
fn forms(text: &str) -> BTreeSet<&str> {
    let form = |line: &'_ str| line.trim_start().trim_start_matches('*').strip_prefix('[').map(str::len);
    let lines = text.lines().filter(|line| form(line).is_some());
    lines.filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0)).collect()
}

/// Calls of the macros of texts: the key and the names of the arguments.
fn calls(code: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for opening in ["text!(", "message!(", "key!("] {
        for (start, _) in code.match_indices(opening) {
            let rest = &code[start + opening.len()..];
            let Some(inner) = rest.trim_start().strip_prefix('"') else { continue };
            let Some((key, rest)) = inner.split_once('"') else { continue };
            found.push((key.to_owned(), named(rest)));
        }
    }
    found
}

/// The names before `=` at the top level of the rest of a call.
fn named(rest: &str) -> BTreeSet<String> {
    let (mut depth, mut names, mut part, mut quoted) = (0, BTreeSet::new(), String::new(), false);
    for letter in rest.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => part.clear(),
            '=' if depth == 0 => {
                let name = part.trim();
                if !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                    names.insert(name.to_owned());
                }
                part.clear();
            }
            other => part.push(other),
        }
    }
    names
}

#[test]
fn every_text_is_in_the_catalogue_with_its_arguments_and_every_key_is_used() {
    let english = catalogue(Language::English);
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for source in sources(&root().join("src")) {
        let code: String = source.text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for (key, names) in calls(&code) {
            match english.get(&key) {
                Some(text) if arguments(text) == names => {}
                Some(text) => wrong.push(format!("{}: {key} has {names:?}: {text}", source.path.display())),
                None => wrong.push(format!("{}: {key} is missing", source.path.display())),
            }
            used.insert(key);
        }
    }
    wrong.extend(english.keys().filter(|key| !used.contains(*key)).map(|key| format!("{key} is not used")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_language_has_every_text_with_the_same_arguments() {
    let english = catalogue(Language::English);
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let texts = catalogue(language);
        wrong.extend(
            english
                .keys()
                .filter(|key| !texts.contains_key(*key))
                .map(|key| format!("{language:?}: no {key}")),
        );
        for (key, text) in texts {
            match english.get(&key) {
                None => wrong.push(format!("{language:?}: {key} is not in English")),
                Some(source) if arguments(source) != arguments(&text) => {
                    wrong.push(format!("{language:?}: {key} has other arguments: {text}"));
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn plurals_have_the_forms_of_their_language() {
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let wanted = plural_forms(language);
        for (key, text) in catalogue(language) {
            let forms = forms(&text);
            // A text that is the same for every number needs no forms.
            if !forms.is_empty() && forms != wanted.iter().copied().collect() {
                wrong.push(format!("{language:?}: {key} has the forms {forms:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A copied English sentence would be missed by the other tests.
#[test]
fn sentences_are_translated() {
    let english = catalogue(Language::English);
    let mut same = Vec::new();
    for language in Language::ALL.into_iter().skip(1) {
        let texts = catalogue(language);
        let long = english
            .iter()
            .filter(|(_, text)| text.split_whitespace().count() > 5 && !text.starts_with("{ $"));
        same.extend(
            long.filter(|(key, text)| texts.get(*key) == Some(*text))
                .map(|(key, _)| format!("{language:?}: {key}")),
        );
    }
    assert!(same.is_empty(), "{same:#?}");
}

/// The string literals of a file, apart from those in comments and attributes, in calls that log, and keys.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut skipped_call = false;
    for line in code.lines() {
        let trimmed = line.trim_start();
        skipped_call |= ["tracing::", "#[", "thiserror"].iter().any(|start| trimmed.contains(start));
        if !trimmed.starts_with("//") && !skipped_call {
            let mut parts = line.split('"');
            while let (Some(before), Some(literal)) = (parts.next(), parts.next()) {
                let is_key = ["text!(", "message!(", "key!("].iter().any(|opening| before.ends_with(opening));
                if !is_key {
                    found.push(literal.to_owned());
                }
            }
        }
        skipped_call &= !(trimmed.ends_with(';') || trimmed.ends_with(']') || trimmed.ends_with("},"));
    }
    found
}

/// Whether a literal could be text for the user: two words, or one that begins with a capital.
fn looks_like_text(literal: &str) -> bool {
    let words = literal.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 2).count();
    words > 1 && literal.contains(' ') || literal.starts_with(|c: char| c.is_uppercase()) && words > 0
}

#[test]
fn the_window_and_the_exhibit_show_no_text_from_outside_the_catalogue() {
    let (mut outside, mut needed) = (Vec::new(), BTreeSet::new());
    for folder in ["src/app", "src/exhibit"] {
        for source in sources(&root().join(folder)) {
            for literal in literals(&source.text).into_iter().filter(|literal| looks_like_text(literal)) {
                let inside = source.path.strip_prefix(root()).unwrap().display().to_string();
                let fits =
                    |(file, part, _): &(&str, &str, &str)| inside.contains(file) && literal.contains(part);
                match ALLOWED.iter().position(fits) {
                    Some(index) => _ = needed.insert(index),
                    None => outside.push(format!("{inside}: {literal}")),
                }
            }
        }
    }
    assert!(outside.is_empty(), "move these into assets/locales: {outside:#?}");
    let unused: Vec<_> =
        (0..ALLOWED.len()).filter(|index| !needed.contains(index)).map(|i| ALLOWED[i]).collect();
    assert!(unused.is_empty(), "these are no longer there: {unused:?}");
}

#[test]
fn the_scan_finds_what_it_looks_for() {
    let code =
        "ui.label(\"Two words\");\nlet a = text!(\"one-key\", count = list(\"a, b = c\"), name = x);\n";
    assert_eq!(
        literals(code).into_iter().filter(|text| looks_like_text(text)).collect::<Vec<_>>(),
        ["Two words"]
    );
    let names: BTreeSet<String> = ["count", "name"].map(str::to_owned).into();
    assert_eq!(calls(code), [("one-key".to_owned(), names)]);
    assert_eq!(arguments("{ $one } of { $two }, $HOME"), ["one", "two"].map(str::to_owned).into());
    assert_eq!(forms("{ $n ->\n    [one] a [b]\n   *[other] c\n}"), ["one", "other"].into());
}
