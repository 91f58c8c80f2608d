//! `agemirror fid`: how far two sets of pictures are apart, and the Inception Score.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use candle_core::Device;
use clap::Args;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::evaluation::inception::{Inception, Origin, Sizing};
use crate::evaluation::kept::{Kept, Key};
use crate::evaluation::report::Table;
use crate::evaluation::statistics::{Estimate, frechet_estimate, inception_estimate};
use agemirror_console::each_picture::{Tally, collect_and_report, find_face, for_each_parallel};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_json, print_line};
use agemirror_faces::face::FaceFinder;
use agemirror_faces::judges::IdentityJudge;
use agemirror_faces::judges::mobile_face::MobileFace;
use agemirror_pictures::decode_picture;

/// Fewer pictures than the network has features leave the covariances singular.
const ENOUGH: usize = 2048;
/// The parts over which the Inception Score is averaged.
const SPLITS: usize = 10;

/// What `agemirror fid` is told.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The folder of made pictures
    #[arg(value_name = "MADE")]
    made: PathBuf,
    /// The folder of real ones
    #[arg(value_name = "REAL")]
    real: PathBuf,
    /// The weights of Inception-v3: pt_inception-2015-12-05 (by which others report the FID), torchvision's, or
    /// Keras's .h5 (Face_Aging_cGAN's); without them another distance is measured, which is no FID
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// A file that keeps what is found in each picture: a run that was stopped goes on, and pictures that are
    /// compared again are not looked at again
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    /// How often the samples are drawn anew for the intervals; 0 leaves them out
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    draws: usize,
    /// Writes the figures as JSON to standard output
    #[arg(long)]
    json: bool,
}

/// A figure that was measured.
#[derive(Serialize)]
struct Figure {
    name: String,
    #[serde(flatten)]
    value: Estimate,
    /// The deviation over the parts, of an Inception Score.
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

    /// How many numbers [`Network::look`] gives.
    fn length(&self) -> usize {
        match self {
            Self::Inception(network) => 2 * Inception::FEATURES + network.classes(),
            Self::Substitute(..) => MobileFace::LENGTH,
        }
    }

    /// What is found in the picture in the file `path`: of Inception-v3 the features found the usual way, those
    /// found `Face_Aging_cGAN`'s way, and what the classes get the usual way.
    fn look(&self, path: &Path, bytes: &[u8]) -> anyhow::Result<Vec<f32>> {
        let picture = decode_picture(bytes, &path.display().to_string())?.picture;
        match self {
            Self::Inception(network) => {
                let usual = network.look(&picture, Sizing::Bilinear)?;
                let cgan = network.look(&picture, Sizing::Nearest)?;
                Ok([usual.pooled, cgan.pooled, usual.logits.unwrap_or_default()].concat())
            }
            Self::Substitute(network, finder) => {
                let face = find_face(finder, path, &picture)?;
                let crop = network.cut().crop(&picture, &face.points);
                network.embed(&[crop])?.into_iter().next().context("nothing was found")
            }
        }
    }
}

/// Measures both folders and compares them, unless Ctrl-C comes.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let network = Network::open(arguments.weights.as_deref())?;
    let kept =
        arguments.keep.as_deref().map(|file| keeping(file, arguments, &network)).transpose()?.map(Mutex::new);
    let (made, made_tally) = rows(&interrupt, &network, kept.as_ref(), &arguments.made)?;
    let (real, real_tally) = rows(&interrupt, &network, kept.as_ref(), &arguments.real)?;
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
    if fewest < ENOUGH {
        print_error(&format!(
            "{fewest} pictures are too few for a figure that others can compare; {ENOUGH} or more in each folder \
             are wanted"
        ));
    }
    let figures = match &network {
        Network::Inception(network) => of_inception(network.origin(), &made, &real, arguments.draws)?,
        Network::Substitute(..) => {
            let name = "Fréchet distance of MobileFace's embeddings of the faces; no FID".to_owned();
            vec![distance(name, &part(&made, 0, usize::MAX), &part(&real, 0, usize::MAX), arguments.draws)?]
        }
    };
    if arguments.json {
        print_json(&serde_json::json!({
            "made": made.len(), "real": real.len(), "failed": tally.failed, "figures": figures,
        }))?;
    } else {
        say_figures(&figures);
        print_line(&format!("{} made and {} real pictures, {} failed", made.len(), real.len(), tally.failed));
    }
    Ok(tally.exit_code())
}

