//! What the targets for weight files share.

use std::path::Path;

use agemirror_checkpoint::{Checkpoint, recognise};

/// Opens a weight file, reads every tensor and asks what it is. Any outcome but a crash is right.
pub fn read_all(bytes: &[u8]) {
    let Ok(checkpoint) = Checkpoint::from_bytes(Path::new("fuzzed"), bytes.to_vec()) else { return };
    let _ = recognise(&checkpoint);
    for entry in checkpoint.entries() {
        let _ = checkpoint.tensor(&entry.name);
    }
}
