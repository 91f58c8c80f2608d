//! `agemirror models`: lists the aging models, and which of their published weight files are installed.

use std::process::ExitCode;

use agemirror_checkpoint::catalogue::{Published, published_for};
use agemirror_checkpoint::{Presence, Store};
use agemirror_console::output::print_line;
use agemirror_faces::aging::models;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    let store = Store::for_user()?;
    for model in models() {
        print_line(&format!("{}\t{}: {}", model.name, model.title, model.description));
        for published in published_for(model.name) {
            describe(&store, published).iter().for_each(|line| print_line(&format!("\t{line}")));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Describes a file in a few lines: its title, whether it is installed, and how to get it if not.
fn describe(store: &Store, published: &Published) -> Vec<String> {
    let title = published.title;
    let (state, file) = match store.verify(|record| published.fits(record)) {
        Presence::Present(installed) => {
            return vec![format!("present: {title}"), format!("  {}", installed.file.display())];
        }
        Presence::Missing => ("missing", None),
        Presence::Damaged(installed, why) => ("damaged", Some((installed, why))),
    };
    let mut lines = vec![format!("{state}: {title}")];
    if let Some((installed, why)) = file {
        let (kept, source) = (installed.file.display(), &installed.record.source);
        lines.push(format!("  {kept}: {why}; convert {source} again"));
    }
    let names = published.names.join(" and ");
    lines.push(format!("  wanted: {names}; {}", published.location));
    lines.push(format!("  licence: {}", published.licence));
    lines.push(format!("  then: {}, or `agemirror convert FILE`", published.next_step));
    lines
}
