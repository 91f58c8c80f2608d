//! What is written to the terminal. A reader that went away is no error.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};

/// One line for the user or a script, on standard output.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// One sentence on what is wrong, on standard error.
pub fn complain(sentence: &str) {
    let _ = writeln!(std::io::stderr().lock(), "agemirror: {sentence}");
}

/// A value as JSON on standard output.
pub fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A bar of `length` steps; `rest` says, in indicatif's words, what stands behind their count.
pub fn progress_bar(length: usize, rest: &str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    match ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {rest}")) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
