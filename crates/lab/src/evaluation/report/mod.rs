//! Report on a run, with the same tables as HTML, Markdown, CSV and JSON.

mod ages;
mod agreement;
mod calibration;
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
mod thresholds;

use std::path::Path;

pub(crate) use findings::Findings;
pub(crate) use table::estimate;
pub(crate) use table::{Section, Table};

use super::measure::{EvaluationError, Store};
use agemirror_storage::write_atomically;

/// A complete report.
pub(crate) struct Report {
    /// Title.
    pub title: String,
    /// Facts about the run, one sentence each.
    pub facts: Vec<String>,
    /// Sections.
    pub sections: Vec<Section>,
    /// Number of pictures that could not be measured; the last section lists them.
    pub not_measured: usize,
    /// Example strips.
    pub examples: Vec<examples::Example>,
}

impl Report {
    /// Builds the report on the results in `store`.
    ///
    /// # Errors
    /// When a strip cannot be read.
    pub(crate) fn of(store: &Store) -> Result<Self, EvaluationError> {
        let findings = Findings::of(store);
        let sections = vec![
            findings.criteria_section(),
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

    /// Writes `report.html`, `report.md`, `report.json` and one CSV per table into `folder`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), EvaluationError> {
        let text = |name: &str, text: String| {
            write_atomically(&folder.join(name), |out| out.write_all(text.as_bytes()))
        };
        text("report.html", html::page(self))?;
        text("report.md", markdown::text(self))?;
        text("report.json", self.json())?;
        let tables = folder.join("tables");
        std::fs::create_dir_all(&tables).map_err(EvaluationError::io(&tables, "made"))?;
        for table in self.sections.iter().flat_map(|section| &section.tables) {
            write_atomically(&tables.join(format!("{}.csv", table.name)), |out| table.write_csv(out))?;
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
mod tests;
