//! Terminal output. Writing to a closed pipe is not an error.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};

/// Prints a line for the user or a script to standard output.
pub fn print_line(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Prints an error or a warning, one sentence, to standard error.
pub fn print_error(sentence: &str) {
    let _ = writeln!(std::io::stderr().lock(), "agemirror: {sentence}");
}

/// Prints `value` as JSON to standard output.
///
/// # Errors
/// When `value` cannot be serialized.
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print_line(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A progress bar of `length` steps; `rest` is the indicatif template of what follows the count.
pub fn progress_bar(length: usize, rest: &str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    match ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}} {rest}")) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
