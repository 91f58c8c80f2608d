//! The report on a run: the same tables as a page, as text, as CSV and as JSON.

mod ages;
mod agreement;
mod calibration;
mod csv;
mod examples;
mod findings;
mod html;
mod identity;
mod kinds;
mod likeness;
mod markdown;
mod people;
mod plot;
mod protocols;
mod published;
mod realism;
mod steadiness;
mod table;

use std::path::Path;

pub use findings::Findings;
pub use plot::{Plot, Series, Shape};
pub use table::{Section, Table};

use super::measure::{EvaluationError, Store};
use agemirror_storage::write_atomically;

/// A whole report.
pub struct Report {
    /// What it is about.
    pub title: String,
    /// What was measured with what, a sentence each.
    pub facts: Vec<String>,
    /// The parts.
    pub sections: Vec<Section>,
    /// How many pictures could not be measured; the last section names them.
    pub not_measured: usize,
    /// Strips of pictures with what is said of them.
    pub examples: Vec<examples::Example>,
}

impl Report {
    /// The report on what `store` holds.
    ///
    /// # Errors
    /// When a strip cannot be read.
    pub fn of(store: &Store) -> Result<Self, EvaluationError> {
        let findings = Findings::of(store);
        let sections = vec![
            findings.bars(),
            findings.age_section(),
            findings.realism_section(),
            findings.identity_section(),
            findings.likeness_section(),
            findings.steadiness_section(),
            findings.kinds_section(),
            findings.calibration_section(),
            findings.protocols_section(),
            findings.failures_section(),
        ];
        Ok(Self {
            title: format!("{}, measured by agemirror", findings.settings.model),
            facts: findings.facts(),
            not_measured: findings.failures().len(),
            sections,
            examples: examples::examples(&findings, store)?,
        })
    }

    /// Writes `report.html`, `report.md`, `report.json` and one CSV a table into `folder`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), EvaluationError> {
        let text = |name: &str, text: String| {
            write_atomically(&folder.join(name), |out| out.write_all(text.as_bytes()))
        };
        text("report.html", html::page(self))?;
        text("report.md", markdown::text(self))?;
        text("report.json", self.json())?;
        let tables = folder.join("tables");
        std::fs::create_dir_all(&tables).map_err(EvaluationError::io(&tables, "made"))?;
        for table in self.sections.iter().flat_map(|section| &section.tables) {
            write_atomically(&tables.join(format!("{}.csv", table.name)), |out| csv::write(table, out))?;
        }
        Ok(())
    }

    fn json(&self) -> String {
        let tables = self.sections.iter().flat_map(|section| &section.tables);
        let tables: serde_json::Map<String, serde_json::Value> =
            tables.map(|table| (table.name.clone(), table.json())).collect();
        let all = serde_json::json!({ "title": self.title, "facts": self.facts, "tables": tables });
        format!("{all:#}\n")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
