//! Section on the age judges' errors on real people.

use super::findings::Findings;
use super::plot::{Plot, Point, Series, Shape};
use super::table::{Section, Table, estimate};
use crate::evaluation::statistics::mean_estimate;

/// Index of the last decade, which includes all older ages.
const LAST_DECADE: usize = 8;

impl Findings {
    pub(super) fn calibration_section(&self) -> Section {
        let judges: Vec<&str> = self.settings.age_judges.iter().map(|(name, _)| name.as_str()).collect();
        let mut head = vec!["age".to_owned(), "faces".to_owned()];
        head.extend(judges.iter().flat_map(|judge| [format!("{judge}: error"), format!("{judge}: bias")]));
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        let caption = "Mean absolute error and bias (read minus labelled), in years, on faces of known age.";
        let mut table = Table::new("calibration", caption, &head);
        for decade in (0..=LAST_DECADE).map(Some).chain([None]) {
            let label = match decade {
                Some(LAST_DECADE) => "80+".to_owned(),
                Some(decade) => format!("{}–{}", decade * 10, decade * 10 + 9),
                None => "all".to_owned(),
            };
            let errors: Vec<Vec<f64>> = judges.iter().map(|judge| self.errors(judge, decade)).collect();
            let mut cells = vec![label, errors.first().map_or(0, Vec::len).to_string()];
            for off in &errors {
                let absolute: Vec<f64> = off.iter().map(|off| off.abs()).collect();
                cells.extend([estimate(mean_estimate(&absolute), 1), estimate(mean_estimate(off), 1)]);
            }
            table.row(cells);
        }
        let series = judges.iter().map(|judge| self.bias_series(judge)).collect();
        Section {
            title: "Errors of the judges on real people".to_owned(),
            text: vec![
                "A judge that reads old people as too young does so for outputs as well: compare outputs with what it reads \
                 from real people, not with the target age."
                    .to_owned(),
            ],
            tables: vec![table],
            plots: vec![Plot {
                title: "Bias by age".to_owned(),
                x: "labelled age (years)".to_owned(),
                y: "read minus labelled (years)".to_owned(),
                series,
            }],
        }
    }

    /// Read minus labelled age, over the faces of a decade with an exact age.
    fn errors(&self, judge: &str, decade: Option<usize>) -> Vec<f64> {
        let reals = self.reals();
        let off = |real: &super::people::Real| {
            let age = real.label.exact_age()?;
            let its = ((age / 10.0) as usize).min(LAST_DECADE);
            let read = real.ages.get(judge)?;
            decade.is_none_or(|decade| decade == its).then(|| f64::from(read - age))
        };
        reals.iter().filter_map(off).collect()
    }

    fn bias_series(&self, judge: &str) -> Series {
        let point = |decade: usize| {
            mean_estimate(&self.errors(judge, Some(decade))).map(|bias| Point {
                x: decade as f64 * 10.0 + 5.0,
                y: bias.mean,
                error_bar: Some((bias.low, bias.high)),
            })
        };
        let points = (0..=LAST_DECADE).filter_map(point).collect();
        Series { name: judge.to_owned(), shape: Shape::Line, points }
    }
}
