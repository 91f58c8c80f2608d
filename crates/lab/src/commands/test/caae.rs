//! `agemirror test caae`: the grids of the authors' test program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use candle_core::Tensor;
use clap::Args;

use super::faces::{Faces, finish};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::caae::{Caae, Preparation, TEMPLATE};
use agemirror_faces::aging::open_caae;
use agemirror_faces::aging::picture::{Mapping, pictures};
use agemirror_faces::compose::{mosaic, write_picture};
use agemirror_kernels::{DeviceChoice, choose_device};

/// Arguments of `agemirror test caae`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    faces: Faces,
    /// Weights [default: the imported ones]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Keep the pictures' values; the authors' program stretches them to the full range when reading and
    /// writing
    #[arg(long)]
    plain: bool,
}

/// Writes `input.png`, `test_as_male.png` and `test_as_female.png`: one column per person, one row per age,
/// the youngest on top.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let device = choose_device(DeviceChoice::Automatic).device;
    let model = match &arguments.weights {
        Some(file) => Caae::open(file, &device)?,
        None => open_caae(&device)?,
    };
    let (preparation, mapping) = match arguments.plain {
        true => (Preparation::Plain, Mapping::Rounded),
        false => (Preparation::AsPublished, Mapping::Stretched),
    };
    let (mut inputs, mut codes) = (Vec::new(), Vec::new());
    let all_done = arguments.faces.each(&[TEMPLATE], |_, picture| {
        let input = model.prepare(picture, preparation)?;
        codes.push(model.encode_faces(&input)?);
        inputs.push(input);
        Ok(())
    })?;
    if codes.is_empty() {
        anyhow::bail!("no picture to age");
    }
    let out = &arguments.faces.out;
    let row = Tensor::cat(&inputs, 0)?;
    let rows = model.age_rows(&codes, Gender::Male)?;
    let repeated = vec![&row; rows.dim(0)? / codes.len()];
    write_grid(&out.join("input.png"), &Tensor::cat(&repeated, 0)?, codes.len(), mapping)?;
    write_grid(&out.join("test_as_male.png"), &rows, codes.len(), mapping)?;
    let rows = model.age_rows(&codes, Gender::Female)?;
    write_grid(&out.join("test_as_female.png"), &rows, codes.len(), mapping)?;
    Ok(finish(all_done, out))
}

fn write_grid(path: &Path, rows: &Tensor, columns: usize, mapping: Mapping) -> anyhow::Result<()> {
    Ok(write_picture(path, &mosaic(&pictures(rows, mapping)?, columns))?)
}
