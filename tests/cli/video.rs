//! `agemirror age` on videos.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{Ran, interrupt, names, portrait, program, run};

/// The bundled portrait, which moves through the frame, with a tone; uneven times like a phone's.
fn clip(folder: &Path, name: &str, seconds: u32, options: &str) -> PathBuf {
    let path = folder.join(name);
    let filter = "[0:v]crop=320:240:'70+20*sin(3*t)':'10+10*cos(2*t)',settb=1/90000,setpts='PTS+0.01*random(1)/TB',format=yuv420p[v]";
    let seconds = seconds.to_string();
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y", "-loop", "1", "-framerate", "15", "-t", &seconds, "-i"]);
    command.arg(portrait()).args(["-f", "lavfi", "-t", &seconds, "-i", "sine", "-filter_complex", filter]);
    command.args([
        "-map",
        "[v]",
        "-map",
        "1:a",
        "-enc_time_base",
        "1/90000",
        "-fps_mode",
        "passthrough",
        "-c:v",
        "libx264",
    ]);
    command.args(["-preset", "ultrafast", "-metadata", "title=A clip"]);
    assert!(command.args(options.split_whitespace()).arg(&path).status().unwrap().success());
    path
}

fn age(clip: &Path, out: &Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["age".as_ref(), clip.as_os_str(), "--out".as_ref(), out.as_os_str()];
    arguments.extend(more.iter().map(|word| std::ffi::OsStr::new(*word)));
    run(arguments)
}

