use image::Rgb;

use super::golden::{toy_builder, toy_weights};
use super::*;

fn toy() -> AgeTransGan {
    AgeTransGan::new(&toy_builder(&toy_weights()), "0".repeat(64), &Device::Cpu).unwrap()
}

fn crop(side: u32) -> RgbImage {
    RgbImage::from_fn(side, side, |x, y| Rgb([(x * 3 + 40) as u8, (y * 4) as u8, (x + 2 * y) as u8]))
}

fn difference(a: &RgbImage, b: &RgbImage) -> u32 {
    a.iter().zip(b.iter()).map(|(a, b)| u32::from(a.abs_diff(*b))).max().unwrap()
}

#[test]
fn it_describes_itself() {
    let model = toy();
    let info = model.info();
    let groups = vec![(15, 29), (30, 39), (40, 49), (50, 120)];
    assert_eq!(info.ages, AgeChoice::Between { groups, centres: vec![22.0, 35.0, 45.0, 60.0] });
    assert_eq!((info.name, info.side, info.templates.len()), ("agetransgan", 32, 5));
    assert!(!info.knows_gender);
}

#[test]
fn a_crop_of_any_size_keeps_its_size() {
    let model = toy();
    for side in [32, 50, 20] {
        let crop = crop(side);
        let face = model.encode(&crop).unwrap();
        let aged = model.decode(&crop, &face, &[20.0, 70.0], Gender::default()).unwrap();
        assert_eq!(aged.len(), 2);
        for aged in &aged {
            assert_eq!(aged.picture.dimensions(), crop.dimensions());
            assert_eq!(aged.mask.dimensions(), crop.dimensions());
            assert!(aged.mask.pixels().all(|mask| mask.0[0] == 255));
        }
        assert!(aged[0].picture != aged[1].picture);
        assert_eq!(model.current_age(&face), None);
    }
}

#[test]
fn representative_ages_give_their_group_and_ages_between_are_mixed() {
    let model = toy();
    let crop = crop(32);
    let face = model.encode(&crop).unwrap();
    let aged = model.decode(&crop, &face, &[35.0, 38.0, 45.0, 90.0], Gender::default()).unwrap();
    let painted = model.paint(&face, &[1.0, 1.3, 2.0, 3.0]).unwrap();
    for (aged, painted) in aged.iter().zip(&painted) {
        assert_eq!(aged.picture, *painted);
    }
    assert!(painted[0] != painted[1] && painted[1] != painted[2]);
}

#[test]
fn fixed_noise_does_not_flicker_and_fresh_noise_does() {
    let mut model = toy();
    let face = model.encode(&crop(32)).unwrap();
    let paint = |model: &AgeTransGan| model.paint(&face, &[1.0]).unwrap().remove(0);
    assert_eq!(paint(&model), paint(&model));
    // More ages than fit in one batch, with the same one first and last.
    let positions: Vec<f32> = (0..11).map(|i| if i == 10 { 0.0 } else { 0.3 * i as f32 }).collect();
    let many = model.paint(&face, &positions).unwrap();
    assert_eq!(many.len(), 11);
    assert!(difference(&many[0], &many[10]) <= 1);
    model.set_noise(Noise::Fresh);
    assert!(paint(&model) != paint(&model));
    model.set_noise(Noise::Zero);
    assert_eq!(paint(&model), paint(&model));
}

#[test]
fn weights_load_with_any_prefix_and_wrong_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let weights = toy_weights();
    let save = |prefix: &str, keep: &dyn Fn(&str) -> bool| {
        let named =
            weights.iter().filter(|(name, _)| keep(name)).map(|(name, t)| (format!("{prefix}{name}"), t));
        safetensors::serialize_to_file(named, None, &path).unwrap();
    };
    save("g_ema.", &|_| true);
    let model = AgeTransGan::open(&path, &Device::Cpu).unwrap();
    let face = model.encode(&crop(32)).unwrap();
    assert_eq!(model.paint(&face, &[2.0]).unwrap(), toy().paint(&face, &[2.0]).unwrap());
    save("", &|name| name != "convs.1.activate.bias");
    let Err(error) = AgeTransGan::open(&path, &Device::Cpu) else { panic!("a weight is missing") };
    let said = error.to_string();
    assert!(said.contains("weights.safetensors") && said.contains("convs.1.activate.bias"), "{said}");
    save("", &|name| name.starts_with("style"));
    let Err(error) = AgeTransGan::open(&path, &Device::Cpu) else { panic!("no generator") };
    assert!(matches!(error, AgingError::Weights { model: NAME, .. }));
    let foreign = EncodedFace(Box::new(7u8));
    assert!(matches!(model.paint(&foreign, &[1.0]), Err(AgingError::ForeignFace(NAME))));
}
