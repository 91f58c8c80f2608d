//! The results of a check, as JSON and as Markdown.

use std::fmt::Write;

use serde::Serialize;

/// The results of a check.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// The device that was checked.
    pub device: String,
    /// Whether the CPU rehearsed what a GPU does.
    pub rehearsal: bool,
    /// Duration of the whole check in seconds.
    pub seconds: f32,
    /// Other programs whose times are printed beside ours, with their versions.
    pub peer: Option<String>,
    /// Comparisons with the kernels of the CPU.
    pub comparisons: Vec<Comparison>,
    /// Times of networks and of training steps.
    pub timings: Vec<Timing>,
    /// The training run in the remaining time.
    pub training: Option<TrainingResult>,
}

/// One comparison.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// What was compared: `operation`, `gradient`, `network` or `training step`.
    pub kind: &'static str,
    /// Name of the operation, network or trainer.
    pub name: String,
    /// The largest difference relative to the largest expected value; `None` if there is no result.
    pub difference: Option<f32>,
    /// The largest difference that passes.
    pub tolerance: f32,
    /// Why there is no result.
    pub failure: Option<String>,
}

impl Comparison {
    /// A comparison with its largest difference, or the error that prevented it.
    pub(super) fn new(
        kind: &'static str,
        name: &str,
        tolerance: f32,
        difference: anyhow::Result<f32>,
    ) -> Self {
        let (difference, failure) = match difference {
            Ok(difference) => (Some(difference), None),
            Err(error) => (None, Some(message(&error))),
        };
        Self { kind, name: name.to_owned(), difference, tolerance, failure }
    }

    /// Whether the difference is within the tolerance.
    pub(crate) fn passed(&self) -> bool {
        self.difference.is_some_and(|difference| difference <= self.tolerance)
    }
}

/// Times of one network or training step.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Timing {
    /// Name of the network or trainer, with its size.
    pub name: String,
    /// Type of the values: `f32`, `bf16` or `f16`.
    pub precision: &'static str,
    /// Times of our runs.
    pub ours: Option<Times>,
    /// Times of other programs, in turn with ours.
    pub peers: Vec<PeerTimes>,
    /// Why our time is missing.
    pub failure: Option<String>,
    /// Whether the time was up before this one.
    pub skipped: bool,
}

/// Times of several runs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Times {
    /// Number of runs.
    pub runs: usize,
    /// Median in milliseconds.
    pub median_ms: f32,
    /// The shortest in milliseconds.
    pub fastest_ms: f32,
}

impl Times {
    /// The summary of `milliseconds`; `None` if there are none.
    pub(super) fn of(mut milliseconds: Vec<f32>) -> Option<Self> {
        milliseconds.sort_by(f32::total_cmp);
        let fastest_ms = *milliseconds.first()?;
        let (runs, middle) = (milliseconds.len(), milliseconds.len() / 2);
        let median_ms = match runs % 2 {
            0 => (milliseconds[middle - 1] + milliseconds[middle]) / 2.0,
            _ => milliseconds[middle],
        };
        Some(Self { runs, median_ms, fastest_ms })
    }
}

/// Times of another program.
#[derive(Debug, Serialize)]
pub(crate) struct PeerTimes {
    /// The program and how it ran, such as `PyTorch 2.9 eager`.
    pub name: String,
    /// Its times.
    pub times: Option<Times>,
    /// Why there are none.
    pub failure: Option<String>,
}

/// A training run of mirror.
#[derive(Debug, Serialize)]
pub(crate) struct TrainingResult {
    /// Steps in this check, and in all.
    pub steps: u64,
    /// Steps since the start of the run.
    pub total_steps: u64,
    /// Duration in seconds.
    pub seconds: f32,
    /// Mean of each loss over the first and over the last tenth of the steps.
    pub losses: Vec<(String, f32, f32)>,
    /// Why it stopped early.
    pub failure: Option<String>,
}

/// The message of an error with its causes, without the backtraces of candle's errors.
pub(super) fn message(error: &anyhow::Error) -> String {
    let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
    error.chain().map(|cause| first_line(cause.to_string())).collect::<Vec<_>>().join(": ")
}

impl Report {
    /// A line for each check that failed; empty if all passed.
    pub(crate) fn failures(&self) -> Vec<String> {
        let compared = self.comparisons.iter().filter(|one| !one.passed());
        let compared = compared.map(|one| {
            let reason = match (&one.failure, one.difference) {
                (Some(failure), _) => failure.clone(),
                (None, difference) => format!(
                    "differs by {:.2e}, more than {:.0e}",
                    difference.unwrap_or(f32::NAN),
                    one.tolerance
                ),
            };
            format!("{} {}: {reason}", one.kind, one.name)
        });
        let timed = self.timings.iter().filter_map(|one| {
            let failure = one.failure.as_ref()?;
            Some(format!("time of {} ({}): {failure}", one.name, one.precision))
        });
        let trained = self.training.as_ref().and_then(|run| run.failure.as_ref());
        let trained = trained.map(|failure| format!("training of mirror: {failure}"));
        compared.chain(timed).chain(trained).collect()
    }

