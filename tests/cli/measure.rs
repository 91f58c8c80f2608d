//! The commands that measure: `estimate-age`, `verify`, `fid`, `stability`, `evaluate --pairs`, `facepp`.

use std::fs;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage, imageops};

use crate::program::{Ran, names, portrait, program, run};

fn ran(command: &str, paths: &[&Path], more: &[&str]) -> Ran {
    let mut arguments: Vec<&std::ffi::OsStr> = vec![command.as_ref()];
    arguments.extend(paths.iter().map(|path| path.as_os_str()));
    arguments.extend(more.iter().map(|word| std::ffi::OsStr::new(*word)));
    run(arguments)
}

/// Creates two folders of the portrait, as it is and mirrored, with one more picture in each, and one without
/// a face.
fn folders(home: &Path) -> [PathBuf; 2] {
    let [made, given] = ["made", "given"].map(|name| home.join(name));
    let face = image::open(portrait()).unwrap().into_rgb8();
    let tight = imageops::crop_imm(&face, 120, 20, 220, 220).to_image();
    let grey = RgbImage::from_pixel(300, 200, Rgb([120, 130, 140]));
    for folder in [&made, &given] {
        fs::create_dir(folder).unwrap();
        grey.save(folder.join("grey.png")).unwrap();
    }
    face.save(given.join("a.png")).unwrap();
    tight.save(given.join("b.png")).unwrap();
    imageops::flip_horizontal(&face).save(made.join("a.png")).unwrap();
    imageops::blur(&tight, 1.5).save(made.join("b.png")).unwrap();
    face.save(made.join("extra.png")).unwrap();
    [made, given]
}

#[test]
fn ages_are_read_and_appended_and_bad_files_are_reported() {
    let home = tempfile::tempdir().unwrap();
    let [_, given] = folders(home.path());
    fs::write(given.join("text.jpg"), "no picture").unwrap();
    let table = home.path().join("ages.csv");
    for network in ["estimator", "dlib"] {
        let ran = ran("estimate-age", &[&given], &["--network", network, "--out", table.to_str().unwrap()]);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains("grey.png") && ran.err.contains("text.jpg"), "{}", ran.err);
        assert!(ran.out.contains("2 pictures, 2 failed; mean age"), "{}", ran.out);
    }
    let text = fs::read_to_string(&table).unwrap();
    let lines: Vec<(&str, f32)> = text
        .lines()
        .map(|line| line.split_once(',').unwrap())
        .map(|(name, age)| (name, age.parse().unwrap()))
        .collect();
    assert_eq!(lines.iter().map(|line| line.0).collect::<Vec<_>>(), ["a.png", "b.png", "a.png", "b.png"]);
    assert!(lines.iter().all(|(_, age)| (20.0..60.0).contains(age)), "{text}");

    let missing = ran("estimate-age", &[&given], &["--network", "agetransgan", "--weights", "none.pt"]);
    assert!(missing.code == Some(1) && missing.err.contains("none.pt"), "{}", missing.err);
    let other = ran("estimate-age", &[&given], &["--weights", "none.pt"]);
    assert!(other.code == Some(1) && other.err.contains("--network agetransgan"), "{}", other.err);
    assert_eq!(run(["estimate-age"]).code, Some(2));
}

