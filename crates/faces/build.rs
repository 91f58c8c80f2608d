//! Sets the cfg `shared_data` if the shared data is beside the repository; tests that need it are ignored
//! without. Compresses weight files that are needed on request, or shrink to less than half.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Folder with the weight files, relative to this crate.
const WEIGHTS: &str = "../../weights";
/// The files that are compressed within the program.
const COMPRESSED: [&str; 3] =
    ["age_estimator.safetensors", "dlib_face_recognition.safetensors", "lines.safetensors"];

fn main() -> io::Result<()> {
    println!("cargo:rustc-check-cfg=cfg(shared_data)");
    println!("cargo:rerun-if-changed=../../../shared");
    if Path::new("../../../shared").is_dir() {
        println!("cargo:rustc-cfg=shared_data");
    }
    COMPRESSED.into_iter().try_for_each(compress)
}

/// Writes the weight file `name` into the output folder as zlib data.
fn compress(name: &str) -> io::Result<()> {
    let source = Path::new(WEIGHTS).join(name);
    println!("cargo:rerun-if-changed={}", source.display());
    let folder = std::env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let target = File::create(Path::new(&folder).join(format!("{name}.zlib")))?;
    let mut encoder = ZlibEncoder::new(target, Compression::default());
    io::Write::write_all(&mut encoder, &fs::read(source)?)?;
    encoder.finish().map(drop)
}
