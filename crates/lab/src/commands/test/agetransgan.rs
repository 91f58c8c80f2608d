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

/// Interpolation steps between neighbouring groups.
const STEPS: usize = 10;
/// Width in pixels of the black border that the authors add; the crop is black beyond it.
const BORDER_PX: u32 = 200;
/// Frame rate of the animation in pictures per second.
const FRAME_RATE: u32 = 10;
/// Maximum side of the animation, in pixels.
const ANIMATION_SIDE: u32 = 512;

/// Arguments of `agemirror test agetransgan`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Picture of a face
    #[arg(long, value_name = "PICTURE")]
    file: PathBuf,
    /// Output folder, created if missing. A stopped run in it resumes
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Weights [default: the imported ones]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Number of age groups, 10 or 4 [default: that of the weights]
    #[arg(long, value_name = "NUMBER", value_parser = group_count)]
    group: Option<usize>,
    /// Only the groups, without the steps between them
    #[arg(long)]
    pure: bool,
    /// Different noise in every picture, as the authors have it; the animation flickers slightly
    #[arg(long)]
    fresh_noise: bool,
    /// Number of ages per batch; Ctrl-C waits for the current batch
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    batch_size: u8,
}

fn group_count(text: &str) -> Result<usize, String> {
    match text {
        "10" => Ok(10),
        "4" => Ok(4),
        _ => Err("use 10 or 4 groups".to_owned()),
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
    start_or_check(out, &crop, &model.info().weights_hash)?;
    let frames = frames(model.groups(), arguments.pure);
    let left = frames.iter().filter(|frame| !frame.path(out).exists()).count();
    let written = sweep(arguments, &model, &crop, &frames, &interrupt)?;
    if written < left {
        print_error(&format!(
            "stopped with {} of {} pictures in {}; run the same command again to resume",
            frames.len() - left + written,
            frames.len(),
            out.display()
        ));
        return Ok(ExitCode::FAILURE);
    }
    let captioned: Vec<_> = frames.iter().map(|frame| (frame.path(out), frame.caption())).collect();
    let animation = out.join(if arguments.pure { "groups.gif" } else { "sweep.gif" });
    write_ping_pong(&animation, &captioned, ANIMATION_SIDE, FRAME_RATE)?;
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
        anyhow::bail!("the weights have {} groups, not {group}; omit --group", model.groups());
    }
    if arguments.fresh_noise {
        model.set_noise(Noise::Fresh);
    }
    Ok(model)
}

/// The largest face, cropped for the network.
fn crop(picture: &RgbImage, file: &Path, model: &AgeTransGan) -> anyhow::Result<RgbImage> {
    let face = find_face(&FaceFinder::new()?, file, picture)?;
    let mut bordered = RgbImage::new(picture.width() + 2 * BORDER_PX, picture.height() + 2 * BORDER_PX);
    imageops::replace(&mut bordered, picture, i64::from(BORDER_PX), i64::from(BORDER_PX));
    let moved = face.points.map(|point| point.map(|value| value + BORDER_PX as f32));
    let face = TrackedFace { points: moved, ..face };
    let info = model.info();
    let limits = SideLimits { smallest: info.side, largest: info.side };
    Ok(FaceCrop::cut(&bordered, &face, &info.templates, limits, None).picture.as_ref().clone())
}

/// Stored in the output folder, so that a run resumes only with the same weights.
#[derive(Serialize, Deserialize, PartialEq)]
struct RunId {
    weights: String,
}

/// Saves the crop, or checks that the folder has the same crop and weights.
fn start_or_check(out: &Path, crop: &RgbImage, weights_hash: &str) -> anyhow::Result<()> {
    let (crop_file, run_id_file) = (out.join("crop.png"), out.join("weights.json"));
    let run_id = RunId { weights: weights_hash.to_owned() };
    if !crop_file.exists() {
        write_picture(&crop_file, crop)?;
        let text = serde_json::to_vec_pretty(&run_id)?;
        return Ok(write_atomically(&run_id_file, |file| file.write_all(&text))?);
    }
    let before = std::fs::read(&crop_file).ok().and_then(|bytes| image::load_from_memory(&bytes).ok());
    let same_crop = before.is_some_and(|before| before.into_rgb8() == *crop);
    let stored =
        std::fs::read(&run_id_file).ok().and_then(|text| serde_json::from_slice::<RunId>(&text).ok());
    if !same_crop || stored != Some(run_id) {
        anyhow::bail!(
            "{} holds pictures of another face or other weights; use another folder",
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

    /// Position among the groups, in groups.
    fn position(&self) -> f32 {
        self.number as f32 / STEPS as f32
    }

    fn caption(&self) -> String {
        format!("Age: {}", self.group.label)
    }
}

/// All pictures, or only those of the groups, with the same numbers.
fn frames(groups: usize, pure: bool) -> Vec<Frame> {
    let names: &[AgeGroup] = if groups == FOUR_GROUPS.len() { &FOUR_GROUPS } else { &TEN_GROUPS };
    let all = (0..=(groups - 1) * STEPS).filter(|number| !pure || number % STEPS == 0);
    all.filter_map(|number| Some(Frame { number, group: *names.get(number / STEPS)? })).collect()
}

/// Writes the missing pictures; stops on Ctrl-C. Returns the number of written pictures.
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
    fn the_sweep_is_numbered_as_the_authors_do() {
        assert_eq!((frames(10, false).len(), frames(4, false).len()), (91, 31));
        let pure: Vec<_> = frames(4, true).iter().map(|frame| frame.number).collect();
        assert_eq!(pure, [0, 10, 20, 30]);
        let ten = frames(10, false);
        assert_eq!(ten[57].path(Path::new("out")), Path::new("out/057.png"));
        assert_eq!((ten[57].position(), ten[57].caption()), (5.7, "Age: 20–29".to_owned()));
        assert_eq!((ten[90].position(), ten[90].caption()), (9.0, "Age: 70+".to_owned()));
    }

    #[test]
    fn a_folder_resumes_only_with_the_same_face_and_weights() {
        let folder = tempfile::tempdir().unwrap();
        let crop = RgbImage::from_pixel(8, 8, image::Rgb([9, 8, 7]));
        let other = RgbImage::from_pixel(8, 8, image::Rgb([9, 8, 6]));
        start_or_check(folder.path(), &crop, "one").unwrap();
        start_or_check(folder.path(), &crop, "one").unwrap();
        assert!(start_or_check(folder.path(), &other, "one").is_err());
        assert!(start_or_check(folder.path(), &crop, "two").is_err());
    }

    #[test]
    fn only_ten_and_four_groups_are_accepted() {
        assert_eq!((group_count("10"), group_count("4")), (Ok(10), Ok(4)));
        assert!(group_count("5").is_err());
    }
}
