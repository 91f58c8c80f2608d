//! Shared by the targets for weight files.

use std::path::Path;

use agemirror_checkpoint::{Checkpoint, recognise};

/// Opens a weight file, recognises its system and reads every tensor. Any outcome except a crash is correct.
pub fn read_all(bytes: &[u8]) {
    let Ok(checkpoint) = Checkpoint::from_bytes(Path::new("fuzzed"), bytes.to_vec()) else { return };
    let _ = recognise(&checkpoint);
    for entry in checkpoint.entries() {
        let _ = checkpoint.tensor(&entry.name);
    }
}
