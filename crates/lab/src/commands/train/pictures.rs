//! Pictures of a run, prepared as they are read.

use std::path::{Path, PathBuf};

use image::RgbImage;

use super::running::progress_bar;
use crate::dataset::{PictureStore, Skipped};
use agemirror_console::output::print_error;
use agemirror_storage::write_atomically;

/// Cache of prepared pictures.
#[derive(Debug, clap::Args)]
pub(super) struct PictureArgs {
    /// Memory for prepared pictures, in gigabytes; pictures beyond it are read again each time
    #[arg(long, default_value_t = 4.0, value_name = "GB")]
    picture_memory: f32,
}

impl PictureArgs {
    /// Reads and prepares pictures with a progress bar, and lists the skipped ones, also in `skipped.csv` of
    /// the run's folder `out`. `left_out` are pictures that were skipped before.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub(super) fn read<T: Send + Sync>(
        &self,
        out: &Path,
        items: Vec<(PathBuf, T)>,
        mut left_out: Skipped,
        prepare: impl Fn(&RgbImage, &T) -> Result<Vec<RgbImage>, String> + Send + Sync + 'static,
    ) -> anyhow::Result<PictureStore<T>> {
        let bar = progress_bar(items.len() as u64, "reading {pos}/{len} pictures {wide_bar} {eta}")?;
        let room = (f64::from(self.picture_memory) * 1e9) as usize;
        let (store, skipped) =
            PictureStore::read(items, room, prepare, |done, _| bar.set_position(done as u64));
        bar.finish_and_clear();
        left_out.extend(skipped);
        report_skipped(&left_out, &out.join("skipped.csv"))?;
        Ok(store)
    }
}

/// Number of skipped pictures to print; the file lists all of them.
const MAX_PRINTED: usize = 10;

fn report_skipped(skipped: &Skipped, list: &Path) -> anyhow::Result<()> {
    if skipped.is_empty() {
        return Ok(());
    }
    for (file, reason) in skipped.iter().take(MAX_PRINTED) {
        print_error(&format!("left out {}: {reason}", file.display()));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["file", "reason"])?;
    for (file, reason) in skipped {
        writer.write_record([file.display().to_string().as_str(), reason])?;
    }
    let bytes = writer.into_inner()?;
    write_atomically(list, |out| out.write_all(&bytes))?;
    print_error(&format!("skipped {} pictures; see {}", skipped.len(), list.display()));
    Ok(())
}
