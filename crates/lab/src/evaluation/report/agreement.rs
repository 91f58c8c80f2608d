//! Agreement between the age judges.

use super::findings::Findings;
use super::people::Target;

/// Maximum difference between two judges' means of a group, in years.
const MAX_DISAGREEMENT: f64 = 4.0;

/// The two judges that differ most about a group.
pub(super) struct Disagreement {
    label: String,
    /// The judge that reads the highest age and the one that reads the lowest.
    judges: [String; 2],
    /// The mean ages that they read, in years: relative to real people of the group, or absolute without real
    /// people.
    seen: [f64; 2],
    /// Whether the ages are relative to real people.
    relative_to_real: bool,
}

impl Disagreement {
    fn years(&self) -> f64 {
        self.seen[0] - self.seen[1]
    }

    fn in_words(&self) -> String {
        let [old, young] = &self.judges;
        let seen = self
            .seen
            .map(|years| if self.relative_to_real { format!("{years:+.1}") } else { format!("{years:.1}") });
        let relative = if self.relative_to_real { " relative to real people of the group" } else { "" };
        format!(
            "Judges disagree at {} by {:.1} years: “{old}” reads {} years, “{young}” {}, each{relative}.",
            self.label,
            self.years(),
            seen[0],
            seen[1]
        )
    }
}

impl Findings {
    /// The groups about whose mean two age judges differ by more than [`MAX_DISAGREEMENT`] years.
    ///
    /// A judge that reads old people as too young does so for real people and outputs alike, so what counts
    /// is the age of the outputs relative to real people.
    pub(super) fn disagreements(&self) -> Vec<Disagreement> {
        self.targets
            .iter()
            .filter_map(|target| self.furthest(target))
            .filter(|pair| pair.years() > MAX_DISAGREEMENT)
            .collect()
    }

    fn furthest(&self, target: &Target) -> Option<Disagreement> {
        let judges = self.settings.age_judges.iter().map(|(judge, _)| judge);
        let real = |judge: &str| self.real_age(judge, target).map(|real| real.mean);
        let relative_to_real = judges.clone().all(|judge| real(judge).is_some());
        let mut seen = Vec::new();
        for judge in judges {
            let outputs = self.seen_age(judge, target, |_| true)?.mean;
            seen.push((judge, outputs - if relative_to_real { real(judge)? } else { 0.0 }));
        }
        let oldest = seen.iter().max_by(|one, other| one.1.total_cmp(&other.1))?;
        let youngest = seen.iter().min_by(|one, other| one.1.total_cmp(&other.1))?;
        Some(Disagreement {
            label: target.label.clone(),
            judges: [oldest.0.clone(), youngest.0.clone()],
            seen: [oldest.1, youngest.1],
            relative_to_real,
        })
    }

    /// One sentence per disagreement.
    pub(super) fn agreement_text(&self) -> Vec<String> {
        if self.settings.age_judges.len() < 2 {
            return Vec::new();
        }
        let found: Vec<String> = self.disagreements().iter().map(Disagreement::in_words).collect();
        if found.is_empty() {
            return vec![format!(
                "No two judges disagree by more than {MAX_DISAGREEMENT} years about a group."
            )];
        }
        found
    }

    /// The criterion of agreement, if there are two judges.
    pub(super) fn agreement_criterion(&self) -> Option<(String, String, bool)> {
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
        let asked = format!("the age judges agree within {MAX_DISAGREEMENT} years in every group");
        Some((asked, found, apart.is_empty()))
    }
}
