//! Expands files and folders into lists of pictures and videos.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::error::PictureError;
use crate::kind::{
    Kind, PROBE_BYTES, detect_kind, has_picture_extension, has_supported_extension, unsupported_by_extension,
};
use crate::open::short_name;

/// Maximum depth of subfolders.
const MAX_DEPTH: usize = 8;

/// Maximum number of entries in a folder, including its subfolders.
const MAX_ENTRIES: usize = 100_000;

/// What was found in the given files and folders.
#[derive(Debug, Default)]
pub struct Found {
    /// The given files, in their order, and the pictures in the folders, sorted by path.
    pub pictures: Vec<PathBuf>,
    /// The videos in the folders, sorted by path.
    pub videos: Vec<PathBuf>,
    /// Paths that do not exist, and folders that cannot be read or contain neither a picture nor a video.
    pub errors: Vec<PictureError>,
}

/// Like [`collect_files`], for pictures alone: the pictures, and the errors.
#[must_use]
pub fn collect_pictures(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<PictureError>) {
    let found = collect_files(paths, &|_| false);
    (found.pictures, found.errors)
}

/// Expands folders into the pictures and videos in them, and keeps single files as they are. `is_video` decides whether
/// a file in a folder is a video. A file counts as a picture by its extension or its first bytes, even if its format is
/// not supported, so that no picture is silently skipped. Hidden files and folders are skipped; links are followed.
#[must_use]
pub fn collect_files(paths: &[PathBuf], is_video: &dyn Fn(&Path) -> bool) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => match files_in(path, is_video) {
                Ok((pictures, videos)) => {
                    found.pictures.extend(pictures);
                    found.videos.extend(videos);
                }
                Err(error) => found.errors.push(error),
            },
            Ok(_) => found.pictures.push(path.clone()),
            Err(cause) => {
                found.errors.push(PictureError::Unreadable { name: path.display().to_string(), cause });
            }
        }
    }
    found
}

/// The pictures and the videos in a folder.
fn files_in(
    folder: &Path,
    is_video: &dyn Fn(&Path) -> bool,
) -> Result<(Vec<PathBuf>, Vec<PathBuf>), PictureError> {
    let name = || folder.display().to_string();
    let walk = WalkDir::new(folder).follow_links(true).min_depth(1).max_depth(MAX_DEPTH + 1);
    let (mut pictures, mut videos) = (Vec::new(), Vec::new());
    for (index, entry) in walk.into_iter().filter_entry(|entry| !is_hidden(entry)).enumerate() {
        if index >= MAX_ENTRIES {
            return Err(PictureError::TooManyFiles { name: name() });
        }
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                if is_video(entry.path()) {
                    videos.push(entry.into_path());
                } else if looks_like_picture(entry.path()) {
                    pictures.push(entry.into_path());
                }
            }
            // Only the given folder must be readable.
            Err(error) if error.depth() == 0 => {
                let cause = error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
                return Err(PictureError::Unreadable { name: name(), cause });
            }
            Ok(_) | Err(_) => {}
        }
    }
    if pictures.is_empty() && videos.is_empty() {
        return Err(PictureError::EmptyFolder { name: name() });
    }
    pictures.sort();
    videos.sort();
    Ok((pictures, videos))
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether the file at `path` is a picture, readable or not, by its extension or its first bytes.
pub fn looks_like_picture(path: &Path) -> bool {
    has_picture_extension(path) || starts_like_picture(path)
}

fn starts_like_picture(path: &Path) -> bool {
    first_bytes(path).is_some_and(|start| detect_kind(&start, &path.to_string_lossy()).is_some())
}

/// The bytes that determine the format of the file at `path`; `None` if it cannot be read, or is a pipe, which might
/// never answer.
fn first_bytes(path: &Path) -> Option<Vec<u8>> {
    if !path.is_file() {
        return None;
    }
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(PROBE_BYTES as u64).read_to_end(&mut start)).ok()?;
    Some(start)
}

