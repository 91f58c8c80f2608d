//! Weight files that PyTorch wrote, and files without weights.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

#[cfg(unix)]
use crate::program::read_pipe;
use crate::program::{names, program, run};

fn checkpoint(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/torch").join(name)
}

#[test]
fn a_file_is_described() {
    let ran = run(["inspect".as_ref(), checkpoint("training_legacy.pth").as_os_str()]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("format: PyTorch, before 1.6"), "{}", ran.out);
    assert!(ran.out.contains("g_ema.conv.weight\t3x2x3x3\tF32"), "{}", ran.out);
    let ran = run(["inspect".as_ref(), "--json".as_ref(), checkpoint("views_zip.pth").as_os_str()]);
    let described: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(described["format"], "torch-zip");
    assert_eq!(described["tensors"][0]["name"], "base");
}

/// A checkpoint with two tensors that no network here uses.
#[test]
fn unread_tensors_are_named() {
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checkpoints/tensorflow/v2/model-7.index");
    let ran = run(["inspect".as_ref(), index.as_os_str()]);
    for line in ["not read: left_out/complex, complex numbers", "not read: left_out/text, text"] {
        assert!(ran.out.contains(line), "{}", ran.out);
    }
    let folder = tempfile::tempdir().unwrap();
    let ran = run(["convert".into(), index, folder.path().join("out.safetensors")]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("left_out/complex was left out: it contains complex numbers"), "{}", ran.out);
}

#[test]
fn a_file_is_converted_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.safetensors");
    let arguments = ["convert".into(), checkpoint("training_zip.pth"), out.clone()];
    assert_eq!(run(&arguments).code, Some(0));
    let again = run(["inspect".as_ref(), out.as_os_str()]);
    assert!(again.out.contains("format: safetensors"), "{}", again.out);
    let refused = run(&arguments);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("exists already"), "{}", refused.err);
    assert_eq!(names(folder.path()), ["out.safetensors"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_gets_the_converted_file_and_a_link_keeps_its_target() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let convert =
        |out: &Path| run(["convert".as_ref(), checkpoint("training_zip.pth").as_os_str(), out.as_os_str()]);
    assert_eq!(convert(&at("plain")).code, Some(0));
    let reader = read_pipe(&at("pipe"));
    let ran = convert(&at("pipe"));
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(reader.join().unwrap(), fs::read(at("plain")).unwrap());
    std::os::unix::fs::symlink("new", at("link")).unwrap();
    assert_eq!(convert(&at("link")).code, Some(0));
    assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
    assert_eq!(fs::read(at("new")).unwrap(), fs::read(at("plain")).unwrap());
    assert_eq!(names(folder.path()), ["link", "new", "pipe", "plain"]);
}

#[test]
fn other_files_are_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("weights.pt");
    fs::write(&page, "<!DOCTYPE html><html>Google Drive can't scan this file</html>").unwrap();
    for command in ["inspect", "convert"] {
        let ran = run([command.as_ref(), page.as_os_str()]);
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.contains("weights.pt") && ran.err.contains("a web page"), "{}", ran.err);
    }
    let store = folder.path().join("store");
    let taken = program()
        .args(["convert".as_ref(), checkpoint("network_zip.pth").as_os_str()])
        .env("AGEMIRROR_WEIGHTS", &store)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&taken.stderr).contains("an unknown system"));
    assert!(!store.exists());
}

/// The README of the bundled weights lists the checksum of every file in its folder.
#[test]
fn the_readme_lists_every_bundled_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("weights");
    let card = fs::read_to_string(folder.join("README.md")).unwrap();
    for name in names(&folder).iter().filter(|name| name.ends_with(".safetensors") || name.ends_with(".bin"))
    {
        let sum = format!("{:x}", Sha256::digest(fs::read(folder.join(name)).unwrap()));
        let row = card.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        assert!(row.is_some_and(|row| row.contains(&sum)), "{name} is {sum}: {row:?}");
    }
}
