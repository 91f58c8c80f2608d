//! The data set of a run.

use std::path::PathBuf;

use crate::dataset::{Convention, Labelled, Skipped, read_published};

/// Which faces are trained on.
#[derive(Debug, clap::Args)]
pub(super) struct DataArgs {
    /// The folder with the pictures and, where they are not in the names, their labels
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// How the labels are given [default: told from what lies in the folder]
    #[arg(long, value_enum)]
    pub convention: Option<Convention>,
}

impl DataArgs {
    /// The faces that `usable` makes something of, and those that are left out.
    ///
    /// # Errors
    /// When the data set cannot be read.
    pub(super) fn faces<T>(
        &self,
        usable: impl Fn(&Labelled) -> Result<T, String>,
    ) -> anyhow::Result<(Vec<(PathBuf, T)>, Skipped)> {
        let reading = read_published(&self.data, self.convention)?;
        let (mut faces, mut skipped) = (Vec::new(), reading.skipped);
        for face in reading.faces {
            match usable(&face) {
                Ok(label) => faces.push((face.file, label)),
                Err(reason) => skipped.push((face.file, reason)),
            }
        }
        Ok((faces, skipped))
    }
}