/// Counts and names the `pictures` in unsupported formats, as a sentence; `None` if there are none. Opens
/// only files without the extension of a supported format.
#[must_use]
pub fn unreadable_among(pictures: &[PathBuf]) -> Option<String> {
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for path in pictures.iter().filter(|path| !has_supported_extension(path)) {
        let name = path.to_string_lossy();
        let kind = match first_bytes(path).and_then(|start| detect_kind(&start, &name)) {
            Some(Kind::Unsupported(kind)) => kind,
            Some(_) => continue,
            None => unsupported_by_extension(path).unwrap_or("of an unknown kind"),
        };
        let name = short_name(path);
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, names)) => names.push(name),
            None => kinds.push((kind, vec![name])),
        }
    }
    let count: usize = kinds.iter().map(|(_, names)| names.len()).sum();
    let listed: Vec<String> = kinds
        .iter()
        .map(|(kind, names)| match names.len() {
            1 => format!("“{}” ({kind})", names[0]),
            several => format!("“{}” and {} more ({kind})", names[0], several - 1),
        })
        .collect();
    let listed = listed.join(", ");
    (count > 0).then(|| {
        format!("{count} of {} pictures cannot be read: {listed}; save them as JPEG or PNG.", pictures.len())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};

    fn write_png(path: &Path) {
        RgbImage::new(2, 2).save_with_format(path, ImageFormat::Png).unwrap();
    }

    #[test]
    fn a_folder_expands_to_the_pictures_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("inner/deep")).unwrap();
        for name in ["b.png", "a.PNG", "no-extension", "inner/deep/c.png", ".hidden.png"] {
            write_png(&at(name));
        }
        fs::write(at("notes.txt"), "no picture").unwrap();
        fs::write(at("broken.jpg"), "no picture either, but its name says so").unwrap();
        let (pictures, errors) = collect_pictures(&[folder.path().to_owned()]);
        let expected = ["a.PNG", "b.png", "broken.jpg", "inner/deep/c.png", "no-extension"].map(at);
        assert_eq!(pictures, expected);
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn unsupported_pictures_are_listed_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.heic", "b.jxl", "c.CR3", "d.psd"] {
            fs::write(at(name), "recognised by its extension").unwrap();
        }
        fs::write(at("e"), b"8BPS\0\x01").unwrap();
        fs::write(at("f.mp4"), b"\0\0\0\x10ftypisom\0\0\0\0").unwrap();
        let (pictures, errors) = collect_pictures(&[folder.path().to_owned()]);
        assert_eq!(pictures, ["a.heic", "b.jxl", "c.CR3", "d.psd", "e"].map(at));
        assert!(errors.is_empty(), "{errors:?}");
    }

    #[test]
    fn videos_in_folders_are_listed_apart_from_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("only")).unwrap();
        write_png(&at("a.png"));
        for name in ["b.clip", "only/c.clip", ".hidden.clip"] {
            fs::write(at(name), "a video by its extension").unwrap();
        }
        let is_video = |path: &Path| path.extension().is_some_and(|ending| ending == "clip");
        let found = collect_files(&[folder.path().to_owned()], &is_video);
        assert_eq!(
            (found.pictures, found.videos),
            (vec![at("a.png")], ["b.clip", "only/c.clip"].map(at).into())
        );
        let found = collect_files(&[at("only")], &is_video);
        assert_eq!((found.pictures, found.videos), (Vec::new(), vec![at("only/c.clip")]));
        assert!(found.errors.is_empty(), "{:?}", found.errors);
    }

    #[test]
    fn files_keep_their_order_and_errors_are_returned() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("empty")).unwrap();
        fs::write(at("empty/notes.txt"), "no picture").unwrap();
        write_png(&at("z.png"));
        write_png(&at("a.png"));
        let given = [at("z.png"), at("empty"), at("missing.png"), at("a.png")];
        let (pictures, errors) = collect_pictures(&given);
        assert_eq!(pictures, [at("z.png"), at("a.png")]);
        let [PictureError::EmptyFolder { name: empty }, PictureError::Unreadable { name: missing, .. }] =
            &errors[..]
        else {
            panic!("{errors:?}")
        };
        assert!(empty.ends_with("empty") && missing.ends_with("missing.png"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(!looks_like_picture(&path));
        let named = unreadable_among(&[path]).unwrap();
        assert!(named.contains("“clip.mp4” (of an unknown kind)"), "{named}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_folder_itself_is_not_followed_forever() {
        let folder = tempfile::tempdir().unwrap();
        write_png(&folder.path().join("a.png"));
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        let (pictures, errors) = collect_pictures(&[folder.path().to_owned()]);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(pictures, [folder.path().join("a.png")]);
    }
}
