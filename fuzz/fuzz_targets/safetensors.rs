//! The reader of safetensors: everything behind a brace at the ninth byte comes to it.
#![no_main]

mod checkpoint;

use checkpoint::read_all;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = bytes.to_vec();
    // The mark by which the format is told.
    if let Some(mark) = file.get_mut(8) {
        *mark = b'{';
    }
    read_all(&file);
});
