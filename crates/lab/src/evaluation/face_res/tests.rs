use std::path::Path;

use candle_core::{Device, Tensor};
use image::RgbImage;

use super::trunk::{FEATURES, SIDE};
use super::{FaceRes, FaceResAge};
use crate::dataset::{Face, Split, read_labels};
use agemirror_faces::face::testing::reference_pictures;
use agemirror_faces::judges::{AgeJudge, Cut, FeatureJudge};
use agemirror_kernels::testing::assert_close;

#[derive(serde::Deserialize)]
struct Golden {
    ages: Vec<f32>,
    age_features: Vec<Vec<f32>>,
    features: Vec<Vec<f32>>,
}

fn rows(rows: Vec<Vec<f32>>) -> Tensor {
    Tensor::from_vec(rows.concat(), (2, FEATURES), &Device::Cpu).unwrap()
}

/// `tests/reference/face_res.py` runs the published graphs operation by operation in NumPy in double
/// precision.
#[test]
fn both_networks_agree_with_their_published_graphs() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../../../tests/reference/face_res.json")).unwrap();
    let age = FaceResAge::bundled(&Device::Cpu).unwrap();
    let seen = age.features(&reference_pictures(SIDE as usize).unwrap()).unwrap();
    assert_close(&seen, &rows(golden.age_features), 1e-3).unwrap();
    for (age, wanted) in age.ages(&seen).unwrap().into_iter().zip(golden.ages) {
        assert!((age - wanted).abs() < 0.01, "{age} instead of {wanted}");
    }
    let features =
        FaceRes::bundled(&Device::Cpu).unwrap().forward(&reference_pictures(SIDE as usize).unwrap()).unwrap();
    assert_close(&features, &rows(golden.features), 1e-3).unwrap();
}

/// Labelled faces of the validation split with an exact age, each cropped by `cut`.
fn labelled(cut: Cut, fits: impl Fn(&Face) -> bool, every: usize) -> Vec<(f32, RgbImage)> {
    let faces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/faces");
    let labels = read_labels(&faces.join("labels.csv")).unwrap();
    let exact = |face: &&Face| face.split == Split::Validation && face.age_low == face.age_high;
    let chosen = labels.iter().filter(exact).filter(|face| fits(face)).step_by(every);
    let crop = |face: &Face| cut.crop(&image::open(faces.join(&face.file)).unwrap().to_rgb8(), &face.points);
    chosen.map(|face| (face.age_low, crop(face))).collect()
}

/// A wrongly converted network, or one shown colours in another order, still agrees with its graph but does
/// not read these ages: with red and blue swapped and no means subtracted, the error exceeds 8 years.
#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn it_reads_the_ages_of_labelled_faces() {
    let network = FaceResAge::bundled(&Device::Cpu).unwrap();
    let faces = labelled(AgeJudge::cut(&network), |_| true, 8);
    let (ages, crops): (Vec<f32>, Vec<RgbImage>) = faces.into_iter().unzip();
    let read = network.read(&crops).unwrap();
    let errors: f32 = read.iter().zip(&ages).map(|(read, age)| (read - age).abs()).sum();
    let error = errors / ages.len() as f32;
    assert!(error < 7.0, "{error} years on {} faces", ages.len());
}

/// Faces are on average nearer to faces of their own age than to those of another age.
#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn children_and_old_people_are_apart_in_its_features() {
    let judge = FaceRes::bundled(&Device::Cpu).unwrap();
    let describe = |low: f32, high: f32| {
        let fits = |face: &Face| face.dataset == "utkface" && face.age_low >= low && face.age_high <= high;
        let faces = labelled(FeatureJudge::cut(&judge), fits, 2);
        judge.features(&faces.into_iter().map(|(_, crop)| crop).collect::<Vec<_>>()).unwrap()
    };
    let (small, old) = (describe(0.0, 4.0), describe(65.0, 90.0));
    let middle = |rows: &[Vec<f32>]| -> Vec<f32> {
        (0..FEATURES)
            .map(|index| rows.iter().map(|row| row[index]).sum::<f32>() / rows.len() as f32)
            .collect()
    };
    let far = |row: &[f32], middle: &[f32]| row.iter().zip(middle).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
    let (child, elder) = (middle(&small[..small.len() / 2]), middle(&old[..old.len() / 2]));
    let right = |rows: &[Vec<f32>], own: &[f32], other: &[f32]| {
        let rest = &rows[rows.len() / 2..];
        rest.iter().filter(|row| far(row, own) < far(row, other)).count() as f32 / rest.len() as f32
    };
    let (small, old) = (right(&small, &child, &elder), right(&old, &elder, &child));
    assert!(small > 0.85 && old > 0.85, "{small} {old}");
}

#[test]
fn crops_of_another_size_are_refused() {
    let (age, features) =
        (FaceResAge::bundled(&Device::Cpu).unwrap(), FaceRes::bundled(&Device::Cpu).unwrap());
    let small = [RgbImage::new(64, 64)];
    assert!(age.read(&small).is_err() && features.features(&small).is_err());
    assert!(age.read(&[]).unwrap().is_empty() && features.features(&[]).unwrap().is_empty());
}
