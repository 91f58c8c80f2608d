//! The TensorFlow readers; the last eight bytes identify a table.
#![no_main]

mod checkpoint;

use checkpoint::read_all;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    read_all(&[bytes, &0xdb47_7524_8b80_fb57_u64.to_le_bytes()].concat());
    read_all(bytes);
});
