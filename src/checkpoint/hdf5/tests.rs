//! Files that h5py wrote, whole and damaged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::DType;

use super::object::elements;
use crate::checkpoint::entry::ElementType;
use crate::checkpoint::{Checkpoint, Format};

#[derive(serde::Deserialize)]
struct Golden {
    shape: Vec<usize>,
    values: Vec<f64>,
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/keras").join(name)
}

/// `tests/reference/make_keras_files.py` wrote the file with h5py, and what is in it.
#[test]
fn it_reads_what_h5py_wrote() {
    let golden: BTreeMap<String, Golden> =
        serde_json::from_str(&std::fs::read_to_string(file("golden.json")).unwrap()).unwrap();
    let checkpoint = Checkpoint::open(&file("weights.h5")).unwrap();
    assert_eq!((checkpoint.format(), checkpoint.entries().len()), (Format::Hdf5, golden.len()));
    for (name, wanted) in golden {
        let tensor = checkpoint.tensor(&name).unwrap();
        assert_eq!(tensor.dims(), wanted.shape, "{name}");
        let values = tensor.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
        assert_eq!(values, wanted.values, "{name}");
    }
}

#[test]
fn other_ways_of_the_format_are_named() {
    for (name, what) in [("chunked.h5", "compressed"), ("new.h5", "superblock of version")] {
        let error = Checkpoint::open(&file(name)).err().unwrap().to_string();
        assert!(error.contains(name) && error.contains(what) && error.contains("libver"), "{error}");
    }
}

/// Cut anywhere, or with any byte changed, a file gives an error or other values, and nothing else.
#[test]
fn damage_is_survived() {
    let whole = std::fs::read(file("weights.h5")).unwrap();
    let read = |bytes: Vec<u8>| {
        let Ok(checkpoint) = Checkpoint::from_bytes(Path::new("damaged.h5"), bytes) else { return false };
        checkpoint.entries().iter().all(|entry| checkpoint.tensor(&entry.name).is_ok())
    };
    assert!(read(whole.clone()));
    for length in (0..whole.len()).step_by(397) {
        assert!(!read(whole[..length].to_vec()), "cut to {length} of {}", whole.len());
    }
    for place in (8..whole.len()).step_by(53) {
        for value in [0, 1, 0xff] {
            let mut damaged = whole.clone();
            damaged[place] = value;
            read(damaged);
        }
    }
}

#[test]
fn a_kind_of_numbers_of_absurd_size_is_none() {
    let kind = |size: u32| {
        let size = size.to_le_bytes();
        [[0x10, 8, 0, 0], size, [0, 0, 8, 0], [0; 4]].concat()
    };
    assert_eq!(elements(&kind(1)), Some(ElementType::I8));
    // Eight times it is 8 more than 32 bits hold.
    assert_eq!(elements(&kind(0x2000_0001)), None);
}
