//! Small networks with the layers and names of the published systems; `tests/reference/tensorflow_networks.py` wrote
//! them with TensorFlow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{folder, values};
use crate::{Checkpoint, Defect, Format};

/// Length of a part in bytes, so that some tensors are in several parts.
const PART: usize = 6100;

/// What TensorFlow's own reader reads of a tensor, with the sum in double precision.
#[derive(serde::Deserialize)]
struct Fact {
    shape: Vec<usize>,
    sum: f64,
    first: f32,
    last: f32,
}

#[derive(serde::Deserialize)]
struct System {
    tensors: BTreeMap<String, Fact>,
}

fn golden() -> BTreeMap<String, System> {
    serde_json::from_str(include_str!("../../../../../tests/reference/tensorflow_networks.json")).unwrap()
}

fn written(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/checkpoints/tensorflow").join(name)
}

#[test]
fn values_agree_with_tensorflow() {
    for (system, System { tensors }) in golden() {
        for (name, format) in [(system.clone(), Format::TensorflowV2), (system + "_v1", Format::TensorflowV1)]
        {
            let checkpoint = Checkpoint::open(&written(&name)).unwrap();
            assert_eq!(checkpoint.format(), format);
            assert_eq!(checkpoint.entries().len(), tensors.len());
            for (tensor, fact) in &tensors {
                let read = checkpoint.tensor(tensor).unwrap();
                assert_eq!(read.dims(), fact.shape, "{tensor}");
                let values = values(&read);
                assert!((values.iter().sum::<f64>() - fact.sum).abs() < 1e-9, "{tensor}");
                let ends = (values[0] as f32, values[values.len() - 1] as f32);
                assert_eq!(ends, (fact.first, fact.last), "{tensor}");
            }
        }
    }
}

/// The index of the small IPCGAN, alone in a folder.
fn index_alone() -> tempfile::TempDir {
    let index = std::fs::read(written("ipcgan/acgan.model-399999.index")).unwrap();
    folder(&[("model-init.index", &index)])
}

#[test]
fn an_index_without_data_lists_the_tensors() {
    let folder = index_alone();
    let checkpoint = Checkpoint::open(&folder.path().join("model-init.index")).unwrap();
    assert_eq!(checkpoint.entries().len(), 104);
    assert_eq!(checkpoint.entry("generator/conv1/weights").unwrap().shape, [7, 7, 8, 2]);
    let error = checkpoint.tensor("generator/conv1/weights").unwrap_err();
    assert!(error.file.ends_with("model-init.data-00000-of-00001"), "{error}");
    assert_eq!(checkpoint.files()[1], error.file);
    assert_eq!(error.tensor.as_deref(), Some("generator/conv1/weights"));
    assert!(matches!(*error.defect, Defect::Io(_)));
}

/// The authors of CAAE published their data file in parts.
#[test]
fn parts_are_joined_and_checked() {
    let folder = index_alone();
    let data = std::fs::read(written("ipcgan/acgan.model-399999.data-00000-of-00001")).unwrap();
    let parts = folder.path().join("model_parts");
    std::fs::create_dir(&parts).unwrap();
    let part = |number: usize| parts.join(format!("part{number:04}"));
    for (number, bytes) in (1..).zip(data.chunks(PART)) {
        std::fs::write(part(number), bytes).unwrap();
    }
    let checkpoint = Checkpoint::open(&part(3)).unwrap();
    let whole = Checkpoint::open(&written("ipcgan")).unwrap();
    for entry in whole.entries() {
        let both = [&whole, &checkpoint].map(|read| values(&read.tensor(&entry.name).unwrap()));
        assert_eq!(both[0], both[1], "{}", entry.name);
    }
    assert_eq!(checkpoint.files().len(), 1 + data.len().div_ceil(PART));

    // This tensor, the last but one, begins in part 6 and ends in part 7.
    let name = "generator/conv4/weights";
    let start = data.len() - 4 * 3 - 4 * 7 * 7 * 2 * 3;
    let mut damaged = std::fs::read(part(7)).unwrap();
    damaged[0] ^= 1;
    std::fs::write(part(7), damaged).unwrap();
    let error = checkpoint.tensor(name).unwrap_err();
    assert!(matches!(*error.defect, Defect::Checksum), "{error}");
    assert_eq!((error.file, error.offset), (part(6), Some((start - 5 * PART) as u64)));
    std::fs::remove_file(part(7)).unwrap();
    let error = checkpoint.tensor(name).unwrap_err();
    assert!(matches!(*error.defect, Defect::Truncated(_)), "{error}");
    std::fs::remove_file(part(2)).unwrap();
    let error = checkpoint.tensor(name).unwrap_err();
    assert_eq!(error.file, part(2));
}
