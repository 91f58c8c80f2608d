//! Saves a sweep: many small steps from one age to another, as numbered pictures and as animations.

use std::convert::Infallible;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::animate::Animation;
use super::palette::Samples;
use super::provenance::Provenance;
use super::save::{ABOUT, About, INPUT};
use super::staging::StagedFolder;
use crate::compose::caption::draw_caption;
use agemirror_storage::SaveError;
use agemirror_storage::file_stamp;

/// Parameters of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// First age, in years.
    pub from: f32,
    /// Last age, in years; may be lower than the first.
    pub to: f32,
    /// Number of pictures including both ends, 2 to 600.
    pub steps: usize,
    /// Playback rate of the animations, in pictures per second, 1 to 50.
    pub rate: u32,
    /// Whether to write the age on each picture.
    pub caption: bool,
}

impl Default for Sweep {
    fn default() -> Self {
        Self { from: 5.0, to: 80.0, steps: 48, rate: 16, caption: true }
    }
}

impl Sweep {
    /// The ages in order, evenly spaced.
    pub fn ages(&self) -> impl Iterator<Item = f32> + '_ {
        let last = self.steps.saturating_sub(1).max(1) as f32;
        (0..self.steps).map(move |step| self.from + (self.to - self.from) * (step as f32 / last))
    }

    fn is_possible(&self) -> bool {
        (2..=600).contains(&self.steps)
            && (1..=50).contains(&self.rate)
            && self.from.is_finite()
            && self.to.is_finite()
    }
}

/// Paths of a saved sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepFiles {
    /// The new folder that holds the files.
    pub folder: PathBuf,
    /// The numbered pictures, `sweep_0001.png` and so on.
    pub pictures: Vec<PathBuf>,
    /// The animated GIF, `sweep.gif`.
    pub gif: PathBuf,
    /// The animated PNG in full colour, `sweep.apng`.
    pub apng: PathBuf,
}

/// Why a sweep failed; nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum SweepError<E> {
    /// The picture of one age failed.
    #[error(transparent)]
    Picture(E),
    /// A file could not be written.
    #[error(transparent)]
    Save(SaveError),
    /// The pictures differ in size.
    #[error("the pictures of a sweep differ in size; sweep over one still picture")]
    SizeChanged,
    /// The parameters are out of range.
    #[error("a sweep needs 2 to 600 pictures at 1 to 50 pictures per second")]
    Impossible,
}

impl<E> From<SaveError> for SweepError<E> {
    fn from(error: SaveError) -> Self {
        Self::Save(error)
    }
}

/// Saves a sweep as a new folder called `name` (or `name-2` and so on) inside `folder`, which is created if
/// missing. `picture_at` renders the picture of one age; its error ends the sweep.
///
/// The folder appears with all its files at once. At most two pictures are held in memory: the animations,
/// which play back and forth, are made from the numbered pictures.
///
/// # Errors
/// When a picture cannot be rendered or saved, or the parameters are out of range.
pub fn write_sweep<E>(
    folder: &Path,
    name: &OsStr,
    sweep: &Sweep,
    mut picture_at: impl FnMut(f32) -> Result<RgbImage, E>,
) -> Result<SweepFiles, SweepError<E>> {
    if !sweep.is_possible() {
        return Err(SweepError::Impossible);
    }
    let staged = StagedFolder::begin(folder)?;
    let ages: Vec<f32> = sweep.ages().collect();
    let labels: Vec<String> = ages.iter().map(|age| format!("{age:.0}")).collect();
    write_frames(&staged, &labels, sweep.rate, |number| {
        let mut picture = picture_at(ages[number]).map_err(SweepError::Picture)?;
        if sweep.caption {
            draw_caption(&mut picture, &labels[number]);
        }
        Ok(picture)
    })?;
    let folder = staged.publish(name)?;
    Ok(SweepFiles::of(folder, sweep.steps))
}

/// Writes a picture for each label and their animations, which play `rate` pictures per second.
fn write_frames<E>(
    staged: &StagedFolder,
    labels: &[impl AsRef<str>],
    rate: u32,
    mut picture: impl FnMut(usize) -> Result<RgbImage, SweepError<E>>,
) -> Result<(), SweepError<E>> {
    let count = labels.len();
    let mut samples = Samples::new(count);
    let mut size = None;
    for (number, label) in labels.iter().enumerate() {
        let picture = picture(number)?;
        if *size.get_or_insert(picture.dimensions()) != picture.dimensions() {
            return Err(SweepError::SizeChanged);
        }
        samples.take(&picture);
        let provenance = Provenance::of_ages([label.as_ref()]);
        staged.write_picture(&numbered_name(number), &picture, Some(&provenance))?;
    }
    let (width, height) = size.unwrap_or_default();
    let provenance = match labels {
        [first, .., last] => Provenance::between(first.as_ref(), last.as_ref()),
        _ => Provenance::of_ages(labels.iter().map(AsRef::as_ref)),
    };
    let animation = || Animation {
        count,
        size: [width, height],
        delay: (100.0 / rate as f32).round() as u16,
        hold: HOLD,
        provenance: Some(&provenance),
        read: |number| read_back(&staged.path(&numbered_name(number))),
    };
    staged.write(GIF, |out| animation().write_gif(samples.palette(), out))?;
    staged.write(APNG, |out| animation().write_apng(out))?;
    Ok(())
}

