//! Memory that a thread keeps for the intermediate values of its kernels.

use std::cell::Cell;

thread_local! {
    static KEPT: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Most floats that a thread keeps: 4 MiB.
const MOST: usize = 1 << 20;

/// Calls `f` with `length` floats of any value. Calls inside `f` get memory of their own.
pub(crate) fn with_scratch<T>(length: usize, f: impl FnOnce(&mut [f32]) -> T) -> T {
    let mut memory = KEPT.take();
    if memory.len() < length {
        memory.resize(length, 0.0);
    }
    let result = f(&mut memory[..length]);
    if memory.len() <= MOST {
        KEPT.set(memory);
    }
    result
}
