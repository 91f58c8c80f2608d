//! Weight files that are compressed within the program, and decompressed when they are used.

use std::io::{Read, Result};
use std::sync::OnceLock;

use flate2::read::ZlibDecoder;

/// The age estimator.
pub(crate) static AGE_ESTIMATOR: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/age_estimator.safetensors.zlib"));
/// dlib's face recognition network.
pub(crate) static DLIB_FACE_RECOGNITION: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/dlib_face_recognition.safetensors.zlib"));
/// The atlas of lines.
static LINES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/lines.safetensors.zlib"));

/// The file that `compressed` holds.
///
/// # Errors
/// When the data are damaged.
pub(crate) fn decompress(compressed: &[u8]) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    ZlibDecoder::new(compressed).read_to_end(&mut file)?;
    Ok(file)
}

/// The file of the atlas, decompressed once: the lines of all faces are borrowed from it.
///
/// # Errors
/// When the data are damaged.
pub(crate) fn lines() -> Result<&'static [u8]> {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(file) = FILE.get() {
        return Ok(file);
    }
    let file = decompress(LINES)?;
    Ok(FILE.get_or_init(|| file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_files_are_those_of_the_repository() {
        for (compressed, name) in [
            (AGE_ESTIMATOR, "age_estimator"),
            (DLIB_FACE_RECOGNITION, "dlib_face_recognition"),
            (LINES, "lines"),
        ] {
            let path = format!("{}/../../weights/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
            assert!(decompress(compressed).unwrap() == std::fs::read(path).unwrap(), "{name}");
            assert!(decompress(&compressed[..compressed.len() / 2]).is_err(), "{name}");
        }
    }
}
