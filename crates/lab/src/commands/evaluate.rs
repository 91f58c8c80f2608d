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
    Bench, Maker, PairTable, RunSettings, Selection, Shard, Store, Work, merge, run as measure,
};
use crate::evaluation::report::Report;
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_line};
use agemirror_faces::age::{AgeTarget, TEN_GROUPS};
use agemirror_faces::aging::open_model;
use agemirror_faces::face::FaceFinder;
use agemirror_faces::face::regions::RegionNetwork;
use agemirror_faces::judges::age_estimator::AgeEstimator;
use agemirror_faces::judges::mobile_face::MobileFace;
use agemirror_faces::judges::{AgeJudge, DlibAge, DlibIdentity, FeatureJudge, IdentityJudge};

/// What `agemirror evaluate` is given.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// The model; `agemirror models` lists them
    #[arg(required_unless_present = "pairs", conflicts_with = "pairs")]
    model: Option<String>,
    /// Measures pictures that were made elsewhere instead: a table with the columns input, output, and group
    /// (such as 50-69) or age; input_age, gender, ethnicity, dataset, and beard and glasses (yes or no) are used
    /// where they are there
    #[arg(long, value_name = "CSV")]
    pairs: Option<PathBuf>,
    /// The folder with `labels.csv` and the pictures it names; its validation split is measured, or is what
    /// pairs are compared with
    #[arg(long, alias = "faces", required_unless_present = "pairs")]
    data: Option<PathBuf>,
    /// The table of labels [default: labels.csv in the folder of --data]
    #[arg(long, value_name = "CSV", requires = "data")]
    labels: Option<PathBuf>,
    /// The folder for results and the report; a run that was stopped there goes on
    #[arg(long, required = true)]
    out: Option<PathBuf>,
    /// Ages in years of the faces that the model is given, both included
    #[arg(long, default_value = "20-39", value_parser = years)]
    inputs: (f32, f32),
    /// At most so many faces are given to the model, spread evenly
    #[arg(long)]
    limit: Option<usize>,
    /// One part of the run, such as 3/16; `agemirror evaluate merge` joins the parts
    #[arg(long, default_value = "1/1")]
    shard: Shard,
    /// The weights of AgeTransGAN's age estimator, a further age judge
    #[arg(long, value_name = "FILE")]
    estimator: Option<PathBuf>,
}

impl Arguments {
    /// The table of labels for the folder of faces.
    fn table_in(&self, data: &Path) -> PathBuf {
        self.labels.clone().unwrap_or_else(|| data.join("labels.csv"))
    }
}

#[derive(Debug, clap::Subcommand)]
enum Other {
    /// Joins the parts of a run to exactly what one run gives, and reports on them
    Merge {
        /// The folder for the whole
        #[arg(long)]
        out: PathBuf,
        /// The folders of all parts
        #[arg(required = true)]
        parts: Vec<PathBuf>,
    },
}

/// Reads ages such as `20-39`.
pub(super) fn years(text: &str) -> Result<(f32, f32), String> {
    let range = text.split_once('-').and_then(|(low, high)| {
        let ages: (f32, f32) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (ages.0 >= 0.0 && ages.0 <= ages.1 && ages.1.is_finite()).then_some(ages)
    });
    range.ok_or_else(|| format!("{text:?} is no range of ages; write 20-39"))
}

