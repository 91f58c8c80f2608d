//! Errors of libraries that a visitor meets, in the language of the window. The others stay as the library
//! writes them, in English.

use agemirror_pictures::{MAX_MEGAPIXELS, MAX_SIDE, PictureError};
use agemirror_storage::SaveError;

use super::{Message, message};

/// Why a picture cannot be read.
pub(crate) fn of_picture(error: &PictureError) -> Message {
    match error {
        PictureError::Unreadable { name, cause } => {
            message!("picture-unreadable", name = name, cause = cause.to_string())
        }
        PictureError::NotAFile { name } => message!("picture-not-a-file", name = name),
        PictureError::Empty { name } => message!("file-empty", name = name),
        PictureError::NotAPicture { name } => message!("picture-unknown-kind", name = name),
        PictureError::CutShort { name } => message!("picture-cut-short", name = name),
        PictureError::Damaged { name, cause } => message!("picture-damaged", name = name, cause = cause),
        PictureError::TooManyPixels { name, width, height, max_megapixels } => message!(
            "picture-too-large",
            name = name,
            size = format!("{width} × {height}"),
            megapixels = *max_megapixels,
            side = MAX_SIDE.to_string()
        ),
        PictureError::TooManyBytes { name } => {
            message!("picture-too-many-bytes", name = name, megapixels = MAX_MEGAPIXELS)
        }
        PictureError::EmptyFolder { name } => message!("folder-without-pictures", name = name),
        PictureError::TooManyFiles { name } => message!("folder-too-full", name = name),
        other => Message::Plain(other.to_string()),
    }
}

/// Why a file cannot be written.
pub(crate) fn of_saving(error: &SaveError) -> Message {
    match error {
        SaveError::NotWritable(path) => message!("save-denied", file = path.display()),
        SaveError::DiskFull(path) => message!("disk-full", file = path.display()),
        SaveError::NoFolder(path) => message!("save-no-folder", file = path.display()),
        other => Message::Plain(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_english_text_is_the_library_s() {
        let name = || "a.png".to_owned();
        let cause = || io::Error::other("odd");
        for error in [
            PictureError::Unreadable { name: name(), cause: cause() },
            PictureError::NotAFile { name: name() },
            PictureError::Empty { name: name() },
            PictureError::NotAPicture { name: name() },
            PictureError::CutShort { name: name() },
            PictureError::Damaged { name: name(), cause: "odd".to_owned() },
            PictureError::TooManyPixels { name: name(), width: 7, height: 8, max_megapixels: 9 },
            PictureError::TooManyBytes { name: name() },
            PictureError::EmptyFolder { name: name() },
            PictureError::TooManyFiles { name: name() },
            PictureError::DamagedFrom { name: name(), row: 3 },
        ] {
            assert_eq!(of_picture(&error).to_string(), error.to_string());
        }
        let file = || PathBuf::from("/tmp/a.png");
        for error in [
            SaveError::NotWritable(file()),
            SaveError::DiskFull(file()),
            SaveError::NoFolder(file()),
            SaveError::Exists(file()),
        ] {
            assert_eq!(of_saving(&error).to_string(), error.to_string());
        }
    }
}