fn output(program: &str, words: &str, path: &Path) -> String {
    let mut command = Command::new(program);
    command.args(["-v", "error"]);
    for word in words.split_whitespace() {
        if word == "IN" {
            command.arg(path)
        } else {
            command.arg(word)
        };
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A checksum of the sound's packets as they are stored.
fn sound(path: &Path) -> String {
    output("ffmpeg", "-nostdin -i IN -map 0:a -c copy -f md5 -", path)
}

fn times(path: &Path) -> Vec<f64> {
    let words = "-of csv=p=0 -select_streams v:0 -show_entries frame=best_effort_timestamp_time IN";
    let lines = output("ffprobe", words, path);
    lines.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect()
}

fn assert_same_times(found: &Path, expected: &Path) {
    let (found, expected) = (times(found), times(expected));
    assert_eq!(found.len(), expected.len());
    let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-4, "{worst}: {found:?} {expected:?}");
}

/// One frame as a picture.
fn frame(path: &Path, number: u32) -> image::RgbImage {
    let picture = path.with_extension(format!("{number}.png"));
    let words =
        format!("-nostdin -y -i IN -vf select=eq(n\\,{number}) -frames:v 1 -update 1 {}", picture.display());
    output("ffmpeg", &words, path);
    image::open(picture).unwrap().to_rgb8()
}

/// The mean difference of levels inside a square of the frame.
fn difference(a: &image::RgbImage, b: &image::RgbImage, [x, y, side]: [u32; 3]) -> f64 {
    let part = |picture| image::imageops::crop_imm(picture, x, y, side, side).to_image();
    let (a, b) = (part(a), part(b));
    let sum: u64 = a.iter().zip(b.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / f64::from(side * side * 3)
}

#[test]
fn a_video_keeps_its_sound_and_its_times() {
    let home = tempfile::tempdir().unwrap();
    let clip = clip(home.path(), "clip.mp4", 2, "-c:a aac");
    let out = home.path().join("out");
    let ran = age(&clip, &out, &["--ages", "8,70"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("1 video aged"), "{}", ran.out);
    assert_eq!(names(&out), ["clip_age-70.mp4", "clip_age-8.mp4"]);
    for name in names(&out) {
        assert_same_times(&out.join(&name), &clip);
        assert_eq!(sound(&out.join(&name)), sound(&clip));
    }
    let title =
        output("ffprobe", "-of csv=p=0 -show_entries format_tags=title IN", &out.join("clip_age-70.mp4"));
    assert_eq!(title.trim(), "A clip");
    let [before, old, young] =
        [&clip, &out.join("clip_age-70.mp4"), &out.join("clip_age-8.mp4")].map(|path| frame(path, 12));
    // The face is around (150, 110); the corner shows nothing of the head.
    let face = [110, 60, 80];
    assert!(difference(&before, &old, face) > 3.0 && difference(&before, &young, face) > 3.0);
    // Encoding alone changes it by about 1.9.
    assert!(difference(&before, &old, [280, 200, 40]) < 2.5);
    let again = age(&clip, &out, &["--ages", "70"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(names(&out).contains(&"clip_age-70-2.mp4".to_owned()), "nothing is overwritten");
}

#[test]
fn a_strip_is_one_video() {
    let home = tempfile::tempdir().unwrap();
    let clip = clip(home.path(), "clip.mkv", 1, "-c:a pcm_s16le");
    let ran = age(&clip, home.path(), &["--ages", "8,70", "--layout", "strip", "--quality", "30", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let strip = home.path().join("clip_strip.mov");
    assert_eq!(names(home.path()), ["clip.mkv", "clip_strip.mov"], "MP4 holds no such sound");
    assert_eq!(sound(&strip), sound(&clip));
    assert!(frame(&strip, 3).width() > 3 * 300);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["videos"][0]["finished"], true);
    assert_eq!(report["videos"][0]["frames"], 15);
}

#[test]
fn videos_in_a_folder_are_aged_or_said_to_be_left_out() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let clip = clip(&folder, "clip.mp4", 1, "-c:a aac");
    let out = home.path().join("out");
    let sweep = ["--ages", "8,70", "--layout", "sweep", "--json"];
    let ran = age(&folder, &out, &sweep);
    assert_eq!(ran.code, Some(1), "nothing was aged: {}", ran.err);
    assert!(ran.err.contains("clip.mp4” is left out: a sweep is made of one picture"), "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["videos_left_out"][0], clip.display().to_string());
    let ran = age(&clip, &out, &sweep);
    assert_eq!((ran.code, ran.err.contains("choose --layout tiles")), (Some(2), true), "{}", ran.err);
    fs::copy(portrait(), folder.join("me.jpg")).unwrap();
    let ran = age(&folder, &out, &["--ages", "70"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("2 files aged"), "{}", ran.out);
    assert!(names(&out).contains(&"clip_age-70.mp4".to_owned()), "{:?}", names(&out));
}

/// A phone's video that has lost its rotation is aged as if it had not.
#[test]
fn a_sideways_video_is_rotated_and_that_is_said() {
    let home = tempfile::tempdir().unwrap();
    let upright = clip(home.path(), "upright.mp4", 1, "-c:a aac");
    let clip = home.path().join("clip.mp4");
    output(
        "ffmpeg",
        &format!("-nostdin -y -i IN -vf transpose=cclock -c:a copy {}", clip.display()),
        &upright,
    );
    let out = home.path().join("out");
    let ran = age(&clip, &out, &["--ages", "70"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("was rotated clockwise by 90 degrees"), "{}", ran.err);
    let aged = out.join("clip_age-70.mp4");
    assert_eq!(frame(&aged, 5).dimensions(), (320, 240));
    let expected = image::imageops::rotate90(&frame(&clip, 5));
    assert!(difference(&expected, &frame(&aged, 5), [280, 200, 40]) < 2.0);
    assert_eq!(sound(&aged), sound(&clip));
    let ran = age(&clip, &out, &["--ages", "70", "--rotate", "0"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("if its picture lies sideways, add --rotate 90, 180 or 270"), "{}", ran.err);
}

/// Ctrl-C leaves a part that plays; the run that is resumed ends as one that was never interrupted.
#[test]
fn an_interrupted_video_is_resumed() {
    let home = tempfile::tempdir().unwrap();
    let clip = clip(home.path(), "clip.mp4", 12, "-c:a aac");
    let out = home.path().join("out");
    let mut child = program()
        .args(["age", clip.to_str().unwrap(), "--ages", "70", "--out", out.to_str().unwrap()])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The first segment appears when the first frame is aged.
    let begun = || {
        let folders = out.read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
        folders.into_iter().any(|folder| folder.join("00-00000.mp4").exists())
    };
    let deadline = Instant::now() + Duration::from_secs(120);
    while !begun() {
        assert!(Instant::now() < deadline, "no segment came");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(800));
    interrupt(child.id());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{said}");
    assert!(said.contains("add --resume"), "{said}");
    let partial = out.join("clip_age-70.partial.mp4");
    let done = times(&partial).len();
    assert!((1..180).contains(&done), "{done}");
    assert!(!sound(&partial).is_empty());

    let refused = age(&clip, &out, &["--ages", "70"]);
    assert!(refused.code == Some(1) && refused.err.contains("--resume"), "{}", refused.err);
    let resumed = age(&clip, &out, &["--ages", "70", "--resume"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.err);
    assert_eq!(names(&out), ["clip_age-70.mp4"], "the parts are gone");
    let whole = out.join("clip_age-70.mp4");
    assert_same_times(&whole, &clip);
    assert_eq!(sound(&whole), sound(&clip));
    let (before, joint) = (done as u32 - 1, done as u32);
    let moved = difference(&frame(&clip, before), &frame(&clip, joint), [110, 60, 80]);
    let across = difference(&frame(&whole, before), &frame(&whole, joint), [110, 60, 80]);
    assert!(across < moved + 4.0, "the joint does not flicker: {across}, {moved}");
}

#[test]
fn what_cannot_be_aged_gets_one_sentence_and_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let nobody = home.path().join("nobody.mp4");
    output(
        "ffmpeg",
        "-nostdin -f lavfi -i testsrc2=size=160x120:rate=10:duration=1 -c:v libx264 IN",
        &nobody,
    );
    let text = home.path().join("text.mp4");
    fs::write(&text, "no video").unwrap();
    for (path, word) in [(&nobody, "no face"), (&text, "not a video")] {
        let ran = age(path, &out, &["--ages", "70"]);
        assert_eq!(ran.code, Some(1));
        let lines: Vec<_> = ran.err.lines().collect();
        assert!(lines.len() == 1 && lines[0].contains(word), "{lines:?}");
        assert!(lines[0].contains(path.to_str().unwrap()), "{lines:?}");
    }
    assert_eq!(names(&out), [""; 0]);
    let sweep = age(&nobody, &out, &["--ages", "20,70", "--layout", "sweep"]);
    assert!(sweep.code == Some(2) && sweep.err.contains("--layout"), "{}", sweep.err);
    let mut lonely = program();
    lonely.env("PATH", home.path()).args(["age", nobody.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let said = String::from_utf8(lonely.output().unwrap().stderr).unwrap();
    assert!(said.contains("install FFmpeg"), "{said}");
}

#[test]
fn damage_inside_a_video_is_reported() {
    let home = tempfile::tempdir().unwrap();
    let clip = clip(home.path(), "clip.mp4", 1, "-an");
    let mut bytes = fs::read(&clip).unwrap();
    let length = bytes.len();
    bytes[length / 2..length * 3 / 4].iter_mut().step_by(50).for_each(|byte| *byte = !*byte);
    fs::write(&clip, bytes).unwrap();
    let ran = age(&clip, &home.path().join("out"), &["--ages", "70"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("is damaged ("), "{}", ran.err);
}

/// A camera that is recorded, and read back as a virtual camera by another program.
#[cfg(unix)]
#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_live_picture_is_recorded_and_served_as_a_camera() {
    use crate::webcam::tool;
    let launcher = tool("with-webcam");
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("video9");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let picture = home.path().join("served.png");
    let reader = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-nostdin",
            "-f",
            "rawvideo",
            "-pixel_format",
            "yuyv422",
            "-video_size",
            "1280x720",
        ])
        .args(["-i", pipe.to_str().unwrap(), "-vf", "select=gte(n\\,60)", "-frames:v", "1", "-update", "1"])
        .arg(&picture)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let film = home.path().join("live.mp4");
    let live = Command::new(launcher)
        .args(["--size", "640x480", "--format", "MJPG", "--center", "0.44,0.25", "--video"])
        .arg(portrait())
        .args([
            "--",
            env!("CARGO_BIN_EXE_agemirror"),
            "live",
            "--headless",
            "--seconds",
            "12",
            "--ages",
            "70",
        ])
        .args(["--whole-frame", "--record-layout", "large", "--report", "-"])
        .arg("--record")
        .arg(&film)
        .arg("--virtual-camera")
        .arg(&pipe)
        .env("VCAM_CACHE", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&live.stderr).into_owned();
    assert_eq!(live.status.code(), Some(0), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&live.stdout).unwrap();
    let recording = &report["recording"];
    assert_eq!(recording["problem"], serde_json::Value::Null, "{recording}");
    let times = times(&film);
    assert_eq!(times.len() as u64, recording["frames"].as_u64().unwrap());
    assert!(times.len() > 20 && times[times.len() - 1] > 5.0, "{}", times.len());
    assert_eq!(frame(&film, 5).dimensions(), (640, 480));
    assert!(report["virtual_camera"]["frames"].as_u64().unwrap() > 30, "{report}");
    assert!(reader.wait_with_output().unwrap().status.success());
    let served = image::open(picture).unwrap().to_rgb8();
    assert_eq!(served.dimensions(), (1280, 720));
    assert!(served.pixels().any(|pixel| pixel.0[0] > 150), "a picture, not black");
}
