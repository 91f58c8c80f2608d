//! `agemirror bench`: measures how long each stage takes on this machine.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use image::{RgbImage, imageops};
use serde::Serialize;

use crate::pipeline::quantile;
use agemirror_console::choices::AgingArgs;
use agemirror_console::output::{print_json, print_line};
use agemirror_faces::age::Gender;
use agemirror_faces::aging::open_model;
use agemirror_faces::compose::{About, paste_faces};
use agemirror_faces::crop::{FaceCrop, SideLimits};
use agemirror_faces::face::regions::{EdgeGuide, HEAD_TEMPLATE, Region, RegionNetwork};
use agemirror_faces::face::{
    DetectorSettings, FaceDetector, FaceFinder, FaceMesh, FaceRegion, Similarity, TrackedFace, align,
};
use agemirror_kernels::{DeviceChoice, choose_device};
use agemirror_pictures::decode_picture;

/// The portrait that everything is measured on.
const PORTRAIT: &[u8] = include_bytes!("../../assets/astronaut.jpg");
/// The size of the frame it is put in, that of an ordinary webcam.
const FRAME: (u32, u32) = (640, 480);
/// The side of the head crop in pixels.
const HEAD_SIDE: u32 = 448;
/// A stage is repeated for so long, and at least so often.
const LONG_ENOUGH: Duration = Duration::from_millis(1000);
const OFTEN_ENOUGH: usize = 10;

/// What `agemirror bench` is told.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Writes the figures as JSON
    #[arg(long)]
    json: bool,
    /// The aging model; `agemirror models` lists them, the first is taken where none is named
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

/// Milliseconds of one stage.
#[derive(Serialize)]
struct Figure {
    stage: String,
    runs: usize,
    median: f32,
    percentile_95: f32,
    /// Its median in medians of the encoder.
    of_encoder: f32,
}

#[derive(Serialize)]
struct Figures {
    program: &'static str,
    device: String,
    model: String,
    crop_side: u32,
    frame: [u32; 2],
    stages: Vec<Figure>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let figures = measure_all(arguments)?;
    if arguments.json {
        print_json(&figures)?;
        return Ok(ExitCode::SUCCESS);
    }
    print_line(&format!("{}, model {}, crop of {} pixels", figures.device, figures.model, figures.crop_side));
    print_line(&format!("{:<18} {:>9} {:>9} {:>9}", "milliseconds", "median", "95 %", "/encoder"));
    for Figure { stage, median, percentile_95, of_encoder, .. } in &figures.stages {
        print_line(&format!("{stage:<18} {median:>9.2} {percentile_95:>9.2} {of_encoder:>9.2}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn measure_all(arguments: &Arguments) -> anyhow::Result<Figures> {
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

    let mut stages = vec![
        measure("detector", || detector.detect(&frame, DetectorSettings::LIVE))?,
        measure("mesh", || mesh.fit(&frame, region))?,
        measure("align", || anyhow::Ok(cut()))?,
        measure("encode", || model.encode(&crop.picture))?,
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
    let encoder = stages.iter().find(|figure| figure.stage == "encode").map_or(0.0, |figure| figure.median);
    for figure in &mut stages {
        figure.of_encoder = if encoder > 0.0 { figure.median / encoder } else { 0.0 };
    }
    Ok(Figures {
        program: About::PROGRAM,
        device: chosen.description,
        model: model.info().name.to_owned(),
        crop_side: crop.picture.width(),
        frame: [FRAME.0, FRAME.1],
        stages,
    })
}

/// Cutting the head out, reading its regions, and refining four of them along the edges of the head.
fn measure_regions(frame: &RgbImage, face: &TrackedFace) -> anyhow::Result<Vec<Figure>> {
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

/// The portrait in the middle of a webcam's frame.
fn frame() -> anyhow::Result<RgbImage> {
    let portrait = decode_picture(PORTRAIT, "the bundled portrait")?.picture;
    let side = FRAME.1;
    let portrait = imageops::resize(&portrait, side, side, imageops::FilterType::Triangle);
    let mut frame = RgbImage::new(FRAME.0, FRAME.1);
    imageops::replace(&mut frame, &portrait, i64::from((FRAME.0 - side) / 2), 0);
    Ok(frame)
}

/// Repeats `work`, after a first time that does not count.
fn measure<T, E>(stage: &str, mut work: impl FnMut() -> Result<T, E>) -> anyhow::Result<Figure>
where
    anyhow::Error: From<E>,
{
    black_box(work()?);
    let mut times = Vec::new();
    let began = Instant::now();
    while began.elapsed() < LONG_ENOUGH || times.len() < OFTEN_ENOUGH {
        let start = Instant::now();
        black_box(work()?);
        times.push(start.elapsed().as_secs_f32() * 1e3);
    }
    Ok(Figure {
        stage: stage.to_owned(),
        runs: times.len(),
        median: quantile(&mut times, 0.5),
        percentile_95: quantile(&mut times, 0.95),
        of_encoder: 0.0,
    })
}
