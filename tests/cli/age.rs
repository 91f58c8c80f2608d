//! `agemirror age`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use image::{Rgb, RgbImage};

use crate::program::{Ran, interrupt, names, portrait, program, run};

fn age(pictures: &[&Path], out: &Path, more: &[&str]) -> Ran {
    let mut arguments: Vec<&std::ffi::OsStr> = vec!["age".as_ref()];
    arguments.extend(pictures.iter().map(|path| path.as_os_str()));
    arguments.extend(["--out".as_ref(), out.as_os_str()]);
    arguments.extend(more.iter().map(|word| std::ffi::OsStr::new(*word)));
    run(arguments)
}

#[test]
fn a_picture_becomes_a_folder_of_tiles() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("made/on/the/way");
    let ran = age(&[&portrait()], &out, &["--ages", "8,70"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("1 picture aged"), "{}", ran.out);
    assert_eq!(names(&out), ["astronaut"]);
    let folder = out.join("astronaut");
    assert_eq!(names(&folder), ["input.png", "tile_01_age_8.png", "tile_02_age_70.png"]);
    let open = |name: &str| image::open(folder.join(name)).unwrap().into_rgb8();
    let (input, young, old) = (open("input.png"), open("tile_01_age_8.png"), open("tile_02_age_70.png"));
    assert_eq!(input.dimensions(), young.dimensions());
    assert!(young != input && old != input && young != old, "the ages show");

    let again = age(&[&portrait()], &out, &["--ages", "8"]);
    assert_eq!(again.code, Some(0));
    assert_eq!(names(&out), ["astronaut", "astronaut-2"], "nothing is overwritten");
}

