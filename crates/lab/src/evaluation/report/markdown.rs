//! Writes the report as Markdown.

use std::fmt::Write;

use super::Report;
use super::table::Table;

pub(super) fn text(report: &Report) -> String {
    let mut out = format!("# {}\n\n", report.title);
    for fact in &report.facts {
        // Writing to a `String` cannot fail.
        let _ = writeln!(out, "* {fact}");
    }
    for section in &report.sections {
        let _ = write!(out, "\n## {}\n", section.title);
        for paragraph in &section.text {
            let _ = write!(out, "\n{paragraph}\n");
        }
        section.tables.iter().for_each(|table| push_table(&mut out, table));
    }
    out
}

fn push_table(out: &mut String, table: &Table) {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |", cells.join(" | "))
    };
    let _ = write!(out, "\n{}\n\n{}\n", table.caption, row(&table.head));
    let _ = writeln!(out, "|{}", " --- |".repeat(table.head.len()));
    for cells in &table.rows {
        let _ = writeln!(out, "{}", row(cells));
    }
}
