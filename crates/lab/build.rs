//! Sets the cfg `shared_data` if the data that some tests need is next to the repository.

use std::path::Path;

/// Folder with the data, relative to this crate.
const SHARED: &str = "../../../shared";

fn main() {
    println!("cargo:rustc-check-cfg=cfg(shared_data)");
    println!("cargo:rerun-if-changed={SHARED}");
    if Path::new(SHARED).is_dir() {
        println!("cargo:rustc-cfg=shared_data");
    }
}
