//! Weight files and pictures that are damaged or malicious: each must end in a result or in an error that
//! says what is wrong. Reading a weight file may not allocate more than its own size and 64 MiB.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod allocator;
mod build;
mod mutations;
mod pictures;
mod safetensors;
mod torch_legacy;
mod torch_pickles;
mod torch_zip;
mod truncation;

use std::path::Path;

use agemirror_checkpoint::{Checkpoint, CheckpointError};

/// What a reader may allocate beyond the size of its file, in bytes.
const ALLOWANCE: usize = 64 << 20;

/// The file name that errors must contain.
const NAME: &str = "hostile.bin";

/// Opens a file, reads all its tensors, and checks the allocations.
fn read_all(bytes: &[u8]) -> Result<usize, CheckpointError> {
    let size = bytes.len();
    let owned = bytes.to_vec();
    let (outcome, peak) = allocator::peak(|| {
        let checkpoint = Checkpoint::from_bytes(Path::new(NAME), owned)?;
        for entry in checkpoint.entries() {
            checkpoint.tensor(&entry.name)?;
        }
        Ok(checkpoint.entries().len())
    });
    assert!(peak <= size + ALLOWANCE, "{peak} bytes were allocated for a file of {size}");
    outcome
}

/// The error that reading a file must end in; it names the file.
fn refused(bytes: &[u8]) -> CheckpointError {
    let error = read_all(bytes).expect_err("the file was accepted");
    assert!(error.file.ends_with(NAME) && error.to_string().contains(NAME), "{error}");
    error
}

/// The text of the error that reading a file must end in.
fn refusal(bytes: &[u8]) -> String {
    refused(bytes).to_string()
}
