//! Reports on records that were made up.

use std::collections::BTreeMap;
use std::path::Path;

use super::Report;
use crate::compose::TEN_GROUPS;
use crate::dataset::Gender;
use crate::evaluation::measure::{Aged, FaceRecord, Label, Outcome, RunSettings, Shard, SliderStep, Store};

fn settings() -> RunSettings {
    RunSettings {
        model: "mirror".into(),
        weights: "0123456789abcdef".into(),
        pairs: false,
        ages: TEN_GROUPS.iter().map(|group| (group.label.to_owned(), group.age)).collect(),
        inputs: (20.0, 39.0),
        limit: None,
        labels: String::new(),
        age_judges: vec![("judge".into(), "a <test>".into())],
        identity_judges: vec![("net".into(), "a test".into(), Some(0.6))],
        faces: 61,
        shard: Shard::WHOLE,
    }
}

/// A model that is read two years too old everywhere and changes everybody a little.
fn record(index: usize) -> FaceRecord {
    let age = (index * 7 % 90) as f32;
    let label = Label {
        file: format!("p{index}.png"),
        dataset: "a".into(),
        gender: Some(if index.is_multiple_of(2) { Gender::Female } else { Gender::Male }),
        ethnicity: "other".into(),
        age_low: age,
        age_high: age,
    };
    if index == 60 {
        return FaceRecord { index, label, outcome: Outcome::Failed("p60.png is cut short".into()) };
    }
    let ages: Vec<Option<f32>> = TEN_GROUPS.iter().map(|group| Some(group.age + 2.0)).collect();
    let slider = [(10.0, 12.0, 0.0), (20.0, 21.0, 3.0), (30.0, 20.0, 5.0)];
    let slider = slider.map(|(asked, seen, change)| SliderStep { asked, seen, change }).to_vec();
    let aged = Aged {
        present_age: age,
        ages: BTreeMap::from([("judge".into(), ages)]),
        distances: BTreeMap::from([("net".into(), (0..10).map(|i| Some(0.2 + 0.05 * i as f32)).collect())]),
        embeddings: (0..10).map(|i| Some(vec![index as f32 + 0.05 * i as f32, 0.1])).collect(),
        own_change: Some(1.0),
        change: vec![Some(5.0); 10],
        changed_outside: Some(0),
        repeats: Some(true),
        shift: Some(2.0),
        slider: Some(slider),
        failed: Vec::new(),
    };
    let ages = BTreeMap::from([("judge".into(), age + 1.0)]);
    let embeddings = BTreeMap::from([("net".into(), vec![index as f32, 0.0])]);
    let aged = (20.0..=39.0).contains(&age).then_some(aged);
    FaceRecord { index, label, outcome: Outcome::Measured { ages, embeddings, aged } }
}

fn report(folder: &Path) -> Report {
    let mut store = Store::open(folder, settings()).unwrap();
    for index in 0..61 {
        let record = record(index);
        if matches!(record.outcome, Outcome::Measured { aged: Some(_), .. }) {
            std::fs::write(store.strip(index), b"strip").unwrap();
        }
        store.add(record).unwrap();
    }
    Report::of(&store).unwrap()
}

#[test]
fn the_tables_say_what_the_records_say() {
    let folder = tempfile::tempdir().unwrap();
    let report = report(folder.path());
    report.write(folder.path()).unwrap();
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    let bars = json["tables"]["bars"].as_array().unwrap();
    let met = |what: &str| {
        let row = bars.iter().find(|row| row["asked"].as_str().unwrap().contains(what)).unwrap();
        row["met"] == "yes"
    };
    assert!(met("rises strictly") && met("present age") && met("outside the mask") && met("bit for bit"));
    assert!(!met("shifted by half a pixel"), "{bars:?}");
    // The distance is 0.65 at 70+, beyond the usual threshold, and small near by.
    assert!(met("at 0–2") && !met("at 70+"));
    let calibration = json["tables"]["calibration"].as_array().unwrap();
    assert!(calibration.iter().all(|row| row["judge: bias"] == "1.0 (1.0 to 1.0)"), "{calibration:?}");
    let steadiness = json["tables"]["steadiness"].to_string();
    assert!(steadiness.contains("50.0 (50.0 to 50.0)"), "one of two steps falls: {steadiness}");
    assert_eq!(json["tables"]["not_measured"][0]["file"], "p60.png");
}

#[test]
fn the_page_is_whole_and_holds_its_pictures() {
    let folder = tempfile::tempdir().unwrap();
    report(folder.path()).write(folder.path()).unwrap();
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("a &lt;test&gt;") && !page.contains("a <test>"));
    assert_eq!(page.matches("data:image/jpeg;base64,c3RyaXA=").count(), 9);
    assert!(
        page.matches("<svg").count() >= 5 && page.matches("<svg").count() == page.matches("</svg>").count()
    );
    assert!(!page.contains("NaN") && !page.contains("http"));
    let text = std::fs::read_to_string(folder.path().join("report.md")).unwrap();
    assert!(text.contains("| 0–2 |") && text.contains("80.73") == page.contains("80.73"));
    let csv = std::fs::read_to_string(folder.path().join("tables/protocol_pagan.csv")).unwrap();
    assert!(csv.lines().count() == 10 && csv.contains("FG-NET"));
}

#[test]
fn a_run_without_inputs_still_gives_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), settings()).unwrap();
    let report = Report::of(&store).unwrap();
    report.write(folder.path()).unwrap();
    assert!(report.examples.is_empty());
    assert!(report.facts.iter().any(|fact| fact.contains("not finished")));
}
