//! `agemirror test agetransgan`: the age sweep of the authors' test program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use image::{RgbImage, imageops};
use serde::{Deserialize, Serialize};

use agemirror_console::each_picture::find_face;
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_line, progress_bar};
use agemirror_faces::age::{AgeGroup, FOUR_GROUPS, TEN_GROUPS};
use agemirror_faces::aging::agetransgan::{AgeTransGan, Noise};
use agemirror_faces::aging::{AgingModel, open_agetransgan};
use agemirror_faces::compose::{check_folder, write_picture, write_ping_pong};
use agemirror_faces::crop::{FaceCrop, SideLimits};
use agemirror_faces::face::{FaceFinder, TrackedFace};
use agemirror_kernels::{DeviceChoice, choose_device};
use agemirror_pictures::load_picture;
use agemirror_storage::write_atomically;

/// Steps from one group to the next.
const STEPS: usize = 10;
/// Black pixels that the authors put around the picture; beyond it the crop is black.
const BORDER: u32 = 200;
/// Pictures a second of the animation, and its largest side in pixels.
const RATE: u32 = 10;
const ANIMATION_SIDE: u32 = 512;

/// What `agemirror test agetransgan` is told.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The picture of a face
    #[arg(long, value_name = "PICTURE")]
    file: PathBuf,
    /// The folder to write to; made where it is missing. A run that was stopped goes on where it was
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The weights [default: those that were taken in]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// The number of age groups, 10 or 4 [default: as the weights have]
    #[arg(long, value_name = "NUMBER", value_parser = group_count)]
    group: Option<usize>,
    /// Only the groups themselves, not the steps between them
    #[arg(long)]
    pure: bool,
    /// Another noise in every picture, as the authors have it, so that the animation flickers a little
    #[arg(long)]
    fresh_noise: bool,
    /// How many ages go through the network together; a stop waits for them
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    batch_size: u8,
}

fn group_count(text: &str) -> Result<usize, String> {
    match text {
        "10" => Ok(10),
        "4" => Ok(4),
        _ => Err("there are networks of 10 groups and of 4".to_owned()),
    }
}

/// Writes the crop, the pictures of the sweep and the animation.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let out = &arguments.out;
    check_folder(out)?;
    let picture = load_picture(&arguments.file)?.picture;
    let model = open(arguments)?;
    let crop = crop(&picture, &arguments.file, &model)?;
    begin(out, &crop, &model.info().weights_hash)?;
    let frames = frames(model.groups(), arguments.pure);
    let left = frames.iter().filter(|frame| !frame.path(out).exists()).count();
    let written = sweep(arguments, &model, &crop, &frames, &interrupt)?;
    if written < left {
        print_error(&format!(
            "stopped with {} of {} pictures in {}; the same command goes on from there",
            frames.len() - left + written,
            frames.len(),
            out.display()
        ));
        return Ok(ExitCode::FAILURE);
    }
    let captioned: Vec<_> = frames.iter().map(|frame| (frame.path(out), frame.caption())).collect();
    let animation = out.join(if arguments.pure { "groups.gif" } else { "sweep.gif" });
    write_ping_pong(&animation, &captioned, ANIMATION_SIDE, RATE)?;
    print_line(&format!("{} pictures and {} are in {}", frames.len(), file_name(&animation), out.display()));
    Ok(ExitCode::SUCCESS)
}

fn open(arguments: &Arguments) -> anyhow::Result<AgeTransGan> {
    let device = choose_device(DeviceChoice::Automatic).device;
    let mut model = match &arguments.weights {
        Some(file) => AgeTransGan::open(file, &device)?,
        None => open_agetransgan(arguments.group, &device)?,
    };
    if let Some(group) = arguments.group.filter(|group| *group != model.groups()) {
        anyhow::bail!("the weights know {} groups, not {group}; leave --group out", model.groups());
    }
    if arguments.fresh_noise {
        model.set_noise(Noise::Fresh);
    }
    Ok(model)
}

/// The largest face, cut out as the network wants it.
fn crop(picture: &RgbImage, file: &Path, model: &AgeTransGan) -> anyhow::Result<RgbImage> {
    let face = find_face(&FaceFinder::new()?, file, picture)?;
    let mut bordered = RgbImage::new(picture.width() + 2 * BORDER, picture.height() + 2 * BORDER);
    imageops::replace(&mut bordered, picture, i64::from(BORDER), i64::from(BORDER));
    let moved = face.points.map(|point| point.map(|value| value + BORDER as f32));
    let face = TrackedFace { points: moved, ..face };
    let info = model.info();
    let limits = SideLimits { smallest: info.side, largest: info.side };
    Ok(FaceCrop::cut(&bordered, &face, &info.templates, limits, None).picture.as_ref().clone())
}