/// Measures until all is done or Ctrl-C is pressed, then reports.
///
/// # Errors
/// When the data, the model or the folder cannot be used.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(Other::Merge { out, parts }) = &arguments.other {
        std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
        return report(&merge(parts, out)?, out);
    }
    let Some(out) = &arguments.out else {
        bail!("--out is needed; see `agemirror evaluate --help`");
    };
    let judges = Judges::load(arguments)?;
    let plan = match (&arguments.pairs, &arguments.model, &arguments.data) {
        (Some(table), ..) => Plan::of_pairs(arguments, table, &judges)?,
        (None, Some(model), Some(data)) => Plan::of_model(arguments, model, data, &judges)?,
        _ => bail!("a model and --data, or --pairs, are needed; see `agemirror evaluate --help`"),
    };
    let Plan { work, benches, settings } = plan;
    let mut store = Store::open(out, settings)?;
    let stop = Arc::new(AtomicBool::new(false));
    let interrupt = Interrupt::listen()?;
    let bar = ProgressBar::new(0)
        .with_style(ProgressStyle::with_template("measuring {pos}/{len} faces {wide_bar} left {eta}")?);
    let done = measure(&work, &mut store, benches, &stop, |progress| {
        bar.set_length(progress.all as u64);
        bar.set_position(progress.done as u64);
        if interrupt.is_set() {
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    })?;
    bar.finish();
    if !done {
        print_line(&format!("stopped; the same command goes on with what {} holds", out.display()));
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
    print_line(&format!("{} holds the report", out.join("report.html").display()));
    if report.not_measured > 0 {
        print_error(&format!(
            "{} pictures could not be measured; the report names them",
            report.not_measured
        ));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The networks that judge.
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

/// What a run measures, with what.
struct Plan {
    work: Work,
    benches: Vec<Bench>,
    settings: RunSettings,
}

impl Plan {
    fn of_model(arguments: &Arguments, model: &str, data: &Path, judges: &Judges) -> anyhow::Result<Self> {
        let selection = Selection { ages: arguments.inputs, limit: arguments.limit };
        let work = Work::plan(data, &arguments.table_in(data), selection)?;
        let targets: Vec<AgeTarget> = TEN_GROUPS.iter().map(AgeTarget::from).collect();
        let maker = || Ok(Maker::Model(open_model(model, &Device::Cpu)?));
        let benches = benches(judges, &targets, maker)?;
        let Some(Maker::Model(opened)) = benches.first().map(|bench| &bench.maker) else {
            bail!("there is no worker");
        };
        let settings = RunSettings {
            model: opened.info().name.to_owned(),
            weights: opened.info().weights_hash.clone(),
            ..settings(arguments, judges, &targets, &work)?
        };
        Ok(Self { work, benches, settings })
    }

    fn of_pairs(arguments: &Arguments, table: &Path, judges: &Judges) -> anyhow::Result<Self> {
        let pairs = PairTable::read(table).context("the pairs cannot be measured")?;
        let targets = pairs.targets.clone();
        let labels = arguments.data.as_ref().map(|data| (data.as_path(), arguments.table_in(data)));
        let work = Work::pairs(pairs, labels.as_ref().map(|(data, labels)| (*data, labels.as_path())))?;
        let benches = benches(judges, &targets, || Ok(Maker::Elsewhere(FaceFinder::new()?)))?;
        let settings = RunSettings {
            model: table.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            weights: hash(table)?,
            pairs: true,
            ..settings(arguments, judges, &targets, &work)?
        };
        Ok(Self { work, benches, settings })
    }
}

/// One worker a core, each with its own maker.
fn benches(
    judges: &Judges,
    targets: &[AgeTarget],
    maker: impl Fn() -> anyhow::Result<Maker>,
) -> anyhow::Result<Vec<Bench>> {
    let regions = Arc::new(RegionNetwork::bundled(&Device::Cpu)?);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get());
    let bench = |_| {
        Ok(Bench {
            maker: maker()?,
            age_judges: Arc::clone(&judges.age),
            identity_judges: Arc::clone(&judges.identity),
            feature_judges: Arc::clone(&judges.features),
            regions: Arc::clone(&regions),
            targets: targets.iter().map(|target| target.age).collect(),
        })
    };
    (0..workers).map(bench).collect()
}

/// What runs of both kinds note; the maker of the pictures is still missing.
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

/// The SHA-256 of a file.
fn hash(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(format!("{:x}", Sha256::digest(&bytes)))
}
