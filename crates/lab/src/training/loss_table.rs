//! A table of losses that grows with a run, a line for each step or for the mean of several.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::TrainingError;
use agemirror_storage::{SaveError, write_atomically};

/// How the columns of a [`LossTable`] are set apart and its numbers written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableStyle {
    /// Between the columns.
    pub separator: char,
    /// What the column of steps is called.
    pub step_header: &'static str,
    /// Digits behind the point.
    pub digits: usize,
}

impl TableStyle {
    /// Comma-separated values.
    pub const CSV: Self = Self { separator: ',', step_header: "step", digits: 6 };
}

/// A table of losses in a file. The step stands first in each line.
pub struct LossTable {
    path: PathBuf,
    style: TableStyle,
    file: File,
    empty: bool,
}

impl LossTable {
    /// Opens the table at `path`; lines of steps from `end` on, which a run that was killed had written beyond
    /// its last checkpoint, are dropped.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(path: &Path, style: TableStyle, end: u64) -> Result<Self, TrainingError> {
        let failed = |source| SaveError::at(path, source);
        let mut empty = true;
        if path.exists() {
            let text = std::fs::read_to_string(path).map_err(failed)?;
            let kept = rows_before(&text, style, end);
            empty = kept.is_empty();
            if kept.len() != text.len() {
                write_atomically(path, |out| out.write_all(kept.as_bytes()))?;
            }
        }
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), style, file, empty })
    }

    /// Appends a line, with a head before the first one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, step: u64, values: &[(&str, f32)]) -> Result<(), TrainingError> {
        let TableStyle { separator, step_header: head, digits } = self.style;
        let mut text = String::new();
        if self.empty {
            text.push_str(head);
            values.iter().for_each(|(name, _)| text.push_str(&format!("{separator}{name}")));
            text.push('\n');
        }
        text.push_str(&step.to_string());
        values.iter().for_each(|(_, value)| text.push_str(&format!("{separator}{value:.digits$}")));
        text.push('\n');
        self.file.write_all(text.as_bytes()).map_err(|source| SaveError::at(&self.path, source))?;
        self.empty = false;
        Ok(())
    }
}

/// The head and the whole lines of steps before `end`.
fn rows_before(text: &str, style: TableStyle, end: u64) -> String {
    let step = |line: &str| line.split(style.separator).next().and_then(|step| step.parse::<u64>().ok());
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole
        .enumerate()
        .filter(|(i, line)| *i == 0 || step(line).is_some_and(|step| step < end))
        .map(|(_, l)| l)
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_table_has_each_step_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("losses.csv");
        let mut table = LossTable::open(&path, TableStyle::CSV, 0).unwrap();
        for step in 1..=3 {
            table.append(step, &[("a", step as f32), ("b", 0.5)]).unwrap();
        }
        // A kill in the middle of a line.
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + "4,4.0").unwrap();
        let mut table = LossTable::open(&path, TableStyle::CSV, 3).unwrap();
        table.append(3, &[("a", 7.0), ("b", 0.25)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "step,a,b\n1,1.000000,0.500000\n2,2.000000,0.500000\n3,7.000000,0.250000\n");
    }

    #[test]
    fn other_styles_are_written_as_they_say() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("training_losses.txt");
        let style = TableStyle { separator: '|', step_header: "Step", digits: 3 };
        LossTable::open(&path, style, 0).unwrap().append(0, &[("td_loss", 1.6641)]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "Step|td_loss\n0|1.664\n");
    }
}
