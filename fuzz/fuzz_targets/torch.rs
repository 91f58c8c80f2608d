//! The PyTorch readers. The first byte of the input selects a zip archive, the legacy signature, or the legacy
//! signature in a frame, as pickle protocol 4 writes it.
#![no_main]

mod checkpoint;

use checkpoint::read_all;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let signature: &[u8] = match bytes.first() {
        Some(0) => b"PK\x03\x04",
        Some(1) => b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.",
        Some(2) => {
            b"\x80\x04\x95\x0d\0\0\0\0\0\0\0\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
        }
        _ => return read_all(bytes),
    };
    read_all(&[signature, &bytes[1..]].concat());
});