/// The file that keeps what this network finds.
fn keeping(file: &Path, arguments: &Arguments, network: &Network) -> anyhow::Result<Kept> {
    let which = match &arguments.weights {
        Some(weights) => hash(&std::fs::read(weights)?),
        None => hash(b"MobileFace"),
    };
    Ok(Kept::open(file, &which, network.length())?)
}

fn hash(bytes: &[u8]) -> Key {
    Sha256::digest(bytes).into()
}

fn open(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the network finds in each picture of a folder.
fn rows(
    interrupt: &Interrupt,
    network: &Network,
    kept: Option<&Mutex<Kept>>,
    folder: &Path,
) -> anyhow::Result<(Vec<Vec<f32>>, Tally)> {
    let (paths, unreadable) = collect_and_report(&[folder.to_owned()]);
    let look = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("“{}” cannot be read", path.display()))?;
        let key = hash(&bytes);
        match kept.and_then(|kept| open(kept).get(&key).map(<[f32]>::to_vec)) {
            Some(row) => Ok((row, None)),
            None => Ok((network.look(path, &bytes)?, Some(key))),
        }
    };
    let mut found = Vec::new();
    let name = |path: &PathBuf| path.display().to_string();
    let mut tally = for_each_parallel(interrupt, &paths, name, look, |_, (row, key)| {
        if let (Some(kept), Some(key)) = (kept, key) {
            open(kept).add(key, &row)?;
        }
        found.push(row);
        Ok(())
    })?;
    tally.failed += unreadable;
    Ok((found, tally))
}

/// The figures that Inception-v3 gives.
fn of_inception(
    origin: Origin,
    made: &[Vec<f32>],
    real: &[Vec<f32>],
    draws: usize,
) -> anyhow::Result<Vec<Figure>> {
    const LENGTH: usize = Inception::FEATURES;
    let whose = origin.title();
    let usual = |rows: &[Vec<f32>]| part(rows, 0, LENGTH);
    let cgan = |rows: &[Vec<f32>]| part(rows, LENGTH, 2 * LENGTH);
    let mut figures = vec![
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
        figures.extend(score(name, &cgan(rows), draws)?);
        let logits = part(rows, 2 * LENGTH, usize::MAX);
        let classes = logits.first().map_or(0, Vec::len);
        if classes > 0 {
            figures.extend(score(
                format!("Inception Score, {which} (of {classes} classes)"),
                &logits,
                draws,
            )?);
        }
    }
    Ok(figures)
}

/// The numbers `from..to` of each row.
fn part(rows: &[Vec<f32>], from: usize, to: usize) -> Vec<Vec<f64>> {
    let of_row = |row: &Vec<f32>| {
        let numbers = row.get(from..to.min(row.len())).unwrap_or_default();
        numbers.iter().map(|value| f64::from(*value)).collect()
    };
    rows.iter().map(of_row).collect()
}

fn distance(name: String, made: &[Vec<f64>], real: &[Vec<f64>], draws: usize) -> anyhow::Result<Figure> {
    Ok(Figure { name, value: frechet_estimate(made, real, draws)?, deviation: None })
}

/// The score; none of fewer pictures than there are parts.
fn score(name: String, logits: &[Vec<f64>], draws: usize) -> anyhow::Result<Option<Figure>> {
    if logits.len() < SPLITS {
        print_error(&format!("{name}: {} pictures are fewer than its {SPLITS} parts", logits.len()));
        return Ok(None);
    }
    let (score, value) = inception_estimate(logits, SPLITS, draws)?;
    Ok(Some(Figure { name, value, deviation: Some(score.deviation) }))
}

fn say_figures(figures: &[Figure]) {
    let head = ["figure", "value (95 % of the bootstrap)", "deviation over the parts"];
    let mut table = Table::new("figures", "", &head);
    for figure in figures {
        let deviation = figure.deviation.map_or(String::new(), |deviation| format!("{deviation:.4}"));
        table.row([figure.name.clone(), figure.value.in_words(4), deviation]);
    }
    table.lines().iter().for_each(|line| print_line(line));
}
