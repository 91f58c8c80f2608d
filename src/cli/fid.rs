//! `agemirror fid`: how far two sets of pictures are apart, and the Inception Score.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use candle_core::Device;
use clap::Args;
use serde::Serialize;

use super::each_picture::{Tally, each, face_in, pictures};
use super::interrupt::Interrupt;
use super::output::{complain, say, say_json};
use crate::camera::load_picture;
use crate::evaluation::inception::{Found, Inception, Origin, Sizing};
use crate::evaluation::mobile_face_net::MobileFaceNet;
use crate::evaluation::report::Table;
use crate::evaluation::statistics::{Estimate, frechet_estimate, inception_estimate};
use crate::face::FaceFinder;

/// Fewer pictures than the network has features leave the covariances singular.
const ENOUGH: usize = 2048;
/// The parts over which the Inception Score is averaged.
const SPLITS: usize = 10;

/// What `agemirror fid` is told.
#[derive(Args, Debug)]
pub(super) struct Arguments {
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

/// What the network finds in one picture.
enum Features {
    /// The usual way, and `Face_Aging_cGAN`'s.
    Inception { usual: Found, cgan: Found },
    /// What stands for Inception-v3 where its weights are missing.
    Face(Vec<f64>),
}

enum Network {
    Inception(Inception),
    Substitute(MobileFaceNet, FaceFinder),
}

impl Network {
    fn open(weights: Option<&Path>) -> anyhow::Result<Self> {
        Ok(match weights {
            Some(file) => Self::Inception(Inception::load(file, &Device::Cpu)?),
            None => Self::Substitute(MobileFaceNet::bundled(&Device::Cpu)?, FaceFinder::new()?),
        })
    }

    fn look(&self, path: &Path) -> anyhow::Result<Features> {
        match self {
            Self::Inception(network) => {
                let picture = load_picture(path)?.picture;
                Ok(Features::Inception {
                    usual: network.look(&picture, Sizing::Bilinear)?,
                    cgan: network.look(&picture, Sizing::Nearest)?,
                })
            }
            Self::Substitute(network, finder) => {
                let (picture, face) = face_in(finder, path)?;
                let cut = crate::evaluation::judges::IdentityJudge::cut(network);
                let row = network.embed(&[cut.crop(&picture, &face.points)])?.into_iter().next();
                Ok(Features::Face(row.unwrap_or_default().into_iter().map(f64::from).collect()))
            }
        }
    }
}

/// Measures both folders and compares them, unless Ctrl-C comes.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let network = Network::open(arguments.weights.as_deref())?;
    let (made, made_tally) = features(&interrupt, &network, &arguments.made)?;
    let (real, real_tally) = features(&interrupt, &network, &arguments.real)?;
    let tally = Tally {
        done: made_tally.done + real_tally.done,
        failed: made_tally.failed + real_tally.failed,
        not_reached: made_tally.not_reached + real_tally.not_reached,
    };
    if tally.not_reached > 0 {
        complain(&format!("{}; nothing was compared", tally.in_words()));
        return Ok(ExitCode::FAILURE);
    }
    let fewest = made.len().min(real.len());
    if fewest < ENOUGH {
        complain(&format!(
            "{fewest} pictures are too few for a figure that others can compare; {ENOUGH} or more in each folder are wanted"
        ));
    }
    let figures = match &network {
        Network::Inception(network) => of_inception(network.origin(), &made, &real, arguments.draws)?,
        Network::Substitute(..) => of_faces(&made, &real, arguments.draws)?,
    };
    if arguments.json {
        say_json(&serde_json::json!({
            "made": made.len(), "real": real.len(), "failed": tally.failed, "figures": figures,
        }))?;
    } else {
        say_figures(&figures);
        say(&format!("{} made and {} real pictures, {} failed", made.len(), real.len(), tally.failed));
    }
    Ok(tally.exit_code())
}

fn features(
    interrupt: &Interrupt,
    network: &Network,
    folder: &Path,
) -> anyhow::Result<(Vec<Features>, Tally)> {
    let (paths, unreadable) = pictures(&[folder.to_owned()]);
    let mut found = Vec::new();
    let look = |path: &PathBuf| network.look(path);
    let mut tally = each(
        interrupt,
        &paths,
        |path| path.display().to_string(),
        look,
        |_, features| {
            found.push(features);
            Ok(())
        },
    )?;
    tally.failed += unreadable;
    Ok((found, tally))
}

/// The figures that Inception-v3 gives.
fn of_inception(
    origin: Origin,
    made: &[Features],
    real: &[Features],
    draws: usize,
) -> anyhow::Result<Vec<Figure>> {
    let whose = origin.title();
    let usual = |all: &[Features]| rows(all, |usual, _| Some(usual.pooled.clone()));
    let cgan = |all: &[Features]| rows(all, |_, cgan| Some(cgan.pooled.clone()));
    let classes = |all: &[Features]| rows(all, |usual, _| usual.logits.clone());
    let mut figures = vec![
        distance(format!("FID ({whose}, bilinear)"), &usual(made), &usual(real), draws)?,
        distance(
            format!("FID as Face_Aging_cGAN ({whose}, nearest pixel)"),
            &cgan(made),
            &cgan(real),
            draws,
        )?,
    ];
    for (which, all) in [("made", made), ("real", real)] {
        let name = format!("“Inception Score” as Face_Aging_cGAN, {which} (of 2048 features)");
        figures.extend(score(name, &cgan(all), draws)?);
        let logits = classes(all);
        if !logits.is_empty() {
            let name = format!("Inception Score, {which} (of {} classes)", logits[0].len());
            figures.extend(score(name, &logits, draws)?);
        }
    }
    Ok(figures)
}

/// What is measured without Inception-v3.
fn of_faces(made: &[Features], real: &[Features], draws: usize) -> anyhow::Result<Vec<Figure>> {
    let faces = |all: &[Features]| -> Vec<Vec<f64>> {
        let face = |features: &Features| match features {
            Features::Face(row) => Some(row.clone()),
            Features::Inception { .. } => None,
        };
        all.iter().filter_map(face).collect()
    };
    let name = "Fréchet distance of MobileFaceNet's embeddings of the faces; no FID".to_owned();
    Ok(vec![distance(name, &faces(made), &faces(real), draws)?])
}

fn rows(all: &[Features], which: impl Fn(&Found, &Found) -> Option<Vec<f64>>) -> Vec<Vec<f64>> {
    let row = |features: &Features| match features {
        Features::Inception { usual, cgan } => which(usual, cgan),
        Features::Face(_) => None,
    };
    all.iter().filter_map(row).collect()
}

fn distance(name: String, made: &[Vec<f64>], real: &[Vec<f64>], draws: usize) -> anyhow::Result<Figure> {
    Ok(Figure { name, value: frechet_estimate(made, real, draws)?, deviation: None })
}

/// The score; none of fewer pictures than there are parts.
fn score(name: String, logits: &[Vec<f64>], draws: usize) -> anyhow::Result<Option<Figure>> {
    if logits.len() < SPLITS {
        complain(&format!("{name}: {} pictures are fewer than its {SPLITS} parts", logits.len()));
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
    table.lines().iter().for_each(|line| say(line));
}
