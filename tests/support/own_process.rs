//! Runs a test in its own process.

/// Runs `work` as the test `test` of the module `path` in its own process: a decoder that panics keeps a
/// thread in the panic hook, and a test program waits for that thread when it ends.
pub(crate) fn in_own_process(path: &str, test: &str, work: impl FnOnce()) {
    const CHILD: &str = "AGEMIRROR_TEST_IN_OWN_PROCESS";
    if std::env::var_os(CHILD).is_some() {
        work();
        std::process::exit(0);
    }
    let path = path.split_once("::").unwrap().1;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([&format!("{path}::{test}"), "--exact", "--nocapture"])
        .env(CHILD, "1")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // A failed test does not end by itself, because of that thread.
    for _ in 0..2400 {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{test}: {status}");
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().unwrap();
    panic!("{test} failed or did not end");
}
