//! A run on made-up pictures, with made-up judges.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use candle_core::{Device, Result};
use image::{Rgb, RgbImage};

use super::*;
use agemirror_faces::aging::open_model;
use agemirror_faces::face::dlib::AgeNetwork;
use agemirror_faces::face::regions::RegionNetwork;
use agemirror_faces::judges::{AgeJudge, Cut, FeatureJudge, IdentityJudge};

const CUT: Cut = Cut { template: AgeNetwork::TEMPLATE, side: 16 };

fn mean(crop: &RgbImage) -> f32 {
    crop.iter().map(|value| f32::from(*value)).sum::<f32>() / crop.as_raw().len() as f32
}

/// Reads brightness as age.
struct Brightness;

impl AgeJudge for Brightness {
    fn name(&self) -> &'static str {
        "brightness"
    }
    fn about(&self) -> &'static str {
        "a test"
    }
    fn is_used_in_training(&self) -> bool {
        false
    }
    fn cut(&self) -> Cut {
        CUT
    }
    fn read(&self, crops: &[RgbImage]) -> Result<Vec<f32>> {
        Ok(crops.iter().map(mean).collect())
    }
}

impl IdentityJudge for Brightness {
    fn name(&self) -> &'static str {
        "brightness"
    }
    fn about(&self) -> &'static str {
        "a test"
    }
    fn cut(&self) -> Cut {
        CUT
    }
    fn usual_threshold(&self) -> Option<f32> {
        Some(9.0)
    }
    fn embed(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        Ok(crops.iter().map(|crop| vec![mean(crop), 1.0]).collect())
    }
}

impl FeatureJudge for Brightness {
    fn name(&self) -> &'static str {
        "brightness"
    }
    fn about(&self) -> &'static str {
        "a test"
    }
    fn cut(&self) -> Cut {
        CUT
    }
    fn features(&self, crops: &[RgbImage]) -> Result<Vec<Vec<f32>>> {
        Ok(crops.iter().map(|crop| vec![mean(crop) / 7.0, 0.1]).collect())
    }
}

/// Seven labelled faces; the picture of the last is missing.
fn collection() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "file,dataset,age_low,age_high,gender,ethnicity,right_eye_x,right_eye_y,left_eye_x,left_eye_y,\
                     nose_x,nose_y,right_mouth_x,right_mouth_y,left_mouth_x,left_mouth_y,yaw,sharpness,split\n"
        .to_owned();
    for index in 0..7_u32 {
        let age = 10 + 10 * index;
        table += &format!(
            "p{index}.png,a,{age},{age},female,other,45,55,83,55,64,75,48,96,80,96,0,90,validation\n"
        );
        if index < 6 {
            let picture = RgbImage::from_fn(128, 140, |x, y| {
                Rgb([(x + index * 9) as u8, (y + x / 2) as u8, ((x * y) % 97) as u8])
            });
            picture.save(folder.path().join(format!("p{index}.png"))).unwrap();
        }
    }
    std::fs::write(folder.path().join("labels.csv"), table).unwrap();
    folder
}

fn work(data: &Path) -> Work {
    Work::plan(data, &data.join("labels.csv"), Selection { ages: (20.0, 70.0), limit: Some(4) }).unwrap()
}

fn settings(faces: usize, shard: Shard) -> RunSettings {
    RunSettings {
        model: "mirror".into(),
        weights: String::new(),
        pairs: false,
        ages: vec![("5".into(), 5.0), ("80".into(), 80.0)],
        inputs: (20.0, 70.0),
        limit: Some(4),
        labels: String::new(),
        age_judges: vec![("brightness".into(), "a test".into())],
        trained_judges: Vec::new(),
        feature_judges: vec![("brightness".into(), "a test".into())],
        identity_judges: vec![("brightness".into(), "a test".into(), Some(9.0))],
        faces,
        shard,
    }
}

fn worker() -> Worker {
    Worker {
        source: PictureSource::Model(open_model("mirror", &Device::Cpu).unwrap()),
        age_judges: Arc::new(vec![Box::new(Brightness)]),
        identity_judges: Arc::new(vec![Box::new(Brightness)]),
        feature_judges: Arc::new(vec![Box::new(Brightness)]),
        regions: Arc::new(RegionNetwork::bundled(&Device::Cpu).unwrap()),
        targets: vec![5.0, 80.0],
    }
}

