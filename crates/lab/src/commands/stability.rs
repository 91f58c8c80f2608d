//! `agemirror stability`: temporal stability of a model on stills, slightly shifted faces and sequences.

use std::path::PathBuf;
use std::process::ExitCode;

use candle_core::Device;
use clap::Args;
use parking_lot::Mutex;

use crate::evaluation::report::{Table, estimate};
use crate::evaluation::stability::{Jitter, SHIFTS, Sequence, Still, Subject};
use crate::evaluation::statistics::mean_estimate;
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

/// Arguments of `agemirror stability`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Model; `agemirror models` lists them
    #[arg(value_name = "MODEL")]
    model: String,
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PICTURE|FOLDER")]
    pictures: Vec<PathBuf>,
    /// Treat the pictures as frames of one sequence, sorted by name
    #[arg(long)]
    sequence: bool,
    /// Ages: 10 or 4 for the groups, or years such as 25,60 [default: 10]
    #[arg(long, value_name = "AGES", value_parser = parse_age_list)]
    ages: Option<AgeList>,
    /// Gender to age the face as, for models that use it
    #[arg(long, value_enum, default_value_t)]
    gender: Gender,
    /// Print the results as JSON to standard output
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

/// Measures every picture, or all of them as one sequence; stops on Ctrl-C.
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
    // Faces are detected on all cores, but the model runs once at a time because it uses all cores itself.
    let model = Mutex::new(model);
    let measure = |path: &PathBuf| {
        let (picture, face) = load_face(&finder, path)?;
        let model = model.lock();
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
        print_stills(&found);
    }
    Ok(tally)
}

fn print_stills(found: &[(String, Still)]) {
    let head = ["measure (means over pictures and ages; changes 0 to 255)", "found"];
    let mut table = Table::new("stills", "", &head);
    let mean = |value: &dyn Fn(&Still) -> Option<f32>| {
        let values: Vec<f64> = found.iter().filter_map(|(_, still)| value(still)).map(f64::from).collect();
        estimate(mean_estimate(&values), 2)
    };
    let repeats = found.iter().filter(|(_, still)| still.repeats).count();
    let mut row = |what: String, found: String| table.row([what, found]);
    row("same outputs for the same picture".to_owned(), format!("{repeats} of {}", found.len()));
    row("change of the crop".to_owned(), mean(&|still| Some(still.change)));
    for (index, [x, y]) in SHIFTS.iter().enumerate() {
        let what = format!("difference of the change, shifted by {x} and {y} pixels");
        row(what, mean(&|still| still.shifts.get(index).copied()));
    }
    row(
        "difference of the change, picture shifted by half a pixel, face detected again".to_owned(),
        mean(&|still| still.redetected),
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
            // Skipped frames have no face.
            while next.next().is_some_and(|passed| passed != path) {
                sequence.skip_frame();
            }
            Ok(sequence.add(&subject, &judge, &picture, &face)?)
        },
    )?;
    let (input, jitter) = (sequence.input(), sequence.jitter(&ages));
    if arguments.json {
        print_json(&serde_json::json!({
            "frames": paths.len(), "without_face": tally.failed, "input": input, "ages": jitter,
        }))?;
        return Ok(tally);
    }
    print_line(&format!("change of the crop from frame to frame: {} of 255", estimate(input, 2)));
    print_jitter(&targets, &jitter);
    Ok(tally)
}

fn print_jitter(targets: &[AgeTarget], jitter: &[Jitter]) {
    let head = ["target", "difference of the change", "maximum", "age read", "difference of the age"];
    let mut table = Table::new("sequence", "", &head);
    for (target, jitter) in targets.iter().zip(jitter) {
        table.row([
            target.label.clone(),
            estimate(jitter.change, 2),
            format!("{:.2}", jitter.largest),
            estimate(jitter.seen, 2),
            estimate(jitter.seen_step, 2),
        ]);
    }
    table.lines().iter().for_each(|line| print_line(line));
}