    /// The results as Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut page = format!("# Check of {}\n\n", self.device);
        if self.rehearsal {
            page += "A rehearsal: the CPU ran the operations that a GPU runs.\n\n";
        }
        let failures = self.failures();
        // Writing to a string cannot fail.
        let _ = match failures.len() {
            0 if self.comparisons.is_empty() => writeln!(page, "No check failed, in {:.0} s.", self.seconds),
            0 => {
                writeln!(page, "All {} comparisons passed, in {:.0} s.", self.comparisons.len(), self.seconds)
            }
            1 => writeln!(page, "**One check failed**, in {:.0} s:\n", self.seconds),
            count => writeln!(page, "**{count} checks failed**, in {:.0} s:\n", self.seconds),
        };
        failures.iter().for_each(|failure| page += &format!("* {failure}\n"));
        self.write_timings(&mut page);
        self.write_training(&mut page);
        self.write_comparisons(&mut page);
        page
    }

    fn write_comparisons(&self, page: &mut String) {
        if self.comparisons.is_empty() {
            return;
        }
        *page +=
            "\n## Comparisons\n\nLargest difference relative to the largest value of the CPU's kernels.\n\n";
        *page += "| kind | name | difference | tolerance |\n| --- | --- | ---: | ---: |\n";
        for one in &self.comparisons {
            let difference =
                one.difference.map_or("none".to_owned(), |difference| format!("{difference:.1e}"));
            let mark = if one.passed() { "" } else { " **failed**" };
            *page +=
                &format!("| {} | {} | {difference}{mark} | {:.0e} |\n", one.kind, one.name, one.tolerance);
        }
    }

    fn write_timings(&self, page: &mut String) {
        if self.timings.is_empty() {
            return;
        }
        *page +=
            "\n## Times\n\nMedians in milliseconds, in turn. A ratio above 1 means that ours is faster.\n\n";
        let mut names: Vec<&str> = Vec::new();
        for peer in self.timings.iter().flat_map(|timing| &timing.peers) {
            if !names.contains(&peer.name.as_str()) {
                names.push(&peer.name);
            }
        }
        *page += "| network | type | ours |";
        names.iter().for_each(|name| *page += &format!(" {name} | ratio |"));
        *page += "\n| --- | --- | ---: |";
        names.iter().for_each(|_| *page += " ---: | ---: |");
        *page += "\n";
        for timing in &self.timings {
            let ours = match (&timing.ours, timing.skipped) {
                (Some(times), _) => format!("{:.2}", times.median_ms),
                (None, true) => "the time was up".to_owned(),
                (None, false) => "**failed**".to_owned(),
            };
            *page += &format!("| {} | {} | {ours} |", timing.name, timing.precision);
            for name in &names {
                let peer = timing.peers.iter().find(|peer| peer.name == *name);
                *page += &match (peer.and_then(|peer| peer.times.as_ref()), &timing.ours) {
                    (Some(theirs), Some(ours)) => {
                        format!(" {:.2} | {:.2} |", theirs.median_ms, theirs.median_ms / ours.median_ms)
                    }
                    _ => " | |".to_owned(),
                };
            }
            *page += "\n";
        }
        for (timing, peer) in
            self.timings.iter().flat_map(|one| one.peers.iter().map(move |peer| (one, peer)))
        {
            if let Some(failure) = &peer.failure {
                *page += &format!("\n{}, {}: {failure}\n", peer.name, timing.name);
            }
        }
    }

    fn write_training(&self, page: &mut String) {
        let Some(run) = &self.training else { return };
        let rate = run.steps as f32 / run.seconds.max(1e-3);
        *page += &format!(
            "\n## Training of mirror\n\n{} steps in {:.0} s, {rate:.2} a second, {} in all.\n\n",
            run.steps, run.seconds, run.total_steps
        );
        *page += "| loss | first tenth | last tenth |\n| --- | ---: | ---: |\n";
        run.losses
            .iter()
            .for_each(|(name, first, last)| *page += &format!("| {name} | {first:.4} | {last:.4} |\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let comparison = |name: &str, difference| Comparison::new("operation", name, 1e-3, difference);
        let peer = |name: &str, median_ms| PeerTimes {
            name: name.to_owned(),
            times: Some(Times { runs: 3, median_ms, fastest_ms: median_ms }),
            failure: None,
        };
        Report {
            device: "CUDA device 0".to_owned(),
            comparisons: vec![
                comparison("good", Ok(1e-4)),
                comparison("far", Ok(0.5)),
                comparison("broken", Err(anyhow::anyhow!("no kernel"))),
            ],
            timings: vec![
                Timing {
                    name: "mirror".to_owned(),
                    precision: "f32",
                    ours: Times::of(vec![4.0, 2.0, 9.0, 3.0]),
                    peers: vec![peer("PyTorch", 7.0)],
                    ..Timing::default()
                },
                Timing {
                    name: "caae".to_owned(),
                    failure: Some("out of memory".to_owned()),
                    ..Timing::default()
                },
                Timing { name: "pagan".to_owned(), skipped: true, ..Timing::default() },
            ],
            ..Report::default()
        }
    }

    #[test]
    fn every_failure_is_listed_by_its_name_with_the_difference() {
        let failures = report().failures();
        assert_eq!(failures.len(), 3, "{failures:?}");
        assert!(failures[0].contains("far") && failures[0].contains("5.00e-1"), "{failures:?}");
        assert!(failures[1].contains("broken") && failures[1].contains("no kernel"), "{failures:?}");
        assert!(failures[2].contains("caae") && failures[2].contains("out of memory"), "{failures:?}");
        let stopped = TrainingResult {
            steps: 1,
            total_steps: 1,
            seconds: 1.0,
            losses: Vec::new(),
            failure: Some("diverged".to_owned()),
        };
        let report = Report { training: Some(stopped), ..Report::default() };
        assert_eq!(report.failures(), ["training of mirror: diverged"]);
    }

    #[test]
    fn a_time_is_the_median_and_stands_beside_those_of_others() {
        let page = report().markdown();
        assert!(page.contains("| mirror | f32 | 3.50 | 7.00 | 2.00 |"), "{page}");
        assert!(page.contains("**failed**") && page.contains("the time was up"), "{page}");
        assert!(Times::of(Vec::new()).is_none());
    }
}
