//! Work on many pictures: progress, what fails, and how it went.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use image::RgbImage;
use rayon::prelude::*;

use crate::interrupt::Interrupt;
use crate::output::{complain, progress_bar};
use agemirror_faces::face::{FaceFinder, InputKind, TrackedFace, problem_of_still};
use agemirror_pictures::{collect_pictures, load_picture};

/// What stands behind the count of a bar: the time left, and the name of what is being done.
pub const LEFT_AND_NAME: &str = "left {eta} {wide_msg}";

/// How many pictures were done, and how many not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pictures that succeeded.
    pub done: usize,
    /// Pictures that failed.
    pub failed: usize,
    /// Pictures that Ctrl-C left out.
    pub not_reached: usize,
}

impl Tally {
    /// 0 when all is well, else 1.
    pub fn exit_code(self) -> ExitCode {
        if self.failed + self.not_reached == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// As in `12 pictures, 1 failed`.
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

/// The pictures among files and folders; what is wrong with one of those is said and counted.
pub fn pictures(paths: &[PathBuf]) -> (Vec<PathBuf>, usize) {
    let (pictures, errors) = collect_pictures(paths);
    errors.iter().for_each(|error| complain(&error.to_string()));
    (pictures, errors.len())
}

/// Measures `items` on all cores and hands the results to `note` one by one in their order, until all are
/// done or Ctrl-C comes. What fails is said and counted; an error of `note` ends the work.
pub fn each<I: Sync, T: Send>(
    interrupt: &Interrupt,
    items: &[I],
    name: impl Fn(&I) -> String,
    measure: impl Fn(&I) -> anyhow::Result<T> + Sync,
    mut note: impl FnMut(&I, T) -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let bar = progress_bar(items.len(), LEFT_AND_NAME);
    let mut tally = Tally { not_reached: items.len(), ..Tally::default() };
    for some in items.chunks(2 * rayon::current_num_threads()) {
        if interrupt.came() {
            break;
        }
        bar.set_message(some.first().map(&name).unwrap_or_default());
        let measured: Vec<anyhow::Result<T>> = some.par_iter().map(&measure).collect();
        for (item, measured) in some.iter().zip(measured) {
            tally.not_reached -= 1;
            match measured {
                Ok(measured) => {
                    note(item, measured)?;
                    tally.done += 1;
                }
                Err(error) => {
                    bar.suspend(|| complain(&format!("{error:#}")));
                    tally.failed += 1;
                }
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(tally)
}

/// Reads a picture; what there is to say of it, as of a damaged one, goes to standard error.
pub fn read_picture(path: &Path) -> anyhow::Result<RgbImage> {
    let read = load_picture(path)?;
    read.remarks.iter().for_each(|remark| complain(remark));
    Ok(read.picture)
}

/// A picture and the largest face in it.
pub fn face_in(finder: &FaceFinder, path: &Path) -> anyhow::Result<(RgbImage, TrackedFace)> {
    let picture = read_picture(path)?;
    let face = face_of(finder, path, &picture)?;
    Ok((picture, face))
}

/// The largest face in the picture in the file `path`.
pub fn face_of(finder: &FaceFinder, path: &Path, picture: &RgbImage) -> anyhow::Result<TrackedFace> {
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
        let tally = each(&Interrupt::default(), &items, u32::to_string, measure, |item, double| {
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
    fn an_error_of_the_note_ends_the_work() {
        let ended = each(
            &Interrupt::default(),
            &[1, 2],
            i32::to_string,
            |item| Ok(*item),
            |_, _| anyhow::bail!("the disk is full"),
        );
        assert!(ended.is_err());
    }
}
