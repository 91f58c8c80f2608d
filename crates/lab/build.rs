//! Sets the cfg `shared_data` if the data that some tests require is beside the repository.

use std::path::Path;

fn main() {
    println!("cargo:rustc-check-cfg=cfg(shared_data)");
    println!("cargo:rerun-if-changed=../../../shared");
    if Path::new("../../../shared").is_dir() {
        println!("cargo:rustc-cfg=shared_data");
    }
}
