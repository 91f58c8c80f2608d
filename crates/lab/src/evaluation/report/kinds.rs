//! Section with the main measures by kind of people.

use super::findings::{Findings, percent};
use super::people::Input;
use super::realism::{FEW_DRAWS, SPANS};
use super::steadiness::rising;
use super::table::{NONE, Section, Table, estimate, maybe};
use crate::dataset::Gender;
use crate::evaluation::statistics::{KernelShare, mean_estimate};

/// The kind of an input; `None` if unknown.
type Kind<'a> = &'a dyn Fn(&Input) -> Option<String>;

/// Individual typology angle above which skin counts as light, in degrees.
const LIGHT: f32 = 41.0;
/// Individual typology angle below which skin counts as dark, in degrees.
const DARK: f32 = 10.0;

impl Findings {
    pub(super) fn kinds_section(&self) -> Section {
        let gender = |input: &Input| {
            Some(match input.label.gender {
                Some(Gender::Female) => "female".to_owned(),
                Some(Gender::Male) => "male".to_owned(),
                None => String::new(),
            })
        };
        let age = |input: &Input| {
            let five = (input.age() / 5.0).floor() * 5.0;
            Some(format!("{five:02}–{:02}", five + 4.0))
        };
        let thirds =
            Thirds::of(self.inputs().iter().filter_map(|input| input.aged.traits.sharpness).collect());
        let kinds: [(&str, Kind<'_>); 8] = [
            ("gender", &gender),
            ("ethnicity", &|input| Some(input.label.ethnicity.clone())),
            ("age of the input", &age),
            ("collection", &|input| Some(input.label.dataset.clone())),
            ("beard", &|input| input.aged.traits.beard.map(yes_or_no)),
            ("glasses", &|input| input.aged.traits.glasses.map(yes_or_no)),
            ("skin", &|input| input.aged.traits.skin_tone.map(skin)),
            ("sharpness", &|input| input.aged.traits.sharpness.map(|sharpness| thirds.name(sharpness))),
        ];
        let mut table = self.empty_kinds_table();
        let mut text = vec![
            "Few faces give wide intervals: kinds differ only where their intervals do not overlap. Skin is the \
             individual typology angle of the cheeks in the picture, which also depends on the light; sharpness is the \
             variance of the Laplacian of the face at 128 pixels."
                .to_owned(),
        ];
        for (what, kind) in kinds {
            text.extend(self.add_kind(&mut table, what, kind));
        }
        Section { title: "By kind of people".to_owned(), text, tables: vec![table], plots: Vec::new() }
    }

    /// Adds a row for every value of `kind`. Returns a note with the number of inputs without a value, if any.
    fn add_kind(&self, table: &mut Table, what: &str, kind: Kind<'_>) -> Option<String> {
        let known: Vec<Option<String>> = self.inputs().iter().map(kind).collect();
        let (count, unknown) = (known.len(), known.iter().filter(|kind| kind.is_none()).count());
        let mut names: Vec<String> = known.into_iter().flatten().collect();
        names.sort();
        names.dedup();
        for name in names {
            let shown = if name.is_empty() { NONE } else { name.as_str() };
            self.kind_row(table, format!("{what}: {shown}"), &|input| kind(input).as_ref() == Some(&name));
        }
        let left_out = format!("Left out by {what}: {unknown} of {count} inputs, for which it is unknown.");
        (unknown > 0).then_some(left_out)
    }

    fn empty_kinds_table(&self) -> Table {
        let mut head = vec!["kind".to_owned(), "faces".to_owned()];
        let judges = self.settings.age_judges.iter();
        head.extend(judges.map(|(judge, _)| format!("mean error of the ages read, “{judge}”")));
        if self.feature_judge().is_some() {
            head.extend(SPANS.iter().map(|span| format!("distance left at {}", span.label)));
        }
        let rest =
            ["same person %", "change at current age", "shift", "pixels outside the mask", "slider rises %"];
        head.extend(rest.map(str::to_owned));
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let caption = "The error is the mean over the groups of the absolute difference between the mean age read and that \
                       of real people.";
        Table::new("kinds", caption, &head)
    }

    /// Mean over the groups of the absolute difference between the mean age that `judge` reads and that of
    /// real people.
    fn mean_error(&self, judge: &str, choose: &dyn Fn(&Input) -> bool) -> Option<f64> {
        let errors: Vec<f64> = self
            .targets
            .iter()
            .filter_map(|target| self.seen_age(judge, target, choose).zip(self.real_age(judge, target)))
            .map(|(seen, real)| (seen.mean - real.mean).abs())
            .collect();
        (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64)
    }

    fn kind_row(&self, table: &mut Table, name: String, choose: &dyn Fn(&Input) -> bool) {
        let all = self.inputs();
        let chosen: Vec<&Input> = all.iter().filter(|input| choose(input)).collect();
        let same =
            self.thresholds.first().and_then(|thresholds| thresholds.main().map(|t| (&thresholds.judge, t)));
        let same = same.map_or(NONE.to_owned(), |(judge, threshold)| {
            let distances: Vec<f32> = chosen
                .iter()
                .filter_map(|input| input.aged.distances.get(judge))
                .flatten()
                .filter_map(|distance| *distance)
                .collect();
            percent(distances.iter().filter(|distance| **distance <= threshold).count(), distances.len())
        });
        let mean = |value: &dyn Fn(&Input) -> Option<f64>| {
            mean_estimate(&chosen.iter().filter_map(|input| value(input)).collect::<Vec<f64>>())
        };
        let outside: Vec<u64> = chosen.iter().filter_map(|input| input.aged.changed_outside).collect();

        let mut cells = vec![name, chosen.len().to_string()];
        let judges = self.settings.age_judges.iter();
        cells.extend(judges.map(|(judge, _)| maybe(self.mean_error(judge, choose), 1)));
        if let Some(judge) = self.feature_judge() {
            let left = |span| {
                let share = self.span_left(judge, span, choose, FEW_DRAWS);
                estimate(share.filter(KernelShare::is_measurable).map(|share| share.left), 2)
            };
            cells.extend(SPANS.iter().map(left));
        }
        cells.extend([
            same,
            estimate(mean(&|input| input.aged.own_change.map(f64::from)), 2),
            estimate(mean(&|input| input.aged.shift.map(f64::from)), 2),
            if outside.is_empty() { NONE.to_owned() } else { outside.iter().sum::<u64>().to_string() },
            estimate(mean(&|input| input.slider().map(rising)), 1),
        ]);
        table.row(cells);
    }
}

fn yes_or_no(value: bool) -> String {
    if value { "with" } else { "without" }.to_owned()
}

fn skin(angle: f32) -> String {
    match angle {
        angle if angle > LIGHT => format!("light (over {LIGHT}°)"),
        angle if angle < DARK => format!("dark (under {DARK}°)"),
        _ => format!("medium ({DARK} to {LIGHT}°)"),
    }
}

/// The two values that divide a set into thirds.
struct Thirds {
    low: f32,
    high: f32,
}

impl Thirds {
    fn of(mut values: Vec<f32>) -> Self {
        values.sort_by(f32::total_cmp);
        let at = |third: usize| values.get(values.len() * third / 3).copied().unwrap_or_default();
        Self { low: at(1), high: at(2) }
    }

    fn name(&self, value: f32) -> String {
        match value {
            value if value < self.low => format!("1st third (under {:.0})", self.low),
            value if value < self.high => format!("2nd third (under {:.0})", self.high),
            _ => format!("3rd third ({:.0} and over)", self.high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_divided_into_thirds() {
        let values: Vec<f32> = (0..9).map(|value| value as f32 * 10.0).collect();
        let thirds = Thirds::of(values.clone());
        let names: Vec<String> = values.iter().map(|value| thirds.name(*value)).collect();
        for (index, name) in names.iter().enumerate() {
            assert!(name.starts_with(["1st", "2nd", "3rd"][index / 3]), "{names:?}");
        }
    }

    #[test]
    fn skin_has_three_kinds() {
        assert_eq!(
            [60.0, 41.0, 10.0, 9.9].map(|angle| skin(angle).split(' ').next().map(str::to_owned)),
            [
                Some("light".to_owned()),
                Some("medium".to_owned()),
                Some("medium".to_owned()),
                Some("dark".to_owned())
            ]
        );
    }
}
