//! Processing many pictures: progress, failures and a final count.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use image::RgbImage;
use rayon::prelude::*;

use crate::interrupt::Interrupt;
use crate::output::{print_error, progress_bar};
use agemirror_faces::face::{FaceFinder, InputKind, TrackedFace, problem_of_still};
use agemirror_pictures::{collect_pictures, load_picture};

/// Progress bar template after the count: the time left, and a message.
pub const ETA_AND_MESSAGE: &str = "left {eta} {wide_msg}";

/// How many pictures succeeded, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pictures that succeeded.
    pub done: usize,
    /// Pictures that failed.
    pub failed: usize,
    /// Pictures skipped because of Ctrl-C.
    pub not_reached: usize,
}

impl Tally {
    /// Success when every picture was processed without an error.
    pub fn exit_code(self) -> ExitCode {
        if self.failed + self.not_reached == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// A summary such as `12 pictures, 1 failed`.
    pub fn in_words(self) -> String {
        let noun = if self.done == 1 { "picture" } else { "pictures" };
        let mut words = format!("{} {noun}", self.done);
        if self.failed > 0 {
            words += &format!(", {} failed", self.failed);
        }
        if self.not_reached > 0 {
            words += &format!(", {} not reached because of the interrupt", self.not_reached);
        }
        words
    }
}

/// The picture files in `paths` (files and folders), and the number of paths that could not be read. Prints
/// why.
pub fn collect_and_report(paths: &[PathBuf]) -> (Vec<PathBuf>, usize) {
    let (pictures, errors) = collect_pictures(paths);
    errors.iter().for_each(|error| print_error(&error.to_string()));
    (pictures, errors.len())
}

/// Runs `measure` on `items` on all cores and passes the results to `note` one by one, in order, until all
/// are done or Ctrl-C is pressed. Failures are printed and counted.
///
/// # Errors
/// The first error of `note`, which ends the work.
pub fn for_each_parallel<I: Sync, T: Send>(
    interrupt: &Interrupt,
    items: &[I],
    name: impl Fn(&I) -> String,
    measure: impl Fn(&I) -> anyhow::Result<T> + Sync,
    mut note: impl FnMut(&I, T) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let bar = progress_bar(items.len(), ETA_AND_MESSAGE);
    let mut tally = Tally { not_reached: items.len(), ..Tally::default() };
    for chunk in items.chunks(2 * rayon::current_num_threads()) {
        if interrupt.is_set() {
            break;
        }
        bar.set_message(chunk.first().map(&name).unwrap_or_default());
        let measured: Vec<anyhow::Result<T>> = chunk.par_iter().map(&measure).collect();
        for (item, measured) in chunk.iter().zip(measured) {
            tally.not_reached -= 1;
            match measured {
                Ok(measured) => {
                    note(item, measured)?;
                    tally.done += 1;
                }
                Err(error) => {
                    bar.suspend(|| print_error(&format!("{error:#}")));
                    tally.failed += 1;
                }
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(tally)
}

/// Loads a picture, and prints the decoder's remarks (such as on a damaged file) to standard error.
///
/// # Errors
/// When the picture cannot be read.
pub fn read_picture(path: &Path) -> anyhow::Result<RgbImage> {
    let loaded = load_picture(path)?;
    loaded.remarks.iter().for_each(|remark| print_error(remark));
    Ok(loaded.picture)
}

/// Loads a picture and finds the largest face in it.
///
/// # Errors
/// When the picture cannot be read or shows no face.
pub fn load_face(finder: &FaceFinder, path: &Path) -> anyhow::Result<(RgbImage, TrackedFace)> {
    let picture = read_picture(path)?;
    let face = find_face(finder, path, &picture)?;
    Ok((picture, face))
}

/// Finds the largest face in `picture`; `path` is for the error message.
///
/// # Errors
/// When the picture shows no face, or a network fails.
pub fn find_face(finder: &FaceFinder, path: &Path, picture: &RgbImage) -> anyhow::Result<TrackedFace> {
    match finder.find_largest(picture)? {
        Some(face) => Ok(face),
        None => {
            anyhow::bail!("“{}”: {}", path.display(), problem_of_still(&[], picture).reason(InputKind::Still))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_failures_are_counted() {
        let items: Vec<u32> = (0..23).collect();
        let mut seen = Vec::new();
        let measure = |item: &u32| {
            if item % 5 == 3 { anyhow::bail!("no {item}") } else { Ok(item * 2) }
        };
        let tally =
            for_each_parallel(&Interrupt::default(), &items, u32::to_string, measure, |item, double| {
                seen.push((*item, double));
                Ok(())
            })
            .unwrap();
        assert_eq!(tally, Tally { done: 19, failed: 4, not_reached: 0 });
        assert!(
            seen.len() == 19 && seen.is_sorted() && seen.iter().all(|(item, double)| item * 2 == *double)
        );
        assert_eq!(tally.in_words(), "19 pictures, 4 failed");
    }

    #[test]
    fn an_error_of_the_callback_ends_the_work() {
        let ended = for_each_parallel(
            &Interrupt::default(),
            &[1, 2],
            i32::to_string,
            |item| Ok(*item),
            |_, _| anyhow::bail!("the disk is full"),
        );
        assert!(ended.is_err());
    }
}
