//! `agemirror stability`: how calm a model is on a still, on a face that moves a little, in a sequence.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use candle_core::Device;
use clap::Args;

use crate::evaluation::report::Table;
use crate::evaluation::stability::{SHIFTS, Sequence, Still, Subject};
use crate::evaluation::statistics::{Estimate, mean_estimate};
use agemirror_console::choices::{AgeList, parse_age_list};
use agemirror_console::each_picture::{Tally, collect_and_report, for_each_parallel, load_face};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_json, print_line};
use agemirror_faces::age::Gender;
use agemirror_faces::age::{AgeTarget, TEN_GROUPS};
use agemirror_faces::aging::{AgingModel, open_model};
use agemirror_faces::face::FaceFinder;
use agemirror_faces::judges::age_estimator::AgeEstimator;
use agemirror_kernels::{DeviceChoice, choose_device};

/// What `agemirror stability` is told.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The model; `agemirror models` lists them
    #[arg(value_name = "MODEL")]
    model: String,
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PICTURE|FOLDER")]
    pictures: Vec<PathBuf>,
    /// The pictures are frames of one sequence, in the order of their names
    #[arg(long)]
    sequence: bool,
    /// Ages: 10 or 4 for the groups, or years such as 25,60 [default: 10]
    #[arg(long, value_name = "AGES", value_parser = parse_age_list)]
    ages: Option<AgeList>,
    /// As whom a face is aged, for models that know of it
    #[arg(long, value_enum, default_value_t)]
    gender: Gender,
    /// Writes the figures as JSON to standard output
    #[arg(long)]
    json: bool,
}

impl Arguments {
    fn targets(&self) -> Vec<AgeTarget> {
        match &self.ages {
            Some(AgeList(targets)) => targets.clone(),
            None => TEN_GROUPS.iter().map(AgeTarget::from).collect(),
        }
    }
}

/// Measures every picture, or all of them as a sequence, until all are done or Ctrl-C comes.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let model = open_model(&arguments.model, &choose_device(DeviceChoice::Automatic).device)?;
    let (paths, unreadable) = collect_and_report(&arguments.pictures);
    let mut tally = if arguments.sequence {
        sequence(arguments, &interrupt, model.as_ref(), &paths)?
    } else {
        stills(arguments, &interrupt, model, &paths)?
    };
    tally.failed += unreadable;
    if !arguments.json {
        print_line(&tally.in_words());
    }
    Ok(tally.exit_code())
}

fn stills(
    arguments: &Arguments,
    interrupt: &Interrupt,
    model: Box<dyn AgingModel>,
    paths: &[PathBuf],
) -> anyhow::Result<Tally> {
    let targets = arguments.targets();
    let ages: Vec<f32> = targets.iter().map(|target| target.age).collect();
    let finder = FaceFinder::new()?;
    // Faces are found on all cores; a model has its own threads.
    let model = Mutex::new(model);
    let measure = |path: &PathBuf| {
        let (picture, face) = load_face(&finder, path)?;
        let model = model.lock().unwrap_or_else(PoisonError::into_inner);
        let subject = Subject { model: model.as_ref(), ages: &ages, gender: arguments.gender };
        Ok(Still::measure(&subject, &finder, &picture, &face)?)
    };
    let mut found = Vec::new();
    let tally = for_each_parallel(
        interrupt,
        paths,
        |path| path.display().to_string(),
        measure,
        |path, still| {
            found.push((path.display().to_string(), still));
            Ok(())
        },
    )?;
    if arguments.json {
        let pictures: Vec<_> = found
            .iter()
            .map(|(picture, still)| serde_json::json!({ "picture": picture, "found": still }))
            .collect();
        print_json(&serde_json::json!({ "shifts": SHIFTS, "pictures": pictures, "failed": tally.failed }))?;
    } else {
        say_stills(&found);
    }
    Ok(tally)
}

fn say_stills(found: &[(String, Still)]) {
    let head = ["what (means over pictures and ages; changes of 255)", "found"];
    let mut table = Table::new("stills", "", &head);
    let mean = |value: &dyn Fn(&Still) -> Option<f32>| {
        let values: Vec<f64> = found.iter().filter_map(|(_, still)| value(still)).map(f64::from).collect();
        in_words(mean_estimate(&values))
    };
    let repeats = found.iter().filter(|(_, still)| still.repeats).count();
    let mut row = |what: String, found: String| table.row([what, found]);
    row("the same picture gives the same outputs".to_owned(), format!("{repeats} of {}", found.len()));
    row("change of the crop".to_owned(), mean(&|still| Some(still.change)));
    for (place, [x, y]) in SHIFTS.iter().enumerate() {
        let what = format!("difference of the change, moved by {x} and {y} pixels");
        row(what, mean(&|still| still.shifts.get(place).copied()));
    }
    row(
        "difference of the change, picture moved by half a pixel, face found anew".to_owned(),
        mean(&|still| still.found_anew),
    );
    table.lines().iter().for_each(|line| print_line(line));
}

fn sequence(
    arguments: &Arguments,
    interrupt: &Interrupt,
    model: &dyn AgingModel,
    paths: &[PathBuf],
) -> anyhow::Result<Tally> {
    let targets = arguments.targets();
    let ages: Vec<f32> = targets.iter().map(|target| target.age).collect();
    let subject = Subject { model, ages: &ages, gender: arguments.gender };
    let (finder, judge) = (FaceFinder::new()?, AgeEstimator::bundled(&Device::Cpu)?);
    let mut sequence = Sequence::default();
    let mut next = paths.iter();
    let find = |path: &PathBuf| load_face(&finder, path);
    let tally = for_each_parallel(
        interrupt,
        paths,
        |path| path.display().to_string(),
        find,
        |path, (picture, face)| {
            // A frame that was passed over had no face.
            while next.next().is_some_and(|passed| passed != path) {
                sequence.miss();
            }
            Ok(sequence.add(&subject, &judge, &picture, &face)?)
        },
    )?;
    let (input, wobbles) = (sequence.input(), sequence.wobbles(&ages));
    if arguments.json {
        print_json(&serde_json::json!({
            "frames": paths.len(), "without_face": tally.failed, "input": input, "ages": wobbles,
        }))?;
        return Ok(tally);
    }
    print_line(&format!("from frame to frame the crop itself changes by {} of 255", in_words(input)));
    let head = ["asked", "its change differs by", "at most", "age seen", "which differs by"];
    let mut table = Table::new("sequence", "", &head);
    for (target, wobble) in targets.iter().zip(&wobbles) {
        table.row([
            target.label.clone(),
            in_words(wobble.change),
            format!("{:.2}", wobble.largest),
            in_words(wobble.seen),
            in_words(wobble.seen_step),
        ]);
    }
    table.lines().iter().for_each(|line| print_line(line));
    Ok(tally)
}

fn in_words(estimate: Option<Estimate>) -> String {
    estimate.map_or("–".to_owned(), |estimate| estimate.in_words(2))
}
