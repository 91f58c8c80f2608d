//! Usage errors, lists and the benchmark.

use crate::program::{names, run};

#[test]
fn a_usage_error_ends_with_code_two() {
    for arguments in [
        &["age", "a.jpg"][..],
        &["age", "--out", "x"],
        &["age", "a.jpg", "--out", "x", "--ages", "old"],
        &["age", "a.jpg", "--out", "x", "--ages", "25,130"],
        &["age", "a.jpg", "--out", "x", "--layout", "heap"],
        &["age", "a.jpg", "--out", "x", "--layout", "sweep", "--ages", "25"],
        &["live", "--headless"],
        &["live", "--headless", "--report", "x", "--seconds", "-3"],
        &["live", "--headless", "--report", "x", "--size", "640"],
        &["grow"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_and_version_succeed() {
    let help = run(["--help"]);
    assert_eq!(help.code, Some(0));
    for word in ["age", "live", "cameras", "models", "bench"] {
        assert!(help.out.contains(word), "{word} is missing from {}", help.out);
    }
    assert!(run(["--version"]).out.starts_with("agemirror "));
}

#[test]
fn the_models_are_listed_by_their_names() {
    let ran = run(["models"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.lines().any(|line| line.starts_with("mirror\t")), "{}", ran.out);
}

#[test]
fn a_model_that_does_not_exist_opens_no_window() {
    let ran = run(["live", "--model", "no/such.safetensors"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("no/such.safetensors") && ran.err.contains("agemirror models"), "{}", ran.err);
}

#[test]
fn the_benchmark_measures_every_stage() {
    let ran = run(["bench", "--json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let figures: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let stages = figures["stages"].as_array().unwrap();
    let wanted = [
        "detector",
        "mesh",
        "align",
        "encode",
        "encode next",
        "decode 1",
        "decode 4",
        "decode 10",
        "cut head",
        "regions",
        "refine 4",
        "paste",
    ];
    assert_eq!(stages.iter().map(|stage| stage["stage"].as_str().unwrap()).collect::<Vec<_>>(), wanted);
    for stage in stages {
        assert!(stage["median"].as_f64().unwrap() > 0.0, "{stage}");
        assert!(stage["percentile_95"].as_f64() >= stage["median"].as_f64(), "{stage}");
    }
}

#[test]
fn packages_get_one_manual_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(["package-files".as_ref(), folder.path().as_os_str()]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let pages = names(&folder.path().join("man"));
    assert!(
        ["agemirror.1", "agemirror-age.1"].iter().all(|page| pages.iter().any(|name| name == page)),
        "{pages:?}"
    );
    assert!(!pages.iter().any(|name| name.contains("help")), "{pages:?}");
    assert_eq!(names(&folder.path().join("completions")), ["_agemirror", "agemirror.bash", "agemirror.fish"]);
}
