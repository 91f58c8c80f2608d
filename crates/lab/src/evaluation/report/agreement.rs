//! Whether the age judges agree with one another.

use super::findings::{Findings, Target};

/// Years by which two judges may differ in a group's mean.
const APART: f64 = 4.0;

/// The two judges that are furthest apart about a group.
pub(super) struct Disagreement {
    label: String,
    /// The judge that sees the outputs oldest and the one that sees them youngest.
    judges: [String; 2],
    /// How old each sees them beside real people of the group, in years; without real people, beside nothing.
    seen: [f64; 2],
    /// Whether there are real people to be seen beside.
    beside_real: bool,
}

impl Disagreement {
    fn years(&self) -> f64 {
        self.seen[0] - self.seen[1]
    }

    fn in_words(&self) -> String {
        let [old, young] = &self.judges;
        let seen = self
            .seen
            .map(|years| if self.beside_real { format!("{years:+.1}") } else { format!("{years:.1}") });
        let beside = if self.beside_real { " beside what it reads off real people of the group" } else { "" };
        format!(
            "Judges disagree at {} by {:.1} years: “{old}” sees {} years, “{young}” {}, each{beside}.",
            self.label,
            self.years(),
            seen[0],
            seen[1]
        )
    }
}

impl Findings {
    /// The groups about whose mean two age judges disagree by more than [`APART`] years.
    ///
    /// Judges that read old people too young read real ones and outputs too young alike, so what counts is how old a
    /// judge sees outputs beside real people.
    pub(super) fn disagreements(&self) -> Vec<Disagreement> {
        self.targets
            .iter()
            .filter_map(|target| self.furthest(target))
            .filter(|pair| pair.years() > APART)
            .collect()
    }

    fn furthest(&self, target: &Target) -> Option<Disagreement> {
        let judges = self.settings.age_judges.iter().map(|(judge, _)| judge);
        let real = |judge: &str| self.real_age(judge, target).map(|real| real.mean);
        let beside_real = judges.clone().all(|judge| real(judge).is_some());
        let mut seen = Vec::new();
        for judge in judges {
            let outputs = self.seen_age(judge, target, |_| true)?.mean;
            seen.push((judge, outputs - if beside_real { real(judge)? } else { 0.0 }));
        }
        let oldest = seen.iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
        let youngest = seen.iter().min_by(|one, other| one.1.total_cmp(&other.1))?;
        Some(Disagreement {
            label: target.label.clone(),
            judges: [oldest.0.clone(), youngest.0.clone()],
            seen: [oldest.1, youngest.1],
            beside_real,
        })
    }

    /// The disagreements in sentences.
    pub(super) fn agreement_text(&self) -> Vec<String> {
        if self.settings.age_judges.len() < 2 {
            return Vec::new();
        }
        let found: Vec<String> = self.disagreements().iter().map(Disagreement::in_words).collect();
        if found.is_empty() {
            return vec![format!("No two judges disagree by more than {APART} years about a group.")];
        }
        found
    }

    /// The bar of agreement, where there are two judges.
    pub(super) fn agreement_bar(&self) -> Option<(String, String, bool)> {
        if self.settings.age_judges.len() < 2 || self.inputs().is_empty() {
            return None;
        }
        let apart: Vec<String> = self
            .disagreements()
            .iter()
            .map(|pair| {
                let [old, young] = &pair.judges;
                format!("{} {:.1} (“{old}” against “{young}”)", pair.label, pair.years())
            })
            .collect();
        let found = if apart.is_empty() {
            format!("all {} groups", self.targets.len())
        } else {
            format!("apart at {}", apart.join(", "))
        };
        let asked = format!("the age judges agree within {APART} years in every group");
        Some((asked, found, apart.is_empty()))
    }
}
