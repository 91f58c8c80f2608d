//! Packing, opening and batching a tiny artificial collection.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

use super::{Augmentation, Batch, BatchSpec, DatasetError, FacePack, PackSpec, Split, seeded};
use agemirror_faces::face::AlignmentTemplate;

const TEMPLATE: AlignmentTemplate =
    AlignmentTemplate { points: [[0.35, 0.4], [0.65, 0.4], [0.5, 0.6], [0.4, 0.75], [0.6, 0.75]] };
const HEADER: &str = "file,dataset,age_low,age_high,gender,ethnicity,right_eye_x,right_eye_y,left_eye_x,\
                      left_eye_y,nose_x,nose_y,right_mouth_x,right_mouth_y,left_mouth_x,left_mouth_y,yaw,\
                      sharpness,split";

/// Pictures of 80 x 60 with a red dot at each eye. The face has the template's points in a square of 40
/// pixels at (`10 + index`, 12).
fn collection() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut table = HEADER.to_owned();
    for index in 0..6_u32 {
        let points = TEMPLATE.points.map(|[x, y]| [10.0 + index as f32 + 40.0 * x, 12.0 + 40.0 * y]);
        let file = format!("p{index}.png");
        if index == 3 {
            std::fs::write(folder.path().join(&file), b"not a picture").unwrap();
        } else {
            let mut picture = RgbImage::from_pixel(80, 60, Rgb([20, 30, 40]));
            for [x, y] in &points[..2] {
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let (x, y) = (x.round() as u32 - 1 + dx, y.round() as u32 - 1 + dy);
                    picture.put_pixel(x, y, Rgb([255, 0, 0]));
                }
            }
            picture.save(folder.path().join(&file)).unwrap();
        }
        let split = if index == 5 { "validation" } else { "train" };
        let points = points.as_flattened().iter().map(f32::to_string).collect::<Vec<_>>().join(",");
        let age = index * 10;
        table += &format!("\n{file},toy,{age},{},female,other,{points},0,50,{split}", age + 2);
    }
    std::fs::write(folder.path().join("labels.csv"), table).unwrap();
    folder
}

fn spec() -> PackSpec {
    PackSpec { split: Split::Train, template: TEMPLATE, side: 40, stride: 1, limit: None }
}

fn packed(folder: &Path, spec: &PackSpec) -> (PathBuf, super::pack_build::PackReport) {
    let out = folder.join("faces.pack");
    let mut progress = Vec::new();
    let report = FacePack::build(folder, spec, &out, |done, all| progress.push((done, all))).unwrap();
    let all = report.packed + report.skipped.len();
    assert_eq!(progress.last(), Some(&(all, all)));
    (out, report)
}

#[test]
fn faces_are_packed_where_the_template_says() {
    let folder = collection();
    let (out, report) = packed(folder.path(), &spec());
    assert_eq!((report.packed, report.skipped.len()), (4, 1));
    assert!(report.skipped[0].0.ends_with("p3.png"), "{:?}", report.skipped);
    let left_over = std::fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".facepack"));
    assert_eq!(left_over.count(), 0);

    let pack = FacePack::open(&out).unwrap();
    assert_eq!((pack.len(), pack.side()), (4, 40));
    assert_eq!(pack.faces().iter().map(|face| face.age()).collect::<Vec<_>>(), [1.0, 11.0, 21.0, 41.0]);
    for index in 0..pack.len() {
        let crop = pack.crop(index);
        for [x, y] in &TEMPLATE.points[..2] {
            let (x, y) = ((x * 40.0).round() as usize, (y * 40.0).round() as usize);
            for index_of_pixel in [y * 40 + x, (y - 1) * 40 + x - 1] {
                assert_eq!(crop[index_of_pixel * 3..index_of_pixel * 3 + 3], [255, 0, 0], "face {index}");
            }
        }
    }
}

#[test]
fn the_mask_ends_with_the_picture() {
    let folder = collection();
    // 80 pixels a side: the picture is doubled, and its lower edge is at (60 - 12) * 2 = 96, outside.
    let (out, _) = packed(folder.path(), &PackSpec { side: 80, ..spec() });
    let pack = FacePack::open(&out).unwrap();
    assert!(pack.part(0, [0.0, 0.0, 1.0], 80).1.iter().all(|value| *value == 1.0));

    // A template with a small face in the middle shows the area left and right of the picture.
    let small =
        AlignmentTemplate { points: TEMPLATE.points.map(|point| point.map(|part| 0.25 + part / 2.0)) };
    let (out, _) = packed(folder.path(), &PackSpec { template: small, side: 80, ..spec() });
    let (_, mask) = FacePack::open(&out).unwrap().part(0, [0.0, 0.0, 1.0], 40);
    // The picture's left edge is at 80 * 0.25 - 10 = 10 of 80 pixels, its right edge at 90, outside.
    assert_eq!((mask[20 * 40 + 4], mask[20 * 40 + 7], mask[20 * 40 + 39]), (0.0, 1.0, 1.0));
    assert!((mask[20 * 40 + 5] - 0.5).abs() < 1e-4);
}

#[test]
fn black_bars_are_not_part_of_the_picture() {
    let folder = collection();
    let file = folder.path().join("p0.png");
    let mut picture = image::open(&file).unwrap().into_rgb8();
    for (x, y) in (0..80).flat_map(|x| (50..60).map(move |y| (x, y))) {
        picture.put_pixel(x, y, Rgb([3, 0, 1]));
    }
    picture.save(&file).unwrap();
    let (out, _) = packed(folder.path(), &spec());
    assert_eq!(FacePack::open(&out).unwrap().face(0).window.bounds, [0.0, 0.0, 80.0, 50.0]);
}

