//! Tests with files written by h5py, intact and damaged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::DType;

use crate::{Checkpoint, Format};

#[derive(serde::Deserialize)]
struct Golden {
    shape: Vec<usize>,
    values: Vec<f64>,
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/keras").join(name)
}

/// `tests/reference/make_keras_files.py` wrote the file with h5py, and the expected values.
#[test]
fn files_written_by_h5py_are_read() {
    let golden: BTreeMap<String, Golden> =
        serde_json::from_str(&std::fs::read_to_string(file("golden.json")).unwrap()).unwrap();
    let checkpoint = Checkpoint::open(&file("weights.h5")).unwrap();
    assert_eq!((checkpoint.format(), checkpoint.entries().len()), (Format::Hdf5, golden.len()));
    assert!(checkpoint.unread().is_empty());
    for (name, wanted) in golden {
        let tensor = checkpoint.tensor(&name).unwrap();
        assert_eq!(tensor.dims(), wanted.shape, "{name}");
        let values = tensor.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
        assert_eq!(values, wanted.values, "{name}");
    }
}

#[test]
fn unsupported_variants_of_the_format_are_named() {
    for (name, what) in [("chunked.h5", "compressed"), ("new.h5", "superblock of version")] {
        let error = Checkpoint::open(&file(name)).err().unwrap().to_string();
        assert!(error.contains(name) && error.contains(what) && error.contains("libver"), "{error}");
    }
}

/// If a file is truncated anywhere or any byte is changed, reading gives an error or other values, and never
/// panics.
#[test]
fn damaged_files_never_panic() {
    for (name, every_length, every_byte) in [("weights.h5", 397, 53), ("kinds.h5", 211, 17)] {
        survive(&std::fs::read(file(name)).unwrap(), every_length, every_byte);
    }
}

fn survive(whole: &[u8], every_length: usize, every_byte: usize) {
    let read = |bytes: Vec<u8>| {
        let Ok(checkpoint) = Checkpoint::from_bytes(Path::new("damaged.h5"), bytes) else { return false };
        checkpoint.entries().iter().all(|entry| checkpoint.tensor(&entry.name).is_ok())
    };
    for length in (0..whole.len()).step_by(every_length) {
        assert!(!read(whole[..length].to_vec()), "cut to {length} of {}", whole.len());
    }
    for place in (8..whole.len()).step_by(every_byte) {
        for value in [0, 1, 0xff] {
            let mut damaged = whole.to_vec();
            damaged[place] = value;
            read(damaged);
        }
    }
}

/// `kinds.h5` of the same script: numbers of all types in both byte orders, and unsupported datasets.
#[test]
fn every_number_type_is_read_and_others_are_described() {
    let golden: BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(file("kinds.json")).unwrap()).unwrap();
    let checkpoint = Checkpoint::open(&file("kinds.h5")).unwrap();
    for (name, wanted) in &golden {
        let tensor = checkpoint.tensor(name).unwrap().flatten_all().unwrap();
        let values: Vec<String> = if tensor.dtype().is_float() {
            let values = tensor.to_dtype(DType::F64).unwrap().to_vec1::<f64>().unwrap();
            values.iter().map(|value| format!("{value:?}")).collect()
        } else {
            let values = tensor.to_dtype(DType::I64).unwrap().to_vec1::<i64>().unwrap();
            values.iter().map(i64::to_string).collect()
        };
        assert_eq!(values.join(" "), *wanted, "{name}");
    }
    let error = checkpoint.tensor("too_large").unwrap_err().to_string();
    assert!(error.contains("too_large") && error.contains("above 9223372036854775807"), "{error}");
    let unread: BTreeMap<&str, &str> =
        checkpoint.unread().iter().map(|left| (left.name.as_str(), left.what.as_str())).collect();
    assert_eq!(unread.keys().collect::<Vec<_>>(), [&"complex", &"null", &"text", &"words"]);
    assert!(
        unread["complex"].contains("complex numbers") && unread["null"].contains("no values"),
        "{unread:?}"
    );
    assert!(unread["text"].contains("text") && unread["words"].contains("text"), "{unread:?}");
    assert_eq!(checkpoint.entries().len(), golden.len() + 1);
}
