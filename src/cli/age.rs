//! `agemirror age`: ages the faces in pictures and videos and writes them to a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;

use super::age_picture::{Aged, Layout, PictureAger};
use super::age_video::{VideoOptions, VideoOutcome, VideoRequest, age_videos};
use crate::video::{looks_like_video_in_folder, split_videos};
use agemirror_console::choices::AgingArgs;
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_json, print_line, progress_bar};
use agemirror_faces::compose::check_folder;
use agemirror_faces::face::{FaceProblem, InputKind, SearchStep};
use agemirror_pictures::{Found, collect_files};

/// Arguments of `agemirror age`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Pictures, videos, and folders of them
    #[arg(required = true, value_name = "PICTURE|VIDEO|FOLDER")]
    pictures: Vec<PathBuf>,
    /// The folder to write to; created if missing, nothing in it is overwritten
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How to write the aged faces
    #[arg(long, value_enum, default_value_t)]
    pub layout: Layout,
    /// Prints the results as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub aging: AgingArgs,
    #[command(flatten)]
    pub video: VideoOptions,
}

/// The result for one picture.
#[derive(Default, Serialize)]
struct Outcome {
    /// The picture; `None` for a path that could not be read at all.
    picture: Option<String>,
    faces: usize,
    /// Number of faces that were found but not aged although all were requested, by reason.
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    videos: Vec<VideoOutcome>,
    /// The videos in the folders, which the layout leaves out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    videos_left_out: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.layout == Layout::Sweep && arguments.aging.targets().len() < 2 {
        print_error("a sweep goes from one age to another; name at least two, as in --ages 10.0,80");
        return Ok(ExitCode::from(2));
    }
    let (mut videos, others) = split_videos(arguments.pictures.clone());
    if arguments.layout == Layout::Sweep && !videos.is_empty() {
        print_error("a sweep is made of one picture; choose --layout tiles, strip or grid for videos");
        return Ok(ExitCode::from(2));
    }
    let interrupt = Interrupt::listen()?;
    check_folder(&arguments.out)?;
    let Found { pictures, videos: in_folders, errors } = collect_files(&others, &looks_like_video_in_folder);
    let mut outcomes: Vec<Outcome> = errors.iter().map(|error| failure(None, error.to_string())).collect();
    let videos_left_out = match arguments.layout {
        Layout::Sweep => in_folders,
        Layout::Tiles | Layout::Strip | Layout::Grid => {
            videos.extend(in_folders);
            Vec::new()
        }
    };
    if let Some(path) = videos_left_out.first() {
        print_error(&left_out_videos(path, videos_left_out.len()));
    }
    let aged_pictures = age_pictures(arguments, &pictures, &interrupt)?;
    let Arguments { out, layout, json, aging, video, .. } = arguments;
    let request = VideoRequest { out, layout: *layout, json: *json, aging, video: *video };
    let aged_videos = age_videos(&request, &videos, &interrupt)?;
    let not_reached = pictures.len() - aged_pictures.len() + videos.len() - aged_videos.len();
    outcomes.extend(aged_pictures);
    let failed = outcomes.iter().filter(|outcome| outcome.error.is_some()).count()
        + aged_videos.iter().filter(|video| !video.finished).count();
    let aged = outcomes.len() + aged_videos.len() - failed;
    let videos_left_out = videos_left_out.iter().map(|path| path.display().to_string()).collect();
    let summary =
        Summary { aged, failed, not_reached, pictures: outcomes, videos: aged_videos, videos_left_out };
    if arguments.json {
        print_json(&summary)?;
    } else {
        print_line(&summary_in_words(&summary, arguments));
    }
    Ok(if failed + not_reached == 0 && aged > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Ages the pictures one after the other until all are done or Ctrl-C is pressed.
fn age_pictures(
    arguments: &Arguments,
    pictures: &[PathBuf],
    interrupt: &Interrupt,
) -> anyhow::Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    if pictures.is_empty() {
        return Ok(outcomes);
    }
    let mut ager = PictureAger::new(&arguments.aging, arguments.layout)?;
    let bar = progress_bar(pictures.len(), "{wide_msg}");
    for path in pictures {
        if interrupt.is_set() {
            break;
        }
        let aged = age_one(&mut ager, path, arguments, interrupt, &bar);
        if aged.is_err() && interrupt.is_set() {
            break;
        }
        outcomes.push(bar.suspend(|| report(path, aged, arguments)));
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(outcomes)
}

/// Ages one picture and shows the search for faces in the progress bar.
fn age_one(
    ager: &mut PictureAger,
    path: &Path,
    arguments: &Arguments,
    interrupt: &Interrupt,
    bar: &ProgressBar,
) -> anyhow::Result<Aged> {
    bar.set_message(path.display().to_string());
    let on_step = |step: SearchStep| {
        if step.of > 1 {
            bar.set_message(format!("{}: {}", path.display(), search_in_words(step)));
        }
        !interrupt.is_set()
    };
    ager.age(path, &arguments.out, &on_step)
}

/// Prints the result for one picture and returns it for the summary.
fn report(path: &Path, aged: anyhow::Result<Aged>, arguments: &Arguments) -> Outcome {
    let picture = Some(path.display().to_string());
    let Aged { faces, left_out, written } = match aged {
        Ok(aged) => aged,
        Err(error) => return failure(picture, format!("{error:#}")),
    };
    let written: Vec<_> = written.iter().map(|path| path.display().to_string()).collect();
    if !arguments.json {
        written.iter().for_each(|path| print_line(path));
    }
    if !left_out.is_empty() {
        print_error(&format!("“{}”: {}", path.display(), left_out_in_words(faces, &left_out)));
    }
    Outcome { picture, faces, left_out, written, error: None }
}

fn failure(picture: Option<String>, error: String) -> Outcome {
    print_error(&error);
    Outcome { picture, error: Some(error), ..Outcome::default() }
}

/// The progress of a search for faces, in words.
fn search_in_words(step: SearchStep) -> String {
    let target = if step.turned { "faces that are turned" } else { "small faces" };
    format!("looking for {target}, part {} of {}", step.done, step.of)
}

/// A sentence such as `4 of 7 faces were aged; left out: 2 beyond the largest four, 1 too small`.
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

/// What is said of videos in folders for which no sweep is made: how many there are, and the `first` of them.
fn left_out_videos(first: &Path, count: usize) -> String {
    let first = first.display();
    let left_out = match count {
        1 => format!("“{first}” is left out"),
        count => format!("{count} videos are left out, such as “{first}”"),
    };
    format!("{left_out}: a sweep is made of one picture; age videos with --layout tiles, strip or grid")
}

fn summary_in_words(summary: &Summary, arguments: &Arguments) -> String {
    let Summary { aged, failed, not_reached, .. } = summary;
    let kind = match (summary.pictures.is_empty(), summary.videos.is_empty()) {
        (_, true) => "picture",
        (true, false) => "video",
        (false, false) => "file",
    };
    let noun = if *aged == 1 { kind.to_owned() } else { format!("{kind}s") };
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
    fn faces_left_out_are_counted_by_reason() {
        let left_out = BTreeMap::from([(BEYOND_FOUR, 2), (FaceProblem::TooSmall.name(), 1)]);
        assert_eq!(
            left_out_in_words(4, &left_out),
            "4 of 7 faces were aged; left out: 2 beyond the largest four, 1 too small"
        );
    }
}
