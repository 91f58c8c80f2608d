//! Random damage with valid checksums: the result is always a tensor or a typed error.

use proptest::prelude::*;

use super::writer::{self, Pairs, entry, header};
use super::{folder, read_all};

fn bundle_block() -> Vec<u8> {
    let crc = writer::checksum(&[0; 8]);
    let slice = writer::bytes(1, &[writer::number(1, 0), writer::number(2, 2)].concat());
    let cut = [entry(&[2], 0, 0, 8, crc), writer::bytes(7, &slice)].concat();
    let pairs: Pairs = vec![
        header(1),
        (b"\0cut\0\x01\x01\x01\x80\x82".to_vec(), entry(&[2], 0, 0, 8, crc)),
        (b"cut".to_vec(), cut),
        (b"two".to_vec(), entry(&[1, 2], 0, 0, 8, crc)),
        (b"two/b".to_vec(), entry(&[2], 0, 8, 8, crc)),
    ];
    writer::block(&pairs)
}

fn v1_block() -> Vec<u8> {
    writer::block(&writer::v1("weights", &[2, 2], &[1.0, 2.0, 3.0, 4.0]))
}

/// Opens and reads a table of one block.
fn read(block: Vec<u8>, compression: u8) -> bool {
    let table = writer::table(&[(b"zzz".to_vec(), block, compression)]);
    let folder = folder(&[("m.index", &table), ("m.data-00000-of-00001", &[0; 16])]);
    match read_all(&folder.path().join("m.index")) {
        Ok(_) => true,
        Err(error) => {
            assert!(error.file.starts_with(folder.path()));
            false
        }
    }
}

#[test]
fn undamaged_blocks_are_read() {
    assert!(read(bundle_block(), 0) && read(v1_block(), 0));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn damaged_blocks_never_panic(first in any::<bool>(), damage in prop::collection::vec((any::<usize>(), any::<u8>()), 1..5)) {
        let mut block = if first { v1_block() } else { bundle_block() };
        for (at, byte) in damage {
            let at = at % block.len();
            block[at] = byte;
        }
        read(block, 0);
    }

    #[test]
    fn arbitrary_blocks_never_panic(block in prop::collection::vec(any::<u8>(), 0..200), compressed in any::<bool>()) {
        read(block, u8::from(compressed));
    }
}
