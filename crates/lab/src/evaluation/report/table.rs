//! Tables and sections of the report.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::plot::Plot;
use crate::evaluation::statistics::Estimate;

/// A table of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// Name of its file, without extension.
    pub name: String,
    /// Caption.
    pub caption: String,
    /// Column headers.
    pub head: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(name: &str, caption: &str, head: &[&str]) -> Self {
        let head = head.iter().map(|text| (*text).to_owned()).collect();
        Self { name: name.to_owned(), caption: caption.to_owned(), head, rows: Vec::new() }
    }

    /// Adds a row, padded to the length of the header.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<String> = cells.into_iter().collect();
        cells.resize(self.head.len(), String::new());
        self.rows.push(cells);
    }

    /// The table as aligned lines of text.
    pub(crate) fn lines(&self) -> Vec<String> {
        let rows = || std::iter::once(&self.head).chain(&self.rows);
        let width = |column: usize| {
            rows().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        rows().map(line).collect()
    }

    /// Writes the table as CSV.
    pub(super) fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(&self.head)?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer.flush()
    }

    /// The rows as JSON objects; cells that parse as numbers become numbers.
    pub(super) fn json(&self) -> Value {
        let value = |cell: &String| {
            let number = cell.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            number.map_or_else(|| Value::String(cell.clone()), Value::Number)
        };
        let object = |row: &Vec<String>| {
            let cells = self.head.iter().zip(row).map(|(head, cell)| (head.clone(), value(cell)));
            Value::Object(cells.collect::<Map<_, _>>())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }
}

/// A section of the report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    /// Heading.
    pub title: String,
    /// Paragraphs before the tables.
    pub text: Vec<String>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Plots.
    pub plots: Vec<Plot>,
}

/// Shown where there is no number.
pub(super) const NONE: &str = "–";

/// A number with `digits` decimals.
pub(super) fn number(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}") } else { NONE.to_owned() }
}

/// A number, or a dash.
pub(super) fn maybe(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| number(value, digits))
}

/// A mean with its interval, such as `31.2 (30.1 to 32.4)`.
pub(crate) fn estimate(estimate: Option<Estimate>, digits: usize) -> String {
    match estimate {
        Some(estimate) if estimate.mean.is_finite() => estimate.in_words(digits),
        _ => NONE.to_owned(),
    }
}
