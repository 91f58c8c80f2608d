//! Table of answers, from which a later run resumes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A table without a header: index from 1, name, number or null.
pub(super) struct Results {
    path: PathBuf,
    file: File,
    done: BTreeSet<usize>,
}

impl Results {
    /// Opens the table at `path` for requests with these `names`. Cuts off an incomplete last line, as a
    /// killed run leaves it.
    ///
    /// # Errors
    /// When the file cannot be read or written, or contains other names.
    pub(super) fn open(path: &Path, names: &[&str]) -> anyhow::Result<Self> {
        let at = || path.display().to_string();
        let file = File::options().create(true).append(true).read(true).open(path);
        let file = file.with_context(|| format!("{} cannot be written", at()))?;
        // A pipe or device holds no earlier answers, and reading it would block.
        let holds_answers = file.metadata().is_ok_and(|about| about.is_file());
        let bytes = if holds_answers { std::fs::read(path) } else { Ok(Vec::new()) };
        let bytes = bytes.with_context(|| format!("{} cannot be read", at()))?;
        let complete = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |offset| offset + 1);
        if complete < bytes.len() {
            file.set_len(complete as u64).with_context(|| format!("{} cannot be written", at()))?;
        }
        let mut done = BTreeSet::new();
        let lines =
            csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..complete]).into_records();
        for (number, line) in lines.enumerate() {
            let line = line.with_context(|| format!("{}, line {}", at(), number + 1))?;
            let index =
                line.get(0).and_then(|text| text.parse::<usize>().ok()).and_then(|n| n.checked_sub(1));
            match index {
                Some(index) if line.len() == 3 && names.get(index).copied() == line.get(1) => {
                    done.insert(index);
                }
                _ => bail!(
                    "{}, line {}, belongs to other pictures than those given; pass another table as --out",
                    at(),
                    number + 1
                ),
            }
        }
        Ok(Self { path: path.to_owned(), file, done })
    }

    /// Whether the request at `index` already has an answer.
    pub(super) fn holds(&self, index: usize) -> bool {
        self.done.contains(&index)
    }

    /// Appends an answer.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn add(&mut self, index: usize, name: &str, answer: Option<f64>) -> anyhow::Result<()> {
        let answer = answer.map_or("null".to_owned(), |answer| answer.to_string());
        let mut line = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        line.write_record([&(index + 1).to_string(), name, &answer])?;
        let written = self.file.write_all(&line.into_inner()?);
        written.with_context(|| format!("{} cannot be written", self.path.display()))?;
        self.done.insert(index);
        Ok(())
    }
}
