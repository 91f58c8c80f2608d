//! Distribution of work over threads.

use rayon::prelude::*;

/// Floats that one task of an elementwise operation computes; smaller tensors do not need a second thread.
pub(crate) const CHUNK: usize = 1 << 15;

/// The floats that `fill` writes, chunk by chunk on all cores, given the chunks of two inputs of the same length.
pub(crate) fn zip_chunks(a: &[f32], b: &[f32], fill: impl Fn(&mut [f32], &[f32], &[f32]) + Sync) -> Vec<f32> {
    let mut out = vec![0f32; a.len()];
    let inputs = a.par_chunks(CHUNK).zip(b.par_chunks(CHUNK));
    out.par_chunks_mut(CHUNK).zip(inputs).for_each(|(out, (a, b))| fill(out, a, b));
    out
}

/// Estimated cost of moving one float, in multiplications.
pub(crate) const MOVE_COST: usize = 8;

/// Runs `run` for every item: on all threads if the total number of multiplications is worth it, otherwise
/// sequentially on this one.
pub(crate) fn parallel_for<T: Send>(
    items: impl IntoIterator<Item = T>,
    multiplications: usize,
    run: impl Fn(T) + Send + Sync,
) {
    if !worth_threads(multiplications) {
        return items.into_iter().for_each(run);
    }
    let items: Vec<T> = items.into_iter().collect();
    if items.len() == 1 {
        return items.into_iter().for_each(run);
    }
    items.into_par_iter().for_each(run);
}

/// Whether this many multiplications are worth a second thread. Below the threshold, waking it takes longer
/// than it saves, especially if the cores have other work.
pub(crate) fn worth_threads(multiplications: usize) -> bool {
    // Tests are small and must cover both paths.
    multiplications >= if cfg!(test) { 1 << 12 } else { 16 << 20 }
}
