//! Small files written by TensorFlow; `tests/reference/tensorflow_checkpoints.py` made them and documents
//! their contents.

use super::{folder, values};
use crate::{Checkpoint, ElementType, Format};

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../../../tests/checkpoints/tensorflow/", $name))
    };
}

pub(super) const V1: &[u8] = file!("v1/model.ckpt");
pub(super) const INDEX: &[u8] = file!("v2/model-7.index");
pub(super) const BUNDLE: [(&str, &[u8]); 5] = [
    ("checkpoint", file!("v2/checkpoint")),
    ("model-7.index", INDEX),
    ("model-7.data-00000-of-00003", file!("v2/model-7.data-00000-of-00003")),
    ("model-7.data-00001-of-00003", file!("v2/model-7.data-00001-of-00003")),
    ("model-7.data-00002-of-00003", file!("v2/model-7.data-00002-of-00003")),
];

const TYPES: [(&str, ElementType); 10] = [
    ("types/bfloat16", ElementType::BF16),
    ("types/bool", ElementType::U8),
    ("types/float16", ElementType::F16),
    ("types/float32", ElementType::F32),
    ("types/float64", ElementType::F64),
    ("types/int16", ElementType::I16),
    ("types/int32", ElementType::I32),
    ("types/int64", ElementType::I64),
    ("types/int8", ElementType::I8),
    ("types/uint8", ElementType::U8),
];

/// Element i as stored in the type of `name`.
fn expected(name: &str, i: u32) -> f64 {
    let ramp = f64::from(i) / 4.0 - 2.0;
    match name {
        "types/bool" => f64::from(i.min(1)),
        "types/uint8" => f64::from(i),
        _ if name.contains("int") => ramp.trunc(),
        _ => ramp,
    }
}

fn check(checkpoint: &Checkpoint, name: &str, shape: &[usize]) {
    let tensor = checkpoint.tensor(name).unwrap();
    assert_eq!(tensor.dims(), shape, "{name}");
    let expected: Vec<_> = (0..tensor.elem_count() as u32).map(|i| expected(name, i)).collect();
    assert_eq!(values(&tensor), expected, "{name}");
}

#[test]
fn a_bundle_of_several_data_files_types_and_slices_is_read() {
    let folder = folder(&BUNDLE);
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    assert_eq!(checkpoint.format(), Format::TensorflowV2);
    for (name, elements) in TYPES {
        assert_eq!(checkpoint.entry(name).unwrap().elements, elements, "{name}");
        check(&checkpoint, name, &[2, 3]);
    }
    check(&checkpoint, "cut", &[100, 3]);
    check(&checkpoint, "scalar", &[]);
    check(&checkpoint, "empty", &[0, 3]);
    let files = BUNDLE[1..].iter().map(|(name, _)| folder.path().join(name));
    assert_eq!(checkpoint.files(), files.collect::<Vec<_>>());
    let names: Vec<_> = checkpoint.entries().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names.len(), TYPES.len() + 3, "{names:?}");
    let unread: Vec<_> =
        checkpoint.unread().iter().map(|left| (left.name.as_str(), left.what.as_str())).collect();
    assert_eq!(unread, [("left_out/complex", "complex numbers"), ("left_out/text", "text")]);
}

#[test]
fn every_path_opens_the_bundle() {
    let folder = folder(&BUNDLE);
    std::fs::write(folder.path().join("model-7.meta"), "a graph").unwrap();
    for name in ["checkpoint", "model-7", "model-7.index", "model-7.meta", "model-7.data-00001-of-00003", ""]
    {
        let checkpoint = Checkpoint::open(&folder.path().join(name)).unwrap();
        check(&checkpoint, "cut", &[100, 3]);
    }
    std::fs::rename(folder.path().join("model-7.index"), folder.path().join("model-7")).unwrap();
    let renamed = Checkpoint::open(&folder.path().join("model-7")).unwrap();
    check(&renamed, "cut", &[100, 3]);
}

#[test]
fn a_v1_file_is_read() {
    let folder = folder(&[("model.ckpt", V1), ("checkpoint", b"model_checkpoint_path: \"model.ckpt\"\n")]);
    for name in ["", "checkpoint", "model.ckpt"] {
        let checkpoint = Checkpoint::open(&folder.path().join(name)).unwrap();
        assert_eq!(checkpoint.format(), Format::TensorflowV1);
        for (name, elements) in TYPES.into_iter().filter(|(name, _)| *name != "types/bfloat16") {
            assert_eq!(checkpoint.entry(name).unwrap().elements, elements, "{name}");
            check(&checkpoint, name, &[2, 3]);
        }
        check(&checkpoint, "scalar", &[]);
        check(&checkpoint, "cut", &[100, 3]);
        check(&checkpoint, "na\0me", &[2]);
        assert_eq!(checkpoint.files(), [folder.path().join("model.ckpt")]);
    }
    let in_memory = Checkpoint::from_bytes("dropped".as_ref(), V1.to_vec()).unwrap();
    check(&in_memory, "cut", &[100, 3]);
}
