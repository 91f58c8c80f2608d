//! The threads on which operations run.

use anyhow::Context;

/// Stack of a thread in bytes. Backward passes are recursive.
const STACK: usize = 64 << 20;

/// Runs `work` on one of the threads that its operations run on. From any other thread, each operation would wait for
/// one of them to wake up.
///
/// # Errors
/// When `work` fails, or the threads cannot be started.
pub(crate) fn on_workers<T: Send>(work: impl FnOnce() -> anyhow::Result<T> + Send) -> anyhow::Result<T> {
    let name = |index: usize| format!("worker {index}");
    let workers = rayon::ThreadPoolBuilder::new().stack_size(STACK).thread_name(name).build();
    workers.context("the threads of the computation cannot be started")?.install(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_runs_on_a_worker_and_may_be_deeply_recursive() {
        fn depth(left: usize) -> usize {
            let padding = std::hint::black_box([left; 512]);
            if left == 0 { 0 } else { 1 + depth(padding[7] - 1) }
        }
        let found = on_workers(|| Ok((rayon::current_thread_index().is_some(), depth(4000))));
        assert_eq!(found.unwrap(), (true, 4000));
        let failed: anyhow::Result<()> = on_workers(|| anyhow::bail!("no data"));
        assert_eq!(failed.unwrap_err().to_string(), "no data");
    }
}