#[test]
fn pairs_are_verified_and_unpaired_pictures_are_reported() {
    let home = tempfile::tempdir().unwrap();
    let [made, given] = folders(home.path());
    let table = home.path().join("pairs.csv");
    let ran = ran("verify", &[&made, &given], &["--out", table.to_str().unwrap(), "--json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("extra.png") && ran.err.contains("grey.png"), "{}", ran.err);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&found["pictures"], &found["failed"]), (&4.into(), &3.into()), "{found}");
    assert_eq!(found["rates"][0]["distance"]["count"], 2);
    let text = fs::read_to_string(&table).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        lines.iter().map(|line| (line[0], line[1])).collect::<Vec<_>>(),
        [("1", "a.png"), ("2", "b.png"), ("3", "grey.png")]
    );
    assert!(lines[0][2].parse::<f32>().unwrap() < 0.9 && lines[2][2] == "null", "{text}");
    assert_eq!(run(["verify"]).code, Some(2));
}

#[test]
fn sets_are_compared_under_a_name_that_is_not_the_fid() {
    let home = tempfile::tempdir().unwrap();
    let [made, given] = folders(home.path());
    for folder in [&made, &given] {
        fs::remove_file(folder.join("grey.png")).unwrap();
    }
    let kept = home.path().join("kept");
    let measure =
        || ran("fid", &[&made, &given], &["--json", "--draws", "3", "--keep", kept.to_str().unwrap()]);
    let first = measure();
    assert_eq!(first.code, Some(0), "{}", first.err);
    assert!(first.err.contains("2048 or more"), "{}", first.err);
    let found: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    assert_eq!((&found["made"], &found["real"]), (&3.into(), &2.into()));
    let name = found["figures"][0]["name"].as_str().unwrap();
    assert!(name.contains("MobileFace") && name.ends_with("no FID"), "{name}");
    assert!(found["figures"][0]["mean"].as_f64().unwrap() > 0.0);
    assert_eq!(measure().out, first.out, "what was kept gives the same");
    // The header, and for each of the five different pictures a hash and 256 numbers.
    let alike = fs::metadata(&kept).unwrap().len() - 52;
    assert_eq!(alike % (32 + 4 * 256), 0);

    let wrong = ran("fid", &[&made, &given], &["--weights", portrait().to_str().unwrap()]);
    assert!(wrong.code == Some(1) && wrong.err.contains("astronaut.jpg"), "{}", wrong.err);
}

#[test]
fn stills_and_sequences_are_measured() {
    let home = tempfile::tempdir().unwrap();
    let [_, given] = folders(home.path());
    let still = ran("stability", &["mirror".as_ref(), &given], &["--ages", "8,70"]);
    assert_eq!(still.code, Some(1), "the grey picture has no face");
    assert!(still.out.contains("2 of 2") && still.out.contains("2 pictures, 1 failed"), "{}", still.out);
    let sequence = ran("stability", &["mirror".as_ref(), &given], &["--ages", "70", "--sequence", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&sequence.out).unwrap();
    assert_eq!((&found["frames"], &found["without_face"]), (&3.into(), &1.into()));
    assert_eq!(found["ages"][0]["change"]["count"], 1, "{found}");
    let unknown = ran("stability", &["nobody".as_ref(), &given], &[]);
    assert!(unknown.code == Some(1) && unknown.err.contains("nobody"), "{}", unknown.err);
}

#[test]
fn pictures_made_elsewhere_get_a_report() {
    let home = tempfile::tempdir().unwrap();
    let [made, _] = folders(home.path());
    let (table, out) = (home.path().join("pairs.csv"), home.path().join("out"));
    let text = "input,output,group,input_age,gender,ethnicity,glasses\n\
                given/a.png,made/a.png,30-39,35,female,,yes\ngiven/b.png,made/b.png,40-49,,female,,\n\
                given/b.png,made/grey.png,70+,,female,,\ngiven/grey.png,made/extra.png,70+,,,,\n";
    fs::write(&table, text).unwrap();
    let evaluate = |table: &Path| {
        let out = out.to_str().unwrap();
        run(["evaluate", "--pairs", table.to_str().unwrap(), "--out", out])
    };
    let ran = evaluate(&table);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("2 pictures could not be measured"), "{}", ran.err);
    assert!(names(&out).contains(&"report.html".to_owned()));
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("report.json")).unwrap()).unwrap();
    let failed = report["tables"]["not_measured"].to_string();
    assert!(failed.contains("given/grey.png") && failed.contains("made/grey.png"), "{failed}");
    let asked: Vec<&str> = report["tables"]["ages_estimator"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["asked"].as_str().unwrap())
        .collect();
    assert_eq!(asked, ["(input)", "30–39", "40–49", "70+"]);
    let of = |table: &str| report["tables"][table].as_array().unwrap().clone();
    assert_eq!((of("ages_faceres").len(), of("realism_faceres").len()), (4, 5));
    let kinds: Vec<_> = of("kinds").iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect();
    assert!(kinds.contains(&"glasses: with".to_owned()), "{kinds:?}");
    assert!(kinds.iter().any(|kind| kind.starts_with("skin: ")), "{kinds:?}");
    assert!(
        kinds.iter().any(|kind| kind.starts_with("beard: ")),
        "read from the masks of regions: {kinds:?}"
    );
    assert_eq!(names(&made).len(), 4, "nothing is written beside the pictures");

    fs::write(&table, "input,result,age\na.png,b.png,30\n").unwrap();
    let wrong = evaluate(&table);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.err.contains("`output`") && wrong.err.contains("`result`"), "{}", wrong.err);
}

#[test]
fn without_keys_nothing_is_sent() {
    let home = tempfile::tempdir().unwrap();
    let [made, _] = folders(home.path());
    let out = home.path().join("ages.csv");
    let ask = |more: &[&str], keys: &[(&str, &str)]| {
        let mut command = program();
        command.args(["facepp", "detect"]).arg(&made).arg("--out").arg(&out).args(more);
        command.env_remove("FACEPP_API_KEY").env_remove("FACEPP_API_SECRET").envs(keys.iter().copied());
        command.output().unwrap()
    };
    let none = ask(&[], &[("FACEPP_API_KEY", "sesame")]);
    let said = String::from_utf8_lossy(&none.stderr).into_owned();
    assert!(none.status.code() == Some(1) && said.contains("FACEPP_API_SECRET"), "{said}");
    let open = ask(
        &["--endpoint", "http://example.com/facepp/v3"],
        &[("FACEPP_API_KEY", "sesame"), ("FACEPP_API_SECRET", "sesame")],
    );
    let said = String::from_utf8_lossy(&open.stderr).into_owned();
    assert!(
        open.status.code() == Some(1) && said.contains("unencrypted") && !said.contains("sesame"),
        "{said}"
    );
    assert!(!out.exists());
}