#[test]
fn strips_grids_sweeps_and_whole_frames_are_written() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path();
    for layout in ["strip", "grid", "sweep"] {
        let ran = age(&[&portrait()], out, &["--ages", "20,60", "--layout", layout, "--all-faces"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    assert_eq!(names(out), ["astronaut_grid.png", "astronaut_strip.png", "astronaut_sweep"]);
    let (wide, tall) = image::image_dimensions(out.join("astronaut_strip.png")).unwrap();
    assert!(wide > 2 * tall, "three pictures in a row: {wide} x {tall}");
    assert!(names(&out.join("astronaut_sweep")).contains(&"sweep.gif".to_owned()));

    let ran = age(&[&portrait()], &out.join("whole"), &["--ages", "70", "--whole-frame"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let whole = image::open(out.join("whole/astronaut/tile_01_age_70.png")).unwrap().into_rgb8();
    let before = image::open(portrait()).unwrap().into_rgb8();
    assert_eq!(whole.dimensions(), before.dimensions());
    assert!(whole != before && whole.get_pixel(0, 0) == before.get_pixel(0, 0));
}

#[test]
fn bad_files_are_reported_and_the_others_are_aged() {
    let home = tempfile::tempdir().unwrap();
    let (pictures, out) = (home.path().join("in"), home.path().join("out"));
    fs::create_dir(&pictures).unwrap();
    let whole = fs::read(portrait()).unwrap();
    fs::write(pictures.join("a_cut.jpg"), &whole[..whole.len() / 3]).unwrap();
    fs::write(pictures.join("b_text.png"), "this is no picture").unwrap();
    RgbImage::from_pixel(300, 200, Rgb([120, 130, 140])).save(pictures.join("c_grey.png")).unwrap();
    fs::write(pictures.join("d_good.jpg"), &whole).unwrap();
    let missing = home.path().join("missing.jpg");

    let ran = age(&[&pictures, &missing], &out, &["--ages", "60", "--json"]);
    assert_eq!(ran.code, Some(1));
    for (name, word) in
        [("a_cut.jpg", "cut short"), ("b_text.png", "not a picture"), ("c_grey.png", "no face")]
    {
        let line = ran.err.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{}", ran.err));
        assert!(line.starts_with("agemirror: ") && line.contains(word), "{line}");
    }
    assert!(ran.err.contains("missing.jpg"));
    assert_eq!(ran.err.lines().count(), 4, "{}", ran.err);
    assert_eq!(names(&out), ["d_good"], "nothing half-written is left");

    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&summary["aged"], &summary["failed"]), (&1.into(), &4.into()));
    let good =
        summary["pictures"].as_array().unwrap().iter().find(|picture| picture["error"].is_null()).unwrap();
    assert!(good["picture"].as_str().unwrap().ends_with("d_good.jpg"));
    assert!(Path::new(good["written"][0].as_str().unwrap()).is_dir());
}

#[test]
fn a_folder_without_pictures_and_an_unknown_model_are_reported() {
    let home = tempfile::tempdir().unwrap();
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    fs::write(empty.join("notes.txt"), "nothing to see").unwrap();
    let ran = age(&[&empty], &home.path().join("out"), &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("empty") && ran.err.contains("no picture"), "{}", ran.err);

    let ran = age(&[&portrait()], &home.path().join("out"), &["--model", "nobody"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("nobody") && ran.err.contains("agemirror models"), "{}", ran.err);
}

#[test]
fn an_output_folder_that_cannot_be_written_is_reported_once_before_any_work() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "kept").unwrap();
    for out in [file.clone(), file.join("below")] {
        let ran = age(&[&portrait(), &portrait()], &out, &[]);
        assert_eq!(ran.code, Some(1));
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(ran.err.contains(out.to_str().unwrap()), "{}", ran.err);
    }
    assert_eq!(names(home.path()), ["file"]);
    assert_eq!(fs::read_to_string(file).unwrap(), "kept");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_kept() {
    use std::os::unix::ffi::OsStrExt;
    let home = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"f\xe9e.jpg");
    fs::copy(portrait(), home.path().join(name)).unwrap();
    let out = home.path().join("out");
    let ran = age(&[&home.path().join(name)], &out, &["--ages", "60"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(out.join(std::ffi::OsStr::from_bytes(b"f\xe9e")).is_dir());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_program_cleanly() {
    let home = tempfile::tempdir().unwrap();
    let (pictures, out) = (home.path().join("in"), home.path().join("out"));
    fs::create_dir(&pictures).unwrap();
    for number in 0..2000 {
        fs::hard_link(portrait(), pictures.join(format!("{number:04}.jpg")))
            .or_else(|_| fs::copy(portrait(), pictures.join(format!("{number:04}.jpg"))).map(drop))
            .unwrap();
    }
    let mut command = program();
    command.arg("age").arg(&pictures).arg("--out").arg(&out).args(["--ages", "60"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    interrupt(child.id());
    let last = lines.map(Result::unwrap).last().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(last.contains("not reached"), "{last}");
    assert!(Path::new(&first).is_dir());
    let made = names(&out);
    assert!(made.len() < 2000, "it went on to the end");
    for name in made {
        assert_eq!(names(&out.join(&name)), ["input.png", "tile_01_age_60.png"], "{name} is whole");
    }
}

/// The bundled portrait, scaled to `side` x `side` pixels.
fn portrait_of(side: u32) -> RgbImage {
    let portrait = image::open(portrait()).unwrap().into_rgb8();
    image::imageops::resize(&portrait, side, side, image::imageops::FilterType::Triangle)
}

#[test]
fn the_reason_why_a_face_is_not_aged_is_reported() {
    let home = tempfile::tempdir().unwrap();
    let save = |name: &str, picture: RgbImage| picture.save(home.path().join(name)).unwrap();
    save("a_small.png", portrait_of(260));
    let upright = portrait_of(512);
    save("b_cut.png", image::imageops::crop_imm(&upright, 203, 0, 309, 512).to_image());
    save("c_dark.png", RgbImage::from_pixel(300, 200, Rgb([9, 9, 9])));
    save("d_grey.png", RgbImage::from_pixel(300, 200, Rgb([90, 90, 90])));
    let out = tempfile::tempdir().unwrap();
    let ran = age(&[home.path()], out.path(), &["--ages", "60"]);
    assert_eq!(ran.code, Some(1));
    for (name, reason) in [
        ("a_small.png", "too small"),
        ("b_cut.png", "cut by the edge"),
        ("c_dark.png", "too dark"),
        ("d_grey.png", "no face"),
    ] {
        let line = ran.err.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{}", ran.err));
        assert!(line.contains(reason) && line.contains("; choose a "), "{line}");
    }
    let ran = run(["estimate-age".as_ref(), home.path().join("c_dark.png").as_os_str()]);
    assert!(ran.err.contains("c_dark.png") && ran.err.contains("too dark"), "{}", ran.err);
}

#[test]
fn a_face_upside_down_becomes_upright_tiles() {
    let home = tempfile::tempdir().unwrap();
    let picture = home.path().join("over.png");
    image::imageops::rotate180(&portrait_of(512)).save(&picture).unwrap();
    let ran = age(&[&picture, &portrait()], home.path(), &["--ages", "60"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let open = |name: &str| image::open(home.path().join(name)).unwrap().into_rgb8();
    let (turned, upright) = (open("over/input.png"), open("astronaut/input.png"));
    assert_eq!(turned.dimensions(), upright.dimensions());
    let difference = turned.as_raw().iter().zip(upright.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)));
    let mean = difference.sum::<f64>() / turned.as_raw().len() as f64;
    assert!(mean < 12.0, "both crops show the same face upright: {mean}");
}

/// The face is at the edge of the picture, so its crop extends beyond it.
#[test]
fn beyond_the_edge_of_the_picture_a_tile_is_plain() {
    let home = tempfile::tempdir().unwrap();
    let picture = home.path().join("edge.png");
    image::imageops::crop_imm(&portrait_of(512), 180, 0, 332, 512).to_image().save(&picture).unwrap();
    let ran = age(&[&picture], home.path(), &["--ages", "60"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for name in ["edge/input.png", "edge/tile_01_age_60.png"] {
        let tile = image::open(home.path().join(name)).unwrap().into_rgb8();
        let left: Vec<_> = (0..tile.height()).map(|y| tile.get_pixel(0, y)).collect();
        assert!(
            left.iter().all(|pixel| **pixel == agemirror_faces::compose::BACKGROUND),
            "{name}: {:?}",
            left[0]
        );
        assert_ne!(
            *tile.get_pixel(tile.width() - 2, tile.height() / 2),
            agemirror_faces::compose::BACKGROUND
        );
    }
}

#[test]
fn faces_beyond_the_four_largest_are_mentioned() {
    let home = tempfile::tempdir().unwrap();
    let picture = home.path().join("group.png");
    let one = image::imageops::crop_imm(&portrait_of(512), 84, 0, 280, 360).to_image();
    let small = image::imageops::resize(&one, 140, 180, image::imageops::FilterType::Triangle);
    let mut group = RgbImage::from_pixel(280 * 3, 360 * 2 + 180, Rgb([90, 100, 110]));
    for number in 0..6 {
        image::imageops::replace(&mut group, &one, i64::from(number % 3 * 280), i64::from(number / 3 * 360));
    }
    image::imageops::replace(&mut group, &small, 300, 720);
    group.save(&picture).unwrap();
    let out = home.path().join("out");
    let ran = age(&[&picture], &out, &["--ages", "60", "--all-faces", "--layout", "strip", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(names(&out).len(), 4, "{:?}", names(&out));
    let note = "4 of 7 faces were aged; left out: 2 beyond the largest four, 1 too small";
    assert!(ran.err.contains("group.png") && ran.err.contains(note), "{}", ran.err);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let left_out = &summary["pictures"][0]["left_out"];
    assert_eq!((&left_out["beyond-four"], &left_out["too-small"]), (&2.into(), &1.into()));
}

#[test]
fn a_very_long_name_is_shortened() {
    let home = tempfile::tempdir().unwrap();
    let (pictures, out) = (home.path().join("in"), home.path().join("out"));
    fs::create_dir(&pictures).unwrap();
    for last in ["1", "2"] {
        let name = format!("{}{last}.jpg", "é".repeat(123));
        assert_eq!(name.len(), 251);
        fs::copy(portrait(), pictures.join(name)).unwrap();
    }
    for (layout, ending) in [("strip", "_strip.png"), ("sweep", "_sweep"), ("tiles", "")] {
        let out = out.join(layout);
        let ran = age(&[&pictures], &out, &["--ages", "20,60", "--layout", layout]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let names = names(&out);
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.iter().all(|name| name.starts_with("éééé") && name.ends_with(ending)), "{names:?}");
    }
}
