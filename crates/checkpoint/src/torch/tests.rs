//! Tests with files written by PyTorch (`tests/reference/make_torch_files.py`) and the values that PyTorch
//! read.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{DType, Tensor};

use sha2::{Digest, Sha256};

use crate::{Checkpoint, Format, TensorEntry};

macro_rules! file {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../../tests/reference/torch/", $name)).as_slice())
    };
}

const GOLDEN: &str = include_str!("../../../../tests/reference/torch/golden.json");

#[derive(serde::Deserialize)]
struct Golden {
    r#type: String,
    shape: Vec<usize>,
    values: String,
}

fn open((name, bytes): (&str, &[u8])) -> Checkpoint {
    Checkpoint::from_bytes(Path::new(name), bytes.to_vec()).unwrap()
}

/// The values as text, so that every bit of an integer and of a double matters.
fn written(tensor: &Tensor) -> Vec<String> {
    let flat = tensor.flatten_all().unwrap();
    if tensor.dtype().is_float() {
        let values = flat.to_dtype(DType::F64).unwrap().to_vec1::<f64>().unwrap();
        return values.iter().map(f64::to_string).collect();
    }
    let values = flat.to_dtype(DType::I64).unwrap().to_vec1::<i64>().unwrap();
    values.iter().map(i64::to_string).collect()
}

fn compare(kind: &str, file: (&str, &[u8]), format: Format) {
    let all: BTreeMap<String, BTreeMap<String, Golden>> = serde_json::from_str(GOLDEN).unwrap();
    let golden = &all[kind];
    let checkpoint = open(file);
    assert_eq!(checkpoint.format(), format);
    let names: Vec<_> = checkpoint.entries().iter().map(|entry| entry.name.as_str()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, golden.keys().collect::<Vec<_>>());
    for (name, golden) in golden {
        let tensor = checkpoint.tensor(name).unwrap();
        assert_eq!(tensor.dims(), golden.shape, "{name}");
        let expected: Vec<_> = golden
            .values
            .split_whitespace()
            .map(|value| {
                if tensor.dtype().is_float() {
                    value.parse::<f64>().unwrap().to_string()
                } else {
                    value.to_owned()
                }
            })
            .collect();
        assert_eq!(written(&tensor), expected, "{name}");
        let dtype = match golden.r#type.as_str() {
            "torch.float16" => DType::F16,
            "torch.bfloat16" => DType::BF16,
            "torch.float32" => DType::F32,
            "torch.float64" => DType::F64,
            "torch.uint8" | "torch.bool" => DType::U8,
            "torch.int16" => DType::I16,
            "torch.int32" => DType::I32,
            _ => DType::I64,
        };
        assert_eq!(tensor.dtype(), dtype, "{name}");
    }
}

#[test]
fn nested_dictionaries_are_read_in_both_formats() {
    compare("training", file!("training_legacy.pth"), Format::TorchLegacy);
    compare("training", file!("training_zip.pth"), Format::TorchZip);
}

#[test]
fn views_of_storages_of_every_type_are_read_in_both_formats() {
    compare("views", file!("views_legacy.pth"), Format::TorchLegacy);
    compare("views", file!("views_zip.pth"), Format::TorchZip);
}

#[test]
fn a_whole_network_and_its_bound_method_give_their_state_dictionary() {
    compare("network", file!("network_legacy.pth"), Format::TorchLegacy);
    compare("network", file!("network_zip.pth"), Format::TorchZip);
    compare("bound_method", file!("bound_method_legacy.pth"), Format::TorchLegacy);
    compare("bound_method", file!("bound_method_zip.pth"), Format::TorchZip);
}

#[derive(serde::Deserialize)]
struct Published {
    sha256: String,
    tensors: usize,
    values: usize,
    noted: BTreeMap<String, Fact>,
}

#[derive(serde::Deserialize)]
struct Fact {
    shape: Vec<usize>,
    sum: f64,
    squares: f64,
}

/// Published files of the old format, in the folder that `AGEMIRROR_PUBLISHED_TORCH` names
/// (`tests/reference/published_torch.py` lists their sources), compared with Python's unpickler and NumPy.
#[test]
#[ignore = "needs the folder of published files that AGEMIRROR_PUBLISHED_TORCH names"]
fn published_files_of_the_old_format_agree_with_another_reader() {
    let folder =
        std::env::var_os("AGEMIRROR_PUBLISHED_TORCH").expect("AGEMIRROR_PUBLISHED_TORCH names a folder");
    let published: BTreeMap<String, Published> =
        serde_json::from_str(include_str!("../../../../tests/reference/published_torch.json")).unwrap();
    for (name, published) in published {
        let path = Path::new(&folder).join(&name);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(format!("{:x}", Sha256::digest(&bytes)), published.sha256, "{name} is a different file");
        let checkpoint = Checkpoint::open(&path).unwrap();
        assert_eq!(
            (checkpoint.format(), checkpoint.entries().len()),
            (Format::TorchLegacy, published.tensors)
        );
        let count = |entry: &TensorEntry| entry.shape.iter().product::<usize>();
        assert_eq!(checkpoint.entries().iter().map(count).sum::<usize>(), published.values);
        for (name, fact) in published.noted {
            let tensor = checkpoint.tensor(&name).unwrap();
            assert_eq!(tensor.dims(), fact.shape, "{name}");
            let values =
                tensor.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1::<f64>().unwrap();
            let sums = [values.iter().sum::<f64>(), values.iter().map(|value| value * value).sum()];
            // NumPy adds in a different order.
            for (ours, theirs) in sums.iter().zip([fact.sum, fact.squares]) {
                assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{name}: {ours} {theirs}");
            }
        }
    }
}
