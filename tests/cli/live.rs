//! `agemirror live --headless`: it reports every fault of a camera, and afterwards makes tiles again.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::portrait;
#[cfg(unix)]
use crate::program::{read_pipe, run};
use crate::virtual_camera::{Live, states};
use crate::webcam::tool;

fn count(report: &Value, counter: &str) -> u64 {
    report["counters"][counter].as_u64().unwrap()
}

/// Ends the program and checks what must hold after every fault.
fn finish(live: Live) -> Value {
    let (report, code) = live.finish();
    assert_eq!(code, Some(0));
    assert_eq!(states(&report).last().map(String::as_str), Some("streaming"));
    assert_eq!(report["faults"], Value::Array(Vec::new()), "no thread failed");
    report
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn tiles_flow_from_a_camera() {
    let live = Live::start(&["--ages", "4"]);
    live.wait_for_tiles();
    live.wait("a second of history", |report| !report["history"].as_array().unwrap().is_empty());
    let report = finish(live);
    assert_eq!(report["ages"].as_array().unwrap().len(), 4);
    assert_eq!(report["model"]["name"], "mirror");
    assert_eq!(report["model"]["weights_hash"].as_str().unwrap().len(), 64);
    for figure in ["first_picture", "first_tiles", "peak_memory"] {
        assert!(report[figure].as_f64().unwrap() > 0.0, "{figure}");
    }
    let statistics = &report["statistics"];
    for rate in ["input_rate", "tile_rate"] {
        assert!(statistics[rate].as_f64().unwrap() > 0.0, "{rate}");
    }
    for stage in ["input", "face", "encode", "decode", "compose", "camera_to_tile"] {
        let spread = &statistics[stage];
        assert!(spread["median"].as_f64().unwrap() > 0.0, "{stage}");
        assert!(spread["percentile_95"].as_f64() >= spread["median"].as_f64(), "{stage}");
    }
}

/// Runs long enough that a report in a plain file would be rewritten.
#[cfg(unix)]
#[test]
fn a_pipe_stays_a_pipe_and_gets_one_report() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let reader = read_pipe(&pipe);
    run(["live", "--headless", "--seconds", "2.5", "--report", pipe.to_str().unwrap()]);
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    let report: Value = serde_json::from_slice(&reader.join().unwrap()).unwrap();
    assert!(report["states"].is_array(), "{report}");
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn an_unplugged_camera_is_used_again() {
    let live = Live::start(&["--ages", "60"]);
    live.wait_for_tiles();
    live.camera().unplug();
    live.wait_for_state("unplugged");
    live.camera().plug();
    live.wait_for_state("streaming");
    live.wait_for_tiles();
    let report = finish(live);
    assert!(count(&report, "losses") >= 1 && count(&report, "reopened") >= 1, "{}", report["counters"]);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_silent_camera_is_reset() {
    let live = Live::start(&["--ages", "60"]);
    live.wait_for_tiles();
    live.camera().fault("stall", Some(""));
    live.wait_for_state("stalled");
    live.camera().fault("stall", None);
    live.wait_for_state("streaming");
    live.wait_for_tiles();
    assert!(count(&finish(live), "stalls") >= 1);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn corrupt_frames_are_skipped() {
    let live = Live::start(&["--ages", "60"]);
    for kind in ["garbage", "truncate 0.5", "noise"] {
        let damaged = count(&live.wait_for_tiles(), "damaged");
        live.camera().fault("corrupt", Some(kind));
        live.wait("damaged frames", |report| count(report, "damaged") > damaged + 5);
        live.camera().fault("corrupt", None);
        live.wait_for_tiles();
    }
    finish(live);
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn frames_that_claim_a_giant_size_are_skipped() {
    let home = tempfile::tempdir().unwrap();
    let video = home.path().join("video");
    let made = Command::new(tool("make-frames"))
        .arg(portrait())
        .arg(&video)
        .args(["--size", "640x480", "--formats", "MJPG", "--center", "0.44,0.25"])
        .status()
        .unwrap();
    assert!(made.success());
    let lies = make_giants(&video.join("frames/640x480.mjpg"));
    assert!(lies >= 5, "{lies} frames were changed");
    let live = Live::start_playing(&video, &["--ages", "60"]);
    live.wait("damaged frames", |report| count(report, "damaged") > 10);
    live.wait_for_tiles();
    let report = finish(live);
    assert!(report["peak_memory"].as_f64().unwrap() < 1000.0, "{}", report["peak_memory"]);
}

/// Makes some frames of a video claim 30000 x 30000 pixels. Returns their number.
fn make_giants(video: &Path) -> usize {
    let mut bytes = fs::read(video).unwrap();
    let header = [0xFF, 0xC0, 0x00, 0x11, 0x08];
    let places: Vec<_> = (0..bytes.len() - 9).filter(|&at| bytes[at..at + 5] == header).collect();
    let chosen: Vec<_> = places.iter().enumerate().filter(|(number, _)| number % 30 < 10).collect();
    for (_, at) in &chosen {
        let at = **at;
        bytes[at + 5..at + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    }
    fs::write(video, bytes).unwrap();
    chosen.len()
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_camera_that_another_program_holds_is_waited_for() {
    wait_out("busy");
}

#[test]
#[cfg_attr(not(virtual_camera), ignore = "needs ../shared/webcam, ffmpeg and gcc")]
fn a_camera_that_may_not_be_opened_is_waited_for() {
    wait_out("denied");
}

/// The device comes back and refuses to open for a while.
fn wait_out(refusal: &str) {
    let live = Live::start(&["--ages", "60"]);
    live.wait_for_tiles();
    live.camera().unplug();
    live.wait_for_state("unplugged");
    live.camera().fault(refusal, Some(""));
    live.camera().plug();
    live.wait_for_state(refusal);
    live.camera().fault(refusal, None);
    live.wait_for_state("streaming");
    live.wait_for_tiles();
    finish(live);
}
