//! `agemirror estimate-age`: estimates the ages of faces in pictures.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use candle_core::Device;
use clap::{Args, ValueEnum};

use crate::evaluation::agetransgan_estimator::AgeTransGanEstimator;
use crate::evaluation::face_res::FaceResAge;
use crate::evaluation::statistics::mean_estimate;
use agemirror_checkpoint::{Presence, Store, System};
use agemirror_console::each_picture::{collect_and_report, for_each_parallel, load_face, read_picture};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::print_line;
use agemirror_faces::face::FaceFinder;
use agemirror_faces::judges::age_estimator::AgeEstimator;
use agemirror_faces::judges::{AgeJudge, DlibAge};

/// Network that estimates the ages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Network {
    /// This program's own small estimator
    #[default]
    Estimator,
    /// dlib's age network
    Dlib,
    /// FaceRes, against which no model is trained
    Faceres,
    /// AgeTransGAN's estimator, whose weights you provide; it gets whole pictures, as its authors do it
    Agetransgan,
}

/// Arguments of `agemirror estimate-age`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PICTURE|FOLDER")]
    pictures: Vec<PathBuf>,
    /// Append a line `filename,age` per picture to this table, which has no header
    #[arg(long, value_name = "CSV")]
    out: Option<PathBuf>,
    /// Network that estimates the ages
    #[arg(long, value_enum, default_value_t)]
    network: Network,
    /// Weights of AgeTransGAN's estimator, `model_best_loss` [default: the weights
    /// imported with `agemirror convert`]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Detect and crop the face for AgeTransGAN's estimator too, in AgeTransGAN's framing
    #[arg(long)]
    align: bool,
}

/// A network and its kind of input.
enum Reader {
    Face(Box<dyn AgeJudge>, FaceFinder),
    Whole(AgeTransGanEstimator),
}

impl Reader {
    fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        let device = Device::Cpu;
        if arguments.weights.is_some() && arguments.network != Network::Agetransgan {
            anyhow::bail!("--weights requires --network agetransgan; the other networks are built in");
        }
        let judge: Box<dyn AgeJudge> = match arguments.network {
            Network::Estimator => Box::new(AgeEstimator::bundled(&device)?),
            Network::Dlib => Box::new(DlibAge::bundled(&device)?),
            Network::Faceres => Box::new(FaceResAge::bundled(&device)?),
            Network::Agetransgan => {
                let estimator = open_agetransgan(arguments.weights.as_deref(), &device)?;
                if !arguments.align {
                    return Ok(Self::Whole(estimator));
                }
                Box::new(estimator)
            }
        };
        Ok(Self::Face(judge, FaceFinder::new()?))
    }

    /// Estimated age in years.
    fn read(&self, path: &Path) -> anyhow::Result<f32> {
        let ages = match self {
            Self::Face(judge, finder) => {
                let (picture, face) = load_face(finder, path)?;
                judge.read(&[judge.cut().crop(&picture, &face.points)])
            }
            Self::Whole(estimator) => estimator.read_whole(&[read_picture(path)?]),
        };
        ages.with_context(|| path.display().to_string())?
            .first()
            .copied()
            .context("the network returned no age")
    }
}

/// Loads AgeTransGAN's estimator from `file`, or from the imported weights.
pub(super) fn open_agetransgan(file: Option<&Path>, device: &Device) -> anyhow::Result<AgeTransGanEstimator> {
    if let Some(file) = file {
        return Ok(AgeTransGanEstimator::load(file, device)?);
    }
    match Store::for_user()?.find(|record| record.system == System::AgetransganEstimator) {
        Presence::Present(installed) => Ok(AgeTransGanEstimator::load(&installed.file, device)?),
        Presence::Damaged(installed, why) => {
            anyhow::bail!("{}: {why}; import it again", installed.file.display())
        }
        Presence::Missing => anyhow::bail!(
            "the weights of AgeTransGAN's estimator are missing; pass its file model_best_loss (linked from \
             https://github.com/AvLab-CV/AgeTransGAN) as --weights"
        ),
    }
}

/// Formats an age. AgeTransGAN's authors round theirs, with half years to the even year.
fn format_age(age: f32, network: Network) -> String {
    match network {
        Network::Agetransgan => format!("{:.1}", age.round_ties_even()),
        Network::Estimator | Network::Dlib | Network::Faceres => format!("{age:.1}"),
    }
}

/// Estimates the ages of all pictures; stops on Ctrl-C.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let reader = Reader::open(arguments)?;
    let mut table = arguments.out.as_deref().map(open_for_append).transpose()?;
    let (paths, unreadable) = collect_and_report(&arguments.pictures);
    let mut ages = Vec::new();
    let read = |path: &PathBuf| reader.read(path);
    let mut tally = for_each_parallel(
        &interrupt,
        &paths,
        |path| path.display().to_string(),
        read,
        |path, age| {
            let name = path.file_name().unwrap_or(OsStr::new("picture")).to_string_lossy();
            let age = format_age(age, arguments.network);
            ages.push(age.parse::<f64>()?);
            match &mut table {
                Some(table) => {
                    table.write_record([name.as_ref(), &age])?;
                    // Flush at once, so that a stopped run keeps its results.
                    table.flush()?;
                }
                None => print_line(&format!("{},{age}", path.display())),
            }
            Ok(())
        },
    )?;
    tally.failed += unreadable;
    let mean = mean_estimate(&ages).map_or(String::new(), |mean| {
        format!("; mean age {:.1} ({:.1} to {:.1} with 95 % confidence)", mean.mean, mean.low, mean.high)
    });
    print_line(&format!("{}{mean}", tally.in_words()));
    Ok(tally.exit_code())
}

/// Opens a table for appending. Completes an unfinished last line first.
fn open_for_append(path: &Path) -> anyhow::Result<csv::Writer<File>> {
    let open = || -> std::io::Result<File> {
        let mut file = File::options().create(true).append(true).open(path)?;
        if is_unfinished(path)? {
            file.write_all(b"\n")?;
        }
        Ok(file)
    };
    let file = open().with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(csv::WriterBuilder::new().has_headers(false).from_writer(file))
}

/// Whether the last line of the file at `path` lacks its line break. Pipes and devices have no last line.
fn is_unfinished(path: &Path) -> std::io::Result<bool> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() || about.len() == 0 {
        return Ok(false);
    }
    let (mut file, mut last) = (File::open(path)?, [0]);
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_after_an_unfinished_last_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ages.csv");
        for (before, after) in
            [("a.jpg,3", "a.jpg,3\nb.jpg,4\n"), ("a.jpg,3\r\n", "a.jpg,3\r\nb.jpg,4\n"), ("", "b.jpg,4\n")]
        {
            std::fs::write(&path, before).unwrap();
            let mut table = open_for_append(&path).unwrap();
            table.write_record(["b.jpg", "4"]).unwrap();
            table.flush().unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), after);
        }
        std::fs::remove_file(&path).unwrap();
        open_for_append(&path).unwrap().write_record(["b.jpg", "4"]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "b.jpg,4\n");
    }

    #[test]
    fn ages_are_formatted_as_the_authors_do() {
        let format = |age| format_age(age, Network::Agetransgan);
        assert_eq!([format(2.5), format(3.5), format(2.51), format(41.2)], ["2.0", "4.0", "3.0", "41.0"]);
        assert_eq!(super::format_age(41.26, Network::Estimator), "41.3");
    }
}
