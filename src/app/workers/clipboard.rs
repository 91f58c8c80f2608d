//! Reads pictures and files from the clipboard.

use std::path::PathBuf;

use agemirror_pictures::MAX_BYTES;
use arboard::{Clipboard, Error, ImageData};
use image::RgbImage;

use crate::text::{Message, message};

/// The picture in the clipboard.
///
/// # Errors
/// When there is none, or it cannot be read; the message says what to do.
pub(super) fn picture() -> Result<RgbImage, Message> {
    let closed = |error: Error| message!("clipboard-closed", cause = error.to_string());
    let mut clipboard = Clipboard::new().map_err(closed)?;
    match clipboard.get_image() {
        Ok(picture) => from_clipboard(&picture),
        Err(Error::ContentNotAvailable) => Err(message!("clipboard-empty")),
        Err(error) => Err(closed(error)),
    }
}

/// Files that were copied in a file manager, or a file whose path was copied as text.
pub(super) fn files() -> Option<Vec<PathBuf>> {
    let mut clipboard = Clipboard::new().ok()?;
    if let Ok(files) = clipboard.get().file_list()
        && !files.is_empty()
    {
        return Some(files);
    }
    let path = PathBuf::from(clipboard.get_text().ok()?.trim());
    path.exists().then(|| vec![path]).filter(|path| path[0].is_absolute())
}

/// A picture from the clipboard, with white behind its transparent parts.
fn from_clipboard(picture: &ImageData<'_>) -> Result<RgbImage, Message> {
    let large = || message!("clipboard-too-large");
    let (width, height) = (picture.width, picture.height);
    let pixels = width.checked_mul(height).filter(|&pixels| pixels > 0).ok_or_else(large)?;
    let fits =
        pixels.checked_mul(4).is_some_and(|bytes| bytes == picture.bytes.len() && bytes as u64 <= MAX_BYTES);
    if !fits {
        return Err(large());
    }
    let blend = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let rgb = picture.bytes.chunks_exact(4).flat_map(|pixel| {
        let [red, green, blue, alpha] = [pixel[0], pixel[1], pixel[2], pixel[3]];
        [blend(red, alpha), blend(green, alpha), blend(blue, alpha)]
    });
    RgbImage::from_raw(width as u32, height as u32, rgb.collect()).ok_or_else(large)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn a_clipboard_picture_of_a_wrong_size_is_refused() {
        let too_few_bytes = ImageData { width: 1000, height: 1000, bytes: Cow::Owned(vec![0; 16]) };
        assert!(from_clipboard(&too_few_bytes).is_err());
        let overflow = ImageData { width: usize::MAX, height: 2, bytes: Cow::Owned(vec![0; 16]) };
        assert!(from_clipboard(&overflow).is_err());
    }

    #[test]
    fn transparent_parts_of_a_clipboard_picture_become_white() {
        let bytes = vec![10, 20, 30, 255, 10, 20, 30, 0];
        let picture = from_clipboard(&ImageData { width: 2, height: 1, bytes: Cow::Owned(bytes) }).unwrap();
        assert_eq!(picture.into_raw(), [10, 20, 30, 255, 255, 255]);
    }
}
