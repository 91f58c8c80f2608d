//! `agemirror evaluate`: measures an aging model on labelled faces and writes a report.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, bail};
use candle_core::Device;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use crate::evaluation::agetransgan_estimator::AgeTransGanEstimator;
use crate::evaluation::face_res::{FaceRes, FaceResAge};
use crate::evaluation::measure::{
    PairTable, PictureSource, RunSettings, Selection, Shard, Store, Work, Worker, merge, run as measure,
};
use crate::evaluation::mobile_face::MobileFace;
use crate::evaluation::report::Report;
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_line};
use agemirror_faces::age::{AgeTarget, TEN_GROUPS};
use agemirror_faces::aging::open_model;
use agemirror_faces::face::FaceFinder;
use agemirror_faces::face::regions::RegionNetwork;
use agemirror_faces::judges::age_estimator::AgeEstimator;
use agemirror_faces::judges::{AgeJudge, DlibAge, DlibIdentity, FeatureJudge, IdentityJudge};

/// Arguments of `agemirror evaluate`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<EvaluateCommand>,
    /// Model; `agemirror models` lists them
    #[arg(required_unless_present = "pairs", conflicts_with = "pairs")]
    model: Option<String>,
    /// Measure pictures made by another program instead: a table with the columns input, output, and group
    /// (such as 50-69) or age; the columns input_age, gender, ethnicity, dataset, and beard and glasses (yes
    /// or no) are optional
    #[arg(long, value_name = "CSV")]
    pairs: Option<PathBuf>,
    /// Folder with `labels.csv` and its pictures; its validation split is measured, or compared with the
    /// pairs
    #[arg(long, alias = "faces", required_unless_present = "pairs")]
    data: Option<PathBuf>,
    /// Table of labels [default: labels.csv in the folder of --data]
    #[arg(long, value_name = "CSV", requires = "data")]
    labels: Option<PathBuf>,
    /// Folder for results and the report; a stopped run in it resumes
    #[arg(long, required = true)]
    out: Option<PathBuf>,
    /// Inclusive age range of the faces to age, in years
    #[arg(long, default_value = "20-39", value_parser = years)]
    inputs: (f32, f32),
    /// Maximum number of faces to age, evenly spread
    #[arg(long)]
    limit: Option<usize>,
    /// One part of the run, such as 3/16; `agemirror evaluate merge` joins the parts
    #[arg(long, default_value = "1/1")]
    shard: Shard,
    /// Weights of AgeTransGAN's age estimator, as an additional age judge
    #[arg(long, value_name = "FILE")]
    estimator: Option<PathBuf>,
}

impl Arguments {
    /// Table of labels of the data folder.
    fn table_in(&self, data: &Path) -> PathBuf {
        self.labels.clone().unwrap_or_else(|| data.join("labels.csv"))
    }
}

#[derive(Debug, clap::Subcommand)]
enum EvaluateCommand {
    /// Merge the parts of a run into the same results as one run, and report on them
    Merge {
        /// Folder for the merged run
        #[arg(long)]
        out: PathBuf,
        /// Folders of all parts
        #[arg(required = true)]
        parts: Vec<PathBuf>,
    },
}

/// Parses an age range such as `20-39`.
pub(super) fn years(text: &str) -> Result<(f32, f32), String> {
    let range = text.split_once('-').and_then(|(low, high)| {
        let ages: (f32, f32) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (ages.0 >= 0.0 && ages.0 <= ages.1 && ages.1.is_finite()).then_some(ages)
    });
    range.ok_or_else(|| format!("{text:?} is not an age range; write 20-39"))
}

