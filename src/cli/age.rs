//! `agemirror age`: ages the faces in pictures and writes them to a folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::age_picture::{Aged, PictureAger};
use agemirror_console::choices::AgingArgs;
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_json, print_line, progress_bar};
use agemirror_faces::compose::check_folder;
use agemirror_faces::face::{FaceProblem, InputKind, SearchStep};
use agemirror_pictures::collect_pictures;

/// How the aged faces of one picture are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// A folder with one picture for each age
    #[default]
    Tiles,
    /// One picture with the input and all ages in a row
    Strip,
    /// One picture with the input and all ages in a grid
    Grid,
    /// A folder with many steps from the first to the last age, also as animated files
    Sweep,
}

/// What `agemirror age` is told.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PICTURE|FOLDER")]
    pictures: Vec<PathBuf>,
    /// The folder to write to; made where it is missing, nothing in it is overwritten
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How the aged faces are written
    #[arg(long, value_enum, default_value_t)]
    pub layout: Layout,
    /// Writes what was done as JSON to standard output
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub aging: AgingArgs,
}

/// What became of one picture.
#[derive(Serialize)]
struct Outcome {
    /// The picture; none where a whole folder failed.
    picture: Option<String>,
    faces: usize,
    /// Faces that were found and not aged although all were asked for, counted by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    left_out: BTreeMap<&'static str, usize>,
    written: Vec<String>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Summary {
    aged: usize,
    failed: usize,
    not_reached: usize,
    pictures: Vec<Outcome>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.layout == Layout::Sweep && arguments.aging.targets().len() < 2 {
        print_error("a sweep goes from one age to another; name at least two, as in --ages 10.0,80");
        return Ok(ExitCode::from(2));
    }
    let interrupt = Interrupt::listen()?;
    check_folder(&arguments.out)?;
    let (pictures, unreadable) = collect_pictures(&arguments.pictures);
    let mut failed = unreadable.len();
    let mut outcomes = Vec::new();
    for error in unreadable {
        print_error(&error.to_string());
        outcomes.push(Outcome {
            picture: None,
            faces: 0,
            left_out: BTreeMap::new(),
            written: Vec::new(),
            error: Some(error.to_string()),
        });
    }
    let mut not_reached = pictures.len();
    if !pictures.is_empty() {
        let mut ager = PictureAger::new(arguments)?;
        let bar = progress_bar(pictures.len(), "{wide_msg}");
        for path in &pictures {
            if interrupt.is_set() {
                break;
            }
            bar.set_message(path.display().to_string());
            let watch = |step: SearchStep| {
                if step.of > 1 {
                    bar.set_message(format!("{}: {}", path.display(), search_in_words(step)));
                }
                !interrupt.is_set()
            };
            let aged = ager.age(path, &arguments.out, &watch);
            if aged.is_err() && interrupt.is_set() {
                break;
            }
            let picture = Some(path.display().to_string());
            bar.suspend(|| match aged {
                Ok(aged) => {
                    let written =
                        aged.written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
                    if !arguments.json {
                        written.iter().for_each(|path| print_line(path));
                    }
                    if !aged.left_out.is_empty() {
                        let left_out = left_out_in_words(aged.faces, &aged.left_out);
                        print_error(&format!("“{}”: {left_out}", path.display()));
                    }
                    let Aged { faces, left_out, .. } = aged;
                    outcomes.push(Outcome { picture, faces, left_out, written, error: None });
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    print_error(&error);
                    failed += 1;
                    let (left_out, written) = (BTreeMap::new(), Vec::new());
                    outcomes.push(Outcome { picture, faces: 0, left_out, written, error: Some(error) });
                }
            });
            not_reached -= 1;
            bar.inc(1);
        }
        bar.finish_and_clear();
    }
    let aged = outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
    let summary = Summary { aged, failed, not_reached, pictures: outcomes };
    if arguments.json {
        print_json(&summary)?;
    } else {
        print_line(&in_words(&summary, arguments));
    }
    Ok(if failed + not_reached == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How far a search for faces has come.
fn search_in_words(step: SearchStep) -> String {
    let what = if step.turned { "faces that are turned" } else { "small faces" };
    format!("looking for {what}, part {} of {}", step.done, step.of)
}

/// As in `4 of 7 faces were aged; left out: 2 beyond the largest four, 1 too small`.
fn left_out_in_words(aged: usize, left_out: &BTreeMap<&'static str, usize>) -> String {
    let found = aged + left_out.values().sum::<usize>();
    let title = |name: &str| {
        let known = FaceProblem::ALL.into_iter().find(|problem| problem.name() == name);
        known.map_or("beyond the largest four".to_owned(), |problem| {
            problem.title(InputKind::Still).to_lowercase()
        })
    };
    let reasons: Vec<_> = left_out.iter().map(|(name, count)| format!("{count} {}", title(name))).collect();
    format!("{aged} of {found} faces were aged; left out: {}", reasons.join(", "))
}

fn in_words(summary: &Summary, arguments: &Arguments) -> String {
    let Summary { aged, failed, not_reached, .. } = summary;
    let noun = if *aged == 1 { "picture" } else { "pictures" };
    let mut words = format!("{aged} {noun} aged into {}", arguments.out.display());
    if *failed > 0 {
        words += &format!(", {failed} failed");
    }
    if *not_reached > 0 {
        words += &format!(", {not_reached} not reached because of the interrupt");
    }
    words + "."
}

#[cfg(test)]
mod tests {
    use super::super::age_picture::BEYOND_FOUR;
    use super::*;

    #[test]
    fn what_was_left_out_is_counted_by_reason() {
        let left_out = BTreeMap::from([(BEYOND_FOUR, 2), (FaceProblem::TooSmall.name(), 1)]);
        assert_eq!(
            left_out_in_words(4, &left_out),
            "4 of 7 faces were aged; left out: 2 beyond the largest four, 1 too small"
        );
    }
}
