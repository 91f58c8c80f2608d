//! Compares the generated lists of names with those in `tests/reference/agetransgan_keys`, which list the tensors of
//! the published checkpoints.

use std::path::Path;

use super::blueprint::{Blueprint, Shapes};
use super::{System, agetransgan, caae, ipcgan, pagan, recognise_entries};
use crate::entry::{ElementType, TensorEntry};

fn entry(name: impl Into<String>, shape: &[usize]) -> TensorEntry {
    TensorEntry { name: name.into(), shape: shape.to_vec(), elements: ElementType::F32 }
}

/// All tensors of a blueprint, with a prefix.
fn entries(plan: &Blueprint, prefix: &str) -> Vec<TensorEntry> {
    plan.tensors.iter().map(|tensor| entry(format!("{prefix}{}", tensor.name), &tensor.shape)).collect()
}

/// The entries of a list, and whether each is a parameter, if the list says so.
fn listed(file: &str) -> Vec<(TensorEntry, Option<bool>)> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/agetransgan_keys").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|title| *title == name);
    let (key, shape, kind) = (column("key").unwrap(), column("shape").unwrap(), column("kind"));
    let rows = lines.map(|row| {
        let sides = row[shape].split('x').filter(|side| *side != "scalar");
        let sides: Vec<usize> = sides.map(|side| side.parse().unwrap()).collect();
        (entry(row[key], &sides), kind.map(|kind| row[kind] == "param"))
    });
    rows.collect()
}

/// Checks that the list is recognised and contains exactly the generated names.
fn compare(file: &str, system: System, plan: fn(&Shapes) -> Blueprint) {
    let listed = listed(file);
    let entries: Vec<_> = listed.iter().map(|(entry, _)| entry.clone()).collect();
    let found = recognise_entries(&entries).unwrap();
    assert_eq!(found.system, system);
    assert!(found.missing.is_empty() && found.left_over.is_empty(), "{found:?}");
    let shapes = Shapes(entries.iter().map(|e| (e.name.as_str(), e.shape.as_slice())).collect());
    let plan = plan(&shapes);
    assert_eq!(plan.tensors.len(), entries.len());
    for tensor in &plan.tensors {
        let (entry, needed) = listed.iter().find(|(entry, _)| entry.name == tensor.name).unwrap();
        assert_eq!(tensor.shape, entry.shape, "{}", tensor.name);
        assert!(needed.is_none_or(|needed| needed == tensor.required), "{}", tensor.name);
    }
}

#[test]
fn agetransgans_tensors_match_the_specification() {
    for (file, groups) in [("generator_10_groups.tsv", 10), ("generator_4_groups.tsv", 4)] {
        compare(file, System::Agetransgan { groups, side: 1024 }, agetransgan::generator);
    }
    for (file, groups) in [("discriminator_10_groups.tsv", 10), ("discriminator_4_groups.tsv", 4)] {
        let system = System::AgetransganDiscriminator { groups, side: 1024 };
        compare(file, system, agetransgan::discriminator);
    }
    compare("estimator.tsv", System::AgetransganEstimator, agetransgan::estimator);
}

/// Parameter counts from the specifications.
#[test]
fn the_networks_have_as_many_parameters_as_published() {
    let count = |plan: Blueprint| -> usize {
        let needed = plan.tensors.iter().filter(|tensor| tensor.required);
        needed.map(|tensor| tensor.shape.iter().product::<usize>()).sum()
    };
    let none = Shapes::none;
    assert_eq!(count(agetransgan::generator(&none())), 54_120_034);
    assert_eq!(count(agetransgan::discriminator(&none())), 29_017_633);
    assert_eq!(count(caae::tensorflow(&none())), 18_234_034 + 19_948_195);
    assert_eq!(count(caae::torch_encoder(&none())), 17_517_284);
    assert_eq!(count(caae::torch_generator(&none())), 19_455_523);
    assert_eq!(count(pagan::generator(&none())), 1_383_555);
    // VGG-16 up to the last hidden layer.
    assert_eq!(count(pagan::vgg_face(&none())), 134_260_544);
    // Plus two moving averages for each batch normalisation.
    let averages = 2 * (32 + 64 + 128 + 64 + 32 + 12 * 128);
    assert_eq!(count(ipcgan::generator(&none())), 1_976_611 + averages);
}

