//! The picture decoder, which handles every opened or dropped file. AVIF is only read up to its coded data: the
//! program decodes that in another process, because a panic of its decoder aborts.
#![no_main]

use agemirror_pictures::{decode_picture, use_avif_worker};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    use_avif_worker("/absent".into(), "");
    let _ = decode_picture(bytes, "fuzzed");
});