/// What is noted in the folder, so that a run goes on only with the same weights.
#[derive(Serialize, Deserialize, PartialEq)]
struct Note {
    weights: String,
}

/// Saves the crop, or makes sure that the folder was begun with the same one and the same weights.
fn begin(out: &Path, crop: &RgbImage, weights_hash: &str) -> anyhow::Result<()> {
    let (crop_file, note_file) = (out.join("crop.png"), out.join("weights.json"));
    let note = Note { weights: weights_hash.to_owned() };
    if !crop_file.exists() {
        write_picture(&crop_file, crop)?;
        let text = serde_json::to_vec_pretty(&note)?;
        return Ok(write_atomically(&note_file, |file| file.write_all(&text))?);
    }
    let same_crop = image::open(&crop_file).is_ok_and(|before| before.to_rgb8() == *crop);
    let noted = std::fs::read(&note_file).ok().and_then(|text| serde_json::from_slice::<Note>(&text).ok());
    if !same_crop || noted != Some(note) {
        anyhow::bail!(
            "{} holds pictures of another face or of other weights; name another folder",
            out.display()
        );
    }
    Ok(())
}

/// One picture of the sweep.
struct Frame {
    number: usize,
    group: AgeGroup,
}

impl Frame {
    fn path(&self, out: &Path) -> PathBuf {
        out.join(format!("{:03}.png", self.number))
    }

    /// Where it lies among the groups.
    fn position(&self) -> f32 {
        self.number as f32 / STEPS as f32
    }

    fn caption(&self) -> String {
        format!("Age: {}", self.group.label)
    }
}

/// Every picture, or those of the pure groups, which keep the number they have among all.
fn frames(groups: usize, pure: bool) -> Vec<Frame> {
    let names: &[AgeGroup] = if groups == FOUR_GROUPS.len() { &FOUR_GROUPS } else { &TEN_GROUPS };
    let all = (0..=(groups - 1) * STEPS).filter(|number| !pure || number % STEPS == 0);
    all.filter_map(|number| Some(Frame { number, group: *names.get(number / STEPS)? })).collect()
}

/// Writes every picture that is not there yet, until all are or Ctrl-C comes; returns how many it wrote.
fn sweep(
    arguments: &Arguments,
    model: &AgeTransGan,
    crop: &RgbImage,
    frames: &[Frame],
    interrupt: &Interrupt,
) -> anyhow::Result<usize> {
    let left: Vec<_> = frames.iter().filter(|frame| !frame.path(&arguments.out).exists()).collect();
    let bar = progress_bar(frames.len(), "{msg} {eta}").with_position((frames.len() - left.len()) as u64);
    let face = model.encode(crop)?;
    let mut written = 0;
    for batch in left.chunks(usize::from(arguments.batch_size)) {
        if interrupt.is_set() {
            break;
        }
        bar.set_message(batch.first().map(|frame| frame.caption()).unwrap_or_default());
        let positions: Vec<f32> = batch.iter().map(|frame| frame.position()).collect();
        for (frame, picture) in batch.iter().zip(model.paint(&face, &positions)?) {
            write_picture(&frame.path(&arguments.out), &picture)?;
            written += 1;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(written)
}

fn file_name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sweep_has_the_authors_numbers() {
        assert_eq!((frames(10, false).len(), frames(4, false).len()), (91, 31));
        let pure: Vec<_> = frames(4, true).iter().map(|frame| frame.number).collect();
        assert_eq!(pure, [0, 10, 20, 30]);
        let ten = frames(10, false);
        assert_eq!(ten[57].path(Path::new("out")), Path::new("out/057.png"));
        assert_eq!((ten[57].position(), ten[57].caption()), (5.7, "Age: 20–29".to_owned()));
        assert_eq!((ten[90].position(), ten[90].caption()), (9.0, "Age: 70+".to_owned()));
    }

    #[test]
    fn a_folder_goes_on_only_with_the_same_face_and_weights() {
        let folder = tempfile::tempdir().unwrap();
        let crop = RgbImage::from_pixel(8, 8, image::Rgb([9, 8, 7]));
        let other = RgbImage::from_pixel(8, 8, image::Rgb([9, 8, 6]));
        begin(folder.path(), &crop, "one").unwrap();
        begin(folder.path(), &crop, "one").unwrap();
        assert!(begin(folder.path(), &other, "one").is_err());
        assert!(begin(folder.path(), &crop, "two").is_err());
    }

    #[test]
    fn there_are_networks_of_ten_groups_and_of_four() {
        assert_eq!((group_count("10"), group_count("4")), (Ok(10), Ok(4)));
        assert!(group_count("5").is_err());
    }
}