#[test]
fn stride_and_limit_make_small_packs() {
    let folder = collection();
    let (out, _) = packed(folder.path(), &PackSpec { stride: 2, ..spec() });
    let ages =
        |out: &Path| FacePack::open(out).unwrap().faces().iter().map(|face| face.age()).collect::<Vec<_>>();
    assert_eq!(ages(&out), [1.0, 21.0, 41.0]);
    let (out, _) = packed(folder.path(), &PackSpec { limit: Some(1), ..spec() });
    assert_eq!(ages(&out), [1.0]);
    let (out, _) = packed(folder.path(), &PackSpec { split: Split::Validation, ..spec() });
    assert_eq!(ages(&out), [51.0]);
}

#[test]
fn a_damaged_pack_is_refused() {
    let folder = collection();
    let (out, _) = packed(folder.path(), &spec());
    let good = std::fs::read(&out).unwrap();
    let broken = folder.path().join("broken.pack");
    let refused = |bytes: &[u8]| {
        std::fs::write(&broken, bytes).unwrap();
        let error = FacePack::open(&broken).unwrap_err();
        assert!(matches!(error, DatasetError::BadPack { .. }), "{error}");
        assert!(error.to_string().contains("broken.pack"));
    };
    for length in [0, 7, 8, 15, 100, good.len() - 1] {
        refused(&good[..length]);
    }
    let mut changed = good.clone();
    changed[500] ^= 1;
    refused(&changed);
    let mut endless = good.clone();
    let end = endless.len() - 8;
    endless[end..].fill(0xff);
    refused(&endless);
    let mut other = good;
    other[0] = b'X';
    refused(&other);
}

#[test]
fn an_unusable_collection_or_output_is_reported() {
    let folder = collection();
    let nowhere = folder.path().join("missing/faces.pack");
    let error = FacePack::build(folder.path(), &spec(), &nowhere, |_, _| ()).unwrap_err();
    assert!(matches!(error, DatasetError::Io { .. }), "{error}");
    for index in 0..5 {
        std::fs::remove_file(folder.path().join(format!("p{index}.png"))).unwrap();
    }
    let out = folder.path().join("faces.pack");
    let error = FacePack::build(folder.path(), &spec(), &out, |_, _| ()).unwrap_err();
    assert!(matches!(error, DatasetError::NoFaces { .. }), "{error}");
    assert!(!out.exists());
}

#[test]
fn a_batch_holds_planes_masks_and_ages() {
    let folder = collection();
    let (out, _) = packed(folder.path(), &spec());
    let pack = FacePack::open(&out).unwrap();
    let plain = BatchSpec { side: 20, feather: 1.0, augmentation: Augmentation::NONE };
    let batch = Batch::assemble(&pack, &[2, 0], &plain, 1, 1).unwrap();
    assert_eq!((batch.pixels.len(), batch.masks.len()), (2 * 3 * 400, 2 * 400));
    assert_eq!(batch.ages, [21.0, 1.0]);
    // The left eye's dot of 2 x 2 pixels at (13..15, 15..17) of 40 covers half of (6, 7) and (7, 7).
    let background = 20.0 / 127.5 - 1.0;
    assert!((batch.pixels[0] - background).abs() < 1e-5);
    assert!(batch.pixels[7 * 20 + 6] > background + 0.3);
    assert!((batch.pixels[400] - (30.0 / 127.5 - 1.0)).abs() < 1e-5);

    let varied = BatchSpec { augmentation: Augmentation::default(), ..plain };
    let draw = |seed, step| Batch::assemble(&pack, &[0, 0], &varied, seed, step).unwrap();
    assert_eq!(draw(1, 5), draw(1, 5));
    assert_ne!(draw(1, 5), draw(1, 6));
    assert_ne!(draw(1, 5).pixels[..1200], draw(1, 5).pixels[1200..]);

    let large = BatchSpec { side: 41, ..plain };
    assert!(matches!(Batch::assemble(&pack, &[0], &large, 1, 1), Err(DatasetError::BatchSide { .. })));
}

#[test]
fn rng_streams_differ() {
    use rand::Rng;
    let first = |seed, step, rng_stream| seeded(seed, step, rng_stream).random::<u64>();
    assert_ne!(first(1, 2, 3), first(1, 3, 2));
    assert_ne!(first(1, 2, 3), first(2, 1, 3));
}

#[test]
fn several_folders_become_one_pack() {
    let (one, two) = (collection(), collection());
    let data = [one.path().to_owned(), two.path().to_owned()];
    let out = one.path().join("both.pack");
    let report = FacePack::build_from(&data, &spec(), &out, |_, _| ()).unwrap();
    assert_eq!((report.packed, report.skipped.len()), (8, 2));
    assert!(report.skipped[1].0.starts_with(two.path()));
    let pack = FacePack::open(&out).unwrap();
    assert_eq!((pack.len(), pack.crop(1)), (8, pack.crop(5)));
    let spec_without_faces = PackSpec { limit: Some(0), ..spec() };
    let error = FacePack::build_from(&data, &spec_without_faces, &out, |_, _| ()).unwrap_err();
    assert!(error.to_string().contains("labels.csv"), "{error}");
}

#[test]
fn a_part_of_a_crop_is_cut_with_its_mask() {
    let folder = collection();
    let (out, _) = packed(folder.path(), &spec());
    let pack = FacePack::open(&out).unwrap();
    let (whole, _) = pack.part(0, [0.0, 0.0, 1.0], 40);
    assert_eq!(whole.as_raw(), pack.crop(0));
    let (part, mask) = pack.part(0, [0.25, 0.5, 0.5], 20);
    assert_eq!(mask.len(), 400);
    assert!(part.enumerate_pixels().all(|(x, y, pixel)| pixel == whole.get_pixel(x + 10, y + 20)));
}
