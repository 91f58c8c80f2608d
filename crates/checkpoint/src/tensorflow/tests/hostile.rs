//! Malicious files: each is refused with the file, tensor and offset, before much is allocated.

use std::fs::File;
use std::path::Path;

use super::real::{BUNDLE, INDEX, V1};
use super::writer::{self, Pairs, entry, header};
use super::{folder, read_all, values};
use crate::source::Source;
use crate::tensorflow::open_table;
use crate::{Checkpoint, CheckpointError, Defect};

const DATA: &str = "m.data-00000-of-00001";

/// Opens a bundle with this index and data and reads all of it.
fn bundle(index: &[u8], data: &[u8]) -> Result<Vec<(String, Vec<f64>)>, CheckpointError> {
    let folder = folder(&[("m.index", index), (DATA, data)]);
    read_all(&folder.path().join("m.index"))
}

/// The error of a bundle whose only tensor, `t`, has this entry.
fn bundle_with(entry: Vec<u8>, data: &[u8]) -> CheckpointError {
    bundle(&writer::table_of(&vec![header(1), (b"t".to_vec(), entry)]), data).unwrap_err()
}

fn is_malformed(error: &CheckpointError) -> bool {
    matches!(*error.defect, Defect::Malformed(_))
}

#[test]
fn an_ordinary_bundle_of_the_writer_is_read() {
    let data: Vec<u8> = [1.0f32, 2.0, 3.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let pairs = vec![
        header(1),
        (b"ab".to_vec(), entry(&[2], 0, 0, 8, writer::checksum(&data[..8]))),
        (b"ac".to_vec(), entry(&[], 0, 8, 4, writer::checksum(&data[8..]))),
    ];
    let expected = [("ab".to_owned(), vec![1.0, 2.0]), ("ac".to_owned(), vec![3.0])];
    assert_eq!(bundle(&writer::table_of(&pairs), &data).unwrap(), expected);
    let compressed = snap::raw::Encoder::new().compress_vec(&writer::block(&pairs)).unwrap();
    assert_eq!(bundle(&writer::table(&[(b"ac".to_vec(), compressed, 1)]), &data).unwrap(), expected);
    let mut v1 = writer::v1("w", &[3], &[1.0, 2.0, 3.0]);
    let in_two_blocks: Vec<_> =
        v1.drain(..).map(|pair| (pair.0.clone(), writer::block(&vec![pair]), 0)).collect();
    let v1 = folder(&[("x", &writer::table(&in_two_blocks))]);
    assert_eq!(read_all(&v1.path().join("x")).unwrap(), [("w".to_owned(), vec![1.0, 2.0, 3.0])]);
}

#[test]
fn files_truncated_anywhere_are_refused() {
    for (name, whole) in [("model-7.index", INDEX), ("model.ckpt", V1)] {
        for length in 0..whole.len() {
            let cut = Source::from_bytes(Path::new(name), whole[..length].to_vec());
            let error = open_table(cut).err().unwrap();
            assert_eq!(error.file, Path::new(name));
            assert!(error.offset.is_some(), "{length}: {error}");
        }
    }
}

#[test]
fn errors_of_truncated_data_name_the_tensor() {
    let folder = folder(&BUNDLE);
    let (name, data) = BUNDLE[3];
    let path = folder.path().join(name);
    let checkpoint = Checkpoint::open(folder.path()).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    for length in (0..data.len()).rev() {
        file.set_len(length as u64).unwrap();
        let error = checkpoint.tensor("cut").unwrap_err();
        assert!(matches!(*error.defect, Defect::Truncated(_)), "{error}");
        assert_eq!((error.file, error.tensor.as_deref()), (path.clone(), Some("cut")));
    }
}

/// The values of all tensors of the table `bytes`, whose data files are beside `path`.
fn read_table(path: &Path, bytes: &[u8]) -> Result<Vec<Vec<f64>>, CheckpointError> {
    let (_, reader) = open_table(Source::from_bytes(path, bytes.to_vec()))?;
    (0..reader.entries().len()).map(|index| Ok(values(&reader.read(index)?))).collect()
}

/// Only an empty block of 13 bytes that nobody reads, and the padding of the footer, are not verified.
#[test]
fn no_changed_byte_changes_a_value() {
    let folder = folder(&BUNDLE);
    let path = folder.path().join("model-7.index");
    for table in [INDEX, V1] {
        let whole = read_table(&path, table).unwrap();
        let mut unseen = 0;
        for at in 0..table.len() {
            let mut changed = table.to_vec();
            changed[at] ^= 0x10;
            if let Ok(same) = read_table(&path, &changed) {
                assert_eq!(same, whole, "{at}");
                unseen += 1;
            }
        }
        assert!(unseen < 48 + 13, "{unseen}");
    }
}

#[test]
fn changed_values_are_detected() {
    // The first data file also contains the tensors that are not read.
    let whole = folder(&BUNDLE);
    for (name, bytes) in &BUNDLE[3..] {
        for at in (0..bytes.len()).step_by(11) {
            let mut changed = bytes.to_vec();
            changed[at] ^= 0x10;
            std::fs::write(whole.path().join(name), changed).unwrap();
            let error = Checkpoint::open(whole.path()).unwrap().tensor("cut").unwrap_err();
            assert!(matches!(*error.defect, Defect::Checksum), "{error}");
            assert_eq!(error.file, whole.path().join(name));
        }
        std::fs::write(whole.path().join(name), bytes).unwrap();
    }
}

#[test]
fn implausible_handles_are_refused() {
    let huge = writer::varint(1 << 63);
    for handles in
        [[huge.clone(), huge.clone()], [vec![0], huge.clone()], [vec![0], writer::varint(u64::MAX - 4)]]
    {
        let handle = handles.concat();
        let error = bundle(&writer::footer(&[vec![0, 0], handle.clone()].concat()), &[]).unwrap_err();
        assert!(is_malformed(&error) && error.offset == Some(0), "{error}");
        let error = bundle(&writer::finish(Vec::new(), &vec![(Vec::new(), handle)]), &[]).unwrap_err();
        assert!(is_malformed(&error) && error.offset.is_some(), "{error}");
    }
    let endless = bundle(&writer::footer(&[0xff; 40]), &[]).unwrap_err();
    assert!(is_malformed(&endless), "{endless}");
}

#[test]
fn implausible_offsets_and_shapes_are_refused() {
    let data = [0; 16];
    let zeros = writer::checksum(&data);
    let named = |error: &CheckpointError| error.tensor.as_deref() == Some("t") && error.offset.is_some();
    let beyond = bundle_with(entry(&[4], 0, 4, 16, zeros), &data);
    assert!(matches!(*beyond.defect, Defect::Truncated(_)) && named(&beyond), "{beyond}");
    assert!(beyond.file.ends_with(DATA));
    let far = bundle_with(entry(&[4], 0, 1 << 63, 16, zeros), &data);
    assert!(matches!(*far.defect, Defect::Truncated(_)) && named(&far), "{far}");
    let overflow = bundle_with(entry(&[4], 0, u64::MAX, 16, zeros), &data);
    assert!(is_malformed(&overflow) && named(&overflow), "{overflow}");
    let shard = bundle_with(entry(&[4], 1, 0, 16, zeros), &data);
    assert!(is_malformed(&shard) && named(&shard), "{shard}");
    let longer = bundle_with(entry(&[1 << 58], 0, 0, 16, zeros), &data);
    assert!(is_malformed(&longer) && named(&longer), "{longer}");
    let wrong = bundle_with(entry(&[4], 0, 0, 16, 1), &data);
    assert!(matches!(*wrong.defect, Defect::Checksum) && named(&wrong), "{wrong}");
    for sizes in [&[1 << 63][..], &[1 << 40, 1 << 40], &[0, 1 << 40, 1 << 40], &[1; 33]] {
        let shape = bundle_with(entry(sizes, 0, 0, 16, zeros), &data);
        assert!(is_malformed(&shape) && shape.offset.is_some(), "{shape}");
    }
}

#[test]
fn unsupported_headers_are_refused() {
    let open =
        |header: &[u8]| bundle(&writer::table_of(&vec![(Vec::new(), header.to_vec())]), &[]).unwrap_err();
    assert!(matches!(*open(&[8, 1, 16, 1]).defect, Defect::Unsupported(_)), "big-endian");
    assert!(matches!(*open(&[8, 1, 0x1a, 2, 16, 9]).defect, Defect::Unsupported(_)), "a newer version");
    assert!(is_malformed(&open(&[8, 0])));
    assert!(is_malformed(&open(&[8, 0xff, 0xff, 0xff, 0xff, 0x0f])));
    assert!(is_malformed(&open(&[0xff; 30])));
    let without = bundle(&writer::table_of(&vec![(b"t".to_vec(), entry(&[], 0, 0, 4, 0))]), &[]).unwrap_err();
    assert!(is_malformed(&without));
}

/// Slices `0..1` and `1..2` of a tensor, stored as `describe` says.
fn cut_in_two(describe: impl Fn(usize) -> Vec<u8>) -> Result<Vec<(String, Vec<f64>)>, CheckpointError> {
    let slice = |start: u64| writer::bytes(1, &[writer::number(1, start), writer::number(2, 1)].concat());
    let slices = [0, 1].map(|start| writer::bytes(7, &slice(start))).concat();
    let whole = [entry(&[2], 0, 0, 0, 0), slices].concat();
    let key = |start: u8| [b"\0t\0\x01\x01\x01".as_slice(), &[0x80 | start, 0x81]].concat();
    let pairs = vec![header(1), (key(0), describe(0)), (key(1), describe(1)), (b"t".to_vec(), whole)];
    bundle(&writer::table_of(&pairs), &2.0f32.to_le_bytes())
}

#[test]
fn slices_that_do_not_match_are_refused() {
    let crc = writer::checksum(&2.0f32.to_le_bytes());
    let shared = cut_in_two(|_| entry(&[1], 0, 0, 4, crc)).unwrap_err();
    assert!(is_malformed(&shared), "twice the same bytes: {shared}");
    let larger = cut_in_two(|_| entry(&[2], 0, 0, 4, crc)).unwrap_err();
    assert!(is_malformed(&larger), "{larger}");
    let shard = cut_in_two(|slice| entry(&[1], slice as u64, 0, 4, crc)).unwrap_err();
    assert!(is_malformed(&shard) && shard.tensor.as_deref() == Some("t"), "{shard}");
}

#[test]
fn decompression_bombs_are_refused() {
    let open = |block: Vec<u8>| bundle(&writer::table(&[(b"z".to_vec(), block, 1)]), &[]).unwrap_err();
    let claim = [writer::varint(u64::from(u32::MAX)), vec![0; 20]].concat();
    assert!(is_malformed(&open(claim)));
    let zeros = snap::raw::Encoder::new().compress_vec(&vec![0; 17 << 20]).unwrap();
    assert!(zeros.len() < 1 << 20);
    let bomb = open(zeros);
    assert!(matches!(*bomb.defect, Defect::Unsupported(_)) && bomb.offset == Some(0), "{bomb}");
    assert!(is_malformed(&open(vec![0xff; 40])));
    let kind = bundle(&writer::table(&[(b"z".to_vec(), vec![0; 8], 7)]), &[]).unwrap_err();
    assert!(matches!(*kind.defect, Defect::Unsupported(_)), "{kind}");
}

/// A long key shared by all following ones would need gigabytes if each were kept.
#[test]
fn expanding_names_are_refused() {
    let mut block = [&[0, 0, 2, 8, 1][..], &[0], &writer::varint(4000), &[0], &[b'n'; 4000]].concat();
    for _ in 0..60_000 {
        block.extend([0xa0, 0x1f, 1, 0, b'a']);
    }
    let mut ordered = [&[0, 0, 2, 8, 1][..], &[0], &writer::varint(4000), &[0], &[b'n'; 4000]].concat();
    for i in 0..60_000_u32 {
        ordered.extend([0xa0, 0x1f, 3, 0]);
        ordered.extend(&i.to_be_bytes()[1..]);
    }
    for (mut block, unsupported) in [(block, false), (ordered, true)] {
        block.extend([0; 4]);
        let error = bundle(&writer::table(&[(b"z".to_vec(), block, 0)]), &[]).unwrap_err();
        assert_eq!(matches!(*error.defect, Defect::Unsupported(_)), unsupported, "{error}");
    }
    let long = bundle(&writer::table_of(&vec![header(1), (vec![b'n'; 5000], Vec::new())]), &[]).unwrap_err();
    assert!(matches!(*long.defect, Defect::Unsupported(_)), "{long}");
}

/// Overlapping blocks would be read again and again.
#[test]
fn overlapping_blocks_are_refused() {
    let block = writer::block(&vec![header(1)]);
    let file = writer::table(&[(Vec::new(), block, 0)]);
    let pairs: Pairs = (0..3).map(|i| (vec![i], vec![0, 15])).collect();
    let error = bundle(&writer::finish(file, &pairs), &[]).unwrap_err();
    assert!(is_malformed(&error), "{error}");
}

fn v1_error(pairs: &Pairs) -> CheckpointError {
    let folder = folder(&[("m.ckpt", &writer::table_of(pairs))]);
    let error = read_all(&folder.path().join("m.ckpt")).unwrap_err();
    assert!(error.file.ends_with(Path::new("m.ckpt")));
    error
}

#[test]
fn inconsistent_v1_files_are_refused() {
    let mut other_name = writer::v1("a", &[2], &[1.0, 2.0]);
    other_name[1].1 = writer::v1("b", &[2], &[1.0, 2.0]).remove(1).1;
    let error = v1_error(&other_name);
    assert!(is_malformed(&error) && error.tensor.as_deref() == Some("a"), "{error}");
    assert!(error.offset.is_some());
    let too_few = v1_error(&writer::v1("a", &[1 << 40], &[1.0, 2.0]));
    assert!(is_malformed(&too_few) && too_few.tensor.is_some(), "{too_few}");
    let mut missing = writer::v1("a", &[2], &[1.0, 2.0]);
    missing.pop();
    assert!(is_malformed(&v1_error(&missing)));
    let mut endless = writer::v1("a", &[2], &[1.0, 2.0]);
    endless[1].1 = vec![0xff; 100];
    assert!(is_malformed(&v1_error(&endless)));
    assert!(is_malformed(&v1_error(&writer::v1("a", &[1 << 62, 1 << 62], &[]))));
}
