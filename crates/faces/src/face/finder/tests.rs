//! The finder on the portrait, turned, small, cut, and among labelled faces.

use super::*;
use crate::face::landmarks::eye_distance;
use crate::face::testing::{ASTRONAUT_POINTS, astronaut, largest_offset, side_by_side};
use crate::face::{FaceProblem, FivePoints, MESH_POINTS, Similarity, align};
use image::{Rgb, imageops};

#[test]
fn finds_the_landmarks_of_the_portrait() {
    let finder = FaceFinder::new().unwrap();
    let faces = finder.find(&astronaut()).unwrap();
    assert_eq!(faces.len(), 1);
    assert!(largest_offset(&faces[0].points, &ASTRONAUT_POINTS) < 4.);
    assert_eq!(faces[0].mesh.len(), MESH_POINTS);
    assert_eq!(faces[0].problem((512, 512)), None);
    assert_eq!(finder.find(&astronaut()).unwrap(), faces, "the same every time");
}

#[test]
fn several_faces_come_largest_first() {
    let mut picture = RgbImage::from_pixel(900, 512, Rgb([80, 90, 100]));
    imageops::replace(&mut picture, &astronaut(), 0, 0);
    let small = imageops::resize(&astronaut(), 300, 300, imageops::FilterType::Triangle);
    imageops::replace(&mut picture, &small, 560, 100);
    let faces = FaceFinder::new().unwrap().find(&picture).unwrap();
    assert_eq!(faces.iter().map(|face| face.id).collect::<Vec<_>>(), [0, 1]);
    assert!(faces[0].bounds.x < 300. && faces[1].bounds.x > 560.);
    let finder = FaceFinder::new().unwrap();
    assert_eq!(finder.find(&side_by_side(6)).unwrap().len(), 6, "stills have no limit of four");
}

#[test]
fn a_face_that_fills_the_picture_is_found() {
    let tight = imageops::crop_imm(&astronaut(), 174, 70, 100, 110).to_image();
    let faces = FaceFinder::new().unwrap().find(&tight).unwrap();
    assert_eq!(faces.len(), 1);
    let expected = ASTRONAUT_POINTS.map(|[x, y]| [x - 174., y - 70.]);
    assert!(largest_offset(&faces[0].points, &expected) < 5., "{:?}", faces[0].points);
}

/// A wall of `width` and `height` pixels with the portrait at `at`, its face `face` pixels wide.
fn wall(width: u32, height: u32, at: [i64; 2], face: f32) -> RgbImage {
    let mut wall =
        RgbImage::from_fn(width, height, |x, y| Rgb([90 + ((x / 40 + y / 60) % 9) as u8, 100, 110]));
    let side = (512. * face / 97.) as u32;
    let small = imageops::resize(&astronaut(), side, side, imageops::FilterType::Triangle);
    imageops::replace(&mut wall, &small, at[0], at[1]);
    wall
}

/// Also where two parts meet.
#[test]
fn a_small_face_in_a_large_picture_is_found() {
    let finder = FaceFinder::new().unwrap();
    for at in [[3000, 1700], [1130, 420]] {
        let picture = wall(4000, 3000, at, 60.);
        assert!(finder.search(&picture, Extent::Quick, &|_| true).unwrap().is_empty());
        let steps = std::sync::Mutex::new(Vec::new());
        let note = |step| {
            steps.lock().unwrap().push(step);
            true
        };
        let faces = finder.search(&picture, Extent::All, &note).unwrap();
        assert_eq!(faces.len(), 1, "{faces:?}");
        let scale = 60. / 97.;
        let expected = ASTRONAUT_POINTS.map(|[x, y]| [at[0] as f32 + scale * x, at[1] as f32 + scale * y]);
        assert!(largest_offset(&faces[0].points, &expected) < 4., "{:?}", faces[0].points);
        assert_eq!(faces[0].problem(picture.dimensions()), None);
        assert_eq!(finder.find_largest(&picture).unwrap().unwrap().points, faces[0].points);
        let steps = steps.into_inner().unwrap();
        assert!(steps.len() > 4 && steps.iter().any(|step: &SearchStep| step.done == step.of));
    }
}

#[test]
fn the_largest_face_ends_the_search() {
    let picture = wall(3000, 2000, [100, 100], 300.);
    let parts = std::sync::atomic::AtomicUsize::new(0);
    let count = |_| {
        parts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        true
    };
    let finder = FaceFinder::new().unwrap();
    assert_eq!(finder.search(&picture, Extent::Largest, &count).unwrap().len(), 1);
    assert_eq!(parts.into_inner(), 1, "one pass suffices");
    let stopped = finder.search(&picture, Extent::All, &|_| false);
    assert!(matches!(stopped, Err(FaceError::Stopped)));
}

