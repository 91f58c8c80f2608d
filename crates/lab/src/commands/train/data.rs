//! Data set of a run.

use std::path::{Path, PathBuf};

use super::running::RunArgs;
use crate::dataset::{Choice, Convention, Labelled, Reading, Skipped, read_published};
use agemirror_console::output::print_line;

/// Which faces to train on.
#[derive(Debug, clap::Args)]
pub(super) struct DataArgs {
    /// Folder with the pictures and, if they are not in the file names, their labels
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Convention of the labels [default: detected from the folder's contents]
    #[arg(long, value_enum)]
    pub convention: Option<Convention>,
}

impl DataArgs {
    /// The faces for which `usable` returns a value, and the skipped ones.
    ///
    /// # Errors
    /// When the data set cannot be read.
    pub(super) fn faces<T>(
        &self,
        run: &RunArgs,
        usable: impl Fn(&Labelled) -> Result<T, String>,
    ) -> anyhow::Result<(Vec<(PathBuf, T)>, Skipped)> {
        let reading = read_labelled(&self.data, self.convention, run)?;
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

/// Reads the data set in `data`, prints its convention and stores it in the settings of the run. A resumed
/// run keeps its convention unless `given` differs.
///
/// # Errors
/// When the data set cannot be read, or the settings cannot be read or written.
pub(super) fn read_labelled(
    data: &Path,
    given: Option<Convention>,
    run: &RunArgs,
) -> anyhow::Result<Reading> {
    let stored: Option<Choice> = run.stored(SETTINGS_KEY)?;
    let convention = given.or(stored.as_ref().map(|stored| stored.convention));
    let mut reading = read_published(data, convention)?;
    if given.is_none() {
        // The evidence is the one found when the run started.
        reading.choice = stored.unwrap_or(reading.choice);
    }
    print_line(&reading.choice.to_string());
    run.store(SETTINGS_KEY, &reading.choice)?;
    Ok(reading)
}

/// Key of the convention in a run's settings.
const SETTINGS_KEY: &str = "labels";

#[cfg(test)]
mod tests {
    use super::super::device::TrainingDevice;
    use super::*;
    use crate::training::age_cgan::AgeCganSettings;

    fn run_in(out: &Path, resume: bool) -> RunArgs {
        RunArgs { out: out.to_owned(), resume, save_every: 5.0, keep: 1, device: TrainingDevice::Cpu }
    }

    #[test]
    fn the_convention_and_its_evidence_are_stored_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (data, out) = (folder.path().join("data"), folder.path().join("out"));
        for name in ["000/000A02.JPG", "000/000A61.JPG", "001/001A18.JPG"] {
            std::fs::create_dir_all(data.join(name).parent().unwrap()).unwrap();
            std::fs::write(data.join(name), "").unwrap();
        }
        std::fs::create_dir(&out).unwrap();
        let run = run_in(&out, false);
        run.settings(AgeCganSettings::default()).unwrap();
        let reading = read_labelled(&data, None, &run).unwrap();
        assert_eq!((reading.choice.convention, reading.faces.len()), (Convention::FgNet, 3));
        let settings: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(out.join("settings.json")).unwrap()).unwrap();
        assert_eq!(settings["labels"]["convention"], "fgnet");
        let evidence = settings["labels"]["evidence"].as_str().unwrap();
        assert!(evidence.contains("3 of 3 names") && evidence.contains("the persons"), "{evidence}");
        // The settings are unchanged otherwise, and a resumed run uses the stored convention.
        let resumed = run_in(&out, true);
        let again = resumed.settings(AgeCganSettings { epochs: 1, ..AgeCganSettings::default() }).unwrap();
        assert_eq!(again.epochs, AgeCganSettings::default().epochs);
        assert_eq!(read_labelled(&data, None, &resumed).unwrap().choice, reading.choice);
    }
}
