//! The safetensors reader.
#![no_main]

mod checkpoint;

use checkpoint::read_all;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = bytes.to_vec();
    // A brace at the ninth byte selects this format.
    if let Some(brace) = file.get_mut(8) {
        *brace = b'{';
    }
    read_all(&file);
});
