//! A loss table that grows with a run: one line per step, or per mean of several steps.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::TrainingError;
use agemirror_storage::{SaveError, write_atomically};

/// Separator, header and number format of a [`LossTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TableStyle {
    /// Separator between columns.
    pub separator: char,
    /// Header of the step column.
    pub step_header: &'static str,
    /// Digits after the decimal point.
    pub digits: usize,
}

impl TableStyle {
    /// Comma-separated values.
    pub(crate) const CSV: Self = Self { separator: ',', step_header: "step", digits: 6 };
}

/// A loss table in a file; the step is the first column.
pub(crate) struct LossTable {
    path: PathBuf,
    style: TableStyle,
    file: File,
    empty: bool,
}

impl LossTable {
    /// Opens the table at `path`. Drops lines of steps from `end` on, which a killed run wrote after its last
    /// checkpoint.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub(crate) fn open(path: &Path, style: TableStyle, end: u64) -> Result<Self, TrainingError> {
        let failed = |source| SaveError::at(path, source);
        let mut empty = true;
        if path.exists() {
            let text = std::fs::read_to_string(path).map_err(failed)?;
            let rows = rows_before(&text, style, end);
            empty = rows.is_empty();
            if rows.len() != text.len() {
                write_atomically(path, |out| out.write_all(rows.as_bytes()))?;
            }
        }
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
        Ok(Self { path: path.to_owned(), style, file, empty })
    }

    /// Appends a line; writes the header first if the table is empty.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn append(&mut self, step: u64, values: &[(&str, f32)]) -> Result<(), TrainingError> {
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

/// The header and the complete lines of steps before `end`.
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
        // The process was killed while it wrote a line.
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + "4,4.0").unwrap();
        let mut table = LossTable::open(&path, TableStyle::CSV, 3).unwrap();
        table.append(3, &[("a", 7.0), ("b", 0.25)]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "step,a,b\n1,1.000000,0.500000\n2,2.000000,0.500000\n3,7.000000,0.250000\n");
    }

    #[test]
    fn the_style_sets_separator_header_and_digits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("training_losses.txt");
        let style = TableStyle { separator: '|', step_header: "Step", digits: 3 };
        LossTable::open(&path, style, 0).unwrap().append(0, &[("td_loss", 1.6641)]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "Step|td_loss\n0|1.664\n");
    }
}