fn measured(data: &Path, out: &Path, shard: Shard) -> Store {
    let work = work(data);
    let mut store = Store::open(out, settings(work.len(), shard)).unwrap();
    assert!(run(&work, &mut store, vec![worker()], &AtomicBool::new(false), |_| ()).unwrap());
    store
}

#[test]
fn merged_parts_equal_the_whole_run_and_a_stopped_run_resumes() {
    let (data, out) = (collection(), tempfile::tempdir().unwrap());
    let at = |name: &str| out.path().join(name);
    let whole = measured(data.path(), &at("whole"), Shard::WHOLE);
    let records: Vec<FaceRecord> = whole.records().cloned().collect();
    assert_eq!(records.len(), 7);
    let aged = |record: &&FaceRecord| matches!(&record.outcome, Outcome::Measured { aged: Some(_), .. });
    assert_eq!(records.iter().filter(aged).count(), 3, "three of the four inputs can be read");
    assert!(matches!(&records[6].outcome, Outcome::Failed(reason) if reason.contains("p6.png")));

    for record in &records[..6] {
        let Outcome::Measured { features, aged, .. } = &record.outcome else { panic!("{record:?}") };
        assert!(features.contains_key("brightness"));
        if let Some(aged) = aged {
            assert!(aged.features["brightness"].len() == 2 && aged.features["brightness"][1].is_some());
            assert!(
                aged.traits.skin_tone.is_some()
                    && aged.traits.sharpness.is_some_and(|sharpness| sharpness > 0.0)
            );
            assert!(aged.traits.beard.is_some() && aged.traits.glasses.is_some());
        }
    }

    let parts: Vec<_> = (1..=3).map(|part| at(&format!("part{part}"))).collect();
    for (part, folder) in parts.iter().enumerate() {
        measured(data.path(), folder, Shard { part: part + 1, parts: 3 });
    }
    let joined = merge(&parts, &at("joined")).unwrap();
    assert!(joined.records().eq(records.iter()));
    for record in records.iter().filter(aged) {
        let read = |store: &Store| std::fs::read(store.strip(record.index)).unwrap();
        assert_eq!(read(&joined), read(&whole));
    }
    assert!(merge(&parts[..2], &at("two")).is_err_and(|error| error.to_string().contains("missing")));

    // An incomplete last line, as a killed run leaves it.
    let lines = std::fs::read_to_string(at("whole/faces.jsonl")).unwrap();
    let cut = lines.lines().take(3).collect::<Vec<_>>().join("\n") + "\n{\"index\":3,";
    std::fs::write(at("whole/faces.jsonl"), cut).unwrap();
    let again = measured(data.path(), &at("whole"), Shard::WHOLE);
    assert!(again.records().eq(records.iter()));
}

#[test]
fn runs_that_cannot_start_say_why() {
    let (data, out) = (collection(), tempfile::tempdir().unwrap());
    let none = Work::plan(
        data.path(),
        &data.path().join("labels.csv"),
        Selection { ages: (90.0, 99.0), limit: None },
    );
    assert!(none.is_err_and(|error| error.to_string().contains("90 to 99 years")));
    assert!(
        Work::plan(out.path(), &out.path().join("labels.csv"), Selection { ages: (0.0, 99.0), limit: None })
            .is_err()
    );

    Store::open(out.path(), settings(7, Shard::WHOLE)).unwrap();
    let mut reworded = settings(7, Shard::WHOLE);
    reworded.age_judges[0].1 = "a test, described otherwise".into();
    assert!(Store::open(out.path(), reworded).is_ok(), "descriptions do not tell runs apart");
    let other = RunSettings { weights: "other".into(), ..settings(7, Shard::WHOLE) };
    let error = Store::open(out.path(), other).err().unwrap().to_string();
    assert!(error.contains("another run") && error.contains("other"), "{error}");
    std::fs::write(out.path().join("faces.jsonl"), "no json\n").unwrap();
    let error = Store::existing(out.path()).err().unwrap().to_string();
    assert!(error.contains("faces.jsonl, line 1"), "{error}");
}
