//! Sets the cfg `shared_data` if the shared data is beside the repository; tests that need it are ignored
//! without.

use std::path::Path;

fn main() {
    println!("cargo:rustc-check-cfg=cfg(shared_data)");
    println!("cargo:rerun-if-changed=../../../shared");
    if Path::new("../../../shared").is_dir() {
        println!("cargo:rustc-cfg=shared_data");
    }
}
