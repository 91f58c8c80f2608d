//! The fixtures beside the repository, and the original index of CAAE's published model.

use std::fs::File;
use std::path::Path;

use super::{folder, shared, values};
use crate::{Checkpoint, Defect, Format};

/// Shape, sum, first and last value of a tensor.
type Fact = (&'static str, &'static [usize], f64, f64, f64);

/// From `tf.compat.v1.train.NewCheckpointReader` of TensorFlow 2.15.1; sums in double precision.
const CAAE: [Fact; 3] = [
    ("E_conv1/w", &[5, 5, 4, 8], -4.32764218407101, 0.09470352530479431, 0.2983417809009552),
    ("G_fc/w", &[150, 1024], 10.14088270469199, 0.33241385221481323, -0.08037348091602325),
    ("E_fc/b", &[50], -0.4614116451703012, 0.006540894042700529, -0.019735489040613174),
];
const IPCGAN: [Fact; 2] = [
    (
        "generator/unit_3/sub1/conv1/weights",
        &[3, 3, 32, 32],
        0.08266663533891005,
        -0.0475977286696434,
        -0.04458058997988701,
    ),
    ("generator/bn2/moving_variance", &[16], 15.05333387851715, 1.4279896020889282, 0.6860020756721497),
];

fn check(path: &Path, tensors: usize, elements: usize, facts: &[Fact]) -> Checkpoint {
    let checkpoint = Checkpoint::open(path).unwrap();
    assert_eq!(checkpoint.entries().len(), tensors);
    let count: usize = checkpoint.entries().iter().map(|entry| entry.shape.iter().product::<usize>()).sum();
    assert_eq!(count, elements);
    for &(name, shape, sum, first, last) in facts {
        let tensor = checkpoint.tensor(name).unwrap();
        assert_eq!(tensor.dims(), shape, "{name}");
        let values = values(&tensor);
        // The order of adding 153,600 doubles affects at most the eleventh digit.
        assert!((values.iter().sum::<f64>() - sum).abs() < 1e-9, "{name}");
        assert_eq!((values[0], values[values.len() - 1]), (first, last), "{name}");
    }
    checkpoint
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn values_agree_with_tensorflow() {
    let shared = shared();
    let v2 = check(&shared.join("caae_small/checkpoint"), 28, 342_689, &CAAE);
    let v1 = check(&shared.join("caae_small/v1"), 28, 342_689, &CAAE);
    assert_eq!((v2.format(), v1.format()), (Format::TensorflowV2, Format::TensorflowV1));
    for entry in v2.entries() {
        assert_eq!(v1.entry(&entry.name), Some(entry));
        let both = [&v1, &v2].map(|checkpoint| values(&checkpoint.tensor(&entry.name).unwrap()));
        assert_eq!(both[0], both[1], "{}", entry.name);
    }
    check(&shared.join("ipcgan_small"), 104, 128_747, &IPCGAN);
}

#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn an_index_without_data_lists_the_tensors() {
    let shared = shared();
    let checkpoint = Checkpoint::open(&shared.join("caae_init_index")).unwrap();
    assert_eq!(checkpoint.entries().len(), 69);
    assert_eq!(checkpoint.entry("E_fc/w").unwrap().shape, [16384, 50]);
    assert_eq!(checkpoint.entry("G_deconv6/w").unwrap().shape, [5, 5, 3, 16]);
    let error = checkpoint.tensor("E_fc/w").unwrap_err();
    assert!(error.file.ends_with("model-init.data-00000-of-00001"), "{error}");
    assert_eq!(checkpoint.files()[1], error.file);
    assert_eq!(error.tensor.as_deref(), Some("E_fc/w"));
    assert!(matches!(*error.defect, Defect::Io(_)));
}

/// The published data file has 187,464,284 bytes, split every 24,576,000. Its moving means are zero, so parts
/// full of zeros contain them with valid checksums, and nothing else.
#[test]
#[cfg_attr(not(shared_data), ignore = "needs ../shared, which is not beside the repository")]
fn parts_are_joined_and_checked() {
    let shared = shared();
    let index = std::fs::read(shared.join("caae_init_index/model-init.index")).unwrap();
    let folder = folder(&[("model-init.index", &index)]);
    let parts = folder.path().join("model_parts");
    std::fs::create_dir(&parts).unwrap();
    for part in 1..=8 {
        let length = if part < 8 { 24_576_000 } else { 15_432_284 };
        File::create(parts.join(format!("part{part:04}"))).unwrap().set_len(length).unwrap();
    }
    let checkpoint = Checkpoint::open(&parts.join("part0003")).unwrap();
    for name in ["D_img_bn3/moving_mean", "D_z_bn0/moving_mean", "D_z_bn1/moving_mean"] {
        assert!(values(&checkpoint.tensor(name).unwrap()).iter().all(|value| *value == 0.0));
    }
    assert_eq!(checkpoint.files().len(), 9);
    let error = checkpoint.tensor("E_fc/b").unwrap_err();
    assert!(matches!(*error.defect, Defect::Checksum), "{error}");
    assert_eq!(error.file, parts.join("part0005"));
    assert_eq!(error.offset, Some(104_394_504 - 4 * 24_576_000));
    std::fs::remove_file(parts.join("part0008")).unwrap();
    let error = checkpoint.tensor("G_fc/w").unwrap_err();
    assert!(matches!(*error.defect, Defect::Truncated(_)), "{error}");
    std::fs::remove_file(parts.join("part0002")).unwrap();
    let error = checkpoint.tensor("E_fc/b").unwrap_err();
    assert_eq!(error.file, parts.join("part0002"));
}
