//! `agemirror models`: lists the aging models.

use std::process::ExitCode;

use super::output::say;
use crate::aging::models;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    for model in models() {
        say(&format!("{}\t{}: {}", model.name, model.title, model.description));
    }
    Ok(ExitCode::SUCCESS)
}
