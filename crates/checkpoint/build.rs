//! Sets the cfg `shared_data` if the test data beside the repository exists; otherwise, tests that need it are
//! ignored.

fn main() {
    const SHARED: &str = "../../../shared";
    println!("cargo:rustc-check-cfg=cfg(shared_data)");
    println!("cargo:rerun-if-changed={SHARED}");
    if std::path::Path::new(SHARED).is_dir() {
        println!("cargo:rustc-cfg=shared_data");
    }
}
