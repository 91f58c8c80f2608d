//! Recognises video files.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Extensions of video files.
const EXTENSIONS: [&str; 24] = [
    "mp4", "m4v", "mov", "qt", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "m2ts", "wmv", "asf", "flv",
    "ogv", "3gp", "3g2", "mxf", "dv", "vob", "y4m", "ivf", "nut",
];
/// Extensions of video files that other files have as well, such as those of TypeScript.
const AMBIGUOUS_EXTENSIONS: [&str; 2] = ["ts", "mts"];
/// Brands of pictures in the MP4 container: HEIC, AVIF and Canon's raw photographs.
const PICTURE_BRANDS: [&[u8]; 12] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"avif", b"avis",
    b"crx ",
];

/// Whether the file at `path` is a video, readable or not, by its first bytes, otherwise by its extension.
#[must_use]
pub fn looks_like_video(path: &Path) -> bool {
    let start = beginning(path);
    begins_like_video(&start) || (!begins_like_picture(&start) && has_extension(path, &EXTENSIONS))
}

/// Videos and the rest of some paths that were named, in order.
#[must_use]
pub fn split_videos(paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    paths.into_iter().partition(|path| !path.is_dir() && looks_like_video(path))
}

/// Like [`looks_like_video`], for a file that was not named but found in a folder: an extension that other files have as
/// well does not count.
#[must_use]
pub fn looks_like_video_in_folder(path: &Path) -> bool {
    looks_like_video(path)
        && (!has_extension(path, &AMBIGUOUS_EXTENSIONS) || begins_like_video(&beginning(path)))
}

/// The bytes by which a file is recognised; empty if it cannot be read, or is a pipe, which might never answer and whose
/// bytes can be read only once.
pub(super) fn beginning(path: &Path) -> Vec<u8> {
    let mut start = Vec::new();
    if path.is_file() {
        let _ = File::open(path).and_then(|file| file.take(512).read_to_end(&mut start));
    }
    start
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| extensions.contains(&ending.as_str()))
}

/// Whether a file that begins with `start` is a video in a known format.
pub(super) fn begins_like_video(start: &[u8]) -> bool {
    let at = |offset: usize, magic: &[u8]| start.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    let is_mp4 = (at(4, b"ftyp") && !PICTURE_BRANDS.iter().any(|brand| at(8, brand)))
        || at(4, b"moov")
        || at(4, b"mdat");
    let is_transport = at(0, &[0x47]) && (at(188, &[0x47]) || at(4, &[0x47])) && at(376, &[0x47]);
    let asf = [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11];
    is_mp4
        || is_transport
        || at(0, &[0x1A, 0x45, 0xDF, 0xA3])
        || (at(0, b"RIFF") && at(8, b"AVI "))
        || at(0, b"FLV\x01")
        || at(0, &asf)
        || at(0, &[0, 0, 1, 0xBA])
        || at(0, &[0, 0, 1, 0xB3])
        || at(0, b"YUV4MPEG2 ")
        || at(0, b"DKIF")
        || at(0, b"nut/multimedia container")
}

/// Maximum size of an MP4 file's table of contents that is searched, in bytes.
const MAX_CONTENTS_BYTES: u64 = 64 << 20;
/// Maximum number of boxes of an MP4 file that are skipped before it.
const MAX_BOXES: usize = 10_000;

/// Whether the MP4 file at `path` is encrypted. FFmpeg does not report that; it decodes noise.
pub(super) fn is_encrypted(path: &Path) -> bool {
    let contents =
        File::open(path).and_then(|file| contents_of_mp4(BufReader::new(file))).unwrap_or_default();
    let holds = |name: &[u8]| contents.windows(4).any(|four| four == name);
    holds(b"encv") && holds(b"sinf") && holds(b"schm")
}

/// The table of contents (`moov`) of an MP4 file; empty if there is none.
fn contents_of_mp4(mut file: impl Read + Seek) -> io::Result<Vec<u8>> {
    for _ in 0..MAX_BOXES {
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [a, b, c, d, name @ ..] = head;
        let (mut size, mut read) = (u64::from(u32::from_be_bytes([a, b, c, d])), 8);
        if size == 1 {
            let mut long = [0; 8];
            file.read_exact(&mut long)?;
            (size, read) = (u64::from_be_bytes(long), 16);
        }
        let rest = size.saturating_sub(read);
        if &name == b"moov" {
            let mut contents = Vec::new();
            file.take(rest.min(MAX_CONTENTS_BYTES)).read_to_end(&mut contents)?;
            return Ok(contents);
        }
        if size < read {
            break;
        }
        file.seek(SeekFrom::Current(i64::try_from(rest).unwrap_or(i64::MAX)))?;
    }
    Ok(Vec::new())
}

fn begins_like_picture(start: &[u8]) -> bool {
    let at = |offset: usize, magic: &[u8]| start.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    at(0, &[0xFF, 0xD8, 0xFF]) || at(0, b"\x89PNG") || at(0, b"GIF8") || (at(0, b"RIFF") && at(8, b"WEBP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_counts_before_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, start: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, start).unwrap();
            path
        };
        assert!(looks_like_video(&file("clip", b"\0\0\0\x20ftypisom\0\0\0\0")));
        assert!(looks_like_video(&file("clip.bin", &[0x1A, 0x45, 0xDF, 0xA3])));
        assert!(looks_like_video(&file("text.MP4", b"no video, but its name says so")));
        assert!(looks_like_video(Path::new("missing.mkv")));
        assert!(!looks_like_video(&file("picture.heic", b"\0\0\0\x18ftypheic\0\0\0\0")));
        assert!(!looks_like_video(&file("raw.CR3", b"\0\0\0\x18ftypcrx \0\0\0\0")));
        assert!(!looks_like_video(&file("picture.mp4", b"\x89PNG\r\n\x1a\n")));
        assert!(!looks_like_video(&file("text.txt", b"text")));
        assert!(!looks_like_video(&file("a.jpg", &[0xFF, 0xD8, 0xFF, 0xE0])));
    }

    #[test]
    fn source_code_in_a_folder_is_no_video() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, start: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, start).unwrap();
            path
        };
        let code = file("index.ts", b"export const age = 70;");
        assert!(looks_like_video(&code) && !looks_like_video_in_folder(&code));
        let stream: Vec<u8> = (0..512).map(|byte| if byte % 188 == 0 { 0x47 } else { 0 }).collect();
        assert!(looks_like_video_in_folder(&file("clip.ts", &stream)));
        assert!(looks_like_video_in_folder(&file("clip.mp4", b"damaged")));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        for (name, is_video) in [("clip.mp4", true), ("picture", false)] {
            let path = folder.path().join(name);
            assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
            assert_eq!(looks_like_video(&path), is_video, "{name}");
        }
    }
}
