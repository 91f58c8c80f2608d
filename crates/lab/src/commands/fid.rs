//! `agemirror fid`: distance between two sets of pictures, and the Inception Score.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use candle_core::Device;
use clap::Args;
use parking_lot::Mutex;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::evaluation::feature_cache::{FeatureCache, Key};
use crate::evaluation::inception::{Inception, Origin, Sizing};
use crate::evaluation::mobile_face::MobileFace;
use crate::evaluation::report::Table;
use crate::evaluation::statistics::{Estimate, frechet_estimate, inception_estimate};
use agemirror_console::each_picture::{Tally, collect_and_report, find_face, for_each_parallel};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_json, print_line};
use agemirror_faces::face::FaceFinder;
use agemirror_faces::judges::IdentityJudge;
use agemirror_pictures::decode_picture;

/// Number of features of the network. With fewer pictures the covariances are singular.
const MIN_PICTURES: usize = 2048;
/// Number of parts over which the Inception Score is averaged.
const SPLITS: usize = 10;

/// Arguments of `agemirror fid`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Folder of generated pictures
    #[arg(value_name = "MADE")]
    made: PathBuf,
    /// Folder of real pictures
    #[arg(value_name = "REAL")]
    real: PathBuf,
    /// Weights of Inception-v3: pt_inception-2015-12-05 (with which the FID is usually reported),
    /// torchvision's, or Keras's .h5 (Face_Aging_cGAN's); without weights another distance is measured, which
    /// is not the FID
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Cache file for the features: a stopped run resumes, and known pictures are not processed again
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// Number of bootstrap samples for the intervals; 0 for no intervals
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    draws: usize,
    /// Print the results as JSON to standard output
    #[arg(long)]
    json: bool,
}

/// A measured value.
#[derive(Serialize)]
struct Metric {
    name: String,
    #[serde(flatten)]
    value: Estimate,
    /// Deviation over the parts of an Inception Score.
    deviation: Option<f64>,
}

enum Network {
    Inception(Inception),
    Substitute(MobileFace, FaceFinder),
}

impl Network {
    fn open(weights: Option<&Path>) -> anyhow::Result<Self> {
        Ok(match weights {
            Some(file) => Self::Inception(Inception::load(file, &Device::Cpu)?),
            None => Self::Substitute(MobileFace::bundled(&Device::Cpu)?, FaceFinder::new()?),
        })
    }

    /// Length of the rows from [`Network::features`].
    fn length(&self) -> usize {
        match self {
            Self::Inception(network) => 2 * Inception::FEATURES + network.classes(),
            Self::Substitute(..) => MobileFace::LENGTH,
        }
    }

    /// Features of the picture in the file `path`. For Inception-v3: the usual features, those computed
    /// `Face_Aging_cGAN`'s way, and the usual class logits.
    fn features(&self, path: &Path, bytes: &[u8]) -> anyhow::Result<Vec<f32>> {
        let picture = decode_picture(bytes, &path.display().to_string())?.picture;
        match self {
            Self::Inception(network) => {
                let usual = network.run(&picture, Sizing::Bilinear)?;
                let cgan = network.run(&picture, Sizing::Nearest)?;
                Ok([usual.pooled, cgan.pooled, usual.logits.unwrap_or_default()].concat())
            }
            Self::Substitute(network, finder) => {
                let face = find_face(finder, path, &picture)?;
                let crop = network.cut().crop(&picture, &face.points);
                network.embed(&[crop])?.into_iter().next().context("the network returned no embedding")
            }
        }
    }
}

/// Measures both folders and compares them; stops on Ctrl-C.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let network = Network::open(arguments.weights.as_deref())?;
    let cache = arguments
        .keep
        .as_deref()
        .map(|file| open_cache(file, arguments, &network))
        .transpose()?
        .map(Mutex::new);
    let (made, made_tally) = rows(&interrupt, &network, cache.as_ref(), &arguments.made)?;
    let (real, real_tally) = rows(&interrupt, &network, cache.as_ref(), &arguments.real)?;
    let tally = Tally {
        done: made_tally.done + real_tally.done,
        failed: made_tally.failed + real_tally.failed,
        not_reached: made_tally.not_reached + real_tally.not_reached,
    };
    if tally.not_reached > 0 {
        print_error(&format!("{}; nothing was compared", tally.in_words()));
        return Ok(ExitCode::FAILURE);
    }
    let fewest = made.len().min(real.len());
    if fewest < MIN_PICTURES {
        print_error(&format!(
            "{fewest} pictures are too few for a comparable value; use {MIN_PICTURES} or more in each folder"
        ));
    }
    let metrics = match &network {
        Network::Inception(network) => inception_metrics(network.origin(), &made, &real, arguments.draws)?,
        Network::Substitute(..) => {
            let name = "Fréchet distance of MobileFace's face embeddings; no FID".to_owned();
            vec![distance(name, &part(&made, 0, usize::MAX), &part(&real, 0, usize::MAX), arguments.draws)?]
        }
    };
    if arguments.json {
        print_json(&serde_json::json!({
            "made": made.len(), "real": real.len(), "failed": tally.failed, "figures": metrics,
        }))?;
    } else {
        print_metrics(&metrics);
        print_line(&format!("{} made and {} real pictures, {} failed", made.len(), real.len(), tally.failed));
    }
    Ok(tally.exit_code())
}

