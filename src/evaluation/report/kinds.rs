//! The same measures for each kind of people.

use super::findings::{Findings, percent};
use super::people::Input;
use super::steadiness::rising;
use super::table::{NONE, Section, Table, estimate, maybe};
use crate::dataset::Gender;
use crate::evaluation::statistics::mean_estimate;

/// Which kind an input is of.
type Kind<'a> = &'a dyn Fn(&Input) -> String;

impl Findings {
    pub(super) fn kinds_section(&self) -> Section {
        let gender = |input: &Input| match input.label.gender {
            Some(Gender::Female) => "female".to_owned(),
            Some(Gender::Male) => "male".to_owned(),
            None => String::new(),
        };
        let age = |input: &Input| {
            let five = (input.age() / 5.0).floor() * 5.0;
            format!("{five:02}–{:02}", five + 4.0)
        };
        let kinds: [(&str, Kind<'_>); 4] = [
            ("gender", &gender),
            ("ethnicity", &|input| input.label.ethnicity.clone()),
            ("age of the input", &age),
            ("collection", &|input| input.label.dataset.clone()),
        ];
        let head = [
            "kind",
            "faces",
            "mean error of the ages seen",
            "same person %",
            "own change",
            "shift",
            "pixels outside the mask",
            "slider rises %",
        ];
        let caption = "The error is the mean absolute difference between the mean age seen and that of real people, \
                       over the groups.";
        let mut table = Table::new("kinds", caption, &head);
        for (what, kind) in kinds {
            let mut names: Vec<String> = self.inputs().iter().map(kind).collect();
            names.sort();
            names.dedup();
            for name in names {
                let shown = if name.is_empty() { NONE.to_owned() } else { name.clone() };
                self.kind_row(&mut table, format!("{what}: {shown}"), &|input| kind(input) == name);
            }
        }
        Section {
            title: "By kind of people".to_owned(),
            text: vec!["Few faces make wide intervals: a difference between kinds counts only where theirs are apart."
                .to_owned()],
            tables: vec![table],
            plots: Vec::new(),
        }
    }

    fn kind_row(&self, table: &mut Table, name: String, choose: &dyn Fn(&Input) -> bool) {
        let judge = self.judge();
        let all = self.inputs();
        let chosen: Vec<&Input> = all.iter().filter(|input| choose(input)).collect();
        let errors: Vec<f64> = self
            .targets
            .iter()
            .filter_map(|target| self.seen_age(judge, target, choose).zip(self.real_age(judge, target)))
            .map(|(seen, real)| (seen.mean - real.mean).abs())
            .collect();
        let error = (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64);
        let same = self.borders.first().and_then(|border| border.threshold().map(|t| (&border.judge, t)));
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

        table.row([
            name,
            chosen.len().to_string(),
            maybe(error, 1),
            same,
            estimate(mean(&|input| input.aged.own_change.map(f64::from)), 2),
            estimate(mean(&|input| input.aged.shift.map(f64::from)), 2),
            if outside.is_empty() { NONE.to_owned() } else { outside.iter().sum::<u64>().to_string() },
            estimate(mean(&|input| input.slider().map(rising)), 1),
        ]);
    }
}
