//! The HDF5 reader for Keras files; the input follows the signature.
#![no_main]

mod checkpoint;

use checkpoint::read_all;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| read_all(&[b"\x89HDF\r\n\x1a\n", bytes].concat()));
