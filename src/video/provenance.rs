//! The origin of aged videos, written into their files.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use agemirror_faces::compose::Provenance;

/// The identifier of an MP4 box that holds XMP, by the XMP specification, part 3.
const XMP_BOX: [u8; 16] =
    [0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];
/// Size of the box that ends a fragmented file and holds the size of its index, in bytes.
const INDEX_END: u64 = 16;
/// Maximum size of that index, in bytes; a larger one is not ours.
const MAX_INDEX: u64 = 64 << 20;

/// FFmpeg's options that describe the file that it writes.
pub(super) fn metadata(provenance: &Provenance) -> [String; 4] {
    let description = format!("description={}", provenance.description());
    let source_type = format!("digital_source_type={}", provenance.source_type());
    ["-metadata".to_owned(), description, "-metadata".to_owned(), source_type]
}

/// Adds the origin to a finished MP4 or QuickTime file, as XMP. If that fails, the file stays as it was.
///
/// # Errors
/// When the file cannot be read or written.
pub(super) fn add_xmp(path: &Path, provenance: &Provenance) -> io::Result<()> {
    let xmp = provenance.xmp();
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    let index = read_index(&mut file, length)?;
    let start = length - index.len() as u64;
    let size = u32::try_from(8 + XMP_BOX.len() + xmp.len()).map_err(io::Error::other)?;
    let mut added = size.to_be_bytes().to_vec();
    added.extend(b"uuid".iter().chain(&XMP_BOX).chain(xmp.as_bytes()).chain(&index));
    file.seek(SeekFrom::Start(start))?;
    file.write_all(&added).inspect_err(|_| {
        let restored = file.seek(SeekFrom::Start(start)).and_then(|_| file.write_all(&index));
        if let Err(error) = restored.and_then(|()| file.set_len(length)) {
            tracing::warn!("the index of {} is lost: {error}", path.display());
        }
    })
}

/// The index at the end of a fragmented file, which must stay there; empty in other files.
fn read_index(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let Some(at) = length.checked_sub(INDEX_END) else { return Ok(Vec::new()) };
    let mut end = [0; INDEX_END as usize];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut end)?;
    let size = u64::from(u32::from_be_bytes([end[12], end[13], end[14], end[15]]));
    if end[4..8] != *b"mfro" || size > length.min(MAX_INDEX) {
        return Ok(Vec::new());
    }
    let mut index = vec![0; size as usize];
    file.seek(SeekFrom::Start(length - size))?;
    file.read_exact(&mut index)?;
    Ok(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(8 + content.len() as u32).to_be_bytes()[..], kind, content].concat()
    }

    /// The kinds and contents of the outermost boxes.
    fn boxes(mut bytes: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
        let mut found = Vec::new();
        while let Some((head, _)) = bytes.split_first_chunk::<8>() {
            let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
            found.push(([head[4], head[5], head[6], head[7]], bytes[8..size].to_vec()));
            bytes = &bytes[size..];
        }
        found
    }

    fn tagged(content: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        add_xmp(file.path(), &Provenance::of_ages(["60"])).unwrap();
        boxes(&std::fs::read(file.path()).unwrap())
    }

    #[test]
    fn xmp_is_the_last_box_of_a_plain_file() {
        let found = tagged(&[boxed(b"ftyp", b"isom"), boxed(b"mdat", &[7; 40])].concat());
        let kinds: Vec<_> = found.iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [b"ftyp", b"mdat", b"uuid"]);
        let (id, xmp) = found[2].1.split_at(16);
        assert_eq!(id, XMP_BOX);
        assert!(std::str::from_utf8(xmp).unwrap().contains("Aged by agemirror: 60 years"));
    }

    #[test]
    fn the_index_of_a_fragmented_file_stays_at_the_end() {
        let size = 8 + 3 + 16_u32;
        let end = boxed(b"mfro", &[&[0; 4][..], &size.to_be_bytes()].concat());
        let index = boxed(b"mfra", &[b"abc", &end[..]].concat());
        assert_eq!(index.len(), size as usize);
        let found = tagged(&[boxed(b"moof", b"x"), index].concat());
        let kinds: Vec<_> = found.iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [b"moof", b"uuid", b"mfra"]);
        assert_eq!(found[2].1, [b"abc", &end[..]].concat());
    }

    #[test]
    fn a_tiny_file_and_a_wrong_index_do_no_harm() {
        assert_eq!(tagged(b"").len(), 1);
        let wrong = boxed(b"mfro", &[0, 0, 0, 0, 255, 255, 255, 255]);
        assert_eq!(tagged(&wrong).len(), 2);
    }
}
