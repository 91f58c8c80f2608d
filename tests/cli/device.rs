//! `bench device`: the check of a GPU, rehearsed on the CPU.

use std::fs;
use std::path::Path;

use crate::program::{Ran, names, run};

fn check(out: &Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["bench", "device", "--out", out.to_str().unwrap()];
    arguments.extend(more);
    run(arguments)
}

#[test]
fn a_rehearsal_compares_and_measures_and_writes_both_forms() {
    let home = tempfile::tempdir().unwrap();
    let compared = check(home.path(), &["--device", "cpu", "--only-compare", "--only", "sigmoid"]);
    assert_eq!(compared.code, Some(0), "{}", compared.err);
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(home.path().join("device.json")).unwrap()).unwrap();
    let kinds: Vec<_> = json["comparisons"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["operation", "gradient"]);
    let page = fs::read_to_string(home.path().join("device.md")).unwrap();
    assert!(page.contains("All 2 comparisons passed") && page.contains("| gradient | sigmoid |"), "{page}");

    let timed = check(home.path(), &["--device", "cpu", "--only-time", "--only", "mirror 128px, one"]);
    assert_eq!(timed.code, Some(0), "{}", timed.err);
    let page = fs::read_to_string(home.path().join("device.md")).unwrap();
    assert!(page.contains("| mirror 128px, one age | f32 |"), "{page}");
    assert_eq!(names(home.path()), ["device.json", "device.md"]);
}

/// Training that cannot start is a failed check: it is listed, and sets the exit code.
#[test]
fn a_failed_check_is_listed_and_sets_the_exit_code() {
    let home = tempfile::tempdir().unwrap();
    let pack = home.path().join("heads.pack");
    fs::write(&pack, "no heads").unwrap();
    let options = ["--device", "cpu", "--only-compare", "--only", "tanh", "--pack", pack.to_str().unwrap()];
    let ran = check(home.path(), &options);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("training of mirror") && ran.err.contains("heads.pack"), "{}", ran.err);
    let page = fs::read_to_string(home.path().join("device.md")).unwrap();
    assert!(page.contains("**One check failed**") && page.contains("heads.pack"), "{page}");
}

#[test]
fn what_cannot_be_checked_is_said() {
    let home = tempfile::tempdir().unwrap();
    for (options, message) in [
        (&["--device", "cpu", "--only", "no such part"][..], "no name contains"),
        (&["--device", "cpu", "--side", "100"], "--side must be one of"),
        (&["--device", "cpu", "--minutes", "0"], "--minutes must be above 0"),
    ] {
        let ran = check(home.path(), options);
        assert!(ran.code == Some(1) && ran.err.contains(message), "{options:?}: {}", ran.err);
    }
}
