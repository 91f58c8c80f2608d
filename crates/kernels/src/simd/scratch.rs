//! Per-thread scratch memory for intermediate values of the kernels.

use std::cell::Cell;

thread_local! {
    static SCRATCH: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Largest number of floats that a thread keeps: 4 MiB.
const MAX_KEPT: usize = 1 << 20;

/// Calls `f` with `length` floats of arbitrary values. Nested calls get their own memory.
pub(crate) fn with_scratch<T>(length: usize, f: impl FnOnce(&mut [f32]) -> T) -> T {
    let mut memory = SCRATCH.take();
    if memory.len() < length {
        memory.resize(length, 0.0);
    }
    let result = f(&mut memory[..length]);
    if memory.len() <= MAX_KEPT {
        SCRATCH.set(memory);
    }
    result
}
