//! Files truncated at every byte.

use agemirror_checkpoint::Defect;

use crate::build;
use crate::{read_all, refused};

fn cut_everywhere(file: &[u8]) {
    assert!(read_all(file).is_ok());
    for length in 0..file.len() {
        refused(&file[..length]);
    }
}

#[test]
fn a_cut_safetensors_file_is_refused() {
    cut_everywhere(&build::small_safetensors());
}

#[test]
fn a_cut_legacy_file_is_refused() {
    cut_everywhere(build::TRAINING_LEGACY);
    cut_everywhere(build::VIEWS_LEGACY);
    cut_everywhere(build::NETWORK_LEGACY);
}

#[test]
fn a_cut_archive_is_refused() {
    cut_everywhere(build::TRAINING_ZIP);
    cut_everywhere(build::VIEWS_ZIP);
}

#[test]
fn a_cut_storage_is_called_cut() {
    let file = build::TRAINING_LEGACY;
    let error = refused(&file[..file.len() - 1]);
    assert!(matches!(*error.defect, Defect::Truncated(_)) && error.offset.is_some(), "{error}");
}
