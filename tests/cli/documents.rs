//! The documents say what the program does.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::program::run;

/// Set to any value, the document is rewritten instead of compared.
const UPDATE: &str = "UPDATE_DOCS";

const HEAD: &str = "# Command line

`agemirror` without a command opens the window. A command exits with 0 on success, 1 when something failed (the rest is
done all the same), 2 on a usage error. `AGEMIRROR_LOG=debug` logs more.

This page is `--help` of every command, written by `UPDATE_DOCS=1 cargo test --release --test cli documents`.
";

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/command-line.md")
}

/// The help of `command`, and the names of its own commands.
fn help(command: &[String]) -> (String, Vec<String>) {
    let ran = run(command.iter().map(String::as_str).chain(["--help"]));
    assert_eq!(ran.code, Some(0), "{command:?}: {}", ran.err);
    let names = ran.out.split_once("Commands:\n").map_or("", |(_, rest)| rest).lines();
    let names = names
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    (
        ran.out.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n"),
        names.map(str::to_owned).collect(),
    )
}

fn describe(command: &[String], page: &mut String) {
    let (text, children) = help(command);
    if !command.is_empty() {
        let level = "#".repeat(command.len() + 1);
        write!(page, "\n{level} agemirror {}\n\n```text\n{text}\n```\n", command.join(" ")).unwrap();
    }
    for child in children {
        describe(&[command, &[child]].concat(), page);
    }
}

#[test]
fn the_page_of_the_command_line_is_the_help_of_every_command() {
    let mut page = HEAD.to_owned();
    describe(&[], &mut page);
    if std::env::var_os(UPDATE).is_some() {
        fs::write(document(), page).unwrap();
        return;
    }
    let written = fs::read_to_string(document()).unwrap();
    assert_eq!(written, page, "docs/command-line.md is out of date; run this test with {UPDATE}=1");
}

/// Relative links in `text`, as `](target)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    targets.filter(|target| !target.contains("://") && !target.starts_with('#'))
}

#[test]
fn every_link_in_the_documents_leads_to_a_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root.join(name));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    for page in pages.into_iter().chain(docs.filter(|path| path.extension().is_some_and(|end| end == "md"))) {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            let target = page.parent().unwrap().join(link.split('#').next().unwrap_or_default());
            assert!(target.exists(), "{} links to {link}", page.display());
        }
    }
}

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.lines().count() <= 120, "{} lines", readme.lines().count());
}
