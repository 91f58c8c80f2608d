//! A picture in a format that the service accepts.

use std::path::Path;

use anyhow::bail;

use agemirror_faces::compose::PictureFormat;
use agemirror_pictures::load_picture;

/// Maximum size of a file, in bytes.
pub(super) const MAX_BYTES: usize = 2 << 20;

/// Bytes of a JPEG or PNG file.
pub(super) struct Upload {
    pub bytes: Vec<u8>,
    /// File name that reveals only the format.
    pub name: &'static str,
}

impl Upload {
    /// Reads the picture at `path`. Re-encodes it as JPEG if it is neither JPEG nor PNG, or too large.
    ///
    /// # Errors
    /// When the file cannot be read, or the JPEG is too large.
    pub(super) fn load(path: &Path) -> anyhow::Result<Self> {
        // Decoding gives a better error message than the service would.
        let picture = load_picture(path)?.picture;
        if let Ok(bytes) = std::fs::read(path)
            && bytes.len() <= MAX_BYTES
        {
            if bytes.starts_with(b"\xff\xd8\xff") {
                return Ok(Self { bytes, name: "picture.jpg" });
            }
            if bytes.starts_with(b"\x89PNG") {
                return Ok(Self { bytes, name: "picture.png" });
            }
        }
        let mut bytes = Vec::new();
        PictureFormat::Jpeg.write(&picture, None, &mut bytes)?;
        if bytes.len() > MAX_BYTES {
            bail!("the picture exceeds the 2 MB that Face++ allows; make it smaller");
        }
        Ok(Self { bytes, name: "picture.jpg" })
    }
}
