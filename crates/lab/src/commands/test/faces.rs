//! Common to the tests of all published systems: reads pictures, writes files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use image::RgbImage;

use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_line, progress_bar};
use agemirror_faces::compose::check_folder;
use agemirror_faces::crop::{FaceCrop, SideLimits};
use agemirror_faces::face::{AlignmentTemplate, FaceFinder};
use agemirror_pictures::{collect_pictures, load_picture};

/// Pictures and the output folder.
#[derive(Args, Debug)]
pub(super) struct Faces {
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "PICTURE|FOLDER")]
    pictures: Vec<PathBuf>,
    /// Output folder, created if missing; existing files are not overwritten
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Detect the face in each picture and crop it for the model; without it pictures are used whole, as the
    /// authors' test does
    #[arg(long)]
    align: bool,
}

impl Faces {
    /// Whether pictures are cropped for the model.
    pub(super) fn aligned(&self) -> bool {
        self.align
    }

    /// Calls `work` for every picture and reports failures; stops on Ctrl-C. Returns whether all pictures
    /// succeeded.
    ///
    /// # Errors
    /// When the folder cannot be written or the face detector cannot be loaded.
    pub(super) fn each(
        &self,
        templates: &[AlignmentTemplate],
        mut work: impl FnMut(&Path, &RgbImage) -> anyhow::Result<()>,
    ) -> anyhow::Result<bool> {
        let interrupt = Interrupt::listen()?;
        check_folder(&self.out)?;
        let (paths, unreadable) = collect_pictures(&self.pictures);
        unreadable.iter().for_each(|error| print_error(&error.to_string()));
        let mut finder = if self.align { Some(FaceFinder::new()?) } else { None };
        let bar = progress_bar(paths.len(), "{wide_msg}");
        let (mut done, mut failed) = (0, unreadable.len());
        for path in &paths {
            if interrupt.is_set() {
                break;
            }
            bar.set_message(path.display().to_string());
            match face(path, finder.as_mut(), templates).and_then(|face| work(path, &face)) {
                Ok(()) => done += 1,
                Err(error) => {
                    failed += 1;
                    bar.suspend(|| print_error(&format!("{error:#}")));
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        let left = paths.len() + unreadable.len() - done - failed;
        if failed + left > 0 {
            print_error(&format!("{done} pictures done, {failed} failed, {left} not reached"));
        }
        Ok(failed + left == 0)
    }
}

/// The whole picture, or with a detector the largest face in it.
fn face(
    path: &Path,
    finder: Option<&mut FaceFinder>,
    templates: &[AlignmentTemplate],
) -> anyhow::Result<RgbImage> {
    let picture = load_picture(path)?.picture;
    let Some(finder) = finder else { return Ok(picture) };
    let found = finder.find_largest(&picture).with_context(|| path.display().to_string())?;
    let Some(face) = found else {
        anyhow::bail!("“{}” shows no face; omit --align to use the whole picture", path.display());
    };
    Ok(FaceCrop::cut(&picture, &face, templates, SideLimits::STILL, None).picture.as_ref().clone())
}

/// Prints where the files are and returns the exit code.
pub(super) fn finish(all_done: bool, out: &Path) -> ExitCode {
    print_line(&format!("Done. Results are in {}", out.display()));
    if all_done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
