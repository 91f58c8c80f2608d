//! Tables and the sections they stand in.

use serde_json::{Map, Value};

use super::plot::Plot;
use crate::evaluation::statistics::Estimate;

/// A table of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The name of its file, without ending.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// The head of each column.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(name: &str, caption: &str, head: &[&str]) -> Self {
        let head = head.iter().map(|text| (*text).to_owned()).collect();
        Self { name: name.to_owned(), caption: caption.to_owned(), head, rows: Vec::new() }
    }

    /// Adds a row, made as long as the head.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<String> = cells.into_iter().collect();
        cells.resize(self.head.len(), String::new());
        self.rows.push(cells);
    }

    /// The table as lines of text, its columns below each other.
    pub fn lines(&self) -> Vec<String> {
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

    /// The rows as objects; what reads as a number is one.
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

/// A part of the report.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Paragraphs before the tables.
    pub text: Vec<String>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The plots.
    pub plots: Vec<Plot>,
}

/// What stands where there is no number.
pub(super) const NONE: &str = "–";

/// A number with `digits` after the point.
pub(super) fn number(value: f64, digits: usize) -> String {
    if value.is_finite() { format!("{value:.digits$}") } else { NONE.to_owned() }
}

/// A number, or a dash.
pub(super) fn maybe(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| number(value, digits))
}

/// A mean with its interval, as in `31.2 (30.1 to 32.4)`.
pub(super) fn estimate(estimate: Option<Estimate>, digits: usize) -> String {
    match estimate {
        Some(estimate) if estimate.mean.is_finite() => estimate.in_words(digits),
        _ => NONE.to_owned(),
    }
}