impl SweepFiles {
    fn of(folder: PathBuf, count: usize) -> Self {
        Self {
            pictures: (0..count).map(|number| folder.join(numbered_name(number))).collect(),
            gif: folder.join(GIF),
            apng: folder.join(APNG),
            folder,
        }
    }
}

/// Existing pictures to save as a sweep.
#[derive(Clone, Copy)]
pub struct CaptionedFrames<'a> {
    /// The picture they were made from.
    pub input: &'a RgbImage,
    /// The pictures in playback order, each with its caption; all of one size.
    pub pictures: &'a [(&'a str, &'a RgbImage)],
    /// Playback rate of the animations, in pictures per second, 1 to 50.
    pub rate: u32,
    /// Provenance.
    pub about: &'a About,
}

/// Saves existing pictures like [`write_sweep`], with `input.png` and `about.json`, in a new folder named by
/// the time like that of [`crate::compose::save_view`].
///
/// # Errors
/// When a picture cannot be saved, they differ in size, or there are none.
pub fn save_frames(folder: &Path, animation: &CaptionedFrames) -> Result<SweepFiles, SweepError<Infallible>> {
    let count = animation.pictures.len();
    if !(1..=600).contains(&count) || !(1..=50).contains(&animation.rate) {
        return Err(SweepError::Impossible);
    }
    let staged = StagedFolder::begin(folder)?;
    staged.write_picture(INPUT, animation.input, None)?;
    staged.write(ABOUT, |out| {
        serde_json::to_writer_pretty(&mut *out, animation.about)?;
        out.write_all(b"\n")
    })?;
    let labels: Vec<&str> = animation.pictures.iter().map(|(caption, _)| *caption).collect();
    write_frames(&staged, &labels, animation.rate, |number| {
        let (caption, picture) = animation.pictures[number];
        let mut picture = picture.clone();
        draw_caption(&mut picture, caption);
        Ok(picture)
    })?;
    let name = format!("agemirror_sweep_{}", file_stamp(animation.about.saved_at));
    Ok(SweepFiles::of(staged.publish(name.as_ref())?, count))
}

/// Display time of the first and the last picture, in hundredths of a second.
const HOLD: u16 = 70;

const GIF: &str = "sweep.gif";
const APNG: &str = "sweep.apng";

fn numbered_name(number: usize) -> String {
    format!("sweep_{:04}.png", number + 1)
}

/// Reads a picture that the program wrote.
pub(super) fn read_back(path: &Path) -> io::Result<RgbImage> {
    let picture = image::load_from_memory(&std::fs::read(path)?).map_err(io::Error::other)?;
    Ok(picture.into_rgb8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;
    use std::convert::Infallible;
    use std::fs;

    fn flat(age: f32) -> Result<RgbImage, Infallible> {
        Ok(RgbImage::from_pixel(32, 24, Rgb([(age * 3.0) as u8, 80, 90])))
    }

    fn sweep(steps: usize) -> Sweep {
        Sweep { from: 20.0, to: 60.0, steps, caption: false, ..Sweep::default() }
    }

    #[test]
    fn the_ages_are_even_and_include_both_ends() {
        assert_eq!(sweep(5).ages().collect::<Vec<_>>(), [20.0, 30.0, 40.0, 50.0, 60.0]);
        let down = Sweep { from: 60.0, to: 20.0, ..sweep(3) };
        assert_eq!(down.ages().collect::<Vec<_>>(), [60.0, 40.0, 20.0]);
    }

    #[test]
    fn a_sweep_is_a_folder_of_numbered_pictures_and_two_animations() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("out");
        let first = write_sweep(&folder, "face".as_ref(), &sweep(5), flat).unwrap();
        assert_eq!(first.folder, folder.join("face"));
        assert_eq!(first.pictures[4], folder.join("face/sweep_0005.png"));
        assert_eq!(image::open(&first.pictures[2]).unwrap().to_rgb8(), flat(40.0).unwrap());
        assert!(fs::read(&first.gif).unwrap().starts_with(b"GIF89a"));
        assert!(fs::read(&first.apng).unwrap().starts_with(b"\x89PNG"));
        assert_eq!(fs::read_dir(&first.folder).unwrap().count(), 7);
        let second = write_sweep(&folder, "face".as_ref(), &sweep(2), flat).unwrap();
        assert_eq!(second.folder, folder.join("face-2"));
    }

    #[test]
    fn a_failed_sweep_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let failing = |age| if age > 30.0 { Err("network") } else { flat(age).map_err(|_| "never") };
        let failed = write_sweep(folder.path(), "face".as_ref(), &sweep(5), failing);
        assert!(matches!(failed, Err(SweepError::Picture("network"))));
        let growing = |age: f32| Ok::<_, Infallible>(RgbImage::new(age as u32, 9));
        let failed = write_sweep(folder.path(), "face".as_ref(), &sweep(5), growing);
        assert!(matches!(failed, Err(SweepError::SizeChanged)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn out_of_range_parameters_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for bad in [
            sweep(1),
            sweep(601),
            Sweep { rate: 0, ..sweep(5) },
            Sweep { rate: 51, ..sweep(5) },
            Sweep { from: f32::NAN, ..sweep(5) },
        ] {
            let failed = write_sweep(folder.path(), "face".as_ref(), &bad, flat);
            assert!(matches!(failed, Err(SweepError::Impossible)), "{bad:?}");
        }
    }
}