#[test]
fn a_face_on_its_side_or_upside_down_is_found() {
    let finder = FaceFinder::new().unwrap();
    type Turned = (RgbImage, fn([f32; 2]) -> [f32; 2]);
    let turned: [Turned; 3] = [
        (imageops::rotate90(&astronaut()), |[x, y]| [512. - y, x]),
        (imageops::rotate180(&astronaut()), |[x, y]| [512. - x, 512. - y]),
        (imageops::rotate270(&astronaut()), |[x, y]| [y, 512. - x]),
    ];
    for (picture, to_turned) in turned {
        let faces = finder.find(&picture).unwrap();
        assert_eq!(faces.len(), 1);
        let offset = largest_offset(&faces[0].points, &ASTRONAUT_POINTS.map(to_turned));
        assert!(offset < 5., "{offset} {:?}", faces[0].points);
        assert_eq!(faces[0].problem((512, 512)), None);
    }
}

#[test]
fn a_head_that_leans_far_is_found() {
    let finder = FaceFinder::new().unwrap();
    for degrees in [30_f32, 45., 140., 210., 300.] {
        let (b, a) = degrees.to_radians().sin_cos();
        let turn = Similarity { a, b, tx: 256. - (a * 224. - b * 118.), ty: 256. - (b * 224. + a * 118.) };
        let faces = finder.find(&align(&astronaut(), &turn, 512)).unwrap();
        assert_eq!(faces.len(), 1, "{degrees}");
        let offset = largest_offset(&faces[0].points, &ASTRONAUT_POINTS.map(|point| turn.apply(point)));
        assert!(offset < 5., "{degrees}: {offset}");
    }
}

/// The missing part is measured well enough to distinguish a tenth from a third.
#[test]
fn a_face_cut_by_the_edge_is_found_and_reported_as_cut() {
    let finder = FaceFinder::new().unwrap();
    for (columns, problem) in [(5, None), (10, None), (26, Some(FaceProblem::CutByEdge))] {
        let left = 177 + columns;
        let picture = imageops::crop_imm(&astronaut(), left, 0, 512 - left, 512).to_image();
        let faces = finder.find(&picture).unwrap();
        let found: Vec<_> = faces.iter().map(|face| face.share_outside(picture.dimensions())).collect();
        assert_eq!(faces.first().map(|face| face.problem(picture.dimensions())), Some(problem), "{found:?}");
    }
}

#[test]
fn finding_no_face_is_not_an_error() {
    let finder = FaceFinder::new().unwrap();
    assert!(finder.find(&RgbImage::from_pixel(300, 200, Rgb([90; 3]))).unwrap().is_empty());
    assert!(finder.find(&RgbImage::new(0, 0)).unwrap().is_empty());
}

/// Path and five labelled landmarks of every `every`-th picture.
fn labelled(folder: &std::path::Path, every: usize) -> Vec<(std::path::PathBuf, FivePoints)> {
    let mut reader = csv::Reader::from_path(folder.join("labels.csv")).unwrap();
    let rows = reader.records().step_by(every).map(|row| {
        let row = row.unwrap();
        let number = |column: usize| row[column].parse::<f32>().unwrap();
        let points = std::array::from_fn(|i| [number(6 + 2 * i), number(7 + 2 * i)]);
        (folder.join(&row[0]), points)
    });
    rows.collect()
}

/// The bundled network is trained on crops aligned to labelled landmarks, so ours must agree with them.
#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn landmarks_agree_with_labels_in_the_mean() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/faces");
    let labelled = labelled(&folder, 500);
    let finder = FaceFinder::new().unwrap();
    let mut offsets = Vec::new();
    for (path, label) in &labelled {
        let faces = finder.find(&image::open(path).unwrap().to_rgb8()).unwrap();
        let Some(face) = faces.first() else { continue };
        let unit = eye_distance(label);
        let offset = |i: usize| [0, 1].map(|axis| (face.points[i][axis] - label[i][axis]) / unit);
        offsets.push([0, 1, 2, 3, 4].map(offset));
    }
    assert!(offsets.len() * 100 >= labelled.len() * 93, "{} of {}", offsets.len(), labelled.len());
    for point in 0..5 {
        let mean = |value: &dyn Fn([f32; 2]) -> f32| {
            offsets.iter().map(|offset| value(offset[point])).sum::<f32>() / offsets.len() as f32
        };
        let distance = mean(&|[x, y]| x.hypot(y));
        let shift = mean(&|[x, _]| x).hypot(mean(&|[_, y]| y));
        println!("landmark {point}: distance {distance:.3}, shift {shift:.3} eye distances");
        assert!(distance < 0.13 && shift < 0.06, "landmark {point}: {distance} {shift}");
    }
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn deep_wrinkles_do_not_hide_a_face() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/portraits/images");
    let finder = FaceFinder::new().unwrap();
    for name in ["t2i-sdxl-0002527.webp", "t2i-sdxl-0004415.webp", "t2i-pro-0001523.webp"] {
        let picture = image::open(folder.join(name)).unwrap().to_rgb8();
        let face = finder.find_largest(&picture).unwrap().unwrap_or_else(|| panic!("{name}: no face"));
        assert_eq!(face.problem(picture.dimensions()), None, "{name}");
    }
}
