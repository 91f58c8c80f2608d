//! What is shared between threads, and what is not worth it.

use rayon::prelude::*;

/// A number that is moved takes as long as so many multiplications.
pub(crate) const MOVED: usize = 8;

/// Runs `run` for every item: on all threads where so many multiplications in all are worth it, else here and
/// one after the other.
pub(crate) fn share<T: Send>(
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

/// Whether so many multiplications are worth a second thread: below, waking it up takes longer than it saves,
/// all the more where the cores have other work.
fn worth_threads(multiplications: usize) -> bool {
    // Tests are small and must take both ways.
    multiplications >= if cfg!(test) { 1 << 12 } else { 16 << 20 }
}
