//! Section on the ages that the judges read.

use super::findings::Findings;
use super::people::{Target, years_of};
use super::plot::{Plot, Point, Series, Shape};
use super::published::{AGETRANSGAN_LABELS, AGETRANSGAN_NEW, AGETRANSGAN_OLD};
use super::steadiness::Steadiness;
use super::table::{NONE, Section, Table, estimate, maybe, number};
use crate::evaluation::statistics::Estimate;

/// Maximum deviation of a group's mean age, in years.
const MAX_DEVIATION: f64 = 4.0;
/// The same for groups that end before [`CHILD`].
const MAX_CHILD_DEVIATION: f64 = 5.0;
const CHILD: f32 = 15.0;

impl Findings {
    /// Section with the ages read at each target age.
    pub(super) fn age_section(&self) -> Section {
        let tables = self.settings.age_judges.iter().map(|(judge, _)| self.age_table(judge)).collect();
        let mut text = self.agreement_text();
        text.extend([
            "Ages that a judge reads from the outputs, next to those it reads from real people of the group: a judge \
             that reads old people as too young does so for both."
                .to_owned(),
            "AgeTransGAN's values are its authors', on other faces and with other judges (README of 2022, their \
             estimator and Face++; README of 2025 with checkpoint 910k). They age people of 20 to 29."
                .to_owned(),
        ]);
        Section { title: "Ages".to_owned(), text, tables, plots: vec![self.age_plot(), self.slider_plot()] }
    }

    fn age_table(&self, judge: &str) -> Table {
        let caption = format!("Ages read by “{judge}”, in years.");
        let head = [
            "asked",
            "real people",
            "real mean",
            "outputs mean",
            "off by",
            "AgeTransGAN 2022 estimator",
            "AgeTransGAN 2022 Face++",
            "AgeTransGAN 2025 estimator",
            "AgeTransGAN 2025 Face++",
        ];
        let mut table = Table::new(&format!("ages_{judge}"), &caption, &head);
        let input = self.inputs();
        let read: Vec<f64> =
            input.iter().filter_map(|input| input.ages.get(judge)).map(|age| f64::from(*age)).collect();
        let inputs = crate::evaluation::statistics::mean_estimate(&read);
        table.row(["(input)".to_owned(), String::new(), String::new(), estimate(inputs, 1)]);
        for target in &self.targets {
            let (real, seen) = (self.real_age(judge, target), self.seen_age(judge, target, |_| true));
            let off = real.zip(seen).map(|(real, seen)| seen.mean - real.mean);
            let published = AGETRANSGAN_LABELS.iter().position(|label| *label == target.label);
            let of = |row: &[f64]| maybe(published.and_then(|index| row.get(index).copied()), 1);
            table.row([
                target.label.clone(),
                real.map_or(0, |real| real.count).to_string(),
                estimate(real, 1),
                estimate(seen, 1),
                off.map_or(NONE.to_owned(), |off| format!("{off:+.1}")),
                of(&AGETRANSGAN_OLD.estimator),
                of(&AGETRANSGAN_OLD.face_plus_plus),
                of(&AGETRANSGAN_NEW.estimator),
                of(&AGETRANSGAN_NEW.face_plus_plus),
            ]);
        }
        table
    }

    fn age_plot(&self) -> Plot {
        let judge = self.judge();
        let point = |target: &Target, estimate: Option<Estimate>| {
            estimate.map(|estimate| Point {
                x: f64::from(target.age),
                y: estimate.mean,
                error_bar: Some((estimate.low, estimate.high)),
            })
        };
        let series =
            |name: &str, points: Vec<Point>| Series { name: name.to_owned(), shape: Shape::Line, points };
        let seen =
            self.targets.iter().filter_map(|target| point(target, self.seen_age(judge, target, |_| true)));
        let real = self.targets.iter().filter_map(|target| point(target, self.real_age(judge, target)));
        Plot {
            title: format!("Age read against target age, by “{judge}”"),
            x: "target age (years)".to_owned(),
            y: "age read (years)".to_owned(),
            series: vec![series("outputs", seen.collect()), series("real people", real.collect())],
        }
    }

    /// Two criteria: the groups' mean ages are close enough, and they rise.
    fn age_criteria(&self, judge: &str) -> [(String, String, bool); 2] {
        let mut off = Vec::new();
        let (mut seen, mut compared) = (Vec::new(), 0);
        for target in &self.targets {
            let Some(outputs) = self.seen_age(judge, target, |_| true) else { continue };
            seen.push(outputs.mean);
            let Some(real) = self.real_age(judge, target) else { continue };
            compared += 1;
            let child = years_of(&target.label, target.age).1 < CHILD;
            let near = if child { MAX_CHILD_DEVIATION } else { MAX_DEVIATION };
            let difference = outputs.mean - real.mean;
            if difference.abs() > near {
                off.push(format!("{} {difference:+.1}", target.label));
            }
        }
        let all = compared;
        let found = if off.is_empty() {
            format!("all {all} groups")
        } else {
            format!("{} of {all} groups; off: {}", all - off.len(), off.join(", "))
        };
        let rises = seen.windows(2).all(|pair| pair[1] > pair[0]);
        let means: Vec<String> = seen.iter().map(|age| number(*age, 1)).collect();
        [
            (
                format!(
                    "mean age read within {MAX_DEVIATION} years of real people of the group ({MAX_CHILD_DEVIATION} for groups under \
                     {CHILD}), by “{judge}”"
                ),
                found,
                off.is_empty() && all > 0,
            ),
            (
                format!("mean age read rises strictly from group to group, by “{judge}”"),
                means.join(" "),
                rises && seen.len() > 1,
            ),
        ]
    }

    /// What agemirror requires of a model, and the results.
    pub(super) fn criteria_section(&self) -> Section {
        let mut table = Table::new("bars", "What agemirror asks of a model.", &["asked", "found", "met"]);
        // A judge that a model was trained against does not count.
        let judges = self.settings.age_judges.iter().map(|(judge, _)| judge);
        let judges = judges.filter(|judge| !self.settings.trained_judges.contains(judge));
        let criteria = judges
            .flat_map(|judge| self.age_criteria(judge))
            .chain(self.agreement_criterion())
            .chain(self.realism_criteria())
            .chain(self.identity_criteria())
            .chain(Steadiness::of(self).criteria());
        for (asked, found, met) in criteria {
            table.row([asked, found, if met { "yes" } else { "no" }.to_owned()]);
        }
        Section { title: "In short".to_owned(), text: Vec::new(), tables: vec![table], plots: Vec::new() }
    }
}
