//! MobileFace on labelled faces.

use std::path::Path;

use crate::evaluation::mobile_face::MobileFace;
use agemirror_faces::judges::{Cut, distance};
use candle_core::Device;
use image::RgbImage;

use crate::dataset::{Face, Split, read_labels};

/// A network that gives everybody the same embedding would still agree with its published graph, but not pass
/// this test.
#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn it_recognises_faces_and_separates_strangers() {
    let faces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/faces");
    let labels = read_labels(&faces.join("labels.csv")).unwrap();
    let grown = labels.iter().filter(|face| face.split == Split::Validation && face.age_low > 20.0);
    let cut = Cut { template: MobileFace::TEMPLATE, side: MobileFace::SIDE };
    let crop = |face: &Face| cut.crop(&image::open(faces.join(&face.file)).unwrap().to_rgb8(), &face.points);
    let crops: Vec<RgbImage> = grown.step_by(20).take(24).map(crop).collect();
    let soft = |crop| image::imageops::blur(&image::imageops::flip_horizontal(crop), 1.5);
    let again: Vec<RgbImage> = crops.iter().map(soft).collect();
    let network = MobileFace::bundled(&Device::Cpu).unwrap();
    let (seen, again) = (network.embed(&crops).unwrap(), network.embed(&again).unwrap());
    for (index, again_row) in again.iter().enumerate() {
        let far: Vec<f32> = seen.iter().map(|other| distance(again_row, other)).collect();
        let stranger = far.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, far)| *far);
        let nearest = stranger.fold(f32::INFINITY, f32::min);
        assert!(far[index] < nearest, "{index}: {} against {nearest}", far[index]);
    }
}