/// Opens the cache for this network.
fn open_cache(file: &Path, arguments: &Arguments, network: &Network) -> anyhow::Result<FeatureCache> {
    let which = match &arguments.weights {
        Some(weights) => hash(&std::fs::read(weights)?),
        None => hash(b"MobileFace"),
    };
    Ok(FeatureCache::open(file, &which, network.length())?)
}

fn hash(bytes: &[u8]) -> Key {
    Sha256::digest(bytes).into()
}

/// Features of each picture in a folder.
fn rows(
    interrupt: &Interrupt,
    network: &Network,
    cache: Option<&Mutex<FeatureCache>>,
    folder: &Path,
) -> anyhow::Result<(Vec<Vec<f32>>, Tally)> {
    let (paths, unreadable) = collect_and_report(&[folder.to_owned()]);
    let features = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("“{}” cannot be read", path.display()))?;
        let key = hash(&bytes);
        match cache.and_then(|cache| cache.lock().get(&key).map(<[f32]>::to_vec)) {
            Some(row) => Ok((row, None)),
            None => Ok((network.features(path, &bytes)?, Some(key))),
        }
    };
    let mut found = Vec::new();
    let name = |path: &PathBuf| path.display().to_string();
    let mut tally = for_each_parallel(interrupt, &paths, name, features, |_, (row, key)| {
        if let (Some(cache), Some(key)) = (cache, key) {
            cache.lock().add(key, &row)?;
        }
        found.push(row);
        Ok(())
    })?;
    tally.failed += unreadable;
    Ok((found, tally))
}

/// The values that Inception-v3 gives.
fn inception_metrics(
    origin: Origin,
    made: &[Vec<f32>],
    real: &[Vec<f32>],
    draws: usize,
) -> anyhow::Result<Vec<Metric>> {
    const LENGTH: usize = Inception::FEATURES;
    let whose = origin.title();
    let usual = |rows: &[Vec<f32>]| part(rows, 0, LENGTH);
    let cgan = |rows: &[Vec<f32>]| part(rows, LENGTH, 2 * LENGTH);
    let mut metrics = vec![
        distance(format!("FID ({whose}, bilinear)"), &usual(made), &usual(real), draws)?,
        distance(
            format!("FID as Face_Aging_cGAN ({whose}, nearest pixel)"),
            &cgan(made),
            &cgan(real),
            draws,
        )?,
    ];
    for (which, rows) in [("made", made), ("real", real)] {
        let name = format!("“Inception Score” as Face_Aging_cGAN, {which} (of {LENGTH} features)");
        metrics.extend(score(name, &cgan(rows), draws)?);
        let logits = part(rows, 2 * LENGTH, usize::MAX);
        let classes = logits.first().map_or(0, Vec::len);
        if classes > 0 {
            metrics.extend(score(
                format!("Inception Score, {which} (of {classes} classes)"),
                &logits,
                draws,
            )?);
        }
    }
    Ok(metrics)
}

/// Columns `from..to` of each row.
fn part(rows: &[Vec<f32>], from: usize, to: usize) -> Vec<Vec<f64>> {
    let of_row = |row: &Vec<f32>| {
        let numbers = row.get(from..to.min(row.len())).unwrap_or_default();
        numbers.iter().map(|value| f64::from(*value)).collect()
    };
    rows.iter().map(of_row).collect()
}

fn distance(name: String, made: &[Vec<f64>], real: &[Vec<f64>], draws: usize) -> anyhow::Result<Metric> {
    Ok(Metric { name, value: frechet_estimate(made, real, draws)?, deviation: None })
}

/// The Inception Score; `None` for fewer pictures than parts.
fn score(name: String, logits: &[Vec<f64>], draws: usize) -> anyhow::Result<Option<Metric>> {
    if logits.len() < SPLITS {
        print_error(&format!("{name}: {} pictures are fewer than the {SPLITS} parts", logits.len()));
        return Ok(None);
    }
    let (score, value) = inception_estimate(logits, SPLITS, draws)?;
    Ok(Some(Metric { name, value, deviation: Some(score.deviation) }))
}

fn print_metrics(metrics: &[Metric]) {
    let head = ["value", "mean (95 % bootstrap interval)", "deviation over the parts"];
    let mut table = Table::new("figures", "", &head);
    for metric in metrics {
        let deviation = metric.deviation.map_or(String::new(), |deviation| format!("{deviation:.4}"));
        table.row([metric.name.clone(), metric.value.in_words(4), deviation]);
    }
    table.lines().iter().for_each(|line| print_line(line));
}
