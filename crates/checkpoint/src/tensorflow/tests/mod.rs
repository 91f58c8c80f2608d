mod hostile;
mod kinds;
mod mutations;
mod published;
mod real;
mod writer;

use std::path::Path;

use candle_core::{DType, Tensor};

use crate::{Checkpoint, CheckpointError};

/// A temporary folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn values(tensor: &Tensor) -> Vec<f64> {
    tensor.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1().unwrap()
}

/// Opens a checkpoint and reads everything.
fn read_all(path: &Path) -> Result<Vec<(String, Vec<f64>)>, CheckpointError> {
    let checkpoint = Checkpoint::open(path)?;
    let names: Vec<_> = checkpoint.entries().iter().map(|entry| entry.name.clone()).collect();
    names.into_iter().map(|name| Ok((name.clone(), values(&checkpoint.tensor(&name)?)))).collect()
}
