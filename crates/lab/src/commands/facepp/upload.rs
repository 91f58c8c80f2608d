//! A picture as the service takes it.

use std::path::Path;

use anyhow::bail;

use agemirror_faces::compose::PictureFormat;
use agemirror_pictures::load_picture;

/// The service takes no larger files, in bytes.
pub(super) const MOST_BYTES: usize = 2 << 20;

/// The bytes of a JPEG or PNG file.
pub(super) struct Upload {
    pub bytes: Vec<u8>,
    /// A name that tells the kind and nothing else.
    pub name: &'static str,
}

impl Upload {
    /// Reads the picture at `path`. What is no JPEG or PNG, or too large, is written as JPEG.
    ///
    /// # Errors
    /// When it cannot be read, or stays too large.
    pub(super) fn load(path: &Path) -> anyhow::Result<Self> {
        // This tells what is wrong with a file better than the service does.
        let picture = load_picture(path)?.picture;
        if let Ok(bytes) = std::fs::read(path)
            && bytes.len() <= MOST_BYTES
        {
            if bytes.starts_with(b"\xff\xd8\xff") {
                return Ok(Self { bytes, name: "picture.jpg" });
            }
            if bytes.starts_with(b"\x89PNG") {
                return Ok(Self { bytes, name: "picture.png" });
            }
        }
        let mut bytes = Vec::new();
        PictureFormat::Jpeg.write(&picture, &mut bytes)?;
        if bytes.len() > MOST_BYTES {
            bail!("it takes more than the 2 MB that Face++ allows; make it smaller");
        }
        Ok(Self { bytes, name: "picture.jpg" })
    }
}
