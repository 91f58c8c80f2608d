//! Section on how similar the outputs, as a set, are to real people of the group.

use super::findings::Findings;
use super::people::{Target, of_years};
use super::table::{NONE, Section, Table, estimate};
use crate::evaluation::statistics::frechet_estimate;

/// Number of bootstrap samples for an interval.
const DRAWS: usize = 30;
/// Minimum number of pictures for a meaningful distance.
const MIN_PICTURES: usize = 20;

impl Findings {
    pub(super) fn likeness_section(&self) -> Section {
        let judge = self.settings.identity_judges.first().map_or("", |(name, ..)| name.as_str());
        let caption = format!(
            "Fréchet distance of the embeddings of “{judge}”. This is not the FID, and not comparable with one."
        );
        let head = ["asked", "outputs", "real people", "distance", "between halves of the real people"];
        let mut table = Table::new("likeness", &caption, &head);
        for target in &self.targets {
            let (outputs, real) = (self.output_features(target), self.real_features(judge, target));
            let distance = |one: &[Vec<f64>], other: &[Vec<f64>]| {
                let enough = one.len().min(other.len()) >= MIN_PICTURES;
                let found = if enough { frechet_estimate(one, other, DRAWS).ok() } else { None };
                found.map_or(NONE.to_owned(), |found| estimate(Some(found), 3))
            };
            let half = |first: usize| real.iter().skip(first).step_by(2).cloned().collect::<Vec<_>>();
            table.row([
                target.label.clone(),
                outputs.len().to_string(),
                real.len().to_string(),
                distance(&outputs, &real),
                distance(&half(0), &half(1)),
            ]);
        }
        Section {
            title: "Likeness to real people".to_owned(),
            text: vec![format!(
                "The distance of the outputs of a group, as a set, from real people of the group, in the network's feature \
                 space. Two halves of the real people differ by chance alone, and the more, the fewer they are; groups \
                 of fewer than {MIN_PICTURES} pictures are left out. The FID needs Inception-v3: `agemirror fid`."
            )],
            tables: vec![table],
            plots: Vec::new(),
        }
    }

    fn output_features(&self, target: &Target) -> Vec<Vec<f64>> {
        let inputs = self.inputs();
        let rows = inputs.iter().filter_map(|input| input.aged.embeddings.get(target.index)?.as_ref());
        rows.map(|row| wide(row)).collect()
    }

    fn real_features(&self, judge: &str, target: &Target) -> Vec<Vec<f64>> {
        let of_group = of_years(&self.reals(), target.years);
        of_group.iter().filter_map(|real| real.embeddings.get(judge)).map(|row| wide(row)).collect()
    }
}

fn wide(row: &[f32]) -> Vec<f64> {
    row.iter().map(|value| f64::from(*value)).collect()
}
