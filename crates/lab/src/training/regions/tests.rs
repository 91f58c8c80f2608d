//! A short run on drawn heads.

use candle_core::Device;

use super::pack::PACK_SIZE;
use super::*;
use crate::dataset::Split;
use crate::training::testing::check_resuming;
use crate::training::{NamedTensors, Trainer, TrainingError};
use agemirror_faces::face::regions::{HEAD_TEMPLATE, RegionNetwork};

/// A head of coloured ellipses: hair around skin, with eyes, and with glasses if `glasses`.
fn head(index: u8, split: Split, glasses: bool) -> Head {
    let centre = PACK_SIDE as f32 / 2.0;
    let inside = |x: f32, y: f32, cx: f32, cy: f32, rx: f32, ry: f32| {
        ((x - centre - cx) / rx).powi(2) + ((y - centre - cy) / ry).powi(2) < 1.0
    };
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for i in 0..PACK_SIZE {
        let (x, y) = ((i % PACK_SIDE) as f32, (i / PACK_SIDE) as f32);
        let eye = |rx: f32, ry: f32| inside(x, y, -21.0, -5.0, rx, ry) || inside(x, y, 21.0, -5.0, rx, ry);
        let (class, colour) = match () {
            () if glasses && eye(15.0, 9.0) => (7, [20, 20, 30]),
            () if eye(6.0, 3.0) => (5, [250, 250, 250]),
            () if inside(x, y, 0.0, 5.0, 45.0, 60.0) => (1, [220, 170, 140]),
            () if inside(x, y, 0.0, -10.0, 65.0, 70.0) => (3, [60, 40, 20]),
            () => (0, [40, 90 + index, 120]),
        };
        labels.push(class);
        pixels.extend(colour);
    }
    let points =
        HEAD_TEMPLATE.points.map(|[x, y]| [(x - 0.5) * 276.0 + centre, (y - 0.42) * 276.0 + centre - 5.0]);
    let facts = Facts {
        file: format!("{index}.webp"),
        split,
        hand_made: index.is_multiple_of(2),
        male: -1.0,
        points,
        mesh: Vec::new(),
    };
    Head { facts, pixels, labels }
}

fn heads() -> Vec<Head> {
    let split = |index| if index < 4 { Split::Train } else { Split::Validation };
    (0..6).map(|index| head(index, split(index), index == 1)).collect()
}

/// A new run with random parameters.
fn start(settings: RegionSettings, heads: Vec<Head>) -> Result<RegionTrainer, TrainingError> {
    RegionTrainer::start(settings, heads, &NamedTensors::new(), &Device::Cpu)
}

#[test]
fn a_resumed_run_is_the_same_run_and_its_weights_can_be_read() {
    let home = tempfile::tempdir().unwrap();
    let settings = RegionSettings { batch: 2, steps: 2, ..RegionSettings::default() };
    let fresh = || -> Box<dyn Trainer> { Box::new(start(settings, heads()).unwrap()) };
    let (_, folder) = check_resuming(home.path(), 1, &fresh);
    let table = std::fs::read_to_string(folder.join("validation.csv")).unwrap();
    let [head, first, last] = table.lines().collect::<Vec<_>>()[..] else { panic!("{table}") };
    assert!(
        head.starts_with("step,") && head.contains("hand_hair") && head.contains("machine_skin"),
        "{head}"
    );
    assert!(first.starts_with("1,") && last.starts_with("2,"), "{table}");
    let bytes = std::fs::read(folder.join("regions.safetensors")).unwrap();
    let network = RegionNetwork::from_bytes(&bytes, &Device::Cpu).unwrap();
    assert!(network.masks(&heads()[0].picture()).unwrap().planes().iter().all(|value| value.is_finite()));
    assert!(folder.join("samples").join("crops.png").exists());
}

#[test]
fn without_training_heads_there_is_no_run() {
    let heads: Vec<Head> = heads().into_iter().filter(|head| head.facts.split == Split::Validation).collect();
    assert!(start(RegionSettings::default(), heads).is_err());
}

#[test]
fn packed_heads_come_back_as_they_were() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("heads.pack");
    write_pack(&heads(), &path).unwrap();
    let back = read_pack(&path).unwrap();
    assert_eq!(back.len(), 6);
    for (back, head) in back.iter().zip(heads()) {
        assert!(back.pixels == head.pixels && back.labels == head.labels);
        assert_eq!((&back.facts.file, back.facts.points), (&head.facts.file, head.facts.points));
    }
    std::fs::write(&path, b"something else").unwrap();
    assert!(read_pack(&path).is_err());
}

#[test]
fn a_folder_is_read_and_what_cannot_be_used_is_named() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    std::fs::create_dir_all(folder.join("images")).unwrap();
    std::fs::create_dir_all(folder.join("masks")).unwrap();
    let portrait = include_bytes!("../../../../../assets/astronaut.jpg");
    let picture = image::load_from_memory(portrait).unwrap().to_rgb8();
    let side = picture.width().min(picture.height());
    let square = image::imageops::crop_imm(&picture, 0, 0, side, side).to_image();
    square.save(folder.join("images/a.png")).unwrap();
    square.save(folder.join("images/b.png")).unwrap();
    let table = "file,mask,split\nimages/a.png,masks/a.png,train\nimages/b.png,masks/b.png,validation\n";
    std::fs::write(folder.join("labels.csv"), table).unwrap();
    // Two values of four bits in each byte.
    let write_mask = |name: &str, byte: u8| {
        let mut encoder = png::Encoder::new(std::fs::File::create(folder.join(name)).unwrap(), 8, 8);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Four);
        encoder.set_palette(vec![0; 48]);
        encoder.write_header().unwrap().write_image_data(&[byte; 32]).unwrap();
    };
    write_mask("masks/a.png", 0x31);
    write_mask("masks/b.png", 0xBB);
    let (heads, skipped) = read_heads(&[folder.to_owned()], |_, _| true).unwrap().unwrap();
    assert_eq!((heads.len(), skipped.len()), (1, 1));
    assert!(heads[0].facts.hand_made && heads[0].facts.mesh.len() == 468);
    assert_eq!((heads[0].labels[0], heads[0].labels[PACK_SIDE / 8]), (3, 1));
    assert!(skipped[0].1.contains("the value 11"), "{}", skipped[0].1);
    assert!(read_heads(&[folder.to_owned()], |_, _| false).unwrap().is_none());
    assert!(read_heads(&[folder.join("nowhere")], |_, _| true).is_err());
}
