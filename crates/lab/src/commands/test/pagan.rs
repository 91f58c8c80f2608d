//! `agemirror test pagan`: the folders of the authors' test program.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::faces::{Faces, finish};
use agemirror_console::output::print_error;
use agemirror_faces::aging::pagan;
use agemirror_faces::aging::pagan::{CLUSTERS, Network, TEMPLATE, open_generator};
use agemirror_faces::aging::pagan_files;
use agemirror_faces::aging::picture::{Mapping, pictures};
use agemirror_faces::compose::{check_folder, first_stem, write_picture};
use agemirror_kernels::{DeviceChoice, choose_device};

/// Arguments of `agemirror test pagan`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    faces: Faces,
    /// Weights of cluster 1, 31 to 40 years [default: the imported ones]
    #[arg(long, value_name = "FILE")]
    weights_1: Option<PathBuf>,
    /// Weights of cluster 2, 41 to 50 years
    #[arg(long, value_name = "FILE")]
    weights_2: Option<PathBuf>,
    /// Weights of cluster 3, 51 years and older
    #[arg(long, value_name = "FILE")]
    weights_3: Option<PathBuf>,
}

impl Arguments {
    /// Weight files of the clusters: the given ones, or else the imported ones; at least one must exist.
    fn files(&self) -> anyhow::Result<[Option<PathBuf>; CLUSTERS]> {
        let named = [self.weights_1.clone(), self.weights_2.clone(), self.weights_3.clone()];
        if named.iter().any(Option::is_some) {
            return Ok(named);
        }
        let files = pagan_files()?.map(|file| file.inspect_err(|error| print_error(&error.to_string())).ok());
        if files.iter().all(Option::is_none) {
            anyhow::bail!("no weights found; pass a file with --weights-1, -2 or -3");
        }
        Ok(files)
    }
}

/// Writes for each picture a folder with `input.png`, and `1.png`, `2.png`, `3.png` for the clusters with
/// weights.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let device = choose_device(DeviceChoice::Automatic).device;
    let mut generators: Vec<(usize, Network)> = Vec::new();
    for (file, cluster) in arguments.files()?.into_iter().zip(1..) {
        if let Some(file) = file {
            generators.push((cluster, open_generator(&file, &device)?));
        }
    }
    let all_done = arguments.faces.each(&[TEMPLATE], |path, picture| {
        let folder = arguments.faces.out.join(first_stem(path.file_name().unwrap_or(OsStr::new("picture"))));
        check_folder(&folder)?;
        let input = pagan::prepare(picture, &device)?;
        let file = folder.join("input.png");
        // A run for another cluster may have written it already.
        if !file.exists() {
            write_picture(&file, &pictures(&input, Mapping::Rounded)?[0])?;
        }
        for (cluster, generator) in &generators {
            let aged = pictures(&generator.run(&input)?, Mapping::Rounded)?;
            write_picture(&folder.join(format!("{cluster}.png")), &aged[0])?;
        }
        Ok(())
    })?;
    Ok(finish(all_done, &arguments.faces.out))
}