#[test]
fn a_32_pixel_network_is_recognised_with_its_size() {
    let small = entries(&agetransgan::generator(&Shapes::none()), "");
    // The 32-pixel network has one halving instead of six, and one doubling.
    let toy: Vec<_> = small
        .into_iter()
        .filter(|e| !(2..7).any(|n| e.name.starts_with(&format!("convs_e.{n}."))))
        .filter(|e| !(2..12).any(|n| e.name.starts_with(&format!("convs.{n}."))))
        .filter(|e| !(1..6).any(|n| e.name.starts_with(&format!("to_rgbs.{n}."))))
        .filter(|e| !(7..17).any(|n| e.name == format!("noises.noise_{n}")))
        .map(|e| match e.name.as_str() {
            "convs_e.0.0.weight" => entry(e.name, &[512, 7, 1, 1]),
            "convs_e.0.1.bias" | "convs_e.1.conv1.1.bias" | "convs_e.1.conv2.2.bias" => entry(e.name, &[512]),
            "convs_e.1.conv1.0.weight" | "convs_e.1.conv2.1.weight" => entry(e.name, &[512, 512, 3, 3]),
            "convs_e.1.skip.1.weight" => entry(e.name, &[512, 512, 1, 1]),
            _ => e,
        })
        .collect();
    assert_eq!(toy.len(), 83);
    let found = recognise_entries(&toy).unwrap();
    assert_eq!(found.system, System::Agetransgan { groups: 4, side: 32 });
    assert!(found.is_complete() && found.left_over.is_empty(), "{found:?}");
}

#[test]
fn the_averaged_generator_of_a_training_checkpoint_is_chosen() {
    let generator = agetransgan::generator(&Shapes::none());
    let mut all = entries(&generator, "g.module.");
    all.extend(entries(&agetransgan::discriminator(&Shapes::none()), "d."));
    all.extend(entries(&generator, "g_ema."));
    all.push(entry("g_optim.state.0.exp_avg", &[32, 13, 1, 1]));
    let found = recognise_entries(&all).unwrap();
    assert_eq!((found.system, found.prefix.as_str()), (generator.system, "g_ema."));
    assert!(found.is_complete() && found.left_over.is_empty());
    all.retain(|entry| !entry.name.starts_with("g_ema."));
    assert_eq!(recognise_entries(&all).unwrap().prefix, "g.module.");
    all.retain(|entry| !entry.name.starts_with("g."));
    assert!(!recognise_entries(&all).unwrap().system.ages_faces());
}

#[test]
fn missing_tensors_are_listed_with_similar_names() {
    let mut all = entries(&pagan::generator(&Shapes::none()), "module.");
    all[2].shape = vec![33];
    all[4].name = "module.encoder.3.0.weigth".to_owned();
    all.push(entry("module.extra", &[1]));
    all.remove(6);
    let found = recognise_entries(&all).unwrap();
    assert_eq!((found.system, found.prefix.as_str()), (System::Pagan { base: 32 }, "module."));
    let missing: Vec<_> = found.missing.iter().map(|m| (m.name.as_str(), m.nearest.as_deref())).collect();
    assert_eq!(
        missing,
        [
            ("encoder.1.weight", None),
            ("encoder.3.0.weight", Some("encoder.3.0.weigth")),
            ("encoder.3.1.weight", Some("encoder.3.0.weigth")),
        ]
    );
    assert_eq!(found.missing[0].found, Some(vec![33]));
    assert_eq!(found.left_over, ["encoder.3.0.weigth", "extra"]);
}

#[test]
fn every_system_is_distinguished_from_the_others() {
    for plan in super::PLANS {
        let plan = plan(&Shapes::none());
        let found = recognise_entries(&entries(&plan, "")).unwrap();
        assert_eq!(found.system, plan.system);
        assert!(found.is_complete() && found.left_over.is_empty(), "{found:?}");
    }
}

#[test]
fn other_networks_are_not_recognised() {
    assert_eq!(recognise_entries(&[]), None);
    assert_eq!(recognise_entries(&[entry("conv1.weight", &[64, 3, 7, 7])]), None);
    let resnet = (1..5).map(|n| entry(format!("layer{n}.0.conv1.weight"), &[64, 64, 3, 3]));
    assert_eq!(recognise_entries(&resnet.collect::<Vec<_>>()), None);
}

#[test]
fn implausible_shapes_and_names_are_harmless() {
    let huge = usize::MAX;
    for plan in super::PLANS {
        let plan = plan(&Shapes::none());
        let all: Vec<_> =
            plan.tensors.iter().map(|t| entry(t.name.clone(), &vec![huge; t.shape.len()])).collect();
        assert_eq!(recognise_entries(&all), None);
    }
    let dots = ".".repeat(60_000);
    assert_eq!(recognise_entries(&[entry(dots, &[huge; 9])]), None);
}

#[test]
fn the_bundled_network_is_recognised_to_the_last_tensor() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../weights/mirror.safetensors");
    let found = super::recognise(&crate::Checkpoint::open(&path).unwrap()).unwrap();
    assert_eq!(found.system, System::Mirror);
    assert!(found.missing.is_empty() && found.left_over.is_empty(), "{found:?}");
}