/// Measures until all faces are done or Ctrl-C is pressed, then writes the report.
///
/// # Errors
/// When the data, the model or the folder cannot be used.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(EvaluateCommand::Merge { out, parts }) = &arguments.command {
        std::fs::create_dir_all(out).with_context(|| format!("{} cannot be created", out.display()))?;
        return report(&merge(parts, out)?, out);
    }
    let Some(out) = &arguments.out else {
        bail!("--out is missing; see `agemirror evaluate --help`");
    };
    let judges = Judges::load(arguments)?;
    let plan = match (&arguments.pairs, &arguments.model, &arguments.data) {
        (Some(table), ..) => Plan::of_pairs(arguments, table, &judges)?,
        (None, Some(model), Some(data)) => Plan::of_model(arguments, model, data, &judges)?,
        _ => bail!("pass a model and --data, or --pairs; see `agemirror evaluate --help`"),
    };
    let Plan { work, workers, settings } = plan;
    let mut store = Store::open(out, settings)?;
    let stop = Arc::new(AtomicBool::new(false));
    let interrupt = Interrupt::listen()?;
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("measuring {pos}/{len} faces {wide_bar} left {eta}")?);
    let done = measure(&work, &mut store, workers, &stop, |progress| {
        bar.set_length(progress.all as u64);
        bar.set_position(progress.done as u64);
        if interrupt.is_set() {
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    })?;
    bar.finish();
    if !done {
        print_line(&format!(
            "stopped; run the same command again to resume with the results in {}",
            out.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    report(&store, out)
}

fn report(store: &Store, out: &Path) -> anyhow::Result<ExitCode> {
    let report = Report::of(store)?;
    report.write(out)?;
    for table in report.sections.iter().take(1).flat_map(|section| &section.tables) {
        for row in &table.rows {
            print_line(&row.join("  |  "));
        }
    }
    print_line(&format!("report: {}", out.join("report.html").display()));
    if report.not_measured > 0 {
        print_error(&format!(
            "{} pictures could not be measured; the report lists them",
            report.not_measured
        ));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Judging networks.
struct Judges {
    age: Arc<Vec<Box<dyn AgeJudge>>>,
    identity: Arc<Vec<Box<dyn IdentityJudge>>>,
    features: Arc<Vec<Box<dyn FeatureJudge>>>,
}

impl Judges {
    fn load(arguments: &Arguments) -> anyhow::Result<Self> {
        let device = Device::Cpu;
        let mut age: Vec<Box<dyn AgeJudge>> = vec![
            Box::new(AgeEstimator::bundled(&device)?),
            Box::new(FaceResAge::bundled(&device)?),
            Box::new(DlibAge::bundled(&device)?),
        ];
        let features: Vec<Box<dyn FeatureJudge>> = vec![Box::new(FaceRes::bundled(&device)?)];
        let identity: Vec<Box<dyn IdentityJudge>> =
            vec![Box::new(DlibIdentity::bundled(&device)?), Box::new(MobileFace::bundled(&device)?)];
        if let Some(file) = &arguments.estimator {
            age.push(Box::new(AgeTransGanEstimator::load(file, &device)?));
        }
        Ok(Self { age: Arc::new(age), identity: Arc::new(identity), features: Arc::new(features) })
    }
}

/// What a run measures and how.
struct Plan {
    work: Work,
    workers: Vec<Worker>,
    settings: RunSettings,
}

impl Plan {
    fn of_model(arguments: &Arguments, model: &str, data: &Path, judges: &Judges) -> anyhow::Result<Self> {
        let selection = Selection { ages: arguments.inputs, limit: arguments.limit };
        let work = Work::plan(data, &arguments.table_in(data), selection)?;
        let targets: Vec<AgeTarget> = TEN_GROUPS.iter().map(AgeTarget::from).collect();
        let source = || Ok(PictureSource::Model(open_model(model, &Device::Cpu)?));
        let workers = workers(judges, &targets, source)?;
        let Some(PictureSource::Model(opened)) = workers.first().map(|worker| &worker.source) else {
            bail!("there is no worker");
        };
        let settings = RunSettings {
            model: opened.info().name.to_owned(),
            weights: opened.info().weights_hash.clone(),
            ..settings(arguments, judges, &targets, &work)?
        };
        Ok(Self { work, workers, settings })
    }

    fn of_pairs(arguments: &Arguments, table: &Path, judges: &Judges) -> anyhow::Result<Self> {
        let pairs = PairTable::read(table).context("the pairs cannot be measured")?;
        let targets = pairs.targets.clone();
        let labels = arguments.data.as_ref().map(|data| (data.as_path(), arguments.table_in(data)));
        let work = Work::pairs(pairs, labels.as_ref().map(|(data, labels)| (*data, labels.as_path())))?;
        let workers = workers(judges, &targets, || Ok(PictureSource::Existing(FaceFinder::new()?)))?;
        let settings = RunSettings {
            model: table.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            weights: hash(table)?,
            pairs: true,
            ..settings(arguments, judges, &targets, &work)?
        };
        Ok(Self { work, workers, settings })
    }
}

/// One worker per core, each with its own source of pictures.
fn workers(
    judges: &Judges,
    targets: &[AgeTarget],
    source: impl Fn() -> anyhow::Result<PictureSource>,
) -> anyhow::Result<Vec<Worker>> {
    let regions = Arc::new(RegionNetwork::bundled(&Device::Cpu)?);
    let count = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let worker = |_| {
        Ok(Worker {
            source: source()?,
            age_judges: Arc::clone(&judges.age),
            identity_judges: Arc::clone(&judges.identity),
            feature_judges: Arc::clone(&judges.features),
            regions: Arc::clone(&regions),
            targets: targets.iter().map(|target| target.age).collect(),
        })
    };
    (0..count).map(worker).collect()
}

/// Settings common to both kinds of runs, without the name and hash of the pictures' source.
fn settings(
    arguments: &Arguments,
    judges: &Judges,
    targets: &[AgeTarget],
    work: &Work,
) -> anyhow::Result<RunSettings> {
    let labels = arguments.data.as_ref().map(|data| hash(&arguments.table_in(data))).transpose()?;
    let age_judges = judges.age.iter().map(|judge| (judge.name().to_owned(), judge.about().to_owned()));
    let trained = judges.age.iter().filter(|judge| judge.is_used_in_training());
    let feature_judges =
        judges.features.iter().map(|judge| (judge.name().to_owned(), judge.about().to_owned()));
    let identity_judges = judges
        .identity
        .iter()
        .map(|judge| (judge.name().to_owned(), judge.about().to_owned(), judge.usual_threshold()));
    Ok(RunSettings {
        model: String::new(),
        weights: String::new(),
        pairs: false,
        ages: targets.iter().map(|target| (target.label.clone(), target.age)).collect(),
        inputs: arguments.inputs,
        limit: arguments.limit,
        labels: labels.unwrap_or_default(),
        age_judges: age_judges.collect(),
        trained_judges: trained.map(|judge| judge.name().to_owned()).collect(),
        feature_judges: feature_judges.collect(),
        identity_judges: identity_judges.collect(),
        faces: work.len(),
        shard: arguments.shard,
    })
}

/// SHA-256 of a file.
fn hash(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(format!("{:x}", Sha256::digest(&bytes)))
}
