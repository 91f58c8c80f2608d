//! What is written to the terminal. A reader that went away is no error.

use std::io::Write;

/// One line for the user or a script, on standard output.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// One sentence on what is wrong, on standard error.
pub(super) fn complain(sentence: &str) {
    let _ = writeln!(std::io::stderr().lock(), "agemirror: {sentence}");
}

/// A value as JSON on standard output.
pub(super) fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?);
    Ok(())
}
