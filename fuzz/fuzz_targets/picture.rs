//! The picture decoder, which handles every opened or dropped file.
#![no_main]

use agemirror_pictures::decode_picture;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = decode_picture(bytes, "fuzzed");
});
