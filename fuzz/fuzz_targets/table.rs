//! Tables of labels as spreadsheets write them, in any encoding.
#![no_main]

use agemirror_lab::TextTable;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let table = TextTable::from_bytes(bytes.to_vec());
    for row in table.rows().flatten() {
        for index in 0..table.headers().len() {
            let _ = table.number(row.field(index));
        }
    }
});
