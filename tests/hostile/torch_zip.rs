//! Archives with wrong claims about their entries.

use agemirror_checkpoint::Defect;

use crate::build::{Entry, PAIR, archive, dict, pickle, stored};
use crate::{read_all, refusal, refused};

const VALUES: &[u8] = &[0; 8];

fn objects() -> Vec<u8> {
    pickle(&dict("w", &PAIR.instructions()))
}

#[test]
fn valid_files_are_read() {
    let objects = objects();
    let file = archive(&[stored("x/data.pkl", &objects), stored("x/data/0", VALUES)]);
    assert_eq!(read_all(&file).unwrap(), 1);
}

#[test]
fn compressed_entries_are_refused_so_that_nothing_grows() {
    let objects = objects();
    let bomb = Entry { name: "x/data/0", bytes: VALUES, method: 8, length: u32::MAX - 1 };
    let error = refused(&archive(&[stored("x/data.pkl", &objects), bomb]));
    assert!(matches!(*error.defect, Defect::Unsupported(_)) && error.offset.is_some(), "{error}");
    let longer = Entry { name: "x/data/0", bytes: VALUES, method: 0, length: 1 << 30 };
    refused(&archive(&[stored("x/data.pkl", &objects), longer]));
}

/// TorchScript compresses the source of its program; the weights beside it are read.
#[test]
fn a_program_beside_the_weights_may_be_compressed() {
    let objects = objects();
    let program = Entry { name: "x/code/__torch__.py", bytes: b"zipped", method: 8, length: 415 };
    let entries = [stored("x/data.pkl", &objects), program, stored("x/data/0", VALUES)];
    assert_eq!(read_all(&archive(&entries)).unwrap(), 1);
    let packed = Entry { name: "x/data.pkl", bytes: &objects, method: 8, length: 415 };
    assert!(refusal(&archive(&[packed, stored("x/data/0", VALUES)])).contains("compressed or encrypted"));
    let wrapped = Entry { name: "weights.pth", bytes: &objects, method: 8, length: 415 };
    assert!(refusal(&archive(&[wrapped])).contains("unpack it"));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let objects = objects();
    for name in ["../../etc/passwd", "/etc/passwd", "x/../../y", "C:\\x", "..\\x", "\\\\server\\x", "x/\0"] {
        let entries = [stored("x/data.pkl", &objects), stored("x/data/0", VALUES), stored(name, b"")];
        assert!(refusal(&archive(&entries)).contains("leads out of the archive"), "{name}");
    }
}

#[test]
fn duplicate_missing_and_wrong_entries_are_refused() {
    let objects = objects();
    let data = stored("x/data/0", VALUES);
    let twice = archive(&[stored("x/data.pkl", &objects), stored("x/data/0", VALUES), data]);
    assert!(refusal(&twice).contains("duplicate"));
    assert!(refusal(&archive(&[stored("x/data.pkl", &objects)])).contains("data/0"));
    let short = archive(&[stored("x/data.pkl", &objects), stored("x/data/0", &VALUES[..4])]);
    assert!(refusal(&short).contains("4 bytes"));
    let other = archive(&[stored("photo.jpg", b"x")]);
    assert!(refusal(&other).contains("unpack it"));
    refused(&archive(&[]));
    let two = archive(&[stored("x/data.pkl", &objects), stored("y/data.pkl", &objects)]);
    assert!(refusal(&two).contains("twice"));
    let big = [stored("x/data.pkl", &objects), stored("x/data/0", VALUES), stored("x/byteorder", b"big")];
    assert!(refusal(&archive(&big)).contains("big-endian"));
}

#[test]
fn absurd_numbers_in_the_end_record_are_refused() {
    let objects = objects();
    let file = archive(&[stored("x/data.pkl", &objects), stored("x/data/0", VALUES)]);
    let end = file.len() - 22;
    for field in [end + 12, end + 16] {
        for value in [u32::MAX, u32::MAX - 1, 1 << 31, 1] {
            let mut wrong = file.clone();
            wrong[field..field + 4].copy_from_slice(&value.to_le_bytes());
            refused(&wrong);
        }
    }
}

#[test]
fn a_list_of_very_many_entries_takes_little_memory() {
    let names: Vec<String> = (0..60_000).map(|name| format!("x/{name}")).collect();
    let entries: Vec<Entry> = names.iter().map(|name| stored(name, b"")).collect();
    refused(&archive(&entries));
}
