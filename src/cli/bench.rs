//! `agemirror bench`: measures how long each stage takes on this machine.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, Subcommand};
use image::{RgbImage, imageops};
use serde::Serialize;

use crate::pipeline::quantile;
use agemirror_console::choices::AgingArgs;
use agemirror_console::output::{print_json, print_line};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::{FaceMemory, open_model};
use agemirror_faces::compose::{About, paste_faces};
use agemirror_faces::crop::{FaceCrop, SideLimits};
use agemirror_faces::face::regions::{EdgeGuide, HEAD_TEMPLATE, Region, RegionNetwork};
use agemirror_faces::face::{
    DetectorSettings, FaceDetector, FaceFinder, FaceMesh, FaceRegion, Similarity, TrackedFace, align,
};
use agemirror_kernels::{DeviceChoice, choose_device};
use agemirror_lab::commands::{DeviceArgs, check_device};
use agemirror_pictures::decode_picture;

/// The portrait used for all measurements.
static PORTRAIT: &[u8] = include_bytes!("../../assets/astronaut.jpg");
/// Size of the frame around it in pixels, that of an ordinary webcam.
const FRAME: (u32, u32) = (640, 480);
/// Side of the head crop in pixels.
const HEAD_SIDE: u32 = 448;
/// Minimum time over which a stage is repeated.
const MIN_TIME: Duration = Duration::from_millis(1000);
/// Minimum number of runs of a stage.
const MIN_RUNS: usize = 10;

/// Arguments of `agemirror bench`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Prints the timings as JSON
    #[arg(long)]
    json: bool,
    /// The aging model; `agemirror models` lists them [default: the first]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Compares a GPU with the CPU in every operation, network and trainer, and measures it
    Device(DeviceArgs),
}

/// Timings of one stage, in milliseconds.
#[derive(Serialize)]
struct Timing {
    stage: String,
    runs: usize,
    median: f32,
    percentile_95: f32,
    /// Median relative to the median of the encoder.
    of_encoder: f32,
}

#[derive(Serialize)]
struct Timings {
    program: &'static str,
    device: String,
    model: String,
    crop_side: u32,
    frame: [u32; 2],
    stages: Vec<Timing>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(Command::Device(device)) = &arguments.command {
        return check_device(device);
    }
    let timings = measure_all(arguments)?;
    if arguments.json {
        print_json(&timings)?;
        return Ok(ExitCode::SUCCESS);
    }
    print_line(&format!("{}, model {}, crop of {} pixels", timings.device, timings.model, timings.crop_side));
    print_line(&format!("{:<18} {:>9} {:>9} {:>9}", "milliseconds", "median", "95 %", "/encoder"));
    for Timing { stage, median, percentile_95, of_encoder, .. } in &timings.stages {
        print_line(&format!("{stage:<18} {median:>9.2} {percentile_95:>9.2} {of_encoder:>9.2}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn measure_all(arguments: &Arguments) -> anyhow::Result<Timings> {
    let chosen = choose_device(DeviceChoice::Automatic);
    let aging = AgingArgs { model: arguments.model.clone(), ..AgingArgs::default() };
    let model = open_model(aging.model(), &chosen.device)?;
    let detector = FaceDetector::bundled()?;
    let mesh = FaceMesh::bundled(&candle_core::Device::Cpu)?;
    let frame = frame()?;
    let face = FaceFinder::new()?.find_largest(&frame)?.context("the bundled portrait shows no face")?;
    let region = FaceRegion::around_mesh(&face.mesh);
    let cut = || FaceCrop::cut_for(model.info(), &frame, &face, SideLimits::LIVE, None);
    let crop = cut();
    let code = model.encode(&crop.picture)?;
    let decade = |count: u16| -> Vec<f32> { (0..count).map(|step| 5.0 + 8.0 * f32::from(step)).collect() };
    let aged = model.decode(&crop.picture, &code, &[70.0], Gender::default())?;

    let mut memory = FaceMemory::default();
    let mut stages = vec![
        measure("detector", || detector.detect(&frame, DetectorSettings::LIVE))?,
        measure("mesh", || mesh.fit(&frame, region))?,
        measure("align", || anyhow::Ok(cut()))?,
        measure("encode", || model.encode(&crop.picture))?,
        measure("encode next", || model.encode_next(&crop.picture, &mut memory))?,
    ];
    for count in [1, 4, 10] {
        let ages = decade(count);
        let decode = || model.decode(&crop.picture, &code, &ages, Gender::default());
        stages.push(measure(&format!("decode {count}"), decode)?);
    }
    stages.extend(measure_regions(&frame, &face)?);
    stages.push(measure("paste", || {
        anyhow::Ok(paste_faces(&frame, aged.first().map(|aged| crop.patch(aged))))
    })?);
    let encoder = stages.iter().find(|timing| timing.stage == "encode").map_or(0.0, |timing| timing.median);
    for timing in &mut stages {
        timing.of_encoder = if encoder > 0.0 { timing.median / encoder } else { 0.0 };
    }
    Ok(Timings {
        program: About::PROGRAM,
        device: chosen.description.to_string(),
        model: model.info().name.to_owned(),
        crop_side: crop.picture.width(),
        frame: [FRAME.0, FRAME.1],
        stages,
    })
}

/// Measures cropping the head, segmenting its regions, and refining four of them along the edges.
fn measure_regions(frame: &RgbImage, face: &TrackedFace) -> anyhow::Result<Vec<Timing>> {
    let network = RegionNetwork::bundled(&candle_core::Device::Cpu)?;
    let cut = || {
        let to_head = Similarity::from_points(&face.points, &HEAD_TEMPLATE, HEAD_SIDE);
        align(frame, &to_head, HEAD_SIDE)
    };
    let head = cut();
    let masks = network.masks(&head)?;
    let refine = || {
        let guide = EdgeGuide::new(&head);
        let regions = [Region::Skin, Region::Hair, Region::Beard, Region::Glasses];
        regions.iter().map(|region| guide.refine(masks.plane(*region))).collect::<Result<Vec<_>, _>>()
    };
    Ok(vec![
        measure("cut head", || anyhow::Ok(cut()))?,
        measure("regions", || network.masks(&head))?,
        measure("refine 4", refine)?,
    ])
}

/// A webcam frame with the portrait in the middle.
fn frame() -> anyhow::Result<RgbImage> {
    let portrait = decode_picture(PORTRAIT, "the bundled portrait")?.picture;
    let side = FRAME.1;
    let portrait = imageops::resize(&portrait, side, side, imageops::FilterType::Triangle);
    let mut frame = RgbImage::new(FRAME.0, FRAME.1);
    imageops::replace(&mut frame, &portrait, i64::from((FRAME.0 - side) / 2), 0);
    Ok(frame)
}

/// Measures `work` repeatedly, after a first run for warm-up.
fn measure<T, E>(stage: &str, mut work: impl FnMut() -> Result<T, E>) -> anyhow::Result<Timing>
where
    anyhow::Error: From<E>,
{
    black_box(work()?);
    let mut times = Vec::new();
    let started = Instant::now();
    while started.elapsed() < MIN_TIME || times.len() < MIN_RUNS {
        let start = Instant::now();
        black_box(work()?);
        times.push(start.elapsed().as_secs_f32() * 1e3);
    }
    Ok(Timing {
        stage: stage.to_owned(),
        runs: times.len(),
        median: quantile(&mut times, 0.5),
        percentile_95: quantile(&mut times, 0.95),
        of_encoder: 0.0,
    })
}
