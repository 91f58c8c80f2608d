//! AVIF is decoded in a process of its own.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::program::{portrait, program, run};

const AVIF: &[u8] = include_bytes!("../pictures/squares.avif");

/// An AVIF on whose data the decoder panics: metadata without the end that its length promises, and padding.
fn panicking() -> Vec<u8> {
    const METADATA: [u8; 4] = [0x2a, 2, 4, 0x80];
    const PADDING: u8 = 0x7a;
    let mut file = AVIF.to_vec();
    let at = file.windows(4).position(|name| name == b"mdat").unwrap() + 4;
    let data = &mut file[at..];
    let padding = data.len() - METADATA.len() - 2;
    data.fill(0);
    data[..4].copy_from_slice(&METADATA);
    data[4..6].copy_from_slice(&[PADDING, u8::try_from(padding).unwrap()]);
    file
}

fn worker() -> Command {
    let mut worker = program();
    worker.arg("decode-avif").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    worker
}

fn answer(file: &[u8]) -> Output {
    let mut child = worker().spawn().unwrap();
    child.stdin.take().unwrap().write_all(file).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_panic_of_the_decoder_is_an_error_of_one_picture() {
    let crashed = answer(&panicking());
    assert!(!crashed.status.success() && crashed.stdout.is_empty(), "the decoder does not panic any more");

    let home = tempfile::tempdir().unwrap();
    let pictures = home.path().join("in");
    fs::create_dir(&pictures).unwrap();
    fs::write(pictures.join("a.avif"), panicking()).unwrap();
    fs::copy(portrait(), pictures.join("b.jpg")).unwrap();
    let out = home.path().join("out");
    let ran =
        run(["age".as_ref(), pictures.as_os_str(), "--ages=60".as_ref(), "--out".as_ref(), out.as_os_str()]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("1 picture aged"), "{}", ran.out);
    let lines: Vec<&str> = ran.err.lines().filter(|line| line.contains("a.avif")).collect();
    assert!(matches!(lines[..], [line] if line.contains("its decoder crashed")), "{}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
}

#[test]
fn the_worker_answers_with_pixels_or_an_error() {
    let good = answer(AVIF);
    let line = b"{\"Ok\":{\"width\":32,\"height\":32,\"has_alpha\":false}}\n";
    assert!(good.status.success() && good.stdout.starts_with(line));
    assert_eq!(good.stdout.len(), line.len() + 32 * 32 * 4);

    let bad = answer(&AVIF[..AVIF.len() - 8]);
    assert!(bad.status.success());
    assert_eq!(String::from_utf8(bad.stdout).unwrap(), "{\"Err\":\"CutShort\"}\n");
}

#[cfg(target_os = "linux")]
#[test]
fn the_worker_limits_itself() {
    let mut child = worker().spawn().unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let limit = |name: &str| {
        let text = fs::read_to_string(&limits).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    // The last one that it sets.
    while limit("Max core file size") != "0" || limit("Max cpu time") == "unlimited" {
        std::thread::sleep(std::time::Duration::from_millis(10));
        assert!(child.try_wait().unwrap().is_none(), "it ended");
    }
    assert_eq!(limit("Max address space"), (4_u64 << 30).to_string());
    assert_eq!(limit("Max cpu time"), "60");
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
