//! The bundled model on the bundled portrait.

use candle_core::Device;
use image::RgbImage;

use super::*;
use agemirror_faces::aging::open_model;
use agemirror_faces::face::FaceFinder;
use agemirror_faces::judges::age_estimator::AgeEstimator;

fn portrait() -> RgbImage {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/astronaut.jpg");
    image::open(file).unwrap().into_rgb8()
}

#[test]
fn a_still_repeats_and_a_constant_sequence_has_no_variation() {
    let (finder, picture) = (FaceFinder::new().unwrap(), portrait());
    let model = open_model("mirror", &Device::Cpu).unwrap();
    let subject = Subject { model: model.as_ref(), ages: &[8.0, 70.0], gender: Gender::Female };
    let face = finder.find(&picture).unwrap().remove(0);
    let still = Still::measure(&subject, &finder, &picture, &face).unwrap();
    assert!(still.repeats && still.change > 0.5, "{still:?}");
    assert_eq!(still.shifts.len(), SHIFTS.len());
    assert!(still.shifts.iter().all(|shift| *shift > 0.0 && *shift < still.change), "{still:?}");
    assert!(still.redetected.is_some_and(|found| found > 0.0), "{still:?}");

    let judge = AgeEstimator::bundled(&Device::Cpu).unwrap();
    let mut sequence = Sequence::default();
    for _ in 0..2 {
        sequence.add(&subject, &judge, &picture, &face).unwrap();
    }
    let jitter = sequence.jitter(subject.ages);
    assert_eq!(sequence.input().unwrap().mean, 0.0);
    assert!(jitter.iter().all(|jitter| jitter.largest == 0.0 && jitter.seen_step.unwrap().mean == 0.0));
    sequence.skip_frame();
    let mut moved = face;
    moved.points.iter_mut().for_each(|point| point[0] += 1.0);
    sequence.add(&subject, &judge, &picture, &moved).unwrap();
    assert_eq!(sequence.input().unwrap().count, 1, "frames on either side of a gap are not compared");
    sequence.add(&subject, &judge, &picture, &finder.find(&picture).unwrap()[0]).unwrap();
    let jitter = sequence.jitter(subject.ages);
    assert!(sequence.input().unwrap().count == 2 && jitter.iter().all(|jitter| jitter.largest > 0.0));
    assert!(jitter[0].seen.unwrap().count == 4);
}
