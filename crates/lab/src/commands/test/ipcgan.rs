//! `agemirror test ipcgan` and `agemirror test cgan`: the pictures of the authors' test programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use image::RgbImage;

use super::faces::{Faces, finish};
use agemirror_faces::aging::ipcgan::{Flavour, Ipcgan, SIDE, Statistics};
use agemirror_faces::aging::open_ipcgan;
use agemirror_faces::aging::picture::{Mapping, Resampling, pictures, resized};
use agemirror_faces::compose::{PictureFormat, class_file, mosaic, strip_file, write_picture};
use agemirror_kernels::{DeviceChoice, choose_device};
use agemirror_pictures::{collect_pictures, load_picture};

/// Source of the batch normalization's mean and variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StatisticsChoice {
    /// The face together with the companions, as in the authors' test program
    Batch,
    /// The companions alone, measured once per class
    Frozen,
    /// The moving averages of the training
    Moving,
}

/// Arguments of both commands.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    faces: Faces,
    /// Weights [default: the imported ones]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Folder of faces that go through the network with each picture; the authors' is images/train, with 31
    #[arg(long, value_name = "DIR")]
    companions: Option<PathBuf>,
    /// Statistics for normalization [default: batch with companions, else moving]
    #[arg(long, value_enum)]
    statistics: Option<StatisticsChoice>,
    /// Include class 0, which is younger than all others
    #[arg(long)]
    class_0: bool,
}

impl Arguments {
    fn statistics(&self) -> anyhow::Result<Statistics> {
        let usual =
            if self.companions.is_some() { StatisticsChoice::Batch } else { StatisticsChoice::Moving };
        let companions = || {
            let folder = self.companions.clone().context("these statistics require --companions DIR")?;
            let (paths, unreadable) = collect_pictures(&[folder]);
            if let Some(error) = unreadable.into_iter().next() {
                return Err(error.into());
            }
            let pictures = paths.iter().map(|path| Ok(load_picture(path)?.picture));
            pictures.collect::<anyhow::Result<Vec<_>>>()
        };
        Ok(match self.statistics.unwrap_or(usual) {
            StatisticsChoice::Moving => Statistics::MovingAverages,
            StatisticsChoice::Frozen => Statistics::Frozen(companions()?),
            StatisticsChoice::Batch => Statistics::Batch(companions()?),
        })
    }
}

/// Writes for each picture: the picture at 128 px, one picture per class, and all of them in a row.
pub(super) fn run(arguments: &Arguments, flavour: Flavour, mapping: Mapping) -> anyhow::Result<ExitCode> {
    let device = choose_device(DeviceChoice::Automatic).device;
    let statistics = arguments.statistics()?;
    let model = match &arguments.weights {
        Some(file) => Ipcgan::open(flavour, file, &statistics, &device)?,
        None => open_ipcgan(flavour, &statistics, &device)?,
    };
    let classes: Vec<usize> = (if arguments.class_0 { 0 } else { 1 }..=4).collect();
    let out = &arguments.faces.out;
    let all_done = arguments.faces.each(&[flavour.template], |path, picture| {
        let seen = if arguments.faces.aligned() { flavour.cut(picture) } else { picture.clone() };
        let input = resized(&seen, SIDE, SIDE, Resampling::Plain)?;
        let mut row = vec![input.clone()];
        let name = path.file_name().unwrap_or(OsStr::new("picture"));
        let face = model.prepare(&seen, Resampling::Plain)?;
        for class in &classes {
            let aged = pictures(&model.age_face(&face, &[*class])?, mapping)?;
            row.extend(aged);
        }
        write_row(out, name, &classes, &row)?;
        Ok(())
    })?;
    Ok(finish(all_done, out))
}

/// `row` contains the input and the picture of each class.
fn write_row(out: &Path, name: &OsStr, classes: &[usize], row: &[RgbImage]) -> anyhow::Result<()> {
    let mut own = out.join(name);
    if PictureFormat::of(&own).is_err() {
        own.as_mut_os_string().push(".png");
    }
    write_picture(&own, &row[0])?;
    for (class, picture) in classes.iter().zip(&row[1..]) {
        write_picture(&out.join(class_file(name, *class)), picture)?;
    }
    Ok(write_picture(&out.join(strip_file(name)), &mosaic(row, row.len()))?)
}
